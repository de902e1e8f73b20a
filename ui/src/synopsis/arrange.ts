import { at, lengthOf, sampleAt, sourceFrame, type Tubes } from "./tubes";

/**
 * When each tube is shown: a quick arrangement for a page that changes while one looks. The tubes that move
 * together make units; the longest come first, each to the start in its window at which it covers least of
 * what is there. What is there is counted on a coarse grid of picture and time, so a start is tried in the
 * time that the unit's own cells take. The program's own arranger (synopsis/arrange.py) is exact and slower.
 */
export type Order = "strict" | "local" | "free";

export interface Knobs {
  /** Objects at once, on average. */
  density: number;
  order: Order;
}

export interface Task {
  tubes: Tubes;
  /** Which tubes: all of one scene. */
  chosen: ArrayLike<number>;
  /** Grid frames a second, and the size of the picture. */
  rate: number;
  width: number;
  height: number;
}

export interface Arranged {
  /** First frame of each chosen tube, in their order. */
  starts: Int32Array;
  /** Frames of the whole. */
  length: number;
}

const BIN = 6; // frames that count as one
const COLS = 24;
const ROWS = 14;
const CELLS = COLS * ROWS;
const WORK = 8_000_000; // cells looked at; what does not fit tries fewer starts
const FEWEST = 20; // starts that are tried at least
const LOCAL = 31; // seconds a unit may be away from its place in source order
const STRICT = 4; // the same where the order is strict
const AWAY = 2e-5 * BIN; // price of each bin away, and
const CROWD = 1e-4 * BIN; // of each object above the mean in a bin, in mean units' cells

/** Tubes that move together. `cells`: bin * CELLS + cell, from the unit's first bin on. */
interface Unit {
  members: number[]; // positions in `chosen`
  shifts: number[]; // frames after the unit's start
  source: number;
  frames: number; // of all members together
  length: number; // from start to end
  cells: Int32Array;
  place: number; // bin
}

/** Arrange the chosen tubes. Deterministic. */
export function arrange(task: Task, knobs: Knobs): Arranged {
  const starts = new Int32Array(task.chosen.length).fill(-1);
  if (!starts.length) return { starts, length: 0 };
  const units = makeUnits(task, knobs.order !== "strict");
  const total = units.reduce((sum, unit) => sum + unit.frames, 0);
  const longest = units.reduce((most, unit) => Math.max(most, unit.length), 1);
  const length = Math.max(Math.ceil(total / Math.max(knobs.density, 0.1)), longest);
  const room = new Room(Math.ceil(length / BIN) + Math.ceil(longest / BIN) + 2, total / length, units);
  preferPlaces(units, total, length);
  if (knobs.order === "strict") placeInOrder(task, units, room, length);
  else placeAnywhere(units, room, length, knobs.order === "local" ? LOCAL * task.rate : Infinity);
  for (const unit of units)
    for (const [k, member] of unit.members.entries())
      starts[member] = unit.place * BIN + (unit.shifts[k] ?? 0);
  return settled(task, starts);
}

/** Let it begin at 0, and say how long it is. */
function settled(task: Task, starts: Int32Array): Arranged {
  const first = starts.reduce((least, start) => Math.min(least, start), Infinity);
  let length = 0;
  for (let i = 0; i < starts.length; i++) {
    starts[i] = at(starts, i) - first;
    length = Math.max(length, at(starts, i) + lengthOf(task.tubes, at(task.chosen, i)));
  }
  return { starts, length };
}

function makeUnits(task: Task, together: boolean): Unit[] {
  const { tubes, chosen } = task;
  const groups = new Map<number, number[]>();
  for (let i = 0; i < chosen.length; i++) {
    const group = together ? at(tubes.group, at(chosen, i)) : -1;
    const key = group < 0 ? -1 - i : group;
    const found = groups.get(key);
    if (found) found.push(i);
    else groups.set(key, [i]);
  }
  const units = [...groups.values()].map((members) => unitOf(task, members));
  return units.sort((a, b) => a.source - b.source || at(a.members, 0) - at(b.members, 0));
}

function unitOf(task: Task, members: number[]): Unit {
  const { tubes, chosen, rate } = task;
  const sources = members.map((i) => sourceFrame(tubes, at(chosen, i), rate));
  const source = Math.min(...sources);
  const shifts = sources.map((one) => one - source);
  const lengths = members.map((i) => lengthOf(tubes, at(chosen, i)));
  const cells = new Set<number>();
  for (const [k, i] of members.entries()) addCells(task, at(chosen, i), at(shifts, k), cells);
  return {
    members,
    shifts,
    source,
    frames: lengths.reduce((sum, one) => sum + one, 0),
    length: lengths.reduce((most, one, k) => Math.max(most, one + at(shifts, k)), 1),
    cells: Int32Array.from(cells).sort(),
    place: 0,
  };
}

/** The cells that a tube covers, bin by bin: those of the boxes at both ends of each bin. */
function addCells(task: Task, tube: number, shift: number, cells: Set<number>): void {
  const length = lengthOf(task.tubes, tube);
  for (let k = 0; k < length; k += BIN) {
    const bin = Math.floor((k + shift) / BIN);
    addBox(task, sampleAt(task.tubes, tube, k), bin, cells);
    addBox(task, sampleAt(task.tubes, tube, Math.min(k + BIN, length) - 1), bin, cells);
  }
}

function addBox({ tubes, width, height }: Task, row: number, bin: number, cells: Set<number>): void {
  const [x, y] = [at(tubes.box, 4 * row), at(tubes.box, 4 * row + 1)];
  const [w, h] = [at(tubes.box, 4 * row + 2), at(tubes.box, 4 * row + 3)];
  const [left, right] = [cellOf(x, width, COLS), cellOf(x + w - 1, width, COLS)];
  const [top, bottom] = [cellOf(y, height, ROWS), cellOf(y + h - 1, height, ROWS)];
  for (let r = top; r <= bottom; r++)
    for (let c = left; c <= right; c++) cells.add(bin * CELLS + r * COLS + c);
}

function cellOf(value: number, size: number, cells: number): number {
  return Math.min(Math.max(Math.floor((value / size) * cells), 0), cells - 1);
}

/** The place that spreads all evenly in source order. */
function preferPlaces(units: readonly Unit[], total: number, length: number): void {
  let before = 0;
  for (const unit of units) {
    const middle = before + unit.frames / 2;
    const start = (middle / total) * length - unit.length / 2;
    unit.place = Math.round(Math.min(Math.max(start, 0), length - unit.length) / BIN);
    before += unit.frames;
  }
}

/** What is there already: how often each cell of each bin is covered, and how many objects a bin has. */
class Room {
  private readonly covered: Uint16Array;
  private readonly crowd: Float32Array;
  private readonly mean: number;
  /** Cells of a unit, on average. */
  private readonly usual: number;
  /** How many starts a unit may try. */
  readonly tries: number;

  constructor(bins: number, mean: number, units: readonly Unit[]) {
    const cells = units.reduce((sum, unit) => sum + unit.cells.length, 0);
    this.covered = new Uint16Array(bins * CELLS);
    this.crowd = new Float32Array(bins);
    this.mean = mean;
    this.usual = Math.max(cells / units.length, 1);
    this.tries = Math.max(Math.floor(WORK / Math.max(cells, 1)), FEWEST);
  }

  put(unit: Unit): void {
    const base = unit.place * CELLS;
    for (const cell of unit.cells) this.covered[base + cell] = at(this.covered, base + cell) + 1;
    const bins = Math.ceil(unit.length / BIN);
    const share = unit.frames / unit.length;
    for (let bin = unit.place; bin < unit.place + bins; bin++) this.crowd[bin] = at(this.crowd, bin) + share;
  }

  /** The price of a start, or Infinity as soon as it is above `most`. */
  private cost(unit: Unit, place: number, home: number, most: number): number {
    const { cells } = unit;
    const base = place * CELLS;
    const bins = Math.ceil(unit.length / BIN);
    let above = 0;
    for (let bin = place; bin < place + bins; bin++)
      above += Math.max(at(this.crowd, bin) - this.mean + 1, 0);
    const fixed = AWAY * Math.abs(place - home) + CROWD * above;
    const limit = (most - fixed) * this.usual;
    let sum = 0;
    for (let k = 0; k < cells.length; k++) {
      sum += this.covered[base + (cells[k] as number)] as number;
      if (sum > limit) return Infinity;
    }
    return fixed + sum / this.usual;
  }

  /** The cheapest start between `low` and `high`; starts nearest to `home` first, so that it wins ties. */
  best(unit: Unit, home: number, low: number, high: number): number {
    const step = Math.max(1, Math.ceil((high - low + 1) / this.tries));
    const reach = Math.max(high - home, home - low);
    let [found, least] = [Math.min(Math.max(home, low), high), Infinity];
    for (let away = 0; away <= reach; away += step)
      for (let place = home - away; place <= home + away; place += Math.max(2 * away, 1)) {
        if (place < low || place > high) continue;
        const cost = this.cost(unit, place, home, least);
        if (cost < least) [found, least] = [place, cost];
      }
    return found;
  }
}

function placeAnywhere(units: readonly Unit[], room: Room, length: number, window: number): void {
  const homes = units.map((unit) => unit.place);
  const order = units.map((_, i) => i).sort((a, b) => cellsOf(units, b) - cellsOf(units, a) || a - b);
  const reach = Math.floor(window / BIN);
  for (const i of order) {
    const unit = units[i] as Unit;
    const home = at(homes, i);
    const last = Math.max(Math.floor((length - unit.length) / BIN), 0);
    unit.place = room.best(unit, home, Math.max(0, home - reach), Math.min(last, home + reach));
    room.put(unit);
  }
}

function cellsOf(units: readonly Unit[], i: number): number {
  return (units[i] as Unit).cells.length;
}

/** In order of source starts; who comes with others keeps its distance to them where the order lets it. */
function placeInOrder(task: Task, units: readonly Unit[], room: Room, length: number): void {
  const placed = new Map<number, number>(); // of a group: how much later than in the source, bins
  let floor = 0;
  for (const unit of units) {
    const group = at(task.tubes.group, at(task.chosen, at(unit.members, 0)));
    const source = Math.round(unit.source / BIN);
    const rigid = group < 0 ? undefined : placed.get(group);
    const reach = Math.round((STRICT * task.rate) / BIN);
    const last = Math.max(Math.floor((length - unit.length) / BIN), floor);
    const low = Math.min(Math.max(unit.place - reach, floor), last);
    const high = Math.min(Math.max(unit.place + reach, floor), last);
    if (rigid !== undefined && source + rigid >= floor && source + rigid <= last) unit.place = source + rigid;
    else unit.place = room.best(unit, Math.min(Math.max(unit.place, low), high), low, high);
    if (group >= 0 && rigid === undefined) placed.set(group, unit.place - source);
    floor = unit.place;
    room.put(unit);
  }
}
