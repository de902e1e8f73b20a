import type { GapOut, PartOut, ViewingOut } from "../api/types";

/** A part of a recording on the player's line of time: seconds from its zero. */
export interface Shown {
  /** Its place in the look, by which its pieces are asked for. */
  n: number;
  part: PartOut;
  from: number;
  to: number;
}

/** What one camera shows, in order; `gaps`: what it did not see, and why. */
export interface Lane {
  camera: string;
  name: string;
  shown: readonly Shown[];
  gaps: readonly { from: number; to: number; reason: string }[];
}

/** One line of time for all cameras. `zero`: milliseconds since 1970, null where the clock is unknown. */
export interface Line {
  zero: number | null;
  length: number;
  lanes: readonly Lane[];
}

/** A piece of a part: two seconds of a recording. */
export interface PieceAt {
  n: number;
  piece: number;
  from: number;
  to: number;
  /** The same piece of the same recording has the same key in every part. */
  key: string;
}

/** The line of time of a look: true time, so that one moment is the same second for all cameras. */
export function lineOf(look: ViewingOut): Line {
  const starts = look.parts.flatMap((one) => (one.start === null ? [] : [Date.parse(one.start)]));
  const zero = starts.length ? Math.min(...starts) : null;
  const placed = look.parts.map((part, n) => {
    const from = part.start === null || zero === null ? part.begin : (Date.parse(part.start) - zero) / 1000;
    return { n, part, from, to: from + part.end - part.begin };
  });
  const first = zero === null ? Math.min(...placed.map((one) => one.from)) : 0;
  const shown = placed.map((one) => ({ ...one, from: one.from - first, to: one.to - first }));
  const lanes = Object.entries(look.cameras).map(([camera, name]) => ({
    camera,
    name,
    shown: shown.filter((one) => one.part.camera === camera).toSorted((a, b) => a.from - b.from),
    gaps: gapsOf(look.gaps, camera, zero),
  }));
  return { zero, length: Math.max(0, ...shown.map((one) => one.to)), lanes };
}

function gapsOf(gaps: readonly GapOut[], camera: string, zero: number | null): Lane["gaps"] {
  return gaps.flatMap((gap) =>
    gap.camera !== camera || gap.start === null || gap.end === null || zero === null
      ? []
      : [
          {
            from: (Date.parse(gap.start) - zero) / 1000,
            to: (Date.parse(gap.end) - zero) / 1000,
            reason: gap.reason,
          },
        ],
  );
}

/** What a camera shows at a time; undefined: nothing was recorded, or nothing of it may be shown. */
export function shownAt(lane: Lane, at: number): Shown | undefined {
  return lane.shown.find((one) => one.from <= at && at < one.to);
}

/** Why a camera shows nothing at a time, in the server's word; undefined: nothing was recorded. */
export function reasonAt(lane: Lane, at: number): string | undefined {
  return lane.gaps.find((one) => one.from <= at && at < one.to)?.reason;
}

/** The next time, from `at` on, at which any camera shows something; null: there is none. */
export function nextShown(line: Line, at: number): number | null {
  const times = line.lanes.flatMap((lane) =>
    lane.shown.flatMap((one) => (at < one.to ? [Math.max(one.from, at)] : [])),
  );
  return times.length ? Math.min(...times) : null;
}

/** The pieces of a camera that are on show from `at` for `ahead` seconds, in order. */
export function piecesFrom(lane: Lane, at: number, ahead: number, size: number): PieceAt[] {
  return lane.shown
    .filter((one) => one.to > at && one.from < at + ahead)
    .flatMap((one) => {
      const made: PieceAt[] = [];
      for (let piece = one.part.first; piece <= one.part.last; piece++) {
        const from = one.from + Math.max(piece * size, one.part.begin) - one.part.begin;
        const to = one.from + Math.min((piece + 1) * size, one.part.end) - one.part.begin;
        if (to > at && from < at + ahead)
          made.push({ n: one.n, piece, from, to, key: `${one.part.footage}/${piece}` });
      }
      return made;
    });
}

/** Where on the line the second `time` of a part's recording is. */
export function placeOf(shown: Shown, time: number): number {
  return shown.from + time - shown.part.begin;
}
