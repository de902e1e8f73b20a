import type { KeptOut, ShotOut } from "../api/types";

export const ORDERS = ["time", "camera", "quality"] as const;
export type Order = (typeof ORDERS)[number];
/** The pictures that are here, by track. */
export type Shots = ReadonlyMap<string, ShotOut>;
export const AT_ONCE = 50; // pictures of one look, as many as the server gives

/** What was accepted, in an order; equal ones by time, then by track. Unknown times and qualities come last. */
export function ordered(
  kept: readonly KeptOut[],
  order: Order,
  shots: Shots,
  nameOf: (camera: string) => string,
): KeptOut[] {
  const quality = (one: KeptOut) => shots.get(one.track)?.quality ?? -1;
  return kept.toSorted(
    (a, b) =>
      (order === "camera" ? nameOf(a.camera).localeCompare(nameOf(b.camera)) : 0) ||
      (order === "quality" ? quality(b) - quality(a) : 0) ||
      moment(a) - moment(b) ||
      (a.track < b.track ? -1 : 1),
  );
}

function moment(one: KeptOut): number {
  return one.start === null ? Number.MAX_SAFE_INTEGER : Date.parse(one.start);
}

/** A group for each name, in which a track may stand again; then, under "", those without. */
export function grouped(kept: readonly KeptOut[]): [string, KeptOut[]][] {
  const names = [...new Set(kept.flatMap((one) => one.tags))].toSorted((a, b) => a.localeCompare(b));
  const groups: [string, KeptOut[]][] = names.map((name) => [
    name,
    kept.filter((one) => one.tags.includes(name)),
  ]);
  const rest = kept.filter((one) => one.tags.length === 0);
  return rest.length ? [...groups, ["", rest]] : groups;
}

/** The tracks in handfuls, each one look. */
export function handfuls(tracks: readonly string[]): string[][] {
  const found: string[][] = [];
  for (let i = 0; i < tracks.length; i += AT_ONCE) found.push(tracks.slice(i, i + AT_ONCE));
  return found;
}
