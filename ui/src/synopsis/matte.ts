/**
 * From a decoded picture of a sprite stream to what is laid on the ground: colour, alpha, shadow, cut to where
 * there is anything. Hidden places are filled with one colour. The same as `unpack` in vision/roll.py.
 */
export interface Cut {
  /** Place on the canvas, and size; all even. Nothing is seen where w is 0. */
  x: number;
  y: number;
  w: number;
  h: number;
  /** Whether it casts a shadow. */
  shade: boolean;
  /** y, alpha (w x h each), u, v and, with `shade`, the light that is left (w/2 x h/2 each). */
  data: Uint8Array;
}

const MARKED = 141.2; // between the darkest shadow and the mark of hidden places
const FAINT = 5; // stored alpha up to this is none
const DARK = 4; // stored darkness from this on is a shadow
const SOLID = 240;
const GREY = 128;
const PALER = 0.3;
const FEW = 12; // blocks of 2 x 2 that must be seen for a fill in their colour
const NOTHING: Cut = { x: 0, y: 0, w: 0, h: 0, shade: false, data: new Uint8Array(0) };

const ALPHA = Uint8Array.from({ length: 256 }, (_, v) =>
  Math.min(Math.max(Math.round(((v * 255) / 44 - 30) * (255 / 195)), 0), 255),
);
const LIGHT = Uint8Array.from({ length: 256 }, (_, v) =>
  Math.min(Math.max(255 - (v < DARK ? 0 : v) / 0.8, 0), 255),
);

/** A decoded picture: planes one after the other, y of `width` x `3/2 height`, u, v half of that each way. */
export interface Picture {
  planes: Uint8Array;
  width: number;
  height: number;
}

/** Half-size matte of a picture: alpha beginning at column 0, light at `width / 2`. */
interface Matte {
  planes: Uint8Array;
  base: number;
  stride: number;
  columns: number;
  rows: number;
}

/** Cut a sprite out of a decoded picture. */
export function cut(picture: Picture): Cut {
  const { planes, width, height } = picture;
  const base = width * height;
  const alpha: Matte = { planes, base, stride: width, columns: width / 2, rows: height / 2 };
  const light: Matte = { ...alpha, base: base + width / 2 };
  const seen = extent(alpha, light);
  if (!seen) return NOTHING;
  const { left, top, right, bottom, dark, marked } = seen;
  const [w, h] = [2 * (right - left), 2 * (bottom - top)];
  const made: Cut = {
    x: 2 * left,
    y: 2 * top,
    w,
    h,
    shade: dark,
    data: new Uint8Array((w * h * (dark ? 11 : 10)) / 4),
  };
  copyColour(picture, made);
  doubled(alpha, made, made.data.subarray(w * h, 2 * w * h), ALPHA);
  if (marked) fill(light, made, Math.max(Math.floor(height / 8), 2));
  if (dark) shadow(light, made, made.data.subarray((w * h * 10) / 4));
  return made;
}

/** The half-size cells in which there is anything, with room for what is smoothed. */
function extent(alpha: Matte, light: Matte) {
  const { planes, columns, rows, stride } = alpha;
  let [left, top, right, bottom] = [columns, rows, 0, 0];
  let [dark, marked] = [false, false];
  for (let r = 0; r < rows; r++) {
    const a = alpha.base + r * stride;
    const l = light.base + r * stride;
    for (let c = 0; c < columns; c++) {
      const shade = planes[l + c] as number;
      if ((planes[a + c] as number) <= FAINT && shade < DARK) continue;
      if (shade > MARKED) marked = true;
      else if (shade >= DARK) dark = true;
      if (c < left) left = c;
      if (c >= right) right = c + 1;
      if (r < top) top = r;
      bottom = r + 1;
    }
  }
  if (right <= left) return null;
  const room = dark ? 3 : 1;
  return {
    left: Math.max(left - room, 0),
    top: Math.max(top - room, 0),
    right: Math.min(right + room, columns),
    bottom: Math.min(bottom + room, rows),
    dark,
    marked,
  };
}

function copyColour({ planes, width, height }: Picture, made: Cut): void {
  const { x, y, w, h, data } = made;
  for (let r = 0; r < h; r++) data.set(planes.subarray((y + r) * width + x, (y + r) * width + x + w), r * w);
  const first = (width * height * 3) / 2;
  const size = (width * height * 3) / 8; // of a chroma plane: half of width, three quarters of height
  for (let plane = 0; plane < 2; plane++)
    for (let r = 0; r < h / 2; r++) {
      const from = first + plane * size + (y / 2 + r) * (width / 2) + x / 2;
      data.set(planes.subarray(from, from + w / 2), 2 * w * h + (plane * w * h) / 4 + (r * w) / 2);
    }
}

/** Double a half-size plane smoothly into `out`, the part that was cut, through a table of levels. */
function doubled(matte: Matte, { x, y, w, h }: Cut, out: Uint8Array, levels: Uint8Array | null): void {
  const { planes, base, stride, columns, rows } = matte;
  for (let r = 0; r < h; r++) {
    const near = (y + r) >> 1;
    const other = Math.min(Math.max(near + ((y + r) & 1 ? 1 : -1), 0), rows - 1);
    const [a, b] = [base + near * stride, base + other * stride];
    for (let c = 0; c < w; c++) {
      const own = (x + c) >> 1;
      const side = Math.min(Math.max(own + ((x + c) & 1 ? 1 : -1), 0), columns - 1);
      const first = 3 * (planes[a + own] as number) + (planes[a + side] as number);
      const second = 3 * (planes[b + own] as number) + (planes[b + side] as number);
      const value = (3 * first + second + 8) >> 4;
      out[r * w + c] = levels ? (levels[value] as number) : value;
    }
  }
}

/** Fill the hidden places with the colour of what is seen next below them. */
function fill(light: Matte, made: Cut, reach: number): void {
  const { w, h, data } = made;
  const smooth = new Uint8Array(w * h);
  doubled(light, made, smooth, null);
  const [y, u, v] = clothes(made, smooth, reach);
  for (let i = 0; i < w * h; i++) if ((smooth[i] as number) > MARKED) data[i] = y;
  const [first, size] = [2 * w * h, (w * h) / 4];
  for (let r = 0; r < h / 2; r++)
    for (let c = 0; c < w / 2; c++)
      if ((smooth[2 * r * w + 2 * c] as number) > MARKED) {
        data[first + (r * w) / 2 + c] = u;
        data[first + size + (r * w) / 2 + c] = v;
      }
}

/** The mean colour of the upper `reach` rows of what is seen, a little paler; grey when that is too little. */
function clothes({ w, h, data }: Cut, smooth: Uint8Array, reach: number): [number, number, number] {
  const sums = [0, 0, 0] as [number, number, number];
  let [count, last] = [0, Number.POSITIVE_INFINITY];
  for (let r = 0; r < h / 2 && r < last; r++)
    for (let c = 0; c < w / 2; c++) {
      const at = 2 * r * w + 2 * c;
      const hidden = (smooth[at] as number) > MARKED || (smooth[at + w + 1] as number) > MARKED;
      if (hidden || (data[w * h + at] as number) <= SOLID) continue;
      if (!count) last = r + reach;
      count++;
      const half = 2 * w * h + (r * w) / 2 + c;
      sums[0] += data[at] as number;
      sums[1] += data[half] as number;
      sums[2] += data[half + (w * h) / 4] as number;
    }
  if (count < FEW) return [GREY, GREY, GREY];
  return sums.map((sum) => Math.round(sum / count + PALER * (GREY - sum / count))) as [
    number,
    number,
    number,
  ];
}

/** The light that is left: smooth, and all of it around a mark, whose border is not darkness. */
function shadow(light: Matte, { x, y, w, h }: Cut, out: Uint8Array): void {
  const { planes, base, stride, columns, rows } = light;
  const [wide, high] = [w / 2, h / 2];
  const raw = new Uint8Array(wide * high);
  const near = new Uint8Array(wide * high);
  for (let r = 0; r < high; r++)
    for (let c = 0; c < wide; c++) {
      const value = planes[base + (y / 2 + r) * stride + x / 2 + c] as number;
      raw[r * wide + c] = LIGHT[value] as number;
      if (value > MARKED) markAround(near, wide, high, r, c);
    }
  for (let i = 0; i < raw.length; i++) if (near[i]) raw[i] = 255;
  // What was left outside has no darkness, so the borders of the part may repeat their own.
  const rowSums = new Uint16Array(wide * high);
  for (let r = 0; r < high; r++)
    for (let c = 0; c < wide; c++) {
      let sum = 0;
      for (let d = -2; d <= 2; d++) sum += raw[r * wide + mirrored(c + d, wide, columns)] as number;
      rowSums[r * wide + c] = sum;
    }
  for (let r = 0; r < high; r++)
    for (let c = 0; c < wide; c++) {
      let sum = 0;
      for (let d = -2; d <= 2; d++) sum += rowSums[mirrored(r + d, high, rows) * wide + c] as number;
      out[r * wide + c] = near[r * wide + c] ? 255 : Math.round(sum / 25);
    }
}

/** An index beyond the border, mirrored there as the picture's own border is. */
function mirrored(index: number, size: number, whole: number): number {
  const found = index < 0 ? -index : index >= size ? 2 * size - 2 - index : index;
  return Math.min(Math.max(found, 0), Math.min(size, whole) - 1);
}

function markAround(near: Uint8Array, wide: number, high: number, row: number, column: number): void {
  for (let r = Math.max(row - 2, 0); r <= Math.min(row + 2, high - 1); r++)
    near.fill(1, r * wide + Math.max(column - 2, 0), r * wide + Math.min(column + 3, wide));
}
