/** A synopsis as the server holds it, and how to have it. */
import { getBytes, send } from "../api/client";
import type { SynopsisOut } from "../api/types";
import { Clock } from "./clock";
import { readTubes, type Tubes } from "./tubes";

export type Scene = SynopsisOut["scenes"][number];

/** What is looked at: all that answers a question, or the hits of an answer that is held. */
export interface Wish {
  query: string;
  answer: string | null;
  case: string | null;
  reason: string;
}

/** What the page plays. `rate`: grid frames a second of source time; `made`: what the server said of it. */
export interface Show {
  id: string;
  rate: number;
  /** Above 1 where only key frames were analysed: it is played so many times faster. */
  speed: number;
  scenes: readonly Scene[];
  made: SynopsisOut;
  tubes: Tubes;
  clock: Clock;
}

/** Have a synopsis made ready: one act, in the log. */
export async function openShow(wish: Wish, signal: AbortSignal): Promise<Show> {
  const made = await send("post", "/api/synopses", {}, { ...wish, plain: false, tracks: null, limit: 1000 });
  const tubes = readTubes(await getBytes("/api/synopses/{synopsis}/tubes", { synopsis: made.id }, signal));
  const { id, rate, speed, scenes } = made;
  return { id, rate, speed, scenes, made, tubes, clock: new Clock(tubes, scenes) };
}
