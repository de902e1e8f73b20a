import { get } from "../api/client";
import type { HitOut } from "../api/types";

export const PAGE = 50; // hits of a page; pictures come for as many

/** The pages that hold rows `first` to `last` (not counted), by the cursor of each. */
export function cursorsFor(first: number, last: number, kept: number): number[] {
  const made: number[] = [];
  for (let at = Math.floor(first / PAGE) * PAGE; at < Math.min(last, kept); at += PAGE) made.push(at);
  return made;
}

/** What is known of an answer so far: hits by place, pictures by track. */
export interface Known {
  hits: ReadonlyMap<number, HitOut>;
  pictures: ReadonlyMap<string, string>;
}

/** Fetches pages of an answer, and their pictures, each once; the newest wish first. */
export class Pages {
  private readonly asked = new Set<string>();

  constructor(
    private readonly answer: string,
    private readonly changed: (change: (known: Known) => Known) => void,
  ) {}

  /** Have the hits and pictures of a page; a page that failed is asked for again when it is wished for anew. */
  async want(cursor: number): Promise<void> {
    await this.once(`hits ${cursor}`, () => this.hits(cursor));
    await this.pictures(cursor);
  }

  pictures(cursor: number): Promise<void> {
    return this.once(`pictures ${cursor}`, async () => {
      const path = "/api/answers/{answer}/pictures";
      const found = await get(path, { answer: this.answer, cursor, count: PAGE });
      this.changed((known) => ({
        ...known,
        pictures: new Map([...known.pictures, ...Object.entries(found)]),
      }));
    });
  }

  private async hits(cursor: number): Promise<void> {
    const found = await get("/api/answers/{answer}/hits", { answer: this.answer, cursor, count: PAGE });
    this.changed((known) => ({ ...known, hits: placed(known.hits, cursor, found.hits) }));
  }

  private async once(name: string, ask: () => Promise<void>): Promise<void> {
    if (this.asked.has(name)) return;
    this.asked.add(name);
    try {
      await ask();
    } catch (error) {
      this.asked.delete(name);
      throw error;
    }
  }
}

/** Hits with a page put in its place. */
export function placed(
  hits: ReadonlyMap<number, HitOut>,
  cursor: number,
  page: readonly HitOut[],
): ReadonlyMap<number, HitOut> {
  const made = new Map(hits);
  page.forEach((hit, i) => {
    made.set(cursor + i, hit);
  });
  return made;
}

/** Pictures by track with those of a page; empty for its hits that have none. */
export function pictured(known: Known, cursor: number, found: Record<string, string>): Known["pictures"] {
  const made = new Map([...known.pictures, ...Object.entries(found)]);
  for (let i = cursor; i < cursor + PAGE; i++) {
    const track = known.hits.get(i)?.track;
    if (track && !made.has(track)) made.set(track, "");
  }
  return made;
}
