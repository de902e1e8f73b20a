import type { ClockProposalOut, ClockReadOut } from "../api/types";
import { number, useTexts } from "../i18n";
import { wholeDay } from "../i18n/times";

const MOST_DRIFT = 864; // seconds a day that are looked for: bounds as wide as that say nothing

interface ClockReadingsProps {
  read: ClockReadOut;
  zone: string;
  take: ((found: ClockProposalOut) => void) | null;
}

/** What was read of a clock: the proposal with all that is unsure of it, and each reading beside its picture. */
export function ClockReadings({ read, zone, take }: ClockReadingsProps) {
  const { t } = useTexts();
  const { proposal, readings } = read;
  return (
    <div className="stack tight">
      {proposal ? (
        <>
          <Proposal of={proposal} zone={zone} readings={readings.length} />
          {take ? (
            <div className="row">
              <button type="button" onClick={() => take(proposal)}>
                {t("clock.take")}
              </button>
              <span className="muted small">{t("clock.take.text")}</span>
            </div>
          ) : null}
        </>
      ) : (
        <p className="notice">{t("clock.none", { why: read.why })}</p>
      )}
      {readings.length ? (
        <details>
          <summary>
            {t("clock.readings")} ({readings.length})
          </summary>
          <Readings of={readings} />
        </details>
      ) : null}
    </div>
  );
}

function Proposal({ of, zone, readings }: { of: ClockProposalOut; zone: string; readings: number }) {
  const { t, language } = useTexts();
  const n = (value: number) => number(language, value);
  const signed = (value: number) => `${value > 0 ? "+" : ""}${n(value)}`;
  return (
    <>
      <dl className="facts">
        <dt>{t("clock.proposed")}</dt>
        <dd>
          <strong>{of.missing.length ? of.start : wholeDay(language, of.start, zone)}</strong>{" "}
          {t("play.uncertain", { seconds: n(of.uncertainty) })}
          <br />
          <span className="muted small">
            <code>{of.start}</code> · {of.format} · {t("clock.agree", { agree: of.agree, readings })}
          </span>
        </dd>
        <dt>{t("clock.drift")}</dt>
        <dd>
          {of.drift.high - of.drift.low >= MOST_DRIFT
            ? t("clock.drift.untold")
            : t("clock.drift.text", {
                value: signed(of.drift.value),
                low: signed(of.drift.low),
                high: signed(of.drift.high),
              })}
        </dd>
        <dt>{t("clock.jumps")}</dt>
        <dd>
          {of.jumps.length ? (
            <ul>
              {of.jumps.map((jump) => (
                <li key={jump.after}>
                  {t("clock.jump", {
                    size: signed(jump.size.value),
                    low: signed(jump.size.low),
                    high: signed(jump.size.high),
                    after: n(jump.after),
                    before: n(jump.before),
                  })}
                </li>
              ))}
            </ul>
          ) : (
            t("clock.jumps.none")
          )}
        </dd>
        <dt>{t("clock.within")}</dt>
        <dd>{t("clock.within.text", { seconds: n(of.within) })}</dd>
      </dl>
      {of.missing.map((what) => (
        <p key={what} className="notice">
          {t(what === "date" ? "clock.missing.date" : "clock.missing.zone")}
        </p>
      ))}
      {of.others.length ? (
        <p className="notice">{t("clock.others-fit", { formats: of.others.join(", ") })}</p>
      ) : null}
    </>
  );
}

function Readings({ of }: { of: ClockReadOut["readings"] }) {
  const { t, language } = useTexts();
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so it must be reached by keyboard
    <section className="table-wrap readings" aria-label={t("clock.readings")} tabIndex={0}>
      <table>
        <thead>
          <tr>
            <th>{t("clock.at")}</th>
            <th>{t("clock.shown")}</th>
            <th>{t("clock.text")}</th>
            <th>{t("clock.fits")}</th>
          </tr>
        </thead>
        <tbody>
          {of.map((one) => (
            <tr key={one.time}>
              <td>{number(language, one.time)} s</td>
              <td>
                {one.picture ? (
                  <img
                    src={one.picture}
                    alt={t("clock.shown.alt", { seconds: number(language, one.time) })}
                  />
                ) : null}
              </td>
              <td>
                {one.text ? <code>{one.text}</code> : <span className="muted">{t("clock.nothing")}</span>}
              </td>
              <td>
                <span className={one.fits ? "badge good" : "badge warn"}>
                  {t(one.fits ? "clock.fits.yes" : "clock.fits.no")}
                </span>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
