import { expect, test } from "vitest";
import { freePlace, lineThrough, movedTo, nudged } from "./places";

test("cameras are put, moved and turned, and never leave the plan", () => {
  const put = movedTo([], "a", 0.5, 2);
  expect(put).toEqual([{ camera: "a", x: 0.5, y: 1, angle: 0 }]);
  const turned = nudged(put, "a", { x: -0.7, turn: -15 });
  expect(turned).toEqual([{ camera: "a", x: 0, y: 1, angle: 345 }]);
  expect(movedTo(turned, "a", 0.1, 0.1)[0]?.angle).toBe(345);
  expect(freePlace(turned)).not.toEqual(freePlace([]));
});

test("a way passes over cameras that are nowhere", () => {
  const places = [
    { camera: "a", x: 0, y: 0.5, angle: 0 },
    { camera: "b", x: 1, y: 0.25, angle: 0 },
  ];
  expect(lineThrough(places, ["a", "c", "b", "a"])).toBe("0.00,50.00 100.00,25.00 0.00,50.00");
});
