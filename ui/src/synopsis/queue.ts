/** What of the sprites is fetched and decoded next; the logic of the worker, without a browser. */

export const STEP = 12; // samples of a chunk that are decoded before another has its turn

/** Samples `from`..`to - 1` of a chunk are needed, the first in `due` frames. */
export interface Job {
  n: number;
  from: number;
  to: number;
  due: number;
}

/**
 * A chunk whose decoder stands at sample `at`: those from `from` on are handed over, `next` is the first that was
 * not yet, `last` the number of the last message that had some. Until `to` they are wanted; `at` in `due` frames.
 */
export interface Course extends Job {
  at: number;
  next: number;
  last: number;
}

/**
 * Whether it brings what a job of its chunk wants: that lies not far ahead, or was handed over and is still on its
 * way to the page, which has had `seen` messages.
 */
export function brings(course: Course, wanted: Job, seen: number): boolean {
  if (wanted.from < course.from || wanted.from > course.at + STEP) return false;
  return wanted.from >= course.next || course.last > seen;
}

/** Steer by what is wanted now. Gives the numbers of chunks whose course brings nothing of it. */
export function steer(courses: Iterable<Course>, jobs: readonly Job[], seen: number): Set<number> {
  const wanted = new Map(jobs.map((job) => [job.n, job]));
  const astray = new Set<number>();
  for (const course of courses) {
    const job = wanted.get(course.n);
    if (!job) course.to = Math.min(course.to, course.at);
    else if (brings(course, job, seen)) {
      course.to = job.to;
      course.due = job.due + course.at - job.from;
    } else astray.add(course.n);
  }
  return astray;
}

export const MOST_CHUNKS = 64; // of a request, and
const MOST_BYTES = 1 << 20;
const FIRST_CHUNKS = 16; // of a request for what is needed now: the first sprites come the sooner
const KEPT = 64 << 20; // bytes of streams that are kept

/** Streams as they came, those looked at least lately given up first. */
export class Streams {
  private readonly kept = new Map<number, Uint8Array>();
  private readonly coming = new Set<number>();
  private size = 0;

  constructor(private readonly bytes: ArrayLike<number>) {}

  has(n: number): boolean {
    return this.kept.has(n);
  }

  get(n: number): Uint8Array | undefined {
    const found = this.kept.get(n);
    if (found) {
      this.kept.delete(n);
      this.kept.set(n, found);
    }
    return found;
  }

  /**
   * The chunks of the next request: the urgent ones first; then, while there is room and no other request is on
   * its way (so that what becomes urgent need not wait), what comes later.
   */
  next(urgent: readonly number[], later: readonly number[]): number[] {
    const now = this.batch(urgent, FIRST_CHUNKS);
    if (now.length || this.coming.size) return now;
    return this.size < KEPT - MOST_BYTES ? this.batch(later, MOST_CHUNKS) : [];
  }

  private batch(order: readonly number[], most: number): number[] {
    const chosen: number[] = [];
    let size = 0;
    for (const n of order) {
      if (this.kept.has(n) || this.coming.has(n)) continue;
      size += this.bytes[n] ?? 0;
      if (chosen.length && (chosen.length >= most || size > MOST_BYTES)) break;
      chosen.push(n);
      this.coming.add(n);
    }
    return chosen;
  }

  put(n: number, data: Uint8Array): void {
    this.coming.delete(n);
    this.kept.set(n, data);
    this.size += data.length;
    for (const [old, stream] of this.kept) {
      if (this.size <= KEPT || old === n) break;
      this.kept.delete(old);
      this.size -= stream.length;
    }
  }

  /** A request came to nothing; its chunks may be asked for again. */
  failed(chunks: readonly number[]): void {
    for (const n of chunks) this.coming.delete(n);
  }
}

/** Take an answer apart: u32 number, u32 length, bytes, and so on. */
export function unpacked(buffer: ArrayBuffer): Map<number, Uint8Array> {
  const view = new DataView(buffer);
  const found = new Map<number, Uint8Array>();
  for (let at = 0; at + 8 <= buffer.byteLength; ) {
    const length = view.getUint32(at + 4, true);
    found.set(view.getUint32(at, true), new Uint8Array(buffer.slice(at + 8, at + 8 + length)));
    at += 8 + length;
  }
  return found;
}
