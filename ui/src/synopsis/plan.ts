/** When each tube is shown, in all scenes; and what of it is on the stage in a frame. */
import { at, lengthOf, sampleAt, type Tubes } from "./tubes";

export interface Plan {
  /** First frame of each tube; -1: not shown. */
  starts: Int32Array;
  /** Frames of each scene. */
  lengths: readonly number[];
}

export const NO_PLAN: Plan = { starts: new Int32Array(0), lengths: [] };

/** A tube on the stage, in its k-th frame. */
export interface Present {
  tube: number;
  k: number;
}

/** The tubes of some scenes that are on the stage in a frame, in their order. */
export function present(tubes: Tubes, plan: Plan, scenes: ReadonlySet<number>, frame: number): Present[] {
  const found: Present[] = [];
  for (let tube = 0; tube < plan.starts.length; tube++) {
    const start = at(plan.starts, tube);
    if (start < 0 || frame < start || !scenes.has(at(tubes.scene, tube))) continue;
    if (frame < start + lengthOf(tubes, tube)) found.push({ tube, k: frame - start });
  }
  return found;
}

/** Frames of the longest of some scenes. */
export function lengthOfPlan(plan: Plan, scenes: ReadonlySet<number>): number {
  let most = 0;
  for (const scene of scenes) most = Math.max(most, plan.lengths[scene] ?? 0);
  return most;
}

/** How many are on the stage in each of `steps` equal parts of the synopsis. */
export function profileOf(tubes: Tubes, plan: Plan, scenes: ReadonlySet<number>, steps: number): Uint16Array {
  const counts = new Uint16Array(steps);
  const length = Math.max(lengthOfPlan(plan, scenes), 1);
  for (let tube = 0; tube < plan.starts.length; tube++) {
    const start = at(plan.starts, tube);
    if (start < 0 || !scenes.has(at(tubes.scene, tube))) continue;
    const first = Math.floor((start / length) * steps);
    const last = Math.min(Math.floor(((start + lengthOf(tubes, tube) - 1) / length) * steps), steps - 1);
    for (let s = first; s <= last; s++) counts[s] = at(counts, s) + 1;
  }
  return counts;
}

/**
 * The frame of a new plan that goes on with what is shown in the old one: with `anchor` if it is still there,
 * else with whoever came last and still is, else as far along as before.
 */
export function carriedOn(
  tubes: Tubes,
  before: Plan,
  after: Plan,
  scenes: ReadonlySet<number>,
  frame: number,
  anchor: number | null,
): number {
  const there = present(tubes, before, scenes, Math.floor(frame)).filter(
    ({ tube }) => at(after.starts, tube) >= 0,
  );
  const kept = there.find(({ tube }) => tube === anchor) ?? there.toSorted((a, b) => a.k - b.k)[0];
  if (kept) return at(after.starts, kept.tube) + frame - at(before.starts, kept.tube);
  const length = lengthOfPlan(before, scenes);
  return length ? (frame / length) * lengthOfPlan(after, scenes) : 0;
}

const FADE = 0.25; // seconds of coming and going
const WHOLE = 256;

/** How much of a tube is seen in its k-th frame, 0..256. */
export function opacity(length: number, k: number, rate: number): number {
  const fade = Math.min(Math.max(1, Math.ceil(FADE * rate - 0.5)), Math.floor(length / 4));
  return Math.round(WHOLE * Math.min((k + 1) / (fade + 1), (length - k) / (fade + 1), 1));
}

/** How near to the camera: the lower edge of its box, smoothed over 0.2 s both ways. */
export function depth(tubes: Tubes, tube: number, k: number, rate: number): number {
  const reach = Math.max(1, Math.round(0.2 * rate));
  const [low, high] = [Math.max(0, k - reach), Math.min(k + reach + 1, lengthOf(tubes, tube))];
  let sum = 0;
  for (let i = low; i < high; i++) {
    const row = 4 * sampleAt(tubes, tube, i);
    sum += at(tubes.box, row + 1) + at(tubes.box, row + 3);
  }
  return sum / (high - low);
}

/** The box of a tube in its k-th frame: x, y, w, h in source pixels. */
export function boxAt(tubes: Tubes, { tube, k }: Present): [number, number, number, number] {
  const row = 4 * sampleAt(tubes, tube, k);
  return [at(tubes.box, row), at(tubes.box, row + 1), at(tubes.box, row + 2), at(tubes.box, row + 3)];
}
