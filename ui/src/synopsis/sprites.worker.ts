/** Fetches sprite streams and decodes them, a few at a time, what is needed first before the rest. */
import { type Unit, units } from "./annexb";
import { type Cut, cut } from "./matte";
import type { ChunkTable, FromSprites, ToSprites, Want } from "./messages";
import { type Course, type Job, STEP, Streams, steer, unpacked } from "./queue";

const LANES = 4; // streams decoded at once,
const REQUESTS = 2; // and requests
const SESSIONS = 64; // decoders that are kept open, to go on when more of their chunk is wanted
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
let sent = 0; // pieces
let active = 0;
const sessions = new Map<number, Session>();

/** A chunk that is decoded step by step. */
interface Session extends Course {
  stop: boolean;
  /** Lets it go on, while others have their turn. */
  go: (() => void) | null;
}

self.onmessage = ({ data }: MessageEvent<ToSprites>) => {
  if (data.kind === "open") {
    address = data.address;
    chunks = data.chunks;
    streams = new Streams(chunks.bytes);
  } else want(data);
  fetchMore();
  decodeMore();
};

function want(asked: Want): void {
  later = asked.later;
  const astray = steer(sessions.values(), asked.jobs, asked.seen);
  const idle = [...sessions.values()].filter((one) => one.at >= one.to);
  const dropped = asked.fresh ? idle : idle.slice(0, Math.max(sessions.size - SESSIONS, 0));
  for (const one of sessions.values()) if (astray.has(one.n) || dropped.includes(one)) end(one);
  jobs = asked.jobs.filter(({ n }) => astray.has(n) || !sessions.has(n));
}

/** Let it clean up at once. */
function end(session: Session): void {
  session.stop = true;
  const { go } = session;
  if (!go) return;
  session.go = null;
  active++;
  go();
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
    const job = jobs.find((one) => !sessions.has(one.n) && streams.has(one.n));
    const waiting = firstDue();
    const go = waiting?.go;
    if (waiting && go && (!job || waiting.due <= job.due)) {
      waiting.go = null;
      active++;
      go();
    } else if (job) begin(job);
    else return;
  }
}

/** Of those that wait for their turn and have something to do, the one that is due first. */
function firstDue(): Session | null {
  let found: Session | null = null;
  for (const one of sessions.values())
    if (one.go && one.at < one.to && (!found || one.due < found.due)) found = one;
  return found;
}

function begin(job: Job): void {
  const stream = streams.get(job.n);
  if (!stream) return;
  jobs = jobs.filter((one) => one !== job);
  const mine: Session = { ...job, at: 0, next: job.from, last: 0, stop: false, go: null };
  sessions.set(job.n, mine);
  active++;
  decode(mine, stream)
    .catch((error: unknown) => broken(mine, error))
    .finally(() => {
      active--;
      sessions.delete(job.n);
      decodeMore();
    });
}

/** Let others have their turn. */
function turn(session: Session): Promise<void> {
  active--;
  return new Promise((go) => {
    session.go = go;
    decodeMore();
  });
}

/** What cannot be decoded is told once, and counts as nothing to be seen. */
function broken({ n, next }: Session, error: unknown): void {
  say({ kind: "trouble", status: -1, detail: String(error), rule: "" });
  const table = new Int32Array(5 * Math.max((chunks?.counts[n] ?? 0) - next, 0)).map((_, i) =>
    i % 5 ? 0 : -1,
  );
  sent++;
  say({ kind: "piece", n, first: next, table, data: new Uint8Array(0) });
}

/** Decode from the key frame on; what lies before `from`, or is never shown, is dropped at once. */
async function decode(session: Session, stream: Uint8Array): Promise<void> {
  const hand = new Hand(session);
  const decoder = new VideoDecoder({ output: (frame) => hand.take(frame), error: (why) => hand.fail(why) });
  const all = units(stream);
  const over = () => session.stop || hand.error !== null;
  try {
    decoder.configure({ codec: CODEC, hardwareAcceleration: "prefer-software", optimizeForLatency: true });
    while (session.at < all.length && !over()) {
      const rest = Math.min(Math.max(session.at, session.from) + STEP, all.length);
      for (; session.at < rest && !over(); session.at++, session.due++) {
        const { data, key } = all[session.at] as Unit;
        decoder.decode(new EncodedVideoChunk({ type: key ? "key" : "delta", timestamp: session.at, data }));
        while (decoder.decodeQueueSize + hand.waiting > MOST_WAITING && !over()) await hand.room(decoder);
      }
      if (session.at >= all.length) break;
      await hand.upTo(decoder);
      await turn(session);
    }
    if (!over()) await decoder.flush();
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

  constructor(private readonly job: Session) {
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
    this.job.last = ++sent;
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
