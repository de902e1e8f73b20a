import { type ReactNode, useEffect, useRef, useState } from "react";
import { number, useTexts } from "../i18n";
import { share } from "../i18n/times";
import { type Bin, type Binned, total } from "./bins";
import { colourOf } from "./names";
import "../style/charts.css";

/** How wide an element is drawn, in CSS pixels, so that a chart's letters have their size on every screen. */
export function useWidth<T extends HTMLElement>(): [React.RefObject<T | null>, number] {
  const place = useRef<T>(null);
  const [width, setWidth] = useState(640);
  useEffect(() => {
    if (!place.current) return;
    const seen = new ResizeObserver(([entry]) => entry && setWidth(Math.max(entry.contentRect.width, 200)));
    seen.observe(place.current);
    return () => seen.disconnect();
  }, []);
  return [place, width];
}

/** What the colours mean. */
export function Legend({ series, nameOf }: { series: readonly string[]; nameOf: (name: string) => string }) {
  if (series.length < 2) return null;
  return (
    <ul className="legend">
      {series.map((name, i) => (
        <li key={name}>
          <i className={colourOf(name, i)} aria-hidden="true" />
          {nameOf(name)}
        </li>
      ))}
    </ul>
  );
}

const HIGH = 220;
const FOOT = 46; // under the bars: the strip of coverage and the axis
const LEFT = 44;
const TOP = 10;
const WIDEST = 96; // pixels of a column
const UNSEEN = "url(#unseen)"; // the pattern of Hatch

interface ColumnsProps {
  of: Binned;
  /** Draw what there was a seen hour instead of the sum. */
  hourly: boolean;
  labelOf: (bin: Bin) => string;
  nameOf: (series: string) => string;
  label: string;
}

/** Columns over time, under each how much of its time was seen; time that was not seen is hatched. */
export function Columns({ of, hourly, labelOf, nameOf, label }: ColumnsProps) {
  const { t, language } = useTexts();
  const [place, width] = useWidth<HTMLElement>();
  const heightOf = (bin: Bin, name: string) =>
    hourly ? (bin.seen > 0 ? (bin.values[name] ?? 0) / bin.seen : 0) : (bin.values[name] ?? 0);
  const sums = of.bins.map((bin) => of.series.reduce((sum, name) => sum + heightOf(bin, name), 0));
  const step = roundStep(Math.max(...sums, 0));
  const top = Math.max(Math.ceil(Math.max(...sums, 0) / step), 1) * step;
  const scale = (HIGH - TOP) / top;
  const each = Math.min((width - LEFT) / Math.max(of.bins.length, 1), WIDEST);
  const every = Math.ceil(64 / each);
  const told = (bin: Bin, sum: number) => {
    const parts = of.series.filter((name) => bin.values[name]);
    const counts = parts.map((name) => `${nameOf(name)} ${short(language, heightOf(bin, name))}`);
    const seen = t("stats.seen", { share: share(language, Math.min(bin.seen / bin.hours || 0, 1)) });
    return `${labelOf(bin)}: ${bin.seen > 0 ? short(language, sum) : t("stats.not-seen")}${
      counts.length ? ` (${counts.join(", ")})` : ""
    }; ${seen}`;
  };
  return (
    <figure ref={place} className="chart">
      <svg width={width} height={HIGH + FOOT} role="img" aria-label={label}>
        <Hatch />
        {ladder(top, step).map((value) => (
          <g key={value}>
            <line className="grid" x1={LEFT} x2={width} y1={HIGH - value * scale} y2={HIGH - value * scale} />
            <text className="mark" x={LEFT - 6} y={HIGH - value * scale + 4} textAnchor="end">
              {short(language, value)}
            </text>
          </g>
        ))}
        {of.bins.map((bin, k) => {
          const x = LEFT + k * each;
          const wide = Math.max(each - (each > 6 ? 2 : 0), 0.5);
          const part = Math.min(bin.seen / bin.hours || 0, 1);
          let y = HIGH;
          return (
            <g key={bin.key}>
              <title>{told(bin, sums[k] ?? 0)}</title>
              <rect
                x={x}
                y={TOP}
                width={each}
                height={HIGH - TOP}
                {...(part ? { className: "hover" } : { fill: UNSEEN })}
              />
              {of.series.map((name, i) => {
                const tall = heightOf(bin, name) * scale;
                y -= tall;
                return tall ? (
                  <rect key={name} className={colourOf(name, i)} x={x} y={y} width={wide} height={tall} />
                ) : null;
              })}
              <rect fill={UNSEEN} x={x} y={HIGH + 6} width={each} height={8} />
              <rect className="seen" x={x} y={HIGH + 6} width={each * part} height={8} />
              {k % every === 0 && x + 30 < width ? (
                <text className="mark" x={x} y={HIGH + 34}>
                  {labelOf(bin)}
                </text>
              ) : null}
            </g>
          );
        })}
      </svg>
    </figure>
  );
}

/** What was not seen is hatched: it is not zero. */
function Hatch() {
  return (
    <defs>
      <pattern id="unseen" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
        <rect className="hatch-ground" width="6" height="6" />
        <line className="hatch-line" x1="0" y1="0" x2="0" y2="6" />
      </pattern>
    </defs>
  );
}

export interface Bar {
  name: string;
  values: Readonly<Record<string, number>>;
}

interface BarsProps {
  bars: readonly Bar[];
  series: readonly string[];
  nameOf: (series: string) => string;
  label: string;
}

/** Bars by name, one under another. */
export function Bars({ bars, series, nameOf, label }: BarsProps) {
  const { language } = useTexts();
  const [place, width] = useWidth<HTMLElement>();
  const left = Math.min(180, width * 0.38);
  const most = Math.max(...bars.map((bar) => total(bar.values)), 1e-9);
  const scale = (width - left - 56) / most;
  return (
    <figure ref={place} className="chart">
      <svg width={width} height={bars.length * 30 + 8} role="img" aria-label={label}>
        {bars.map((bar, k) => {
          let x = left;
          const y = k * 30 + 4;
          return (
            <g key={bar.name}>
              <title>{`${bar.name}: ${series
                .filter((name) => bar.values[name])
                .map((name) => `${nameOf(name)} ${short(language, bar.values[name] ?? 0)}`)
                .join(", ")}`}</title>
              <text x={left - 8} y={y + 15} textAnchor="end">
                {bar.name.length > 26 ? `${bar.name.slice(0, 25)}…` : bar.name}
              </text>
              {series.map((name, i) => {
                const wide = (bar.values[name] ?? 0) * scale;
                x += wide;
                return wide ? (
                  <rect
                    key={name}
                    className={colourOf(name, i)}
                    x={x - wide}
                    y={y}
                    width={wide}
                    height={22}
                  />
                ) : null;
              })}
              <text className="mark" x={x + 6} y={y + 15}>
                {short(language, total(bar.values))}
              </text>
            </g>
          );
        })}
      </svg>
    </figure>
  );
}

/** The same as numbers, for who does not see it or wants them exact; scrolls in itself. */
export function NumberTable({
  head,
  rows,
}: {
  head: readonly string[];
  rows: readonly (readonly ReactNode[])[];
}) {
  return (
    <div className="table-wrap numbers-of">
      <table>
        <thead>
          <tr>
            {head.map((name) => (
              <th key={name} scope="col">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, i) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: the rows are as the server gave them
            <tr key={i}>
              {row.map((cell, k) => (
                <td key={head[k]}>{cell}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** A number of a chart: whole, or with two digits where it is small. */
export function short(language: "en" | "fr", value: number): string {
  return number(language, Math.round(value * 100) / 100);
}

function roundStep(most: number): number {
  if (most <= 0) return 1;
  const power = 10 ** Math.floor(Math.log10(most / 4));
  return [1, 2, 5, 10].map((m) => m * power).find((one) => one * 4 >= most) ?? power * 10;
}

function ladder(top: number, step: number): number[] {
  return Array.from({ length: Math.round(top / step) + 1 }, (_, k) => k * step);
}
