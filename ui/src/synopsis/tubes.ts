/** The tubes of a synopsis in columns, as the server gives them (`GET /api/synopses/{id}/tubes`). */
export interface Tubes {
  count: number;
  ids: readonly string[];
  /** What `label`, and `upper`, `lower`, `body` (255: not known) point into. */
  classes: readonly string[];
  colours: readonly string[];
  /** Of each tube: its scene, first sample (ms on the scene's timeline; ms since 1970 or NaN), group (-1: alone). */
  scene: Uint8Array;
  label: Uint8Array;
  start: Float64Array;
  utc: Float64Array;
  group: Int32Array;
  upper: Uint8Array;
  lower: Uint8Array;
  body: Uint8Array;
  heading: Float32Array;
  /** Where the rows of each tube begin, one more than there are tubes. */
  frame: Uint32Array;
  sample: Uint32Array;
  chunk: Uint32Array;
  /** Of each grid frame: the sample of the tube that is shown. */
  pick: Uint16Array;
  /** Of each sample: x, y, w, h of its box; x, y of its canvas; ms since the first. Source pixels. */
  box: Uint16Array;
  place: Int16Array;
  time: Uint32Array;
  /** Of each chunk: first sample in the tube, how many, size of its canvas, bytes. */
  first: Uint32Array;
  counts: Uint16Array;
  width: Uint16Array;
  height: Uint16Array;
  bytes: Uint32Array;
}

export const UNKNOWN = 255; // a colour that is not known
const MAGIC = 0x314e5953; // "SYN1"
const TYPES = {
  u8: Uint8Array,
  u16: Uint16Array,
  i16: Int16Array,
  u32: Uint32Array,
  i32: Int32Array,
  f32: Float32Array,
  f64: Float64Array,
} as const;
type TypeName = keyof typeof TYPES;

interface Head {
  tubes: number;
  ids: string[];
  classes: string[];
  colours: string[];
  columns: Record<string, { at: number; type: TypeName; wide: number; rows: number }>;
}

/** Read the columns; they are views of the buffer, nothing is copied. Throws an Error when it is something else. */
export function readTubes(buffer: ArrayBuffer): Tubes {
  const view = new DataView(buffer);
  if (buffer.byteLength < 8 || view.getUint32(0, true) !== MAGIC) throw new Error("these are no tubes");
  const size = view.getUint32(4, true);
  const head = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 8, size))) as Head;
  const column = <T extends TypeName>(name: string, type: T): InstanceType<(typeof TYPES)[T]> => {
    const found = head.columns[name];
    if (found?.type !== type) throw new Error(`the tubes have no column ${name} of ${type}`);
    const made = new TYPES[type](buffer, 8 + size + found.at, found.rows * found.wide);
    return made as InstanceType<(typeof TYPES)[T]>;
  };
  return {
    count: head.tubes,
    ids: head.ids,
    classes: head.classes,
    colours: head.colours,
    scene: column("scene", "u8"),
    label: column("label", "u8"),
    start: column("start", "f64"),
    utc: column("utc", "f64"),
    group: column("group", "i32"),
    upper: column("upper", "u8"),
    lower: column("lower", "u8"),
    body: column("body", "u8"),
    heading: column("heading", "f32"),
    frame: column("frame", "u32"),
    sample: column("sample", "u32"),
    chunk: column("chunk", "u32"),
    pick: column("pick", "u16"),
    box: column("box", "u16"),
    place: column("place", "i16"),
    time: column("time", "u32"),
    first: column("first", "u32"),
    counts: column("count", "u16"),
    width: column("width", "u16"),
    height: column("height", "u16"),
    bytes: column("bytes", "u32"),
  };
}

/** How many grid frames a tube lasts. */
export function lengthOf(tubes: Tubes, tube: number): number {
  return at(tubes.frame, tube + 1) - at(tubes.frame, tube);
}

/** The row, in the columns of samples, that a tube shows in its k-th grid frame. */
export function sampleAt(tubes: Tubes, tube: number, k: number): number {
  return at(tubes.sample, tube) + at(tubes.pick, at(tubes.frame, tube) + k);
}

/** The source grid frame in which a tube begins. */
export function sourceFrame(tubes: Tubes, tube: number, rate: number): number {
  return Math.round((at(tubes.start, tube) / 1000) * rate);
}

/** A value that must be there. */
export function at(column: ArrayLike<number>, index: number): number {
  return column[index] as number;
}
