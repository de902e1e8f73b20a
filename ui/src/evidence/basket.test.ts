import { describe, expect, it } from "vitest";
import type { KeptOut, ShotOut } from "../api/types";
import { AT_ONCE, grouped, handfuls, ordered } from "./basket";

function kept(track: string, more: Partial<KeptOut> = {}): KeptOut {
  const base = {
    camera: "a",
    footage: "f",
    label: "person",
    start: null,
    seconds: 1,
    note: "",
    by: "",
    at: "",
  };
  return { track, tags: [], ...base, ...more };
}

function shot(track: string, quality: number): [string, ShotOut] {
  return [track, { track, picture: "", quality, width: 1, height: 1 }];
}

const ONES = [
  kept("1", { camera: "b", start: "2026-11-24T12:00:00Z", tags: ["bag"] }),
  kept("2", { camera: "a", start: "2026-11-24T13:00:00Z" }),
  kept("3", { camera: "a", tags: ["bag", "dog"] }),
];
const names = (found: readonly KeptOut[]) => found.map((one) => one.track).join("");

describe("the basket", () => {
  it("is ordered by time, by camera, by quality; what is unknown comes last", () => {
    const shots = new Map([shot("1", 0.2), shot("2", 0.9)]);
    const order = (by: "time" | "camera" | "quality") => names(ordered(ONES, by, shots, (id) => id));
    expect([order("time"), order("camera"), order("quality")]).toEqual(["123", "231", "213"]);
  });

  it("shows a track in each of its groups, and those without at the end", () => {
    expect(grouped(ONES).map(([name, of]) => [name, names(of)])).toEqual([
      ["bag", "13"],
      ["dog", "3"],
      ["", "2"],
    ]);
    expect(grouped([])).toEqual([]);
  });

  it("asks for pictures in handfuls, each track once", () => {
    const tracks = Array.from({ length: 2 * AT_ONCE + 1 }, (_, n) => `${n}`);
    expect(handfuls(tracks).map((one) => one.length)).toEqual([AT_ONCE, AT_ONCE, 1]);
    expect(handfuls(tracks).flat()).toEqual(tracks);
  });
});
