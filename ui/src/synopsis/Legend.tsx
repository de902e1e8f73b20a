import { useTexts } from "../i18n";
import { length, share } from "../i18n/times";
import type { Filter } from "./filter";
import { dayColour } from "./overlay";
import type { Show } from "./show";

/** What one looks at: that it is no record, whose heads are masked, what was not seen, what is left out and why. */
export function Legend({ show, filter, passing }: { show: Show; filter: Filter; passing: number }) {
  const { t, language } = useTexts();
  const { made, tubes } = show;
  const recorded = made.scenes.reduce((sum, one) => sum + one.seconds, 0);
  const gaps = made.scenes.flatMap((one) =>
    one.gaps.map(([from, until]) => ((until ?? 0) - (from ?? 0)) / 1000),
  );
  const unseen = gaps.reduce((sum, one) => sum + one, 0);
  const out = [
    ["synopsis.out.filter", tubes.count - passing - filter.excluded.length],
    ["synopsis.out.excluded", filter.excluded.length],
    ["synopsis.out.limit", made.left_out.limit ?? 0],
    ["synopsis.out.picture", made.left_out.picture ?? 0],
  ] as const;
  const left = out.filter(([, n]) => n > 0);
  return (
    <section className="card stack tight legend small" aria-labelledby="legend-title">
      <h2 id="legend-title">{t("synopsis.legend")}</h2>
      <p>
        <strong>{t("synopsis.synthetic")}</strong> {t("synopsis.synthetic.text")}
      </p>
      <p>{t("synopsis.masked")}</p>
      <p>
        {t("synopsis.coverage", {
          share: share(language, recorded ? Math.max(recorded - unseen, 0) / recorded : 0),
          recorded: length(language, recorded),
          n: gaps.length,
          unseen: length(language, unseen),
        })}
      </p>
      {left.length ? (
        <>
          <p>{t("synopsis.out")}</p>
          <ul className="bullets">
            {left.map(([key, n]) => (
              <li key={key}>{t(key, { n })}</li>
            ))}
          </ul>
        </>
      ) : (
        <p>{t("synopsis.out.none")}</p>
      )}
      <p className="day">
        {t("synopsis.day")}{" "}
        <svg viewBox="0 0 240 8" preserveAspectRatio="none" role="img" aria-label={t("synopsis.day.scale")}>
          {Array.from({ length: 24 }, (_, hour) => hour).map((hour) => (
            <rect key={hour} x={hour * 10} width="10" height="8" fill={dayColour(hour)} />
          ))}
        </svg>
      </p>
      <p className="muted">{t("synopsis.logged", { n: made.entry })}</p>
    </section>
  );
}
