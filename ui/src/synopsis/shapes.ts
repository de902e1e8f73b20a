/** Zones, lines and paths drawn on the picture, and which tubes they let through. Places are 0..1 of the picture. */
import { at, lengthOf, sampleAt, type Tubes } from "./tubes";

export type Point = readonly [number, number];
export type ShapeKind = "zone" | "line" | "path";

/** A zone: somebody stands in it; a line: somebody crosses it; a path: somebody follows it, in its direction. */
export interface Shape {
  kind: ShapeKind;
  scene: number;
  points: readonly Point[];
}

export interface Size {
  width: number;
  height: number;
}

const NEAR = 0.08; // of the picture's height: how far from a path somebody may walk
const SHARE = 0.7; // of a path that must be followed
const STOPS = 12; // places of a path that are looked at
const STRIDE = 2; // frames from one place of a tube that is looked at to the next

/** Where a tube stands, frame after frame (every second one): the middle of the lower edge of its box, 0..1. */
export function feet(tubes: Tubes, tube: number, { width, height }: Size): Point[] {
  const found: Point[] = [];
  for (let k = 0; k < lengthOf(tubes, tube); k += STRIDE) {
    const row = 4 * sampleAt(tubes, tube, k);
    const x = at(tubes.box, row) + at(tubes.box, row + 2) / 2;
    const y = at(tubes.box, row + 1) + at(tubes.box, row + 3);
    found.push([x / width, y / height]);
  }
  return found;
}

/** Whether somebody who stands at these places one after the other is let through. */
export function passes(shape: Shape, places: readonly Point[], { width, height }: Size): boolean {
  if (shape.kind === "zone") return places.some((one) => inside(shape.points, one));
  if (shape.kind === "line") return crosses(shape.points, places);
  return follows(shape.points, places, width / height);
}

/** Whether a point lies in a polygon (even-odd rule). */
export function inside(polygon: readonly Point[], [x, y]: Point): boolean {
  let odd = false;
  for (let i = 0, j = polygon.length - 1; i < polygon.length; j = i++) {
    const [[ax, ay], [bx, by]] = [polygon[i] as Point, polygon[j] as Point];
    if (ay > y !== by > y && x < ((bx - ax) * (y - ay)) / (by - ay) + ax) odd = !odd;
  }
  return odd;
}

function crosses(line: readonly Point[], places: readonly Point[]): boolean {
  for (let i = 1; i < line.length; i++)
    for (let k = 1; k < places.length; k++)
      if (meet(line[i - 1] as Point, line[i] as Point, places[k - 1] as Point, places[k] as Point))
        return true;
  return false;
}

function side(a: Point, b: Point, c: Point): number {
  return Math.sign((b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0]));
}

function meet(a: Point, b: Point, c: Point, d: Point): boolean {
  return side(a, b, c) !== side(a, b, d) && side(c, d, a) !== side(c, d, b);
}

/** Whether most places of the path are come near to, one after the other. */
function follows(path: readonly Point[], places: readonly Point[], aspect: number): boolean {
  const stops = spread(path, STOPS, aspect);
  let [reached, from] = [0, 0];
  for (const stop of stops) {
    const k = places.findIndex((one, i) => i >= from && distance(one, stop, aspect) <= NEAR);
    if (k < 0) continue;
    reached++;
    from = k;
  }
  return reached >= SHARE * stops.length;
}

/** In heights of the picture. */
export function distance(a: Point, b: Point, aspect: number): number {
  return Math.hypot((a[0] - b[0]) * aspect, a[1] - b[1]);
}

/** So many places, evenly along a way. */
export function spread(way: readonly Point[], count: number, aspect: number): Point[] {
  const lengths = way.slice(1).map((one, i) => distance(way[i] as Point, one, aspect));
  const whole = lengths.reduce((sum, one) => sum + one, 0);
  const found: Point[] = [];
  let [leg, before] = [0, 0];
  for (let i = 0; i < count; i++) {
    const along = (whole * i) / Math.max(count - 1, 1);
    while (leg < lengths.length - 1 && before + at(lengths, leg) < along) before += at(lengths, leg++);
    const share = lengths[leg] ? (along - before) / at(lengths, leg) : 0;
    const [a, b] = [way[leg] as Point, (way[leg + 1] ?? way[leg]) as Point];
    found.push([a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share]);
  }
  return found;
}

/** The corners of the rectangle between two points. */
export function corners([ax, ay]: Point, [bx, by]: Point): Point[] {
  return [
    [ax, ay],
    [bx, ay],
    [bx, by],
    [ax, by],
  ];
}
