/**
 * Lays sprites on the ground, in whole numbers and only where there is something: the same as the program's own
 * renderer (synopsis/blend.py), but for the rounding of colours.
 */

/** One object in one frame: its sprite, where it lies, how much of it is seen (0..256). */
export interface Act {
  data: Uint8Array;
  /** Where its data begins; see `Cut` for what stands there. */
  offset: number;
  x: number;
  y: number;
  w: number;
  h: number;
  shade: boolean;
  opacity: number;
  /** ms on the scene's timeline: who was seen at one moment is joined without a seam. */
  moment: number;
}

export type Matrix = "bt601" | "bt709" | "bt2020";
// Share of red and of blue in luma.
const SHARES: Record<Matrix, [number, number]> = {
  bt601: [0.299, 0.114],
  bt709: [0.2126, 0.0722],
  bt2020: [0.2627, 0.0593],
};
const ONE = 1 << 16;
const OPAQUE = 0xff000000;

/** What each level adds to red, green and blue, times 65536. */
interface Levels {
  luma: Int32Array;
  redV: Int32Array;
  greenU: Int32Array;
  greenV: Int32Array;
  blueU: Int32Array;
}

export function levelsOf(matrix: Matrix, fullRange: boolean): Levels {
  const [red, blue] = SHARES[matrix];
  const green = 1 - red - blue;
  const [black, light, colour] = fullRange ? [0, 1, 1] : [16, 255 / 219, 255 / 224];
  const table = (value: (level: number) => number) =>
    Int32Array.from({ length: 256 }, (_, level) => Math.round(value(level) * ONE));
  return {
    luma: table((level) => (level - black) * light + 0.5),
    redV: table((level) => (level - 128) * colour * 2 * (1 - red)),
    greenU: table((level) => ((128 - level) * colour * 2 * (1 - blue) * blue) / green),
    greenV: table((level) => ((128 - level) * colour * 2 * (1 - red) * red) / green),
    blueU: table((level) => (level - 128) * colour * 2 * (1 - blue)),
  };
}

/** Red, green, blue in the three low bytes, as pixels of a canvas lie in memory. */
function rgb(levels: Levels, y: number, u: number, v: number): number {
  const luma = levels.luma[y] as number;
  const r = Math.min(Math.max((luma + (levels.redV[v] as number)) >> 16, 0), 255);
  const green = luma + (levels.greenU[u] as number) + (levels.greenV[v] as number);
  const g = Math.min(Math.max(green >> 16, 0), 255);
  const b = Math.min(Math.max((luma + (levels.blueU[u] as number)) >> 16, 0), 255);
  return r | (g << 8) | (b << 16);
}

export class Composer {
  readonly pixels: Uint32Array;
  private readonly light: Uint8Array;
  private readonly levels: Levels;

  constructor(
    readonly width: number,
    readonly height: number,
    matrix: Matrix,
    fullRange: boolean,
  ) {
    this.pixels = new Uint32Array(width * height);
    this.light = new Uint8Array((width / 2) * (height / 2));
    this.levels = levelsOf(matrix, fullRange);
  }

  /** Draw a frame: `acts` from the farthest to the nearest. Shadows fall on the ground, never on an object. */
  draw(ground: Uint32Array, acts: readonly Act[], together: number): void {
    this.pixels.set(ground);
    if (acts.some((act) => act.shade)) {
      this.light.fill(255);
      for (const act of acts) if (act.shade) this.shade(act);
    }
    for (const [z, act] of acts.entries()) this.blend(act, joined(act, acts, z, together));
  }

  /** Where shadows meet the darkest counts, not their product. */
  private shade({ data, offset, x, y, w, h, opacity }: Act): void {
    const [wide, high] = [this.width / 2, this.height / 2];
    const [left, top] = [x >> 1, y >> 1];
    const from = offset + (w * h * 5) / 2;
    for (let r = Math.max(0, -top); r < Math.min(h / 2, high - top); r++)
      for (let c = Math.max(0, -left); c < Math.min(w / 2, wide - left); c++) {
        const now = 255 - (((255 - (data[from + (r * w) / 2 + c] as number)) * opacity) >> 8);
        const cell = (top + r) * wide + left + c;
        const before = this.light[cell] as number;
        if (now >= before) continue;
        this.light[cell] = now;
        this.darken(2 * (left + c) + 2 * (top + r) * this.width, ((now << 12) / before) | 0);
      }
  }

  /** Four pixels, each times `share` / 4096. */
  private darken(at: number, share: number): void {
    for (const i of [at, at + 1, at + this.width, at + this.width + 1]) {
      const pixel = this.pixels[i] as number;
      const r = ((pixel & 255) * share + 2048) >> 12;
      const g = (((pixel >> 8) & 255) * share + 2048) >> 12;
      const b = (((pixel >> 16) & 255) * share + 2048) >> 12;
      this.pixels[i] = OPAQUE | (b << 16) | (g << 8) | r;
    }
  }

  private blend({ data, offset, x, y, w, h, opacity }: Act, alphas: Uint8Array): void {
    const { pixels, width, height, levels } = this;
    const [first, last] = [Math.max(0, -x), Math.min(w, width - x)];
    const second = offset + 2 * w * h;
    const third = second + (w * h) / 4;
    for (let r = Math.max(0, -y); r < Math.min(h, height - y); r++) {
      const row = r * w;
      const half = (r >> 1) * (w >> 1);
      const to = (y + r) * width + x;
      for (let c = first; c < last; c++) {
        const alpha = ((alphas[row + c] as number) * opacity) >> 8;
        if (alpha === 0) continue;
        const at = half + (c >> 1);
        const own = rgb(
          levels,
          data[offset + row + c] as number,
          data[second + at] as number,
          data[third + at] as number,
        );
        if (alpha === 255) {
          pixels[to + c] = OPAQUE | own;
          continue;
        }
        const below = pixels[to + c] as number;
        const rest = 255 - alpha;
        const red = (((own & 255) * alpha + (below & 255) * rest + 127) * 257) >> 16;
        const green = ((((own >> 8) & 255) * alpha + ((below >> 8) & 255) * rest + 127) * 257) >> 16;
        const blue = (((own >> 16) * alpha + ((below >> 16) & 255) * rest + 127) * 257) >> 16;
        pixels[to + c] = OPAQUE | (blue << 16) | (green << 8) | red;
      }
    }
  }
}

/** The act's alpha; without seams to nearer acts of the same moment (within `together` ms). */
function joined(act: Act, acts: readonly Act[], z: number, together: number): Uint8Array {
  const size = act.w * act.h;
  let alpha = act.data.subarray(act.offset + size, act.offset + 2 * size);
  let copied = false;
  for (let i = z + 1; i < acts.length; i++) {
    const other = acts[i] as Act;
    if (Math.abs(other.moment - act.moment) >= together || apart(act, other)) continue;
    if (!copied) alpha = alpha.slice();
    copied = true;
    join(alpha, act, other);
  }
  return alpha;
}

function apart(a: Act, b: Act): boolean {
  return a.x >= b.x + b.w || b.x >= a.x + a.w || a.y >= b.y + b.h || b.y >= a.y + a.h;
}

/** Soft edges that meet cover together what they cover in sum (Porter and Duff's *plus*, SIGGRAPH 1984). */
function join(alpha: Uint8Array, back: Act, front: Act): void {
  const [left, top] = [front.x - back.x, front.y - back.y];
  const from = front.offset + front.w * front.h;
  for (let r = Math.max(0, top); r < Math.min(back.h, top + front.h); r++)
    for (let c = Math.max(0, left); c < Math.min(back.w, left + front.w); c++) {
      const own = alpha[r * back.w + c] as number;
      const f = front.data[from + (r - top) * front.w + c - left] as number;
      if (f > 0 && f < 255 && own > 0) alpha[r * back.w + c] = Math.min(((own * 255) / (255 - f)) | 0, 255);
    }
}

/** Two grounds mixed, `share` (0..1) of the second. */
export function mixed(a: Uint32Array, b: Uint32Array, share: number, out: Uint32Array): void {
  const [p, q] = [new Uint8Array(a.buffer, a.byteOffset), new Uint8Array(b.buffer, b.byteOffset)];
  const to = new Uint8Array(out.buffer, out.byteOffset);
  const weight = Math.round(share * 256);
  for (let i = 0; i < to.length; i++)
    to[i] = ((p[i] as number) * (256 - weight) + (q[i] as number) * weight + 128) >> 8;
}
