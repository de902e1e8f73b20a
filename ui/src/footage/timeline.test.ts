import { describe, expect, test } from "vitest";
import { around, binFor, binsOf, joined, moved, opening, percent, spanOf, ticks, zoomed } from "./timeline";

describe("spans", () => {
  test("are read from ISO times; an unknown clock has none", () => {
    expect(spanOf("2026-11-20T18:00:00+01:00", "2026-11-20T17:00:05Z")).toEqual({
      start: Date.UTC(2026, 10, 20, 17),
      end: Date.UTC(2026, 10, 20, 17, 0, 5),
    });
    expect(spanOf(null, null)).toBeNull();
  });
  test("are joined where nothing lies between them, and never lose an end", () => {
    const spans = [
      { start: 50, end: 60 },
      { start: 0, end: 30 },
      { start: 10, end: 20 },
      { start: 31, end: 40 },
    ];
    expect(joined(spans, 1)).toEqual([
      { start: 0, end: 40 },
      { start: 50, end: 60 },
    ]);
  });
  test("have a place in their domain", () => {
    const domain = around([{ start: 0, end: 100_000 }]);
    expect(domain && percent(domain, 50_000)).toBeCloseTo(50);
    expect(percent({ start: 0, end: 10 }, 99)).toBe(100);
  });
});

test("the axis has round times, not too many", () => {
  for (const hours of [0.01, 0.2, 1, 5, 30, 300, 9000]) {
    const made = ticks({ start: 1_000_003, end: 1_000_003 + hours * 3_600_000 }, 8);
    expect(made.length).toBeGreaterThan(0);
    expect(made.length).toBeLessThanOrEqual(9);
    for (const at of made) expect(at % 1000).toBe(0);
  }
});

describe("zooming", () => {
  const whole = { start: 0, end: 1_000_000 };
  test("keeps the place under the pointer and never leaves the whole", () => {
    const near = zoomed(whole, whole, 250_000, 0.5);
    expect(near).toEqual({ start: 125_000, end: 625_000 });
    expect(zoomed(near, whole, 200_000, 100)).toEqual(whole);
    let view = whole;
    for (let n = 0; n < 50; n++) view = zoomed(view, whole, 999_999, 0.5);
    expect(view.end - view.start).toBe(10_000);
    expect(view.end).toBeLessThanOrEqual(whole.end);
    expect(moved(near, whole, 9)).toEqual({ start: 500_000, end: 1_000_000 });
  });
});

test("activity is counted by camera and bin, over all classes; what has no time or no number is left out", () => {
  const rows = [
    { time: "2026-11-20T10:00+01:00", camera: "gate", class: "person", tracks: 3 },
    { time: "2026-11-20T10:00+01:00", camera: "gate", class: "car", tracks: 2 },
    { time: null, camera: "gate", class: "car", tracks: 2 },
    { time: "2026-11-20T10:01+01:00", camera: "gate", class: "car", tracks: "few" },
  ];
  const start = Date.UTC(2026, 10, 20, 9);
  expect([...binsOf(rows, 60)]).toEqual([["gate", [{ start, end: start + 60_000, tracks: 5 }]]]);
  expect(binFor({ start: 0, end: 3_600_000 }, 400)).toBe(60);
  expect(binFor({ start: 0, end: 365 * 86_400_000 }, 400)).toBe(86_400);
});

test("a timeline opens at what was recorded, where that is a sliver of the whole", () => {
  const day = 86_400_000;
  const short = { start: 0, end: 60_000 };
  const long = { start: 9 * day, end: 9 * day + 600_000 };
  const whole = around([short, long]);
  if (!whole) throw new Error("no whole");
  const view = opening([short, long], whole);
  expect(view.start).toBeLessThan(long.start);
  expect(view.end).toBeGreaterThanOrEqual(long.end);
  expect(view.end - view.start).toBeLessThan(700_000);
  expect(opening([{ start: 0, end: 9 * day }, long], whole)).toEqual(whole);
});
