import { describe, expect, test } from "vitest";
import { around, joined, percent, spanOf, ticks } from "./timeline";

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
