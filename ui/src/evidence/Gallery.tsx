import { type FormEvent, useEffect, useRef, useState } from "react";
import { send } from "../api/client";
import type { KeptOut } from "../api/types";
import { useReason } from "../app/reason";
import { useCaseId } from "../app/router";
import { useTexts } from "../i18n";
import { Field, useAction } from "../parts/Form";
import { Trouble } from "../parts/Loaded";
import type { Shots } from "./basket";
import { AT_ONCE } from "./basket";
import { OrderField } from "./OrderField";
import { GroupTitle, Shot } from "./Shot";
import { byTrack } from "./useBasket";
import { useGroups } from "./useGroups";

/** How everybody in the basket looked, masked; clear for a reason that the log keeps, until they are hidden again. */
export function Gallery({ kept, shots }: { kept: readonly KeptOut[]; shots: Shots }) {
  const { t } = useTexts();
  const { groups, order, setOrder } = useGroups(kept, shots);
  const [clear, setClear] = useState<Shots>(new Map());
  const [asked, ask] = useState<string[]>([]);
  return (
    <section className="stack">
      <div className="row apart tools">
        <p className="muted small">{t("gallery.text")}</p>
        <div className="row">
          {clear.size ? (
            <button type="button" onClick={() => setClear(new Map())}>
              {t("gallery.hide")}
            </button>
          ) : null}
          <OrderField order={order} set={setOrder} />
        </div>
      </div>
      {groups.map(([name, shotsOf]) => (
        <section key={name} className="stack tight">
          <div className="row apart">
            <GroupTitle name={name} count={shotsOf.length} />
            {shotsOf.length > 1 ? (
              <button
                type="button"
                onClick={() => ask(shotsOf.slice(0, AT_ONCE).map((one) => one.track))}
                aria-haspopup="dialog"
              >
                {t("gallery.reveal", { n: Math.min(shotsOf.length, AT_ONCE) })}
              </button>
            ) : null}
          </div>
          <ul className="shots large">
            {shotsOf.map((one) => (
              <li key={one.track}>
                <Shot
                  kept={one}
                  shot={clear.get(one.track) ?? shots.get(one.track)}
                  clear={clear.has(one.track)}
                >
                  {clear.has(one.track) ? null : (
                    <button type="button" className="inline small" onClick={() => ask([one.track])}>
                      {t("gallery.reveal-one")}
                    </button>
                  )}
                </Shot>
              </li>
            ))}
          </ul>
        </section>
      ))}
      {asked.length ? (
        <Reveal
          tracks={asked}
          close={() => ask([])}
          show={(made) => setClear((before) => new Map([...before, ...made]))}
        />
      ) : null}
    </section>
  );
}

interface RevealProps {
  tracks: string[];
  close: () => void;
  show: (made: Shots) => void;
}

/** Asks why, and shows these pictures clear where the rules allow it; where not, it says which does not. */
function Reveal({ tracks, close, show }: RevealProps) {
  const { t } = useTexts();
  const caseId = useCaseId();
  const { text } = useReason();
  const [reason, setReason] = useState(text);
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current?.showModal(), []);
  const { run, busy, error } = useAction(async () => {
    const made = await send("post", "/api/basket/clear", {}, { tracks, case: caseId, reason });
    show(new Map(byTrack(made)));
    dialog.current?.close();
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    run();
  };
  return (
    <dialog ref={dialog} onClose={close} aria-labelledby="reveal-title">
      <form className="stack" onSubmit={submit}>
        <h1 id="reveal-title">{t("gallery.reveal.title", { n: tracks.length })}</h1>
        <p>{t("gallery.reveal.text")}</p>
        <Field label={t("reason.title")}>
          <textarea
            required
            rows={3}
            maxLength={4000}
            value={reason}
            onChange={(event) => setReason(event.target.value)}
          />
        </Field>
        {error ? <Trouble error={error} /> : null}
        <div className="row">
          <button type="submit" className="primary" disabled={busy}>
            {t("gallery.reveal.go")}
          </button>
          <button type="button" onClick={() => dialog.current?.close()}>
            {t("cases.cancel")}
          </button>
        </div>
      </form>
    </dialog>
  );
}
