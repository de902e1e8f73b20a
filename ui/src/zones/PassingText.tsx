import { useTexts } from "../i18n";
import { classOf } from "../i18n/classes";
import type { Kind, Passing } from "./geometry";

/** How many tracks of the last day pass an area, by class; of a line in each direction. */
export function PassingText({ kind, of }: { kind: Kind; of: Passing | undefined }) {
  const { t } = useTexts();
  if (!of) return null;
  const labels = Object.entries(of.labels)
    .toSorted(([, a], [, b]) => b - a)
    .map(([label, n]) => `${classOf(t, label)} ${n}`);
  return (
    <p className="small">
      {t("zones.pass", { n: of.tracks })}
      {kind === "line" ? ` · ${t("zones.in-out", { inward: of.inward, outward: of.outward })}` : ""}
      {labels.length ? <span className="muted"> · {labels.join(", ")}</span> : null}
    </p>
  );
}
