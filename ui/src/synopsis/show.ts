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
  /** Empty scenes that were asked for already, by their number. */
  early: Map<number, Promise<Ground>>;
}

/** The pixels of an empty scene. */
export type Ground = Uint32Array;

const AT_ONCE = 4; // scenes whose first ground is asked for together with the tubes

/** Have a synopsis made ready: one act, in the log. */
export async function openShow(wish: Wish, signal: AbortSignal): Promise<Show> {
  const made = await send("post", "/api/synopses", {}, { ...wish, plain: false, tracks: null, limit: 1000 });
  const { id, rate, speed, scenes } = made;
  const early = new Map<number, Promise<Ground>>();
  for (const scene of scenes.slice(0, AT_ONCE)) {
    const n = scene.backgrounds[0]?.n;
    if (n !== undefined) early.set(n, groundOf(id, n, scene));
  }
  for (const one of early.values()) one.catch(() => {}); // whoever takes it hears of it
  const tubes = readTubes(await getBytes("/api/synopses/{synopsis}/tubes", { synopsis: made.id }, signal));
  return { id, rate, speed, scenes, made, tubes, clock: new Clock(tubes, scenes), early };
}

/** Have an empty scene. */
export async function groundOf(id: string, n: number, { width, height }: Scene): Promise<Ground> {
  const response = await fetch(`/api/synopses/${id}/backgrounds/${n}`, { credentials: "same-origin" });
  if (!response.ok) throw new Error(`${response.status}`);
  const picture = await createImageBitmap(await response.blob());
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext("2d", { alpha: false, willReadFrequently: true });
  if (!context) throw new Error("this browser draws no pictures");
  context.drawImage(picture, 0, 0);
  picture.close();
  return new Uint32Array(context.getImageData(0, 0, width, height).data.buffer);
}
