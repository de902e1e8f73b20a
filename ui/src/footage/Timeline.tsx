import { useMemo } from "react";
import { useTexts } from "../i18n";
import { clockOf } from "../i18n/times";
import { joined, percent, type Span, tickStyle, ticks } from "./timeline";
import "../style/timeline.css";

interface TimelineProps {
  /** What is drawn, from left to right; the same for all cameras, so that one moment is one vertical. */
  domain: Span;
  recorded: readonly Span[];
  analysed: readonly Span[];
  gaps: readonly Span[];
  zone: string;
  /** What it shows, in words, for who cannot see it. */
  label: string;
}

const WIDTH = 2000; // as many steps as a wide screen has pixels

/** Coverage of one camera: what was recorded, what of it was analysed, and the gaps, over time. */
export function Timeline({ domain, recorded, analysed, gaps, zone, label }: TimelineProps) {
  const { language } = useTexts();
  const near = (domain.end - domain.start) / WIDTH;
  const bars = useMemo(
    () => ({
      recorded: joined(recorded, near),
      analysed: joined(analysed, near),
      gap: joined(gaps, near),
    }),
    [recorded, analysed, gaps, near],
  );
  const clock = useMemo(() => clockOf(language, tickStyle(domain), zone), [language, domain, zone]);
  return (
    <figure className="timeline">
      <div className="track" role="img" aria-label={label}>
        {(["recorded", "analysed", "gap"] as const).map((kind) =>
          bars[kind].map((bar) => {
            const left = percent(domain, bar.start);
            const width = percent(domain, bar.end) - left;
            return (
              <span
                key={kind + bar.start}
                className={kind}
                style={{ left: `${left}%`, width: `${width}%` }}
              />
            );
          }),
        )}
      </div>
      <div className="axis" aria-hidden="true">
        {ticks(domain, 6).map((at) => (
          <span key={at} style={{ left: `${percent(domain, at)}%` }}>
            {clock.format(at)}
          </span>
        ))}
      </div>
    </figure>
  );
}
