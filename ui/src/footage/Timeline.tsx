import { type KeyboardEvent, type MouseEvent, useEffect, useMemo, useRef, useState } from "react";
import { useTexts } from "../i18n";
import { clockOf, wholeDay } from "../i18n/times";
import { type Bin, joined, moved, percent, type Span, tickStyle, ticks, timeAt, zoomed } from "./timeline";
import "../style/timeline.css";

/** What all timelines of a page share: one scale, and the moment that is played. */
export interface Scale {
  /** What is drawn, from left to right; the same for all cameras, so that one moment is one vertical. */
  view: Span;
  whole: Span;
  setView: (view: Span) => void;
  /** The moment that is played now. */
  cursor: number | null;
}

interface TimelineProps {
  scale: Scale;
  name: string;
  recorded: readonly Span[];
  analysed: readonly Span[];
  gaps: readonly Span[];
  bins: readonly Bin[];
  most: number;
  zone: string;
  /** What it shows, in words, for who cannot see it. */
  label: string;
  play: (at: number) => void;
}

const WIDTH = 2000; // as many steps as a wide screen has pixels
const HEIGHT = 24; // of the bars of activity
const STEP = 1 / 50; // of what is seen, by an arrow key

/** Coverage and activity of one camera over time; a click, or Enter, plays from there. */
export function Timeline({ scale, recorded, analysed, gaps, bins, most, label, ...rest }: TimelineProps) {
  const { view } = scale;
  const near = (view.end - view.start) / WIDTH;
  const bars = useMemo(() => {
    const inside = (spans: readonly Span[]) =>
      joined(
        spans.filter((one) => one.end > view.start && one.start < view.end),
        near,
      );
    return { recorded: inside(recorded), analysed: inside(analysed), gap: inside(gaps) };
  }, [recorded, analysed, gaps, view, near]);
  return (
    <figure className="timeline">
      <div className="timeline-body">
        <Activity view={view} bins={bins} most={most} />
        <div className="track" role="img" aria-label={label}>
          {(["recorded", "analysed", "gap"] as const).map((kind) =>
            bars[kind].map((bar) => {
              const left = percent(view, bar.start);
              const width = percent(view, bar.end) - left;
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
        <Cursor scale={scale} {...rest} />
      </div>
      <Axis view={view} zone={rest.zone} />
    </figure>
  );
}

/** How many tracks began in each bin, as bars of which the highest on the page is full. */
function Activity({ view, bins, most }: { view: Span; bins: readonly Bin[]; most: number }) {
  const path = useMemo(
    () =>
      bins
        .filter((one) => one.end > view.start && one.start < view.end && one.tracks > 0)
        .map((one) => {
          const [left, right] = [percent(view, one.start) * 10, percent(view, one.end) * 10];
          const high = Math.max((one.tracks / most) * HEIGHT, 1);
          return `M${left} ${HEIGHT}V${HEIGHT - high}H${Math.max(right - 0.6, left + 0.4)}V${HEIGHT}Z`;
        })
        .join(""),
    [bins, most, view],
  );
  return (
    <svg className="activity" viewBox={`0 0 1000 ${HEIGHT}`} preserveAspectRatio="none" aria-hidden="true">
      <path d={path} />
    </svg>
  );
}

function Axis({ view, zone }: { view: Span; zone: string }) {
  const { language } = useTexts();
  const clock = useMemo(() => clockOf(language, tickStyle(view), zone), [language, view, zone]);
  return (
    <div className="axis" aria-hidden="true">
      {ticks(view, 6).map((at) => (
        <span key={at} style={{ left: `${percent(view, at)}%` }}>
          {clock.format(at)}
        </span>
      ))}
    </div>
  );
}

/** What the pointer and the keys do: choose a moment, play it, zoom. */
function Cursor({ scale, name, zone, play }: Pick<TimelineProps, "scale" | "name" | "zone" | "play">) {
  const { t, language } = useTexts();
  const { view, whole, setView, cursor } = scale;
  const place = useRef<HTMLDivElement>(null);
  const [chosen, setChosen] = useState<number | null>(null);
  const at = chosen ?? timeAt(view, 0.5);
  useWheel(place, (event, box) => {
    const under = timeAt(view, (event.clientX - box.left) / box.width);
    const sideways = Math.abs(event.deltaX) > Math.abs(event.deltaY);
    setView(
      sideways
        ? moved(view, whole, event.deltaX / box.width)
        : zoomed(view, whole, under, event.deltaY > 0 ? 1.25 : 0.8),
    );
  });
  const choose = (time: number) => setChosen(Math.min(Math.max(time, view.start), view.end));
  const click = (event: MouseEvent<HTMLDivElement>) => {
    const box = event.currentTarget.getBoundingClientRect();
    const time = timeAt(view, (event.clientX - box.left) / box.width);
    choose(time);
    play(time);
  };
  const step = (view.end - view.start) * STEP;
  const keys = new Map<string, () => void>([
    ["ArrowLeft", () => choose(at - step)],
    ["ArrowRight", () => choose(at + step)],
    ["Home", () => choose(view.start)],
    ["End", () => choose(view.end)],
    ["Enter", () => play(at)],
    ["+", () => setView(zoomed(view, whole, at, 0.5))],
    ["-", () => setView(zoomed(view, whole, at, 2))],
    ["0", () => setView(whole)],
  ]);
  const pressed = (event: KeyboardEvent) => {
    const action = keys.get(event.key);
    if (!action || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    action();
  };
  return (
    <div
      ref={place}
      className="pick"
      role="slider"
      tabIndex={0}
      aria-label={t("footage.moment", { name })}
      aria-valuemin={view.start}
      aria-valuemax={view.end}
      aria-valuenow={Math.round(at)}
      aria-valuetext={wholeDay(language, new Date(at).toISOString(), zone)}
      onClick={click}
      onKeyDown={pressed}
    >
      {chosen !== null ? <i className="chosen" style={{ left: `${percent(view, chosen)}%` }} /> : null}
      {cursor !== null && cursor >= view.start && cursor <= view.end ? (
        <i className="played" style={{ left: `${percent(view, cursor)}%` }} />
      ) : null}
    </div>
  );
}

/** The wheel over an element, which then does not scroll the page. */
function useWheel(
  place: { current: HTMLElement | null },
  turned: (event: WheelEvent, box: DOMRect) => void,
): void {
  const action = useRef(turned);
  action.current = turned;
  useEffect(() => {
    const element = place.current;
    const wheel = (event: WheelEvent) => {
      if (!element || event.ctrlKey) return;
      event.preventDefault();
      action.current(event, element.getBoundingClientRect());
    };
    element?.addEventListener("wheel", wheel, { passive: false });
    return () => element?.removeEventListener("wheel", wheel);
  }, [place]);
}
