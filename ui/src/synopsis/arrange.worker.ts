/** Arranges in the background, the newest wish only. */
import { arrange } from "./arrange";
import type { FromArranger, ToArranger } from "./messages";

type Known = Extract<ToArranger, { kind: "open" }>;
let known: Known | null = null;
let wish: Extract<ToArranger, { kind: "arrange" }> | null = null;

self.onmessage = ({ data }: MessageEvent<ToArranger>) => {
  if (data.kind === "open") known = data;
  else {
    if (!wish) setTimeout(answer, 0); // what is asked for meanwhile replaces it
    wish = data;
  }
};

function answer(): void {
  if (!known || !wish) return;
  const { tubes, rate, scenes } = known;
  const { knobs, chosen, round } = wish;
  wish = null;
  const made = scenes.map(({ width, height }, n) =>
    arrange({ tubes, rate, width, height, chosen: chosen[n] ?? [] }, knobs),
  );
  self.postMessage({ round, scenes: made } satisfies FromArranger);
}
