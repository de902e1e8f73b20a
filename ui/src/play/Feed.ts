import { ApiError, address, fetchBytes } from "../api/client";
import { type Lane, type PieceAt, piecesFrom, placeOf } from "./lanes";

const AHEAD = 6; // seconds of playing that are fetched before they are shown
const BEHIND = 90; // seconds that are kept after they were shown
const NEAR = 0.12; // seconds: pictures of slow cameras are this far apart
const PATH = "/api/viewings/{viewing}/parts/{part}/pieces/{piece}";

/** Feeds a video with the pieces of one camera: each fetched once, put in its place on the line of time. */
export class Feed {
  readonly url: string;
  private readonly media = new MediaSource();
  private buffer: SourceBuffer | null = null;
  private readonly known = new Map<string, PieceAt>();
  private current: { piece: PieceAt; control: AbortController } | null = null;

  constructor(
    private readonly look: { id: string; piece: number; codec: string },
    private readonly lane: Lane,
    length: number,
    private readonly failed: (error: ApiError) => void,
  ) {
    this.url = URL.createObjectURL(this.media);
    this.media.addEventListener("sourceopen", () => {
      this.media.duration = length;
      this.buffer = this.media.addSourceBuffer(look.codec);
    });
  }

  /** Whether the picture of a time is there; also where it is known that there is none. */
  has(at: number): boolean {
    if (this.place(at) !== null) return true;
    const [piece] = piecesFrom(this.lane, at, 0.001, this.look.piece);
    return piece !== undefined && this.known.has(piece.key);
  }

  /** Where in the video the picture of a time is; null: it has none (yet). */
  place(at: number): number | null {
    const ranges = this.buffer?.buffered;
    for (let n = 0; ranges && n < ranges.length; n++) {
      const [start, end] = [ranges.start(n), ranges.end(n)];
      if (start - NEAR <= at && at < end + 0.02) return Math.max(start, Math.min(at, end - 0.01));
    }
    return null;
  }

  /** Have what is shown from a time on, at a speed; called again and again. */
  want(at: number, rate: number): void {
    if (!this.buffer || this.buffer.updating) return;
    const ahead = piecesFrom(this.lane, at, AHEAD * Math.max(rate, 1), this.look.piece);
    const current = this.current;
    if (current) {
      if (ahead.some((one) => one.key === current.piece.key)) return;
      current.control.abort(); // somebody jumped elsewhere
      this.current = null;
    }
    const next = ahead.find((one) => !this.known.has(one.key));
    if (next) this.fetch(next).catch(this.trouble);
    else this.tidy(at);
  }

  close(): void {
    this.current?.control.abort();
    URL.revokeObjectURL(this.url);
  }

  private async fetch(piece: PieceAt): Promise<void> {
    const control = new AbortController();
    this.current = { piece, control };
    const params = { viewing: this.look.id, part: piece.n, piece: piece.piece };
    const found = await fetchBytes(address(PATH, params), control.signal);
    if (control.signal.aborted) return;
    const shown = this.lane.shown.find((one) => one.n === piece.n);
    if (found && shown) await this.append(found.data, placeOf(shown, found.first));
    this.known.set(piece.key, piece);
    if (this.current?.control === control) this.current = null;
  }

  private append(data: ArrayBuffer, at: number): Promise<void> {
    const buffer = this.buffer;
    if (!buffer || this.media.readyState !== "open") return Promise.resolve();
    buffer.timestampOffset = at;
    return new Promise((done, wrong) => {
      buffer.addEventListener("updateend", () => done(), { once: true });
      buffer.addEventListener("error", () => wrong(new ApiError("failed", "")), { once: true });
      buffer.appendBuffer(data);
    });
  }

  /** Forget what was shown long ago, so that memory stays bounded. */
  private tidy(at: number): void {
    const old = [...this.known.values()].filter((one) => one.to < at - BEHIND || one.from > at + 4 * BEHIND);
    const [first] = old;
    if (!first || !this.buffer) return;
    this.known.delete(first.key);
    this.buffer.remove(first.from, first.to);
  }

  private readonly trouble = (error: unknown): void => {
    if (error instanceof DOMException && error.name === "AbortError") return;
    this.current = null;
    this.failed(error instanceof ApiError ? error : new ApiError("failed", String(error)));
  };
}
