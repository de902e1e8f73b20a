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
