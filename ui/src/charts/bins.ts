/** A row of a table of the server. */
export type Row = Readonly<Record<string, string | number | null>>;

/** A bin of time (or an hour of the day, a day of the week): what was counted in it, and how much was seen. */
export interface Bin {
  key: string;
  /** When it begins, milliseconds since 1970; for hours and days of the week their number. */
  at: number;
  values: Readonly<Record<string, number>>;
  /** Hours of all cameras together that were seen of it, and that it has. */
  seen: number;
  hours: number;
}

export interface Binned {
  bins: readonly Bin[];
  /** What is counted, the most frequent first. */
  series: readonly string[];
}

export type View = "time" | "hour" | "weekday";
export type ValuesOf = (row: Row) => Readonly<Record<string, number>>;

const MOST = 1500; // bins that are drawn; where there would be more, holes are not filled up

interface Sums {
  values: Record<string, number>;
  seen: number;
  hours: number;
}

/**
 * Rows by the bins of their `time`, with the bins that nothing was counted in: those that were seen, and those
 * that were not, so that zero is never taken for "not recorded". `size`: of a bin, in seconds.
 */
export function binned(
  rows: readonly Row[],
  coverage: readonly Row[],
  size: number,
  cameras: number,
  valuesOf: ValuesOf,
): Binned {
  const sums = new Map<number, Sums>();
  const at = (time: unknown) => {
    const start = startOf(String(time));
    const here = sums.get(start) ?? { values: {}, seen: 0, hours: (size / 3600) * cameras };
    sums.set(start, here);
    return here;
  };
  for (const row of coverage) at(row.time).seen += (Number(row.seen ?? 0) * size) / 3600;
  for (const row of rows) if (row.time) added(at(row.time).values, valuesOf(row));
  for (const start of holes([...sums.keys()], size * 1000))
    sums.set(start, { values: {}, seen: 0, hours: (size / 3600) * cameras });
  const bins = [...sums]
    .toSorted(([a], [b]) => a - b)
    .map(([start, sum]) => ({ key: `${start}`, at: start, ...sum }));
  return { bins, series: seriesOf(bins) };
}

/** Bins of the clock added up by hour of the day or day of the week (from Monday), by the camera's clock. */
export function folded(whole: Binned, view: View, partOf: (at: number, view: View) => number): Binned {
  if (view === "time") return whole;
  const sums = Array.from(
    { length: view === "hour" ? 24 : 7 },
    (): Sums => ({ values: {}, seen: 0, hours: 0 }),
  );
  for (const bin of whole.bins) {
    const sum = sums[partOf(bin.at, view)];
    if (!sum) continue;
    added(sum.values, bin.values);
    sum.seen += bin.seen;
    sum.hours += bin.hours;
  }
  return { bins: sums.map((sum, i) => ({ key: `${i}`, at: i, ...sum })), series: whole.series };
}

function added(to: Record<string, number>, values: Readonly<Record<string, number>>): void {
  for (const [name, value] of Object.entries(values)) to[name] = (to[name] ?? 0) + value;
}

function startOf(time: string): number {
  return Date.parse(time.length === 10 ? `${time}T00:00:00Z` : time);
}

function holes(starts: readonly number[], step: number): number[] {
  const [first, last] = [Math.min(...starts), Math.max(...starts)];
  if (!starts.length || (last - first) / step > MOST) return [];
  const known = new Set(starts);
  const made: number[] = [];
  for (let at = first; at < last; at += step) if (!known.has(at)) made.push(at);
  return made;
}

export function seriesOf(bins: readonly Pick<Bin, "values">[]): string[] {
  const sums: Record<string, number> = {};
  for (const bin of bins) added(sums, bin.values);
  return Object.keys(sums).toSorted((a, b) => (sums[b] ?? 0) - (sums[a] ?? 0));
}

export function total(values: Readonly<Record<string, number>>): number {
  return Object.values(values).reduce((sum, value) => sum + value, 0);
}

/** Which hour of the day, or day of the week from Monday (0), a moment is in a zone. Days are told in UTC. */
export function partOf(zone: string, size: number) {
  const name = size >= 86400 ? "UTC" : zone;
  const hour = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", hourCycle: "h23", timeZone: name });
  const day = new Intl.DateTimeFormat("en-GB", { weekday: "short", timeZone: name });
  const days = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
  return (at: number, view: View) =>
    view === "hour" ? Number(hour.format(at)) : days.indexOf(day.format(at));
}

/** A clock on the wall of a zone ("2026-11-20T08:00") as a moment in ISO 8601 and UTC; "" stays so. */
export function instant(local: string, zone: string): string {
  const wall = /^\d{4}-\d\d-\d\dT\d\d:\d\d/.test(local)
    ? Date.parse(`${local.slice(0, 16)}:00Z`)
    : Number.NaN;
  if (Number.isNaN(wall)) return "";
  let at = wall;
  for (let i = 0; i < 2; i++) at = wall - offset(at, zone);
  return new Date(at).toISOString();
}

/** How far a zone's clock is before UTC at a moment, in milliseconds. */
function offset(at: number, zone: string): number {
  const style = {
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    hour: "2-digit",
    minute: "2-digit",
  } as const;
  const parts = new Intl.DateTimeFormat("en-GB", {
    ...style,
    hourCycle: "h23",
    timeZone: zone,
  }).formatToParts(at);
  const of = (kind: string) => parts.find((part) => part.type === kind)?.value ?? "";
  const wall = Date.parse(`${of("year")}-${of("month")}-${of("day")}T${of("hour")}:${of("minute")}:00Z`);
  return wall - Math.floor(at / 60_000) * 60_000;
}

/** What happened a seen hour; null where nothing was seen. */
export function rate(bin: Pick<Bin, "values" | "seen">): number | null {
  return bin.seen > 0 ? total(bin.values) / bin.seen : null;
}
