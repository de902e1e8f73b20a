import { expect, test } from "vitest";
import { type Arranged, arrange, type Order, type Task } from "./arrange";
import { crowd, HEIGHT, RATE, WIDTH, walked } from "./testing";
import { at, lengthOf, sampleAt, type Tubes } from "./tubes";

const ORDERS: Order[] = ["strict", "local", "free"];

function taskOf(tubes: Tubes, chosen = Array.from({ length: tubes.count }, (_, i) => i)): Task {
  return { tubes, chosen, rate: RATE, width: WIDTH, height: HEIGHT };
}

/** Share of all box area that lies in other boxes shown at the same time: slow and obvious. */
function overlap({ tubes, chosen }: Task, { starts }: Arranged): number {
  let [inside, all] = [0, 0];
  const boxOf = (i: number, frame: number) => {
    const k = frame - at(starts, i);
    if (k < 0 || k >= lengthOf(tubes, at(chosen, i))) return null;
    const row = sampleAt(tubes, at(chosen, i), k);
    return [0, 1, 2, 3].map((n) => at(tubes.box, 4 * row + n)) as [number, number, number, number];
  };
  for (let i = 0; i < starts.length; i++)
    for (let k = 0; k < lengthOf(tubes, at(chosen, i)); k += 5) {
      const frame = at(starts, i) + k;
      const mine = boxOf(i, frame);
      if (!mine) continue;
      all += mine[2] * mine[3];
      for (let j = 0; j < i; j++) {
        const other = boxOf(j, frame);
        if (!other) continue;
        const w = Math.min(mine[0] + mine[2], other[0] + other[2]) - Math.max(mine[0], other[0]);
        const h = Math.min(mine[1] + mine[3], other[1] + other[3]) - Math.max(mine[1], other[1]);
        inside += Math.max(w, 0) * Math.max(h, 0);
      }
    }
  return inside / all;
}

/** How many are shown in each frame. */
function profile({ tubes, chosen }: Task, { starts, length }: Arranged): Uint16Array {
  const counts = new Uint16Array(length);
  for (const [i, start] of starts.entries())
    for (let k = 0; k < lengthOf(tubes, at(chosen, i)); k++) counts[start + k] = at(counts, start + k) + 1;
  return counts;
}

test.each(ORDERS)("%s: every tube is shown, and the density is what was asked for", (order) => {
  const task = taskOf(walked(crowd(150)));
  const frames = task.tubes.pick.length;
  for (const density of [1, 5, 20]) {
    const made = arrange(task, { density, order });
    expect(Math.min(...made.starts)).toBe(0);
    expect(frames / made.length).toBeGreaterThan(density * 0.8);
    expect(frames / made.length).toBeLessThan(density * 1.25);
    expect(Math.max(...profile(task, made))).toBeLessThanOrEqual(3 * density + 3);
    expect(arrange(task, { density, order })).toEqual(made);
  }
});

test("strict keeps the order of the source, local stays near it", () => {
  const task = taskOf(walked(crowd(150)));
  const strict = [...arrange(task, { density: 8, order: "strict" }).starts];
  expect(strict).toEqual(strict.toSorted((a, b) => a - b));
  const local = arrange(task, { density: 2, order: "local" });
  const even = (i: number) => (i / 150) * local.length;
  const away = [...local.starts].map((start, i) => Math.abs(start - even(i)));
  expect(Math.max(...away)).toBeLessThan(31 * RATE * 2 + 200);
});

test.each(["local", "free"] as const)(
  "%s: they cover each other far less than when spread evenly",
  (order) => {
    const task = taskOf(walked(crowd(150)));
    const made = arrange(task, { density: 10, order });
    const even = { ...made, starts: made.starts.map((_, i) => Math.round((i / 150) * (made.length - 100))) };
    expect(overlap(task, made)).toBeLessThan(overlap(task, even) * 0.3);
  },
);

test("what belongs together stays together", () => {
  const pair = { frames: 50, from: [0, 100], to: [600, 100] } as const;
  const walks = [
    ...crowd(40),
    { ...pair, start: 4_000_000, group: 3 },
    { ...pair, start: 4_002_000, group: 3 },
  ];
  const made = arrange(taskOf(walked(walks)), { density: 10, order: "free" });
  expect(at(made.starts, 41) - at(made.starts, 40)).toBe(20);
});

test("some, one, or none of the tubes", () => {
  const tubes = walked(crowd(20));
  expect(arrange(taskOf(tubes, []), { density: 10, order: "local" })).toEqual({
    starts: new Int32Array(0),
    length: 0,
  });
  const one = arrange(taskOf(tubes, [7]), { density: 60, order: "local" });
  expect(one).toEqual({ starts: Int32Array.of(0), length: lengthOf(tubes, 7) });
});

test("a thousand tubes are arranged while one looks", () => {
  const task = taskOf(walked(crowd(1000)));
  arrange(task, { density: 10, order: "free" });
  for (const order of ORDERS)
    for (const density of [10, 55]) {
      const begun = performance.now();
      arrange(task, { density, order });
      console.log(order, density, `${Math.round(performance.now() - begun)} ms`);
      expect(performance.now() - begun).toBeLessThan(2000); // measured: see docs/ui.md
    }
});
