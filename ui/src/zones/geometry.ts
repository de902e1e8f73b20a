/** A place in the picture, 0..1 from its upper left corner. */
export type Point = readonly [number, number];
export type Kind = "zone" | "line";

/** What a track did: its class, and where its foot was at times equally apart. */
export interface Way {
  label: string;
  path: readonly Point[];
}

/** How many tracks pass an area: in all, by class, in each direction (lines), and which of the ways they are. */
export interface Passing {
  tracks: number;
  labels: Readonly<Record<string, number>>;
  inward: number;
  outward: number;
  which: ReadonlySet<number>;
}

export const FEWEST: Record<Kind, number> = { zone: 3, line: 2 };
export const MOST = 200;

/** A place that lies in the picture. */
export function held(x: number, y: number): Point {
  const clamp = (value: number) => Math.round(Math.min(Math.max(value, 0), 1) * 1e4) / 1e4;
  return [clamp(x), clamp(y)];
}

export function middle(a: Point, b: Point): Point {
  return held((a[0] + b[0]) / 2, (a[1] + b[1]) / 2);
}

/** On which side of the way from `a` to `b` a place lies: above 0 at the right hand, as the picture is seen. */
function side(a: Point, b: Point, place: Point): number {
  return (b[0] - a[0]) * (place[1] - a[1]) - (b[1] - a[1]) * (place[0] - a[0]);
}

/** Whether the step from `a` to `b` crosses the piece from `c` to `d`; what only touches at its end does not. */
function crosses(a: Point, b: Point, c: Point, d: Point): boolean {
  return side(c, d, a) > 0 !== side(c, d, b) > 0 && side(a, b, c) > 0 !== side(a, b, d) > 0;
}

/** Whether a place lies in a polygon, by the even-odd rule. */
export function inside(polygon: readonly Point[], [x, y]: Point): boolean {
  let within = false;
  for (const [a, b] of edges(polygon, true)) {
    const over = a[1] > y !== b[1] > y;
    if (over && x < a[0] + ((y - a[1]) / (b[1] - a[1])) * (b[0] - a[0])) within = !within;
  }
  return within;
}

/** The pieces between points, one after another; `closed`: and from the last to the first. */
export function edges(points: readonly Point[], closed: boolean): [Point, Point][] {
  const made: [Point, Point][] = [];
  points.forEach((point, i) => {
    const next = points[i + 1] ?? (closed ? points[0] : undefined);
    if (next && next !== point) made.push([point, next]);
  });
  return made;
}

function enters(polygon: readonly Point[], path: readonly Point[]): boolean {
  if (path.some((place) => inside(polygon, place))) return true;
  const border = edges(polygon, true);
  return edges(path, false).some(([a, b]) => border.some(([c, d]) => crosses(a, b, c, d)));
}

/**
 * How often a way crosses a line, in and out: in is from the left hand to the right for who walks along the
 * line from its first point to its last, as the server counts.
 */
export function crossings(line: readonly Point[], path: readonly Point[]): [number, number] {
  const counts: [number, number] = [0, 0];
  for (const [a, b] of edges(path, false))
    for (const [c, d] of edges(line, false)) if (crosses(a, b, c, d)) counts[side(c, d, b) > 0 ? 0 : 1] += 1;
  return counts;
}

/** Which ways pass an area, and how; none do while it has too few points. */
export function passing(kind: Kind, points: readonly Point[], ways: readonly Way[]): Passing {
  const labels: Record<string, number> = {};
  const which = new Set<number>();
  let [inward, outward] = [0, 0];
  if (points.length < FEWEST[kind]) return { tracks: 0, labels, inward, outward, which };
  ways.forEach(({ label, path }, i) => {
    const [a, b] = kind === "line" ? crossings(points, path) : [0, 0];
    if (kind === "zone" ? !enters(points, path) : a + b === 0) return;
    inward += a;
    outward += b;
    labels[label] = (labels[label] ?? 0) + 1;
    which.add(i);
  });
  return { tracks: which.size, labels, inward, outward, which };
}
