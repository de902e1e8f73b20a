/** What the page and the workers say to each other. */
import type { Arranged, Knobs } from "./arrange";
import type { Job } from "./queue";
import type { Tubes } from "./tubes";

/** To the worker that fetches and decodes. */
export type ToSprites = { kind: "open"; address: string; chunks: ChunkTable } | Want;

/** Decode `jobs` and then fetch `later`; the page has had so many (`seen`) pieces. `fresh`: after a jump. */
export interface Want {
  kind: "want";
  jobs: readonly Job[];
  later: readonly number[];
  fresh: boolean;
  seen: number;
}

/** Of each chunk, and (`used`, from `begins` on) whether a sample is ever shown. */
export interface ChunkTable {
  counts: Uint16Array;
  width: Uint16Array;
  height: Uint16Array;
  bytes: Uint32Array;
  begins: Uint32Array;
  used: Uint8Array;
}

/**
 * Some decoded sprites of a chunk, from sample `first` of it on. `table`: five numbers a sample, where its data
 * begins (-1: not kept), x, y, w (negative: with a shadow), h.
 */
export interface Piece {
  n: number;
  first: number;
  table: Int32Array;
  data: Uint8Array;
}

export type FromSprites =
  | ({ kind: "piece" } & Piece)
  | { kind: "trouble"; status: number; detail: string; rule: string };

/** To the worker that arranges: the tubes once, then what to arrange. */
export type ToArranger =
  | { kind: "open"; tubes: Tubes; rate: number; scenes: readonly { width: number; height: number }[] }
  | { kind: "arrange"; round: number; knobs: Knobs; chosen: readonly Uint32Array[] };

/** One arrangement for each scene, in their order, each with its density. */
export interface FromArranger {
  round: number;
  scenes: (Arranged & { density: number })[];
}
