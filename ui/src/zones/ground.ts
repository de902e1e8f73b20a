import { held, type Point } from "./geometry";

/** Places in the picture and where they lie in metres; the first four are the corners of a quadrangle. */
export interface Measured {
  places: readonly Point[];
  metres: readonly Point[];
  /** Whether the four are a rectangle of two known lengths; else each place is measured by itself. */
  rectangle: boolean;
}

export const NAMES = "ABCDEFGH"; // of places, in their order; as many there may be
const FOUR = 4;

/** Where four places lie first: low in the picture, near ones first, as a rectangle on the ground may look. */
const FIRST: readonly Point[] = [
  [0.3, 0.85],
  [0.7, 0.85],
  [0.62, 0.6],
  [0.38, 0.6],
];

/** The corners of a rectangle on the ground, `width` by `depth` metres, near left first. */
export function rectangle(width: number, depth: number): Point[] {
  return [
    [0, 0],
    [width, 0],
    [width, depth],
    [0, depth],
  ];
}

/** The lengths of the two sides that begin at the first corner. */
export function sides(metres: readonly Point[]): [number, number] {
  const length = (a: Point | undefined, b: Point | undefined) =>
    a && b ? Math.round(Math.hypot(b[0] - a[0], b[1] - a[1]) * 100) / 100 : 0;
  return [length(metres[0], metres[1]), length(metres[1], metres[2])];
}

/** What is measured first: the ground that is kept, or a rectangle in the middle. */
export function begin(kept: { picture: readonly Point[]; metres: readonly Point[] } | null): Measured {
  if (kept && kept.picture.length >= FOUR)
    return {
      places: kept.picture,
      metres: kept.metres.map(([x, y]) => [round(x), round(y)]),
      rectangle: false,
    };
  return { places: FIRST, metres: rectangle(4, 4), rectangle: true };
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}

export function moved(of: Measured, place: number, to: Point): Measured {
  return { ...of, places: of.places.with(place, held(...to)) };
}

export function measured(of: Measured, place: number, metres: Point): Measured {
  return { ...of, metres: of.metres.with(place, metres) };
}

/** One more place, measured by itself; or one less, never fewer than four. */
export function more(of: Measured): Measured {
  if (of.places.length >= NAMES.length) return of;
  return { places: [...of.places, [0.5, 0.72]], metres: [...of.metres, [0, 0]], rectangle: false };
}

export function fewer(of: Measured): Measured {
  if (of.places.length <= FOUR) return of;
  return { ...of, places: of.places.slice(0, -1), metres: of.metres.slice(0, -1) };
}

/** The middle of numbers and its quarters, of what is known; null where nothing is. */
export function spread(
  values: readonly (number | null)[],
): { n: number; low: number; middle: number; high: number } | null {
  const known = values.filter((value) => value !== null).toSorted((a, b) => a - b);
  if (!known.length) return null;
  const at = (share: number) => known[Math.round((known.length - 1) * share)] ?? 0;
  return { n: known.length, low: at(0.25), middle: at(0.5), high: at(0.75) };
}

export type Verdict = "right" | "small" | "large";

/** What the middle height of people says of the distances. */
export function verdictOf(middle: number): Verdict {
  if (middle < 1.55) return "small";
  return middle > 1.85 ? "large" : "right";
}
