import { useState } from "react";
import { useTexts } from "../i18n";
import { length } from "../i18n/times";
import { Time } from "../parts/Time";
import { Context } from "./Context";
import type { Show } from "./show";
import { at, lengthOf } from "./tubes";
import { useNames } from "./usePlayer";

interface ChosenProps {
  show: Show;
  tube: number;
  kept: boolean;
  keep: () => void;
  leaveOut: () => void;
  close: () => void;
}

/** The object chosen: what is known of it, its context as it was recorded, and what can be done with it. */
export function Chosen({ show, tube, kept, keep, leaveOut, close }: ChosenProps) {
  const { t, language } = useTexts();
  const nameOf = useNames();
  const [open, setOpen] = useState(true);
  const scene = show.scenes[at(show.tubes.scene, tube)];
  const track = show.tubes.ids[tube] ?? "";
  return (
    <section className="card stack tight chosen" aria-label={t("synopsis.chosen")}>
      <div className="row apart">
        <h2>{nameOf(tube)}</h2>
        <button type="button" onClick={close}>
          {t("action.close")}
        </button>
      </div>
      <dl className="facts small">
        <dt>{t("synopsis.camera")}</dt>
        <dd>{scene?.name}</dd>
        <dt>{t("footage.start")}</dt>
        <dd>
          <Time at={show.clock.iso(tube)} zone={scene?.zone} />
        </dd>
        <dt>{t("footage.length")}</dt>
        <dd>{length(language, lengthOf(show.tubes, tube) / show.rate)}</dd>
        <dt>{t("search.track")}</dt>
        <dd>
          <code>{track}</code>
        </dd>
      </dl>
      <div className="row">
        <button type="button" aria-keyshortcuts="e" aria-expanded={open} onClick={() => setOpen(!open)}>
          {t("synopsis.context")}
        </button>
        <button type="button" aria-keyshortcuts="b" disabled={kept} onClick={keep}>
          {t(kept ? "synopsis.kept" : "synopsis.keep")}
        </button>
        <button type="button" aria-keyshortcuts="x" onClick={leaveOut}>
          {t("synopsis.leave-out")}
        </button>
      </div>
      {open ? <Context key={track} track={track} /> : null}
    </section>
  );
}
