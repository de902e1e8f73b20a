import { expect, test } from "vitest";
import { units } from "./annexb";
import { type Act, Composer, mixed } from "./compose";
import { groundAt, groundPath } from "./ground";
import { type Cut, cut } from "./matte";
import { brings, Streams, steer, unpacked } from "./queue";
import { Cache, jobsFor } from "./sprites";
import { walked } from "./testing";

test("a stream is cut into its pictures, parameter sets with the first", () => {
  const nal = (type: number, ...rest: number[]) => [0, 0, 1, type, ...rest];
  const stream = Uint8Array.from([
    0,
    ...nal(0x67, 9),
    ...nal(0x68),
    ...nal(0x65, 7, 7),
    ...nal(0x41, 5),
    ...nal(0x41),
  ]);
  const found = units(stream);
  expect(found.map(({ key }) => key)).toEqual([true, false, false]);
  expect(found.reduce((sum, { data }) => sum + data.length, 0)).toBe(stream.length);
  expect(found[1]?.data).toEqual(Uint8Array.from(nal(0x41, 5)));
});

/** A picture of 16 x 16 with the matte below: `alpha`, `light` of each half-size cell. */
function pictured(
  alpha: (r: number, c: number) => number,
  light: (r: number, c: number) => number,
  luma = 100,
) {
  const [width, height] = [16, 16];
  const planes = new Uint8Array((width * height * 9) / 4).fill(128);
  planes.fill(luma, 0, width * height);
  for (let r = 0; r < 8; r++)
    for (let c = 0; c < 8; c++) {
      planes[(height + r) * width + c] = alpha(r, c);
      planes[(height + r) * width + 8 + c] = light(r, c);
    }
  return { planes, width, height };
}

const planeOf = ({ w, h, data }: Cut, name: "y" | "alpha" | "light") =>
  name === "light"
    ? data.subarray((w * h * 5) / 2)
    : data.subarray(name === "y" ? 0 : w * h, name === "y" ? w * h : 2 * w * h);

test("a sprite is cut to where there is something", () => {
  expect(
    cut(
      pictured(
        () => 0,
        () => 0,
      ),
    ).w,
  ).toBe(0);
  const made = cut(
    pictured(
      (r, c) => (r >= 2 && r < 6 && c >= 2 && c < 5 ? 44 : 0),
      () => 0,
    ),
  );
  expect([made.x, made.y, made.w, made.h, made.shade]).toEqual([2, 2, 10, 12, false]);
  const alpha = planeOf(made, "alpha");
  expect(alpha[5 * 10 + 5]).toBe(255); // inside
  expect(alpha[0]).toBe(0); // outside; between them it is soft
  expect(new Set(alpha).size).toBeGreaterThan(3);
});

test("a hidden place is filled with one colour, paler than what is below, and casts no shadow", () => {
  const made = cut(
    pictured(
      () => 44,
      (r) => (r < 3 ? 180 : 0),
      60,
    ),
  );
  const y = planeOf(made, "y");
  expect(y[0]).toBe(Math.round(60 + 0.3 * (128 - 60)));
  expect(new Set(y.subarray(0, 4 * 16)).size).toBe(1);
  expect(y[15 * 16]).toBe(60);
  expect(made.shade).toBe(false);
});

test("a shadow is smooth, and lost around a mark", () => {
  const made = cut(
    pictured(
      () => 0,
      (r, c) => (r > 1 && c > 1 ? 80 : 0),
    ),
  );
  expect(made.shade).toBe(true);
  expect(planeOf(made, "light").at(-1)).toBe(155);
  const marked = cut(
    pictured(
      () => 44,
      (_, c) => (c > 5 ? 180 : 80),
    ),
  );
  expect(planeOf(marked, "light")[7]).toBe(255);
});

function act(x: number, y: number, alpha: number, more: Partial<Act> = {}): Act {
  const [w, h] = [4, 4];
  const data = new Uint8Array(w * h * 2.75).fill(128);
  data.fill(235, 0, 16);
  data.fill(alpha, 16, 32);
  data.fill(more.shade ? 128 : 255, 40);
  return { data, offset: 0, x, y, w, h, shade: false, opacity: 256, moment: 0, ...more };
}

const GREY = 0xff646464;
const redOf = (composer: Composer, x: number, y: number) =>
  (composer.pixels[y * composer.width + x] as number) & 255;

test("white is white, half of it lies half way, and what is outside the picture is not drawn", () => {
  const composer = new Composer(16, 8, "bt601", false);
  const ground = new Uint32Array(16 * 8).fill(GREY);
  composer.draw(
    ground,
    [act(0, 0, 255), act(8, 0, 128, { moment: 9000 }), act(-2, 6, 255, { moment: 20_000 })],
    60,
  );
  expect([redOf(composer, 1, 1), redOf(composer, 9, 1), redOf(composer, 6, 6)]).toEqual([255, 178, 100]);
  expect([redOf(composer, 1, 7), redOf(composer, 2, 7)]).toEqual([255, 100]);
});

test("shadows darken the ground once, and never an object", () => {
  const composer = new Composer(16, 8, "bt709", false);
  const ground = new Uint32Array(16 * 8).fill(GREY);
  const shadow = () => act(0, 0, 0, { shade: true });
  composer.draw(ground, [shadow(), shadow(), act(2, 0, 255)], 60);
  expect([redOf(composer, 0, 0), redOf(composer, 3, 0)]).toEqual([50, 255]);
});

test("no ground shines through between two of one moment", () => {
  const composer = new Composer(16, 8, "bt601", true);
  const ground = new Uint32Array(16 * 8).fill(0xff000000);
  composer.draw(ground, [act(0, 0, 128), act(0, 0, 127, { moment: 5 })], 60);
  expect(redOf(composer, 1, 1)).toBeGreaterThan(232);
  composer.draw(ground, [act(0, 0, 128), act(0, 0, 127, { moment: 5000 })], 60);
  expect(redOf(composer, 1, 1)).toBeLessThan(180);
});

test("the ground follows most of those shown, seldom, and softly", () => {
  const shown = [
    { first: 0, length: 100, background: 0 },
    { first: 100, length: 100, background: 1 },
    { first: 150, length: 6, background: 0 },
  ];
  const found = groundPath(shown, 2, 200, 10);
  expect(groundAt(found, 20, 10)).toEqual([0, 0, 0]);
  expect(groundAt(found, 100, 10)).toEqual([0, 1, 0.5]);
  expect(groundAt(found, 152, 10)).toEqual([1, 1, 0]);
  expect(groundPath([], 1, 0, 10).path).toEqual(Uint16Array.of(0));
  const out = new Uint32Array(1);
  mixed(Uint32Array.of(0xff000000), Uint32Array.of(0xff646464), 0.5, out);
  expect(out[0]).toBe(0xff323232);
});

test("what is urgent is fetched first, each chunk once, and old streams make room", () => {
  const streams = new Streams([100, 100, 600_000, 600_000]);
  expect(streams.next([2, 0], [1, 3])).toEqual([2, 0]);
  expect(streams.next([2, 0], [1, 3])).toEqual([]); // a request is on its way: nothing before its time
  streams.put(2, new Uint8Array(8));
  streams.put(0, new Uint8Array(40 << 20));
  expect(streams.next([2, 0], [1, 3])).toEqual([1, 3]);
  streams.failed([1]);
  expect(streams.next([1], [])).toEqual([1]);
  streams.get(0);
  streams.put(3, new Uint8Array(40 << 20));
  expect([streams.has(2), streams.has(0), streams.has(3)]).toEqual([false, false, true]);
});

test("an answer is taken apart", () => {
  const bytes = Uint8Array.from([7, 0, 0, 0, 2, 0, 0, 0, 1, 2, 9, 0, 0, 0, 0, 0, 0, 0]);
  expect(unpacked(bytes.buffer)).toEqual(
    new Map([
      [7, Uint8Array.of(1, 2)],
      [9, new Uint8Array(0)],
    ]),
  );
});

function piece(n: number, first: number, count: number, size: number) {
  const table = new Int32Array(5 * count);
  for (let k = 0; k < count; k++) table.set(k % 2 ? [-1, 0, 0, 0, 0] : [0, 2, 4, k ? -6 : 6, 8], 5 * k);
  return { n, first, table, data: new Uint8Array(size) };
}

test("sprites are found, or known to be nothing, and the oldest go", () => {
  const cache = new Cache(100);
  cache.put(piece(1, 16, 4, 60));
  expect(cache.find(1, 15)).toBeUndefined();
  expect(cache.find(1, 16)).toMatchObject({ x: 2, y: 4, w: 6, h: 8, shade: false });
  expect(cache.find(1, 17)).toBeNull();
  expect(cache.find(1, 18)).toMatchObject({ w: 6, shade: true });
  expect(cache.lacking(1, 10, 18)).toEqual([10, 16]);
  expect(cache.lacking(1, 16, 20)).toBeNull();
  cache.tick();
  cache.put(piece(2, 0, 4, 60));
  expect(cache.find(1, 16)).toBeUndefined();
  expect(cache.bytes).toBe(60);
  cache.put(piece(3, 0, 4, 60));
  expect(cache.find(2, 0)).not.toBeUndefined(); // what is in use stays, even above the limit
});

test("jobs bring what is lacking, what is due first before the rest", () => {
  const walk = { start: 0, frames: 300, from: [0, 0], to: [9, 9] } as const;
  const tubes = walked([walk, walk]);
  const cache = new Cache();
  cache.put(piece(0, 0, 20, 10));
  const jobs = jobsFor(tubes, cache, [
    { tube: 0, from: 0, to: 40, due: 0 },
    { tube: 1, from: 0, to: 40, due: 9 },
  ]);
  expect(jobs).toEqual([
    { n: 1, from: 0, to: 40, due: 9 },
    { n: 0, from: 20, to: 40, due: 20 },
  ]);
});

test("a course goes on with what is wanted next, and gives way to what it cannot bring", () => {
  const course = { n: 1, from: 8, to: 40, due: 3, at: 30, next: 28, last: 5 };
  const job = (from: number) => ({ n: 1, from, to: 90, due: 10 });
  expect([7, 28, 42, 43].map((from) => brings(course, job(from), 5))).toEqual([false, true, true, false]);
  expect([4, 5].map((seen) => brings(course, job(20), seen))).toEqual([true, false]); // on its way; given up since
  expect(steer([course], [job(28)], 5)).toEqual(new Set());
  expect(course).toMatchObject({ to: 90, due: 12 });
  expect(steer([course], [], 5)).toEqual(new Set());
  expect(course.to).toBe(30); // it rests
  expect(steer([course], [job(0)], 5)).toEqual(new Set([1]));
});
