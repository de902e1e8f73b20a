/** Which background is shown when: the one that most of the objects shown come from, seldom changed. */
import { at } from "./tubes";

export interface Shown {
  first: number; // frame of the synopsis
  length: number;
  background: number; // index among the scene's
}

export interface GroundPath {
  /** Of each step: the background. */
  path: Uint16Array;
  /** Frames of a step. */
  step: number;
}

const CHANGE = 2; // a change costs as much as this many steps of half a second on a quite wrong background
const BLEND = 1; // seconds that a change takes

/** The cheapest path through the backgrounds (dynamic programming, as in synopsis/background.py). */
export function groundPath(
  shown: readonly Shown[],
  backgrounds: number,
  frames: number,
  rate: number,
): GroundPath {
  const step = Math.max(1, Math.round(rate / 2));
  const steps = Math.max(1, Math.ceil(frames / step));
  const path = new Uint16Array(steps);
  if (backgrounds < 2) return { path, step };
  const counts = new Float32Array(steps * backgrounds);
  for (const { first, length, background } of shown)
    for (let s = Math.floor(first / step); s <= Math.floor((first + length - 1) / step) && s < steps; s++)
      counts[s * backgrounds + background] = at(counts, s * backgrounds + background) + 1;
  return { path: cheapest(counts, steps, backgrounds), step };
}

function cheapest(counts: Float32Array, steps: number, backgrounds: number): Uint16Array {
  const came = new Uint16Array(steps * backgrounds);
  let best = new Float32Array(backgrounds);
  for (let s = 0; s < steps; s++) {
    const here = counts.subarray(s * backgrounds, (s + 1) * backgrounds);
    const all = Math.max(
      here.reduce((sum, n) => sum + n, 0),
      1,
    );
    const from = best.indexOf(Math.min(...best));
    const next = new Float32Array(backgrounds);
    for (let b = 0; b < backgrounds; b++) {
      const move = at(best, b) > at(best, from) + CHANGE;
      came[s * backgrounds + b] = move ? from : b;
      next[b] = (move ? at(best, from) + CHANGE : at(best, b)) + 1 - at(here, b) / all;
    }
    best = next;
  }
  const path = new Uint16Array(steps);
  let now = best.indexOf(Math.min(...best));
  for (let s = steps - 1; s >= 0; s--) {
    path[s] = now;
    now = at(came, s * backgrounds + now);
  }
  return path;
}

/** The backgrounds of a frame, and the share (0..1, in eighths) that the second has. */
export function groundAt({ path, step }: GroundPath, frame: number, rate: number): [number, number, number] {
  const s = Math.min(Math.max(Math.floor(frame / step), 0), path.length - 1);
  const half = (BLEND * rate) / 2;
  const [here, before, after] = [
    at(path, s),
    at(path, Math.max(s - 1, 0)),
    at(path, Math.min(s + 1, path.length - 1)),
  ];
  const into = (frame - s * step + half) / (2 * half);
  const out = (frame - (s + 1) * step + half) / (2 * half);
  const share = (value: number) => Math.round(Math.min(Math.max(value, 0), 1) * 8) / 8;
  if (before !== here && into < 1) return [before, here, share(into)];
  if (after !== here && out > 0) return [here, after, share(out)];
  return [here, here, 0];
}
