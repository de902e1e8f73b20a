/** Decoded sprites, as many as there is room for; what was used longest ago goes first. */
import type { ChunkTable, FromSprites, Piece, ToSprites } from "./messages";
import type { Job } from "./queue";
import { at, type Tubes } from "./tubes";

const MOST_BYTES = 112 << 20;

/** A sprite, ready to be drawn: where its data is, and its place on its canvas. */
export interface Found {
  data: Uint8Array;
  offset: number;
  x: number;
  y: number;
  w: number;
  h: number;
  shade: boolean;
}

interface Held extends Piece {
  used: number;
}

/** The pieces by chunk, within a limit. */
export class Cache {
  private readonly held = new Map<number, Held[]>();
  private size = 0;
  private clock = 0;

  constructor(private readonly most = MOST_BYTES) {}

  /** The sprite of a sample (from 0 in the chunk); null: there is nothing to see in it; undefined: not there. */
  find(n: number, sample: number): Found | null | undefined {
    const piece = this.pieceOf(n, sample);
    if (!piece) return undefined;
    piece.used = this.clock;
    const row = 5 * (sample - piece.first);
    const [offset, w] = [at(piece.table, row), at(piece.table, row + 3)];
    if (offset < 0 || w === 0) return null;
    const [x, y, h] = [at(piece.table, row + 1), at(piece.table, row + 2), at(piece.table, row + 4)];
    return { data: piece.data, offset, x, y, w: Math.abs(w), h, shade: w < 0 };
  }

  private pieceOf(n: number, sample: number): Held | undefined {
    return this.held.get(n)?.find((one) => one.first <= sample && sample < one.first + one.table.length / 5);
  }

  /** What of the samples `from`..`to - 1` is lacking: from the first to the last of it, or null. */
  lacking(n: number, from: number, to: number): [number, number] | null {
    let [first, last] = [-1, -1];
    for (let k = from; k < to; k++) {
      const piece = this.pieceOf(n, k);
      if (piece) {
        piece.used = this.clock;
        k = piece.first + piece.table.length / 5 - 1;
        continue;
      }
      if (first < 0) first = k;
      last = k;
    }
    return first < 0 ? null : [first, last + 1];
  }

  put(piece: Piece): void {
    if (!this.lacking(piece.n, piece.first, piece.first + piece.table.length / 5)) return;
    const pieces = this.held.get(piece.n) ?? [];
    pieces.push({ ...piece, used: this.clock });
    this.held.set(piece.n, pieces);
    this.size += piece.data.length;
    if (this.size > this.most) this.shrink();
  }

  /** Time goes on: what is used from now on is newer. */
  tick(): void {
    this.clock++;
  }

  private shrink(): void {
    const all = [...this.held.values()].flat().sort((a, b) => a.used - b.used);
    for (const piece of all) {
      if (this.size <= this.most * 0.85 || piece.used === this.clock) return;
      const left = (this.held.get(piece.n) ?? []).filter((one) => one !== piece);
      if (left.length) this.held.set(piece.n, left);
      else this.held.delete(piece.n);
      this.size -= piece.data.length;
    }
  }

  get bytes(): number {
    return this.size;
  }
}

/** A stretch of a tube that will be needed: samples `from`..`to - 1` of the tube, as in `Job`. */
export interface Need {
  tube: number;
  from: number;
  to: number;
  due: number;
}

/** The jobs that bring what is needed, the most urgent first. */
export function jobsFor(tubes: Tubes, cache: Cache, needs: readonly Need[]): Job[] {
  const jobs: Job[] = [];
  for (const { tube, from, to, due } of needs)
    for (let n = at(tubes.chunk, tube); n < at(tubes.chunk, tube + 1); n++) {
      const [first, count] = [at(tubes.first, n), at(tubes.counts, n)];
      const lacking = cache.lacking(n, Math.max(from - first, 0), Math.min(to - first, count));
      if (!lacking) continue;
      // Samples are counted as frames here: it is an order, no more.
      const wait = due + Math.max(first + lacking[0] - from, 0);
      jobs.push({ n, from: lacking[0], to: lacking[1], due: wait });
    }
  return jobs.sort((a, b) => a.due - b.due);
}

/** Which samples are ever shown; the others are never kept. */
export function chunkTable(tubes: Tubes): ChunkTable {
  const used = new Uint8Array(at(tubes.sample, tubes.count));
  const begins = new Uint32Array(tubes.first.length);
  for (let tube = 0; tube < tubes.count; tube++) {
    const base = at(tubes.sample, tube);
    for (let k = at(tubes.frame, tube); k < at(tubes.frame, tube + 1); k++)
      used[base + at(tubes.pick, k)] = 1;
    for (let n = at(tubes.chunk, tube); n < at(tubes.chunk, tube + 1); n++)
      begins[n] = base + at(tubes.first, n);
  }
  return { counts: tubes.counts, width: tubes.width, height: tubes.height, bytes: tubes.bytes, begins, used };
}

/** The worker that fetches and decodes, and the sprites that it brought. */
export class Sprites {
  readonly cache = new Cache();
  private seen = 0; // pieces that came
  private readonly worker = new Worker(new URL("./sprites.worker.ts", import.meta.url), { type: "module" });

  constructor(
    private readonly tubes: Tubes,
    address: string,
    private readonly came: () => void,
    private readonly trouble: (status: number, detail: string, rule: string) => void,
  ) {
    this.worker.onmessage = ({ data }: MessageEvent<FromSprites>) => {
      if (data.kind === "trouble") return this.trouble(data.status, data.detail, data.rule);
      this.seen++;
      this.cache.put(data);
      this.came();
    };
    this.say({ kind: "open", address, chunks: chunkTable(tubes) });
  }

  /** Bring what is needed, first things first; then fetch the streams of `later`. */
  want(needs: readonly Need[], later: readonly number[], fresh: boolean): void {
    this.cache.tick();
    const jobs = jobsFor(this.tubes, this.cache, needs);
    const chunks = later.flatMap((tube) => {
      const [first, end] = [at(this.tubes.chunk, tube), at(this.tubes.chunk, tube + 1)];
      return Array.from({ length: end - first }, (_, k) => first + k);
    });
    this.say({ kind: "want", jobs, later: chunks, fresh, seen: this.seen });
  }

  /** The sprite that a tube shows in its k-th grid frame; see `Cache.find`. */
  find(tube: number, k: number): Found | null | undefined {
    const { tubes } = this;
    const sample = at(tubes.pick, at(tubes.frame, tube) + k);
    let n = at(tubes.chunk, tube);
    while (n + 1 < at(tubes.chunk, tube + 1) && at(tubes.first, n + 1) <= sample) n++;
    if (n >= at(tubes.chunk, tube + 1)) return null;
    const inside = sample - at(tubes.first, n);
    return inside < at(tubes.counts, n) ? this.cache.find(n, inside) : null;
  }

  close(): void {
    this.worker.terminate();
  }

  private say(message: ToSprites): void {
    this.worker.postMessage(message);
  }
}
