import { describe, expect, test } from "vitest";
import type { PartOut, ViewingOut } from "../api/types";
import { lineOf, nextShown, piecesFrom, placeOf, reasonAt, shownAt } from "./lanes";

function part(camera: string, start: string | null, begin: number, end: number): PartOut {
  return {
    camera,
    footage: `foot-${camera}`,
    name: "a.mp4",
    start,
    begin,
    end,
    uncertainty: 0,
    clock: "user",
    tracks: [],
    first: Math.floor(begin / 2),
    last: Math.ceil(end / 2) - 1,
  };
}

function look(...parts: PartOut[]): ViewingOut {
  const gap = { footage: "f", camera: "b", seconds: 2, reason: "damaged" };
  const times = { start: "2026-11-20T10:00:30Z", end: "2026-11-20T10:00:32Z" };
  const known = { id: "x", piece: 2, codec: "", notes: [], entry: 1, cameras: { a: "gate", b: "hall" } };
  return { ...known, parts, gaps: [{ ...gap, ...times }] };
}

describe("one line of time", () => {
  const line = lineOf(
    look(
      part("a", "2026-11-20T10:00:00Z", 4, 9),
      part("b", "2026-11-20T10:00:20Z", 0, 10),
      part("a", "2026-11-20T10:01:00Z", 60, 64),
    ),
  );
  const [a, b] = line.lanes;
  test("puts one moment of two cameras at one second", () => {
    expect(line.zero).toBe(Date.UTC(2026, 10, 20, 10));
    expect(line.length).toBe(64);
    expect([a?.name, b?.name]).toEqual(["gate", "hall"]);
    expect(b && shownAt(b, 19.9)).toBeUndefined();
    expect(b && shownAt(b, 20)?.n).toBe(1);
    expect(b && reasonAt(b, 31)).toBe("damaged");
  });
  test("skips what nobody shows", () => {
    expect(nextShown(line, 3)).toBe(3);
    expect(nextShown(line, 6)).toBe(20);
    expect(nextShown(line, 40)).toBe(60);
    expect(nextShown(line, 64)).toBeNull();
  });
  test("names the pieces ahead, cut as the server cuts them", () => {
    if (!a) throw new Error("no lane");
    const found = piecesFrom(a, 0, 4, 2);
    expect(found.map((one) => [one.piece, one.from, one.to])).toEqual([
      [2, 0, 2],
      [3, 2, 4],
    ]);
    expect(piecesFrom(a, 4.5, 100, 2).map((one) => [one.n, one.piece])).toEqual([
      [0, 4],
      [2, 30],
      [2, 31],
    ]);
    const last = a.shown[1];
    expect(last && placeOf(last, 61.5)).toBe(61.5);
  });
});

test("a recording without a clock has a line of its own", () => {
  const line = lineOf(look(part("a", null, 6, 10)));
  expect([line.zero, line.length]).toEqual([null, 4]);
  expect(line.lanes[0]?.shown[0]?.from).toBe(0);
});
