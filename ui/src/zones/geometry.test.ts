import { describe, expect, test } from "vitest";
import { crossings, edges, held, inside, type Point, passing } from "./geometry";

const SQUARE: Point[] = [
  [0.4, 0.4],
  [0.6, 0.4],
  [0.6, 0.6],
  [0.4, 0.6],
];
const ACROSS = { label: "person", path: [[0.1, 0.5] as Point, [0.9, 0.5] as Point] };

describe("a zone", () => {
  test("holds what lies in it", () => {
    expect(inside(SQUARE, [0.5, 0.5])).toBe(true);
    expect(inside(SQUARE, [0.5, 0.7])).toBe(false);
  });
  test("is passed by who crosses it between two places", () => {
    const above = { label: "car", path: [[0.1, 0.1] as Point, [0.9, 0.1] as Point] };
    const found = passing("zone", SQUARE, [ACROSS, above, { ...ACROSS, label: "car" }]);
    expect(found.tracks).toBe(2);
    expect(found.labels).toEqual({ person: 1, car: 1 });
    expect([...found.which]).toEqual([0, 2]);
  });
  test("of two corners is passed by nobody", () => {
    expect(passing("zone", SQUARE.slice(0, 2), [ACROSS]).tracks).toBe(0);
  });
});

describe("a line", () => {
  const down: Point[] = [
    [0.5, 0.1],
    [0.5, 0.9],
  ];
  test("tells in from out as the server does: in is from the left hand to the right", () => {
    const upwards = down.toReversed();
    expect(crossings(upwards, ACROSS.path)).toEqual([1, 0]);
    expect(crossings(down, ACROSS.path)).toEqual([0, 1]);
  });
  test("counts each crossing of one that goes back and forth", () => {
    const path: Point[] = [
      [0.4, 0.5],
      [0.6, 0.5],
      [0.4, 0.6],
    ];
    const found = passing("line", down, [{ label: "person", path }]);
    expect([found.tracks, found.inward, found.outward]).toEqual([1, 1, 1]);
  });
});

test("places stay in the picture, and a zone of one point has no edge", () => {
  expect(held(-1, 0.123456)).toEqual([0, 0.1235]);
  expect(edges([[0, 0]], true)).toEqual([]);
});
