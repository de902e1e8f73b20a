import { expect, test } from "vitest";
import { begin, fewer, measured, more, moved, rectangle, sides, spread, verdictOf } from "./ground";

test("a ground begins with what is kept, or with a rectangle of two lengths", () => {
  expect(begin(null).rectangle).toBe(true);
  expect(sides(begin(null).metres)).toEqual([4, 4]);
  const kept = { picture: begin(null).places, metres: rectangle(3.001, 5) };
  expect(begin(kept)).toEqual({ places: kept.picture, metres: rectangle(3, 5), rectangle: false });
  expect(begin({ picture: kept.picture.slice(0, 3), metres: kept.metres.slice(0, 3) }).rectangle).toBe(true);
});

test("places are moved and measured; there are four to eight", () => {
  let of = moved(begin(null), 1, [2, -1]);
  expect(of.places[1]).toEqual([1, 0]);
  of = measured(of, 0, [1.5, 2]);
  expect(of.metres[0]).toEqual([1.5, 2]);
  for (let i = 0; i < 9; i++) of = more(of);
  expect([of.places.length, of.metres.length, of.rectangle]).toEqual([8, 8, false]);
  for (let i = 0; i < 9; i++) of = fewer(of);
  expect([of.places.length, of.metres.length]).toEqual([4, 4]);
});

test("the middle of heights tells whether distances are right", () => {
  expect(spread([null, 2, 1.7, 1.6, null, 1.75, 1.65])).toEqual({ n: 5, low: 1.65, middle: 1.7, high: 1.75 });
  expect(spread([null])).toBeNull();
  expect([1.2, 1.7, 2.4].map(verdictOf)).toEqual(["small", "right", "large"]);
});
