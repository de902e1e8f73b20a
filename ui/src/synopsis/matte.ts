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
const SAME = Uint8Array.from({ length: 256 }, (_, v) => v);
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
    shade: dark !== null,
    data: new Uint8Array((w * h * (dark ? 11 : 10)) / 4),
  };
  copyColour(picture, made);
  doubled(alpha, made, made.data.subarray(w * h, 2 * w * h), ALPHA);
  if (marked) fill(light, made, Math.min(2 * marked + 2, h), Math.max(Math.floor(height / 8), 2));
  if (dark) shadow(light, made, dark, made.data.subarray((w * h * 10) / 4));
  return made;
}

/** Some cells: from `left`, `top` to before `right`, `bottom`. */
interface Cells {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

function grow(cells: Cells, r: number, c: number): void {
  if (c < cells.left) cells.left = c;
  if (c >= cells.right) cells.right = c + 1;
  if (r < cells.top) cells.top = r;
  if (r >= cells.bottom) cells.bottom = r + 1;
}

function widened({ left, top, right, bottom }: Cells, by: number, columns: number, rows: number): Cells {
  return {
    left: Math.max(left - by, 0),
    top: Math.max(top - by, 0),
    right: Math.min(right + by, columns),
    bottom: Math.min(bottom + by, rows),
  };
}

/** The half-size cells in which there is anything, with room for what is smoothed; shadows; rows down to the last mark. */
function extent(alpha: Matte, light: Matte) {
  const { planes, columns, rows, stride } = alpha;
  const none: Cells = { left: columns, top: rows, right: 0, bottom: 0 };
  const [all, dark] = [{ ...none }, { ...none }];
  let marked = 0;
  for (let r = 0; r < rows; r++) {
    const a = alpha.base + r * stride;
    const l = light.base + r * stride;
    for (let c = 0; c < columns; c++) {
      const shade = planes[l + c] as number;
      if ((planes[a + c] as number) <= FAINT && shade < DARK) continue;
      grow(all, r, c);
      if (shade > MARKED) marked = r + 1;
      else if (shade >= DARK) grow(dark, r, c);
    }
  }
  if (all.right <= all.left) return null;
  const cells = widened(all, dark.right ? 3 : 1, columns, rows);
  return {
    ...cells,
    dark: dark.right ? widened(dark, 4, columns, rows) : null,
    marked: marked && marked - cells.top,
  };
}

function copyColour({ planes, width, height }: Picture, made: Cut): void {
  const { x, y, w, h, data } = made;
  copyPart(planes, y * width + x, width, data, 0, w, h);
  const first = (width * height * 3) / 2;
  const size = (width * height * 3) / 8; // of a chroma plane: half of width, three quarters of height
  const from = (y / 2) * (width / 2) + x / 2;
  for (let plane = 0; plane < 2; plane++)
    copyPart(
      planes,
      first + plane * size + from,
      width / 2,
      data,
      2 * w * h + (plane * w * h) / 4,
      w / 2,
      h / 2,
    );
}

/** Byte by byte: for rows this short that is quicker than views of them. */
function copyPart(
  source: Uint8Array,
  from: number,
  stride: number,
  target: Uint8Array,
  to: number,
  w: number,
  h: number,
): void {
  for (let r = 0; r < h; r++)
    for (let c = 0; c < w; c++) target[to + r * w + c] = source[from + r * stride + c] as number;
}

/** Double a half-size plane smoothly into `out`, the part that was cut, through a table of levels. */
function doubled(matte: Matte, { x, y, w, h }: Cut, out: Uint8Array, levels: Uint8Array): void {
  const { planes, base, stride, columns, rows } = matte;
  const [wide, left] = [w >> 1, x >> 1];
  const [before, after] = [left > 0 ? left - 1 : 0, Math.min(left + wide, columns - 1)];
  const line = new Uint16Array(wide + 2); // of one row, with a cell on either side
  for (let r = 0; r < h; r++) {
    const near = (y + r) >> 1;
    const other = Math.min(Math.max(near + (r & 1 ? 1 : -1), 0), rows - 1);
    const [a, b] = [base + near * stride, base + other * stride];
    line[0] = 3 * (planes[a + before] as number) + (planes[b + before] as number);
    for (let c = 0; c < wide; c++)
      line[c + 1] = 3 * (planes[a + left + c] as number) + (planes[b + left + c] as number);
    line[wide + 1] = 3 * (planes[a + after] as number) + (planes[b + after] as number);
    for (let c = 0, to = r * w; c < wide; c++, to += 2) {
      const own = 3 * (line[c + 1] as number) + 8;
      out[to] = levels[(own + (line[c] as number)) >> 4] as number;
      out[to + 1] = levels[(own + (line[c + 2] as number)) >> 4] as number;
    }
  }
}

/** Fill the hidden places, all in the upper `rows`, with the colour of what is seen next below them. */
function fill(light: Matte, made: Cut, rows: number, reach: number): void {
  const { w, h, data } = made;
  const smooth = new Uint8Array(w * h);
  doubled(light, { ...made, h: rows }, smooth, SAME);
  const [y, u, v] = clothes(made, smooth, reach);
  for (let i = 0; i < w * rows; i++) if ((smooth[i] as number) > MARKED) data[i] = y;
  const [first, size] = [2 * w * h, (w * h) / 4];
  for (let r = 0; r < rows / 2; r++)
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

/** The light that is left: smooth, and all of it around a mark, whose border is not darkness; all outside `dark`. */
function shadow(light: Matte, { x, y, w }: Cut, dark: Cells, out: Uint8Array): void {
  const { planes, base, stride } = light;
  const [wide, high] = [dark.right - dark.left, dark.bottom - dark.top];
  const near = new Uint8Array(wide * high);
  const raw = new Uint8Array(wide * high);
  for (let r = 0; r < high; r++) {
    const from = base + (dark.top + r) * stride + dark.left;
    let run = -1; // where the marked cells that lie side by side begin
    for (let c = 0; c < wide; c++) {
      const value = planes[from + c] as number;
      raw[r * wide + c] = LIGHT[value] as number;
      if (value > MARKED) {
        if (run < 0) run = c;
      } else if (run >= 0) {
        markAround(near, wide, high, r, run, c);
        run = -1;
      }
    }
    if (run >= 0) markAround(near, wide, high, r, run, wide);
  }
  for (let i = 0; i < near.length; i++) if (near[i]) raw[i] = 255;
  const rows = fives(raw, wide, high);
  const sums = new Uint16Array(wide); // of five such sums, one below the other
  for (let k = -2; k < 2; k++) add(rows, mirrored(k, high) * wide, sums);
  out.fill(255);
  const first = (dark.top - y / 2) * (w / 2) + dark.left - x / 2;
  for (let r = 0; r < high; r++) {
    add(rows, mirrored(r + 2, high) * wide, sums);
    const to = first + (r * w) / 2;
    for (let c = 0; c < wide; c++) if (!near[r * wide + c]) out[to + c] = twentyFifth(sums[c] as number);
    take(rows, mirrored(r - 2, high) * wide, sums);
  }
}

/** A place outside a line of `count`, mirrored at its ends. */
function mirrored(k: number, count: number): number {
  return Math.min(Math.abs(k < count ? k : 2 * count - 2 - k), count - 1);
}

/** Rounded, of a sum of 25 bytes; exact for all of them. */
export function twentyFifth(sum: number): number {
  return ((sum + 12) * 5243) >> 17;
}

/** Sums of five side by side, the rows mirrored at their ends. */
function fives(from: Uint8Array, wide: number, high: number): Uint16Array {
  const sums = new Uint16Array(wide * high);
  const line = new Uint8Array(wide + 5);
  for (let r = 0; r < high; r++) {
    const first = r * wide;
    for (let k = -2; k < 0; k++) line[k + 2] = from[first + mirrored(k, wide)] as number;
    for (let k = 0; k < wide; k++) line[k + 2] = from[first + k] as number;
    for (let k = wide; k < wide + 3; k++) line[k + 2] = from[first + mirrored(k, wide)] as number;
    let sum = 0;
    for (let k = 0; k < 5; k++) sum += line[k] as number;
    for (let k = 0; k < wide; k++) {
      sums[first + k] = sum;
      sum += (line[k + 5] as number) - (line[k] as number);
    }
  }
  return sums;
}

function add(rows: Uint16Array, from: number, sums: Uint16Array): void {
  for (let c = 0; c < sums.length; c++) sums[c] = (sums[c] as number) + (rows[from + c] as number);
}

function take(rows: Uint16Array, from: number, sums: Uint16Array): void {
  for (let c = 0; c < sums.length; c++) sums[c] = (sums[c] as number) - (rows[from + c] as number);
}

/** Mark what lies within two cells of some of a row. */
function markAround(
  near: Uint8Array,
  wide: number,
  high: number,
  row: number,
  first: number,
  end: number,
): void {
  for (let r = Math.max(row - 2, 0); r <= Math.min(row + 2, high - 1); r++)
    near.fill(1, r * wide + Math.max(first - 2, 0), r * wide + Math.min(end + 2, wide));
}
