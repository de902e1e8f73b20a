import { at, type Tubes } from "./tubes";

/** A tube for tests: boxes along a straight way, one sample a frame, one chunk. */
export interface Walk {
  start: number; // ms
  frames: number;
  from: readonly [number, number];
  to: readonly [number, number];
  size?: readonly [number, number];
  scene?: number;
  label?: number;
  colour?: number;
  group?: number;
}

export const RATE = 10;
export const WIDTH = 640;
export const HEIGHT = 360;
const CLASSES = ["person", "car"];
const COLOURS = ["black", "white", "red"];

/** Tubes in columns from walks; the walks must be in order of scene and start, as the server's are. */
export function walked(walks: readonly Walk[]): Tubes {
  const rows = walks.reduce((sum, one) => sum + one.frames, 0);
  const begins = Uint32Array.from([0, ...walks.map((_, i) => rowsBefore(walks, i + 1))]);
  const box = new Uint16Array(rows * 4);
  const place = new Int16Array(rows * 2);
  for (const [i, one] of walks.entries()) {
    const [w, h] = one.size ?? [20, 50];
    for (let k = 0; k < one.frames; k++) {
      const share = one.frames > 1 ? k / (one.frames - 1) : 0;
      const x = one.from[0] + (one.to[0] - one.from[0]) * share;
      const y = one.from[1] + (one.to[1] - one.from[1]) * share;
      box.set([x, y, w, h], 4 * (at(begins, i) + k));
      place.set([x & ~1, y & ~1], 2 * (at(begins, i) + k));
    }
  }
  const each = <T>(value: (one: Walk) => T) => walks.map(value);
  const start = Float64Array.from(each((one) => one.start));
  return {
    count: walks.length,
    ids: walks.map((_, i) => `track-${i}`),
    classes: CLASSES,
    colours: COLOURS,
    scene: Uint8Array.from(each((one) => one.scene ?? 0)),
    label: Uint8Array.from(each((one) => one.label ?? 0)),
    start,
    utc: start.map((ms) => Date.UTC(2026, 10, 20, 8) + ms),
    group: Int32Array.from(each((one) => one.group ?? -1)),
    upper: Uint8Array.from(each((one) => one.colour ?? 255)),
    lower: new Uint8Array(walks.length).fill(255),
    body: new Uint8Array(walks.length).fill(255),
    heading: new Float32Array(walks.length),
    frame: begins,
    sample: begins,
    chunk: Uint32Array.from([...walks.map((_, i) => i), walks.length]),
    pick: Uint16Array.from(walks.flatMap((one) => Array.from({ length: one.frames }, (_, k) => k))),
    box,
    place,
    time: Uint32Array.from(walks.flatMap((one) => Array.from({ length: one.frames }, (_, k) => k * 100))),
    first: new Uint32Array(walks.length),
    counts: Uint16Array.from(each((one) => one.frames)),
    width: Uint16Array.from(each((one) => one.size?.[0] ?? 32)),
    height: Uint16Array.from(each((one) => one.size?.[1] ?? 64)),
    bytes: new Uint32Array(walks.length).fill(1000),
  };
}

function rowsBefore(walks: readonly Walk[], count: number): number {
  return walks.slice(0, count).reduce((sum, one) => sum + one.frames, 0);
}

/** Numbers 0..1 that are the same in each run. */
export function dice(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

/** People who cross the picture over an hour or so. */
export function crowd(count: number, seed = 1): Walk[] {
  const roll = dice(seed);
  const walks = Array.from({ length: count }, () => {
    const flip = roll() < 0.5;
    const [y, end] = [50 + roll() * 220, 50 + roll() * 220];
    return {
      start: Math.floor(roll() * 3_600_000),
      frames: 40 + Math.floor(roll() * 120),
      from: [flip ? 0 : WIDTH - 24, y] as const,
      to: [flip ? WIDTH - 24 : 0, end] as const,
    };
  });
  return walks.sort((a, b) => a.start - b.start);
}
