/** Fetches sprite streams and decodes them, a few at a time, what is needed first before the rest. */
import { units } from "./annexb";
import { type Cut, cut } from "./matte";
import type { ChunkTable, FromSprites, ToSprites } from "./messages";
import { brings, type Job, Streams, unpacked } from "./queue";

const LANES = 4; // streams decoded at once,
const REQUESTS = 2; // and requests
const PIECE = 16; // sprites that are handed over at once
const CODEC = "avc1.640028";
const REST = 1000; // ms before a request that failed is made again
const MOST_WAITING = 24; // pictures inside a decoder, or that wait to be read

let address = "";
let chunks: ChunkTable | null = null;
let streams = new Streams([]);
let jobs: readonly Job[] = [];
let later: readonly number[] = [];
let requests = 0;
const running = new Map<number, Running>();
const parked: { job: Running; due: number; go: () => void }[] = []; // they brought the first they must, and let others begin
let active = 0;

interface Running extends Job {
  stop: boolean;
  /** The first sample that was not handed over yet. */
  next: number;
}

self.onmessage = ({ data }: MessageEvent<ToSprites>) => {
  if (data.kind === "open") {
    address = data.address;
    chunks = data.chunks;
    streams = new Streams(chunks.bytes);
  } else {
    jobs = data.jobs;
    later = data.later;
    for (const job of running.values()) job.stop ||= outdated(job, data.fresh);
    release();
  }
  fetchMore();
  decodeMore();
};

/**
 * Whether something else of its chunk is wanted now; after a jump also when nothing of it is, or what was handed
 * over before (and given up since).
 */
function outdated(job: Running, fresh: boolean): boolean {
  const here = jobs.filter((one) => one.n === job.n);
  return here.length ? !here.some((one) => brings(job, one) && (!fresh || one.from >= job.next)) : fresh;
}

function say(message: FromSprites, transfer: Transferable[] = []): void {
  self.postMessage(message, { transfer });
}

function fetchMore(): void {
  while (requests < REQUESTS) {
    const batch = streams.next(
      jobs.map((job) => job.n),
      later,
    );
    if (!batch.length) return;
    requests++;
    fetchBatch(batch)
      .catch((error: unknown) => failed(batch, error))
      .finally(() => {
        requests--;
        fetchMore();
      });
  }
}

class Refused extends Error {
  constructor(
    readonly status: number,
    readonly told: Record<string, unknown>,
  ) {
    super(String(told.detail ?? status));
  }
}

async function fetchBatch(batch: readonly number[]): Promise<void> {
  const query = batch.map((n) => `n=${n}`).join("&");
  const response = await fetch(`${address}?${query}`, { credentials: "same-origin", cache: "no-store" });
  if (!response.ok) throw new Refused(response.status, await response.json().catch(() => ({})));
  for (const [n, stream] of unpacked(await response.arrayBuffer())) streams.put(n, stream);
  decodeMore();
}

/** Without a connection, or when the server is busy, it is tried again; a refusal is final. */
async function failed(batch: readonly number[], error: unknown): Promise<void> {
  const [status, told] = error instanceof Refused ? [error.status, error.told] : [0, {}];
  say({ kind: "trouble", status, detail: String(told.detail ?? ""), rule: String(told.rule ?? "") });
  if (status === 401 || status === 403 || status === 404) return;
  await new Promise((done) => setTimeout(done, REST));
  streams.failed(batch);
}

/** Begin, or go on with, what is due first, as long as there are lanes. */
function decodeMore(): void {
  while (active < LANES) {
    const job = jobs.find((one) => !running.has(one.n) && streams.has(one.n));
    const waiting = parked[0];
    if (waiting && (!job || waiting.due <= job.due)) {
      parked.shift();
      active++;
      waiting.go();
    } else if (job) begin(job);
    else return;
  }
}

function begin(job: Job): void {
  const stream = streams.get(job.n);
  if (!stream) return;
  jobs = jobs.filter((one) => one !== job);
  const mine = { ...job, stop: false, next: job.from };
  running.set(job.n, mine);
  active++;
  decode(mine, stream)
    .catch((error: unknown) => broken(mine, error))
    .finally(() => {
      active--;
      running.delete(job.n);
      if (!mine.stop) jobs = jobs.filter((one) => !brings(mine, one));
      decodeMore();
    });
}

/** Let those go at once who have nothing to do any more. */
function release(): void {
  for (const one of parked.splice(0)) {
    if (one.job.stop) {
      active++;
      one.go();
    } else parked.push(one);
  }
}

/** Let what is due earlier go before. */
function park(job: Running): Promise<void> {
  active--;
  return new Promise((go) => {
    parked.push({ job, due: job.due + job.soon - job.from, go });
    parked.sort((a, b) => a.due - b.due);
    decodeMore();
  });
}

/** What cannot be decoded is told once, and counts as nothing to be seen. */
function broken({ n, from, to }: Job, error: unknown): void {
  say({ kind: "trouble", status: -1, detail: String(error), rule: "" });
  const table = new Int32Array(5 * (to - from)).map((_, i) => (i % 5 ? 0 : -1));
  say({ kind: "piece", n, first: from, table, data: new Uint8Array(0) });
}

/** Decode from the key frame on; what lies before `from`, or is never shown, is dropped at once. */
async function decode(job: Running, stream: Uint8Array): Promise<void> {
  const hand = new Hand(job);
  const decoder = new VideoDecoder({ output: (frame) => hand.take(frame), error: (why) => hand.fail(why) });
  try {
    decoder.configure({ codec: CODEC, hardwareAcceleration: "prefer-software", optimizeForLatency: true });
    for (const [k, unit] of units(stream).slice(0, job.to).entries()) {
      if (k === job.soon && k > job.from) {
        await hand.upTo(decoder);
        await park(job);
      }
      if (job.stop || hand.error) break;
      const type = unit.key ? "key" : "delta";
      decoder.decode(new EncodedVideoChunk({ type, timestamp: k, data: unit.data }));
      while (decoder.decodeQueueSize + hand.waiting > MOST_WAITING && !hand.error) await hand.room(decoder);
    }
    if (!job.stop && !hand.error) await decoder.flush();
    await hand.done();
  } finally {
    decoder.close();
  }
  if (hand.error) throw hand.error;
}

/** Takes pictures from a decoder, in order, and hands sprites over piece by piece. */
class Hand {
  error: Error | null = null;
  waiting = 0;
  private chain: Promise<void> = Promise.resolve();
  private buffer = new Uint8Array(0);
  private held: (Cut | null)[] = [];
  private first: number;

  constructor(private readonly job: Running) {
    this.first = job.from;
  }

  fail(why: Error): void {
    this.error = why;
  }

  take(frame: VideoFrame): void {
    const k = frame.timestamp;
    const table = chunks as ChunkTable;
    const begin = table.begins[this.job.n] ?? 0;
    if (this.job.stop || k < this.job.from || !table.used[begin + k]) {
      frame.close();
      if (k >= this.job.from) this.chain = this.chain.then(() => this.keep(null));
      return;
    }
    this.waiting++;
    this.chain = this.chain.then(() => this.read(frame)).catch((why: unknown) => this.fail(why as Error));
  }

  private async read(frame: VideoFrame): Promise<void> {
    const table = chunks as ChunkTable;
    const [width, height] = [table.width[this.job.n] ?? 0, table.height[this.job.n] ?? 0];
    try {
      const rect = {
        x: frame.visibleRect?.x ?? 0,
        y: frame.visibleRect?.y ?? 0,
        width,
        height: (height * 3) / 2,
      };
      const size = (width * height * 9) / 4;
      if (this.buffer.length < size) this.buffer = new Uint8Array(size);
      if (frame.format !== "I420") throw new Error(`this browser decodes to ${frame.format}, not to I420`);
      const half = { stride: width / 2 };
      const chroma = (width * height * 3) / 2;
      const layout = [
        { offset: 0, stride: width },
        { offset: chroma, ...half },
        { offset: chroma + (width * height * 3) / 8, ...half },
      ];
      await frame.copyTo(this.buffer, { rect, layout });
    } finally {
      frame.close();
      this.waiting--;
    }
    this.keep(cut({ planes: this.buffer, width, height }));
  }

  private keep(one: Cut | null): void {
    this.held.push(one);
    if (this.held.length >= PIECE) this.send();
  }

  private send(): void {
    if (!this.held.length) return;
    const size = this.held.reduce((sum, one) => sum + (one?.data.length ?? 0), 0);
    const data = new Uint8Array(size);
    const table = new Int32Array(5 * this.held.length);
    let at = 0;
    for (const [k, one] of this.held.entries()) {
      table.set(one ? [at, one.x, one.y, one.shade ? -one.w : one.w, one.h] : [-1, 0, 0, 0, 0], 5 * k);
      if (!one) continue;
      data.set(one.data, at);
      at += one.data.length;
    }
    say({ kind: "piece", n: this.job.n, first: this.first, table, data }, [data.buffer, table.buffer]);
    this.first += this.held.length;
    this.job.next = this.first;
    this.held = [];
  }

  /** Wait until the decoder, or else this hand, has done a piece of what waits. */
  async room(decoder: VideoDecoder): Promise<void> {
    if (decoder.decodeQueueSize)
      await new Promise((done) => decoder.addEventListener("dequeue", done, { once: true }));
    else await this.chain;
  }

  /** Hand over what the decoder was given so far. */
  async upTo(decoder: VideoDecoder): Promise<void> {
    while (decoder.decodeQueueSize && !this.error) await this.room(decoder);
    await this.done();
  }

  async done(): Promise<void> {
    await this.chain;
    this.send();
  }
}
