import { expect, test } from "vitest";
import { Clock } from "./clock";

test("the clock runs, is held, stands, and ends at the end", () => {
  let now = 0;
  const clock = new Clock(100, () => now);
  clock.play();
  now = 2000;
  expect(clock.time).toBe(2);
  clock.hold(true);
  now = 9000;
  expect(clock.time).toBe(2);
  clock.hold(false);
  clock.setRate(4);
  now = 10_000;
  expect(clock.time).toBe(6);
  clock.pause();
  now = 50_000;
  expect(clock.time).toBe(6);
  clock.seek(-5);
  expect(clock.time).toBe(0);
  clock.seek(99);
  clock.play();
  now = 60_000;
  expect([clock.time, clock.ended]).toEqual([100, true]);
  clock.play();
  expect(clock.time).toBe(0);
});
