/** Which tubes are shown: what they are, what they look like, when, how long, and where they go. */
import { feet, passes, type Shape, type Size } from "./shapes";
import { at, lengthOf, type Tubes, UNKNOWN } from "./tubes";

export interface Filter {
  /** Kinds and colours by their index; empty: all. */
  kinds: readonly number[];
  colours: readonly number[];
  /** Hours of the day (0..24) in the camera's zone; over midnight where `from` is the later one. */
  from: number;
  until: number;
  /** Seconds that a tube lasts at least, and at most. */
  shortest: number;
  longest: number;
  shapes: readonly Shape[];
  excluded: readonly number[];
}

export const ALL: Filter = {
  kinds: [],
  colours: [],
  from: 0,
  until: 24,
  shortest: 0,
  longest: Number.POSITIVE_INFINITY,
  shapes: [],
  excluded: [],
};

export interface Known {
  tubes: Tubes;
  /** Grid frames a second of source time. */
  rate: number;
  sizes: readonly Size[];
  /** Of each tube: hours since midnight in its camera's zone; NaN where the clock is not known. */
  hours: Float32Array;
}

/** The tubes that a filter lets through, in their order. */
export function chosen(known: Known, filter: Filter): number[] {
  const excluded = new Set(filter.excluded);
  const found: number[] = [];
  for (let tube = 0; tube < known.tubes.count; tube++)
    if (
      !excluded.has(tube) &&
      looksRight(known.tubes, filter, tube) &&
      isThen(known, filter, tube) &&
      goes(known, filter, tube)
    )
      found.push(tube);
  return found;
}

function looksRight(tubes: Tubes, { kinds, colours }: Filter, tube: number): boolean {
  if (kinds.length && !kinds.includes(at(tubes.label, tube))) return false;
  return !colours.length || coloursOf(tubes, tube).some((one) => colours.includes(one));
}

/** The colours known of a tube, each once. */
export function coloursOf(tubes: Tubes, tube: number): number[] {
  const all = [at(tubes.upper, tube), at(tubes.lower, tube), at(tubes.body, tube)];
  return [...new Set(all)].filter((one) => one !== UNKNOWN);
}

/** A tube whose clock is not known is let through only where no hours are asked for. */
function isThen(
  { tubes, rate, hours }: Known,
  { from, until, shortest, longest }: Filter,
  tube: number,
): boolean {
  const seconds = lengthOf(tubes, tube) / rate;
  if (seconds < shortest || seconds > longest) return false;
  if (from === 0 && until === 24) return true;
  const hour = at(hours, tube);
  return from <= until ? hour >= from && hour < until : hour >= from || hour < until;
}

/** Of several zones, lines and paths in one scene all must be passed; those of other scenes do not count. */
function goes({ tubes, sizes }: Known, { shapes }: Filter, tube: number): boolean {
  const scene = at(tubes.scene, tube);
  const here = shapes.filter((one) => one.scene === scene);
  const size = sizes[scene];
  if (!here.length || !size) return true;
  const places = feet(tubes, tube, size);
  return here.every((shape) => passes(shape, places, size));
}
