import { useEffect, useRef } from "react";
import { type Key, useTexts } from "../i18n";

const KEYS: readonly [Key, readonly [string, Key][]][] = [
  [
    "keys.everywhere",
    [
      ["?", "keys.help"],
      ["g c", "page.cases"],
      ["g f", "page.footage"],
      ["g a", "page.events"],
      ["g s", "page.search"],
      ["g m", "page.plan"],
      ["g y", "page.synopsis"],
      ["g e", "page.evidence"],
      ["g r", "page.requests"],
      ["g l", "page.log"],
      ["g m", "page.review"],
      ["g o", "page.documents"],
      ["g u", "page.users"],
      ["g d", "page.declaration"],
    ],
  ],
  [
    "page.search",
    [
      ["/", "keys.query"],
      ["j", "keys.next"],
      ["k", "keys.previous"],
      ["a", "verdict.accept"],
      ["r", "verdict.reject"],
      ["u", "verdict.doubt"],
      ["n", "keys.note"],
      ["p", "search.context"],
    ],
  ],
  [
    "page.events",
    [
      ["j", "keys.next"],
      ["k", "keys.previous"],
      ["a", "verdict.accept"],
      ["r", "verdict.reject"],
      ["u", "verdict.doubt"],
      ["p", "keys.events.play"],
    ],
  ],
  [
    "page.synopsis",
    [
      ["p", "keys.play"],
      [", .", "keys.frame"],
      ["[ ]", "keys.faster"],
      ["+ -", "keys.denser"],
      ["n N", "keys.object"],
      ["e", "synopsis.context"],
      ["b", "keys.basket"],
      ["x", "keys.exclude"],
      ["z i t o", "keys.draw"],
      ["u c", "keys.undo"],
      ["v h w", "keys.layers"],
    ],
  ],
  [
    "keys.player",
    [
      ["k", "keys.player.pause"],
      ["j l", "keys.player.jump"],
      ["← →", "keys.player.step"],
      ["↓ ↑", "keys.player.rate"],
    ],
  ],
];

/** All keys, on one sheet. */
export function KeyHelp({ close }: { close: () => void }) {
  const { t } = useTexts();
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current?.showModal(), []);
  return (
    <dialog ref={dialog} onClose={close} aria-labelledby="keys-title">
      <div className="stack">
        <div className="row apart">
          <h1 id="keys-title">{t("shell.keys")}</h1>
          <button type="button" onClick={() => dialog.current?.close()}>
            {t("action.close")}
          </button>
        </div>
        {KEYS.map(([title, keys]) => (
          <section key={title} className="stack tight">
            <h2>{t(title)}</h2>
            <dl className="facts">
              {keys.map(([key, text]) => (
                <div className="key-line" key={key}>
                  <dt>
                    {key.split(" ").map((one) => (
                      <kbd key={one}>{one}</kbd>
                    ))}
                  </dt>
                  <dd>{t(text)}</dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </dialog>
  );
}
