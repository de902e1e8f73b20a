import type { EventsOut } from "../api/types";
import { number, useTexts } from "../i18n";
import { share } from "../i18n/times";

/** How often each rule is right at each camera, by what people decided; and which limit would be better. */
export function Rates({ rates, cameras }: Pick<EventsOut, "rates" | "cameras">) {
  const { t, language } = useTexts();
  const round = (value: number) => number(language, Math.round(value * 100) / 100);
  return (
    <section className="card stack tight">
      <h2>{t("events.rates")}</h2>
      <ul className="rates">
        {rates.map((one) => (
          <li key={`${one.camera} ${one.name}`} className="stack tight">
            <strong>
              {one.name}, {cameras[one.camera] ?? one.camera}
            </strong>
            {one.precision === null ? (
              <span className="small">{t("events.rates.none", { n: one.new + one.unsure })}</span>
            ) : (
              <span className="small">
                {t("events.rates.right", {
                  right: one.accepted,
                  n: one.accepted + one.rejected,
                  low: share(language, one.precision_interval[0]),
                  high: share(language, one.precision_interval[1]),
                  open: one.new + one.unsure,
                })}{" "}
                {one.false_a_day === null
                  ? ""
                  : t("events.rates.false", {
                      a_day: round(one.false_a_day),
                      days: round(one.camera_days),
                      high: round(one.false_a_day_interval?.[1] ?? 0),
                    })}
              </span>
            )}
            {one.proposal ? (
              <span className="small notice">
                {t("events.rates.proposal", {
                  what: one.proposal.what,
                  limit: round(one.proposal.limit),
                  proposed: round(one.proposal.proposed),
                  dropped: one.proposal.dropped,
                  rejected: one.proposal.rejected,
                })}
              </span>
            ) : null}
          </li>
        ))}
      </ul>
      <p className="muted small">{t("events.rates.help")}</p>
    </section>
  );
}
