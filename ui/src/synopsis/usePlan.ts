import { useEffect, useMemo, useRef } from "react";
import type { Arranged, Knobs } from "./arrange";
import { chosen, type Filter, type Known } from "./filter";
import type { FromArranger, ToArranger } from "./messages";
import type { Plan } from "./plan";
import type { Player } from "./player";
import type { Show } from "./show";
import { at } from "./tubes";

/** Arranges in a worker; an answer to a wish that was replaced is dropped. */
class Arranger {
  private readonly worker = new Worker(new URL("./arrange.worker.ts", import.meta.url), { type: "module" });
  private round = 0;
  private done: ((scenes: readonly Arranged[]) => void) | null = null;

  constructor({ tubes, rate, scenes }: Show) {
    this.worker.onmessage = ({ data }: MessageEvent<FromArranger>) => {
      if (data.round === this.round) this.done?.(data.scenes);
    };
    const sizes = scenes.map(({ width, height }) => ({ width, height }));
    this.say({ kind: "open", tubes, rate, scenes: sizes });
  }

  ask(knobs: Knobs, tubes: readonly Uint32Array[], done: (scenes: readonly Arranged[]) => void): void {
    this.done = done;
    this.say({ kind: "arrange", round: ++this.round, knobs, chosen: tubes });
  }

  close(): void {
    this.done = null;
    this.worker.terminate();
  }

  private say(message: ToArranger): void {
    this.worker.postMessage(message);
  }
}

/** Keeps the player's plan what knobs and filter ask for; gives how many tubes the filter lets through. */
export function usePlan(show: Show, player: Player, knobs: Knobs, filter: Filter): readonly number[] {
  const arranger = useRef<Arranger | null>(null);
  useEffect(() => {
    arranger.current = new Arranger(show);
    return () => arranger.current?.close();
  }, [show]);
  const known: Known = useMemo(
    () => ({ tubes: show.tubes, rate: show.rate, sizes: show.scenes, hours: show.clock.hours }),
    [show],
  );
  const tubes = useMemo(() => chosen(known, filter), [known, filter]);
  useEffect(() => {
    const parts = show.scenes.map((_, n) =>
      Uint32Array.from(tubes.filter((tube) => at(show.tubes.scene, tube) === n)),
    );
    arranger.current?.ask(knobs, parts, (made) => player.setPlan(joinedPlan(show, parts, made)));
  }, [show, player, knobs, tubes]);
  return tubes;
}

function joinedPlan(show: Show, parts: readonly Uint32Array[], made: readonly Arranged[]): Plan {
  const starts = new Int32Array(show.tubes.count).fill(-1);
  for (const [n, tubes] of parts.entries())
    for (const [k, tube] of tubes.entries()) starts[tube] = made[n]?.starts[k] ?? -1;
  return { starts, lengths: made.map((one) => one.length) };
}
