import { expect, test } from "vitest";
import { Clock, offsetOf } from "./clock";
import { ALL, chosen, type Filter, type Known } from "./filter";
import { HEAT_COLUMNS, heatColour, heatOf } from "./layers";
import { carriedOn, depth, lengthOfPlan, opacity, type Plan, present, profileOf } from "./plan";
import { inside, passes, type Shape, spread } from "./shapes";
import type { Scene } from "./show";
import { HEIGHT, RATE, WIDTH, walked } from "./testing";
import { readTubes } from "./tubes";

const RIGHT = { start: 0, frames: 50, from: [0, 100], to: [600, 100] } as const;
const LEFT = { ...RIGHT, start: 3_600_000, from: RIGHT.to, to: RIGHT.from, colour: 2 } as const;
const CAR = { ...RIGHT, start: 7_200_000, frames: 100, label: 1, from: [0, 280], to: [600, 280] } as const;
const TUBES = walked([RIGHT, LEFT, CAR]);
const SIZE = { width: WIDTH, height: HEIGHT };
const CLOCK = new Clock(TUBES, [{ zone: "Europe/Paris" }]);
const KNOWN: Known = { tubes: TUBES, rate: RATE, sizes: [SIZE], hours: CLOCK.hours };
const pass = (filter: Partial<Filter>) => chosen(KNOWN, { ...ALL, ...filter });
const shape = (kind: Shape["kind"], ...points: [number, number][]): Partial<Filter> => ({
  shapes: [{ kind, scene: 0, points }],
});

test("tubes are read from their columns, and nothing else is", () => {
  const columns: Record<string, { at: number; type: string; wide: number; rows: number }> = {};
  const types = {
    scene: "u8",
    label: "u8",
    start: "f64",
    utc: "f64",
    group: "i32",
    upper: "u8",
    lower: "u8",
  };
  const more = {
    body: "u8",
    heading: "f32",
    frame: "u32",
    sample: "u32",
    chunk: "u32",
    pick: "u16",
    box: "u16",
  };
  const last = {
    place: "i16",
    time: "u32",
    first: "u32",
    count: "u16",
    width: "u16",
    height: "u16",
    bytes: "u32",
  };
  for (const [name, type] of Object.entries({ ...types, ...more, ...last }))
    columns[name] = { at: 0, type, wide: 1, rows: 1 };
  const made = (head: object) => {
    const text = JSON.stringify(head);
    const padded = new TextEncoder().encode(text.padEnd(Math.ceil(text.length / 8) * 8));
    const buffer = new ArrayBuffer(8 + padded.length + 8);
    new DataView(buffer).setUint32(0, 0x314e5953, true);
    new DataView(buffer).setUint32(4, padded.length, true);
    new Uint8Array(buffer).set(padded, 8);
    new DataView(buffer).setFloat64(8 + padded.length, 1.5, true);
    return buffer;
  };
  const head = { tubes: 1, ids: ["a"], classes: [], colours: [], columns };
  expect(readTubes(made(head)).start[0]).toBe(1.5);
  expect(() => readTubes(made({ ...head, columns: {} }))).toThrow("no column scene");
  expect(() => readTubes(new ArrayBuffer(4))).toThrow("no tubes");
});

test("what is shown, by what it is, looks like, when and how long", () => {
  expect(pass({})).toEqual([0, 1, 2]);
  expect(pass({ kinds: [1] })).toEqual([2]);
  expect(pass({ colours: [2] })).toEqual([1]);
  expect(pass({ shortest: 6 })).toEqual([2]);
  expect(pass({ longest: 6 })).toEqual([0, 1]);
  expect(pass({ excluded: [0] })).toEqual([1, 2]);
  expect(pass({ from: 10, until: 11 })).toEqual([1]); // it is 9, 10 and 11 o'clock in Paris
  expect(pass({ from: 11, until: 10 })).toEqual([0, 2]);
});

test("zones, lines and paths let through who passes them", () => {
  expect(pass(shape("zone", [0.4, 0.7], [0.6, 0.7], [0.6, 1], [0.4, 1]))).toEqual([2]);
  expect(pass(shape("line", [0.5, 0.3], [0.5, 0.6]))).toEqual([0, 1]);
  expect(pass(shape("path", [0.1, 0.42], [0.9, 0.42]))).toEqual([0]);
  expect(pass(shape("path", [0.9, 0.42], [0.1, 0.42]))).toEqual([1]);
  expect(pass({ shapes: [{ kind: "zone", scene: 1, points: [] }] })).toEqual([0, 1, 2]); // another camera's
});

test("places in polygons, along ways", () => {
  const square = [
    [0, 0],
    [1, 0],
    [1, 1],
    [0, 1],
  ] as const;
  expect([inside(square, [0.5, 0.5]), inside(square, [1.5, 0.5])]).toEqual([true, false]);
  expect(
    spread(
      [
        [0, 0],
        [1, 0],
        [1, 1],
      ],
      5,
      1,
    ),
  ).toEqual([
    [0, 0],
    [0.5, 0],
    [1, 0],
    [1, 0.5],
    [1, 1],
  ]);
  expect(
    passes(
      {
        kind: "line",
        scene: 0,
        points: [
          [0, 0],
          [1, 1],
        ],
      },
      [],
      SIZE,
    ),
  ).toBe(false);
});

const PLAN: Plan = { starts: Int32Array.of(0, 40, -1), lengths: [90] };
const HERE = new Set([0]);

test("who is on the stage, for how long, and how many when", () => {
  expect(present(TUBES, PLAN, HERE, 45)).toEqual([
    { tube: 0, k: 45 },
    { tube: 1, k: 5 },
  ]);
  expect(present(TUBES, PLAN, new Set([1]), 45)).toEqual([]);
  expect(lengthOfPlan(PLAN, HERE)).toBe(90);
  expect([...profileOf(TUBES, PLAN, HERE, 9)]).toEqual([1, 1, 1, 1, 2, 1, 1, 1, 1]);
});

test("a new plan goes on with whom one looks at", () => {
  const next: Plan = { starts: Int32Array.of(200, 300, 0), lengths: [400] };
  expect(carriedOn(TUBES, PLAN, next, HERE, 45.5, null)).toBe(305.5); // who came last
  expect(carriedOn(TUBES, PLAN, next, HERE, 45.5, 0)).toBe(245.5);
  const others: Plan = { starts: Int32Array.of(-1, -1, 0), lengths: [100] };
  expect(carriedOn(TUBES, PLAN, others, HERE, 45, null)).toBe(50);
});

test("they come and go softly, the nearer before the farther", () => {
  expect([0, 1, 25, 48, 49].map((k) => opacity(50, k, RATE))).toEqual([85, 171, 256, 171, 85]);
  expect(opacity(1, 0, RATE)).toBe(256);
  expect(depth(TUBES, 0, 10, RATE)).toBe(150);
});

test("the time beside an object is its camera's", () => {
  expect(CLOCK.text(0, 0)).toBe("09:00:00");
  expect(CLOCK.text(1, 49)).toBe("10:00:04");
  expect(CLOCK.iso(0)).toBe("2026-11-20T08:00:00.000Z");
  expect(offsetOf(Date.UTC(2026, 6, 1), "Europe/Paris")).toBe(7_200_000);
  const unknown = new Clock({ ...TUBES, utc: TUBES.utc.map(() => Number.NaN) }, [{ zone: "" }]);
  expect([unknown.text(1, 0), unknown.iso(1)]).toEqual(["+1:00:00", null]);
});

test("heat is where they are", () => {
  const scene = { ...SIZE, first: 0, tubes: 3 } as Scene;
  const heat = heatOf(TUBES, scene, [0]);
  const row = Math.floor((150 / HEIGHT) * 36);
  expect(heat[row * HEAT_COLUMNS + 20]).toBeGreaterThan(0.5);
  expect(heat[(row + 4) * HEAT_COLUMNS + 20]).toBe(0);
  expect([heatColour(1).slice(0, 3), heatColour(0)]).toEqual([
    [255, 0, 0],
    [0, 0, 255, 0],
  ]);
});
