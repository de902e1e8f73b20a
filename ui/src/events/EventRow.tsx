import type { EventOut } from "../api/types";
import { number, useTexts } from "../i18n";
import { length } from "../i18n/times";
import { Time } from "../parts/Time";
import { measured } from "./event";

type Decided = "accepted" | "rejected" | "unsure";
const KEYS = { accepted: "a", rejected: "r", unsure: "u" } as const;
const WORDS = { accepted: "verdict.accept", rejected: "verdict.reject", unsure: "verdict.doubt" } as const;
const LOOKS = { high: "bad", medium: "warn", low: "" } as const;

interface EventRowProps {
  event: EventOut;
  camera: string;
  zone: string;
  chosen?: boolean;
  choose?: () => void;
  decide?: (verdict: Decided) => void;
  play?: () => void;
}

/** One event: what, where and when, and what was measured against the rule's values. */
export function EventRow({ event, camera, zone, chosen, choose, decide, play }: EventRowProps) {
  const { t, language } = useTexts();
  const severity = event.severity as keyof typeof LOOKS;
  return (
    <article className={`event ${event.verdict} ${chosen ? "chosen" : ""}`} data-event={event.id}>
      <div className="row">
        {choose ? (
          <button type="button" className="inline strong" aria-current={chosen} onClick={choose}>
            {event.name}, {camera}
          </button>
        ) : (
          <strong>
            {event.name}, {camera}
          </strong>
        )}
        <span className={`badge ${LOOKS[severity] ?? ""}`}>{t(`event-severity.${severity}`)}</span>
        {event.live ? <span className="badge accent">{t("events.live")}</span> : null}
        {event.verdict === "new" ? null : (
          <span className="badge">{t(`verdict.${event.verdict as Decided}`)}</span>
        )}
      </div>
      <p className="small muted">
        {event.start ? <Time at={event.start} zone={zone} /> : t("events.at", { s: event.begin })} ·{" "}
        {length(language, event.until - event.begin)}
      </p>
      <dl className="measured small" lang="en">
        {event.reason.map((one) => {
          const shown = measured(one, (value) => number(language, Math.round(value * 100) / 100));
          return (
            <div key={one.what}>
              <dt>{shown.what}</dt>
              <dd>
                {shown.value} <span className="muted">({t("events.limit", { rule: shown.rule })})</span>
              </dd>
            </div>
          );
        })}
      </dl>
      {decide || play ? (
        <div className="decisions">
          {play ? (
            <button type="button" aria-keyshortcuts="p" onClick={play}>
              {t("events.play")}
            </button>
          ) : null}
          {decide
            ? (["accepted", "rejected", "unsure"] as const).map((one) => (
                <button
                  key={one}
                  type="button"
                  className={one}
                  aria-pressed={event.verdict === one}
                  aria-keyshortcuts={KEYS[one]}
                  onClick={() => decide(one)}
                >
                  {t(WORDS[one])}
                </button>
              ))
            : null}
        </div>
      ) : null}
    </article>
  );
}
