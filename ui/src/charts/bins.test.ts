import { describe, expect, test } from "vitest";
import { binned, folded, instant, partOf, type Row, rate } from "./bins";

const ROWS: Row[] = [
  { time: "2026-11-20T12:00+01:00", camera: "gate", class: "person", tracks: 4 },
  { time: "2026-11-20T12:00+01:00", camera: "hall", class: "car", tracks: 1 },
  { time: "2026-11-20T15:00+01:00", camera: "gate", class: "person", tracks: 2 },
  { time: "", camera: "gate", class: "person", tracks: 9 },
];
const SEEN: Row[] = [
  { time: "2026-11-20T12:00+01:00", camera: "gate", seen: 1 },
  { time: "2026-11-20T12:00+01:00", camera: "hall", seen: 0.5 },
  { time: "2026-11-20T13:00+01:00", camera: "gate", seen: 1 },
  { time: "2026-11-20T15:00+01:00", camera: "gate", seen: 1 },
];
const byClass = (row: Row) => ({ [String(row.class)]: Number(row.tracks) });

describe("bins", () => {
  const found = binned(ROWS, SEEN, 3600, 2, byClass);
  test("hold what was counted, what was seen and empty, and what was not seen", () => {
    expect(found.series).toEqual(["person", "car"]);
    expect(found.bins.map((bin) => [bin.values, bin.seen, bin.hours])).toEqual([
      [{ person: 4, car: 1 }, 1.5, 2],
      [{}, 1, 2],
      [{}, 0, 2],
      [{ person: 2 }, 1, 2],
    ]);
    expect(found.bins.map(rate)).toEqual([5 / 1.5, 0, null, 2]);
  });
  test("add up by the hour and the weekday of the camera's clock", () => {
    const part = partOf("Europe/Paris", 3600);
    const hours = folded(found, "hour", part).bins;
    expect([12, 13, 14, 15].map((hour) => hours[hour]?.seen)).toEqual([1.5, 1, 0, 1]);
    const days = folded(found, "weekday", part).bins;
    expect(days.map((day) => day.values.person ?? 0)).toEqual([0, 0, 0, 0, 6, 0, 0]);
  });
  test("of whole days are days whatever the zone", () => {
    const days = binned([{ time: "2026-11-20", class: "car", tracks: 1 }], [], 86400, 1, byClass);
    expect(folded(days, "weekday", partOf("America/New_York", 86400)).bins[4]?.values).toEqual({ car: 1 });
  });
  test("of nothing are none", () => {
    expect(binned([], [], 3600, 1, byClass)).toEqual({ bins: [], series: [] });
  });
});

test("a clock on the wall is a moment, in summer and in winter", () => {
  expect(instant("2026-11-20T08:00", "Europe/Paris")).toBe("2026-11-20T07:00:00.000Z");
  expect(instant("2026-07-01T00:00", "Europe/Paris")).toBe("2026-06-30T22:00:00.000Z");
  expect(instant("2026-10-25T01:30", "Europe/Paris")).toBe("2026-10-24T23:30:00.000Z");
  expect(instant("2026-07-01T12:00", "America/St_Johns")).toBe("2026-07-01T14:30:00.000Z");
  expect(instant("", "UTC")).toBe("");
  expect(instant("nonsense", "UTC")).toBe("");
});
