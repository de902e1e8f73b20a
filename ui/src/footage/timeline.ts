/** A stretch of time in milliseconds since 1970, `start <= t < end`. */
export interface Span {
  start: number;
  end: number;
}

/** A span from the server's ISO times; null where the clock is unknown. */
export function spanOf(start: string | null, end: string | null): Span | null {
  if (start === null || end === null) return null;
  const [from, to] = [Date.parse(start), Date.parse(end)];
  return Number.isFinite(from) && Number.isFinite(to) && to > from ? { start: from, end: to } : null;
}

/**
 * Spans in order, those closer than `near` joined: ten thousand recordings draw as a few bars where they stand
 * so close that no pixel lies between them.
 */
export function joined(spans: readonly Span[], near: number): Span[] {
  const made: Span[] = [];
  for (const span of spans.toSorted((a, b) => a.start - b.start)) {
    const last = made.at(-1);
    if (last && span.start - last.end <= near) last.end = Math.max(last.end, span.end);
    else made.push({ ...span });
  }
  return made;
}

/** From the first to the last of many spans, with a little room; null if there are none. */
export function around(spans: readonly Span[]): Span | null {
  if (!spans.length) return null;
  const start = Math.min(...spans.map((one) => one.start));
  const end = Math.max(...spans.map((one) => one.end));
  const room = Math.max((end - start) * 0.02, 1000);
  return { start: start - room, end: end + room };
}

/** Where a time lies in a domain, 0..100, for a style in percent. */
export function percent(domain: Span, at: number): number {
  const share = (at - domain.start) / (domain.end - domain.start);
  return Math.min(Math.max(share, 0), 1) * 100;
}

const SECOND = 1000;
const STEPS = [1, 5, 15, 30, 60, 300, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400, 172800, 604800].map(
  (seconds) => seconds * SECOND,
);

/** Times for the axis: round ones, at most `most`. */
export function ticks(domain: Span, most: number): number[] {
  const length = domain.end - domain.start;
  const step = STEPS.find((one) => length / one <= most) ?? Math.ceil(length / most / 604800000) * 604800000;
  const made: number[] = [];
  for (let at = Math.ceil(domain.start / step) * step; at <= domain.end; at += step) made.push(at);
  return made;
}

/** How an axis of this length writes its times: with seconds, as a clock, or as days. */
export function tickStyle(domain: Span): Intl.DateTimeFormatOptions {
  const length = domain.end - domain.start;
  if (length < 10 * 60 * SECOND)
    return { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" };
  if (length < 36 * 3600 * SECOND) return { hour: "2-digit", minute: "2-digit", hourCycle: "h23" };
  return { day: "numeric", month: "short" };
}

/** A part of a domain: `factor` times as long, with `at` where it was; never longer than the whole. */
export function zoomed(view: Span, whole: Span, at: number, factor: number): Span {
  const least = 10 * SECOND;
  const length = Math.min(
    Math.max((view.end - view.start) * factor, Math.min(least, whole.end - whole.start)),
    whole.end - whole.start,
  );
  const share = (at - view.start) / (view.end - view.start);
  return kept({ start: at - share * length, end: at + (1 - share) * length }, whole);
}

/** A domain moved by a share of its length, not out of the whole. */
export function moved(view: Span, whole: Span, share: number): Span {
  const by = (view.end - view.start) * share;
  return kept({ start: view.start + by, end: view.end + by }, whole);
}

function kept(view: Span, whole: Span): Span {
  const length = Math.min(view.end - view.start, whole.end - whole.start);
  const start = Math.min(Math.max(view.start, whole.start), whole.end - length);
  return { start, end: start + length };
}

/** The time at a place 0..1 of a domain. */
export function timeAt(domain: Span, share: number): number {
  return domain.start + Math.min(Math.max(share, 0), 1) * (domain.end - domain.start);
}

const BINS = [60, 300, 600, 900, 1800, 3600, 86400]; // seconds that statistics are counted by

/** Seconds of a bin, such that there are at most `most` of them, where that can be had. */
export function binFor(domain: Span, most: number): number {
  const seconds = (domain.end - domain.start) / SECOND;
  return BINS.find((one) => seconds / one <= most) ?? 86400;
}

/** How many tracks began in a bin. */
export interface Bin extends Span {
  tracks: number;
}

/** The tracks of each bin by the camera's name, from the rows of a table by hour. */
export function binsOf(rows: readonly Record<string, unknown>[], seconds: number): Map<string, Bin[]> {
  const counts = new Map<string, Map<number, number>>();
  for (const row of rows) {
    const start = Date.parse(String(row.time));
    const tracks = Number(row.tracks);
    if (!Number.isFinite(start) || !Number.isFinite(tracks)) continue; // of unknown time, or too few to be told
    const camera = counts.get(String(row.camera)) ?? new Map<number, number>();
    camera.set(start, (camera.get(start) ?? 0) + tracks);
    counts.set(String(row.camera), camera);
  }
  const made = ([start, tracks]: [number, number]) => ({ start, end: start + seconds * SECOND, tracks });
  return new Map([...counts].map(([camera, found]) => [camera, [...found].map(made)]));
}

/**
 * What a timeline shows at first: all of it, or, where what was recorded would be slivers on it, the stretch in
 * which most was recorded.
 */
export function opening(spans: readonly Span[], whole: Span): Span {
  const length = (parts: readonly Span[]) => parts.reduce((sum, one) => sum + one.end - one.start, 0);
  const recorded = joined(spans, 0);
  if (length(recorded) > (whole.end - whole.start) / 10) return whole;
  const near = joined(recorded, (whole.end - whole.start) / 50);
  const within = (one: Span) =>
    length(recorded.filter((part) => part.start >= one.start && part.end <= one.end));
  const [best] = near.toSorted((a, b) => within(b) - within(a));
  return best ? kept(around([best]) ?? whole, whole) : whole;
}
