/** The clock of a synopsis and its screens: says which frame is due, waits for sprites, draws. */
import { type Act, Composer, type Matrix, mixed } from "./compose";
import { type GroundPath, groundAt, groundPath } from "./ground";
import { carriedOn, depth, lengthOfPlan, NO_PLAN, opacity, type Plan, type Present, present } from "./plan";
import { type Ground, groundOf, type Scene, type Show } from "./show";
import { type Need, Sprites } from "./sprites";
import { at, lengthOf, sampleAt } from "./tubes";

const AHEAD = 4; // seconds of playing for which sprites are decoded ahead, as far as they take no more
const ROOM = 96 << 20; // than so many bytes;
const PIXEL = 2.6; // bytes that a pixel of a canvas takes, cut to what is seen;
const FEWEST_AHEAD = 12; // but so many frames always
// How long, ms, an old picture stays when sprites of a new one are not there yet. Nobody is to be overlooked, so
// it rather stands still; but what a filter does is to be seen at once.
const PATIENCE = { jump: 3000, play: 1500, plan: 90 };
const ASK = 250; // ms from one look ahead to the next
const MOST_STEP = 250; // ms that count as played at most when a frame comes late
const TOGETHER = 0.6; // frames: what was seen within this time is one moment
const GROUNDS = 6; // backgrounds kept of each screen

/** What the page is told after each picture. */
export interface Snapshot {
  frame: number;
  length: number;
  playing: boolean;
  speed: number;
  /** Who is on the stage, on all screens. */
  shown: readonly Present[];
  /** Whether it waits for sprites. */
  waiting: boolean;
  /** Of tubes that should be seen, those that are not there yet. */
  missing: number;
}

/** A canvas that shows one scene. */
class Screen {
  readonly composer: Composer;
  readonly grounds = new Map<number, Ground | null>();
  path: GroundPath = { path: new Uint16Array(1), step: 1 };
  private readonly image: ImageData;
  private readonly context: CanvasRenderingContext2D | null;
  private readonly blend: Ground;

  constructor(
    readonly scene: Scene,
    readonly canvas: HTMLCanvasElement,
    readonly drawn: (present: readonly Present[]) => void,
  ) {
    const { width, height } = scene;
    canvas.width = width;
    canvas.height = height;
    this.context = canvas.getContext("2d", { alpha: false });
    this.composer = new Composer(width, height, scene.matrix as Matrix, scene.full_range);
    this.image = new ImageData(
      new Uint8ClampedArray(this.composer.pixels.buffer as ArrayBuffer),
      width,
      height,
    );
    this.blend = new Uint32Array(width * height);
  }

  /** The ground of a frame; null: it is not there yet (`want` is called with what is lacking). */
  ground(frame: number, rate: number, want: (index: number) => void): Ground | null {
    const [first, second, share] = groundAt(this.path, frame, rate);
    const [a, b] = [this.grounds.get(first), this.grounds.get(second)];
    if (a === undefined) want(first);
    if (b === undefined && second !== first) want(second);
    if (!share || !b) return a ?? null;
    if (!a) return null;
    mixed(a, b, share, this.blend);
    return this.blend;
  }

  keep(index: number, ground: Ground): void {
    this.grounds.set(index, ground);
    for (const old of this.grounds.keys())
      if (this.grounds.size > GROUNDS && old !== index) this.grounds.delete(old);
  }

  put(): void {
    this.context?.putImageData(this.image, 0, 0);
  }
}

export class Player {
  plan: Plan = NO_PLAN;
  snapshot: Snapshot = {
    frame: 0,
    length: 0,
    playing: false,
    speed: 1,
    shown: [],
    waiting: false,
    missing: 0,
  };
  /** Whom a new plan goes on with. */
  anchor: number | null = null;
  readonly sprites: Sprites;
  private readonly screens = new Map<number, Screen>();
  private readonly listeners = new Set<() => void>();
  private position = 0;
  private playing = false;
  private speed = 1;
  private dirty = false;
  private cause: keyof typeof PATIENCE = "jump";
  private waitingSince: number | null = null;
  private plans = 0; // how many there were
  private gaveUp = false; // it waited for a sprite in vain, and goes on without until all are there
  private last = 0;
  private asked = 0;
  private timer = 0;
  private closed = false;

  constructor(
    readonly show: Show,
    trouble: (status: number, detail: string, rule: string) => void,
  ) {
    const came = () => {
      if (this.waitingSince === null && !this.gaveUp) return;
      this.dirty = true;
      this.wake();
    };
    this.sprites = new Sprites(show.tubes, `/api/synopses/${show.id}/sprites`, came, trouble);
  }

  /** Show a scene on a canvas until the function that this gives is called; `drawn` after each picture. */
  attach(scene: Scene, canvas: HTMLCanvasElement, drawn: (present: readonly Present[]) => void): () => void {
    const screen = new Screen(scene, canvas, drawn);
    this.screens.set(scene.n, screen);
    this.findPaths();
    this.jump();
    return () => {
      if (this.screens.get(scene.n) === screen) this.screens.delete(scene.n);
      this.jump();
    };
  }

  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  getSnapshot = (): Snapshot => this.snapshot;

  get scenes(): ReadonlySet<number> {
    return new Set(this.screens.keys());
  }

  get length(): number {
    return lengthOfPlan(this.plan, this.scenes);
  }

  /** Show another plan, going on with what is shown now. */
  setPlan(plan: Plan): void {
    const before = this.plan;
    this.plans++;
    this.plan = plan;
    this.position = carriedOn(this.show.tubes, before, plan, this.scenes, this.position, this.anchor);
    this.findPaths();
    this.jump("plan");
  }

  play(): void {
    if (this.position >= this.length - 1) this.position = 0;
    this.playing = true;
    this.jump();
  }

  pause(): void {
    this.playing = false;
    this.tell();
  }

  seek(frame: number): void {
    this.position = Math.min(Math.max(frame, 0), Math.max(this.length - 1, 0));
    this.jump();
  }

  /** To the next or an earlier picture; that stops it. */
  step(frames: number): void {
    this.playing = false;
    this.seek(Math.floor(this.position) + frames);
  }

  setSpeed(speed: number): void {
    this.speed = speed;
    this.jump();
  }

  /** Draw again, what is on the stage having stayed the same. */
  redraw(): void {
    this.dirty = true;
    this.wake();
  }

  close(): void {
    this.closed = true;
    cancelAnimationFrame(this.timer);
    this.sprites.close();
  }

  /** Grid frames a second at this speed. */
  get pace(): number {
    return this.show.rate * this.show.speed * this.speed;
  }

  private jump(cause: keyof typeof PATIENCE = "jump"): void {
    this.cause = cause;
    this.gaveUp = false;
    this.dirty = true;
    this.position = Math.min(this.position, Math.max(this.length - 1, 0));
    this.look(performance.now(), true);
    this.tell();
    this.wake();
  }

  private wake(): void {
    if (!this.timer && !this.closed) this.timer = requestAnimationFrame((now) => this.tick(now));
  }

  private tick(now: number): void {
    this.timer = 0;
    const passed = this.last ? Math.min(now - this.last, MOST_STEP) : 0;
    this.last = now;
    const waits = this.waitingSince !== null;
    const moved = this.playing && !waits ? this.position + (passed / 1000) * this.pace : this.position;
    const end = Math.max(this.length - 1, 0);
    if (this.playing && moved >= end) this.playing = false;
    this.position = Math.min(moved, end);
    if (now - this.asked > ASK) this.look(now);
    if (this.dirty || Math.floor(this.position) !== this.snapshot.frame) this.draw(now);
    if (this.playing || this.waitingSince !== null || this.gaveUp || this.dirty) this.wake();
    else this.last = 0;
  }

  /** Ask for the sprites that will be needed. */
  private look(now: number, fresh = false): void {
    this.asked = now;
    const { tubes } = this.show;
    const frame = Math.floor(this.position);
    const ahead = this.horizon(frame);
    const needs: Need[] = [];
    const later: number[] = [];
    const { scenes } = this;
    for (let tube = 0; tube < this.plan.starts.length; tube++) {
      const start = at(this.plan.starts, tube);
      const length = lengthOf(tubes, tube);
      if (start < 0 || start + length <= frame || !scenes.has(at(tubes.scene, tube))) continue;
      if (start >= frame + ahead) {
        later.push(tube);
        continue;
      }
      const [from, to] = [Math.max(frame - start, 0), Math.min(frame + ahead - start, length)];
      needs.push({
        tube,
        from: this.pick(tube, from),
        to: this.pick(tube, to - 1) + 1,
        due: Math.max(start - frame, 0),
      });
    }
    later.sort((a, b) => at(this.plan.starts, a) - at(this.plan.starts, b));
    this.sprites.want(needs, later, fresh);
  }

  /** How many frames ahead sprites are decoded: the larger and the more they are, the fewer. */
  private horizon(frame: number): number {
    const { tubes } = this.show;
    let bytes = 1;
    for (const { tube } of present(tubes, this.plan, this.scenes, frame)) {
      const chunk = at(tubes.chunk, tube);
      bytes += at(tubes.width, chunk) * at(tubes.height, chunk) * PIXEL;
    }
    return Math.min(Math.ceil(AHEAD * this.pace), Math.max(Math.floor(ROOM / bytes), FEWEST_AHEAD));
  }

  private pick(tube: number, k: number): number {
    return sampleAt(this.show.tubes, tube, k) - at(this.show.tubes.sample, tube);
  }

  private draw(now: number): void {
    const frame = Math.floor(this.position);
    const lacking: number[] = [];
    const all = [...this.screens.values()].map((screen) => {
      const here = present(this.show.tubes, this.plan, new Set([screen.scene.n]), frame);
      const acts: (Act & { depth: number })[] = [];
      for (const one of here) {
        const act = this.act(one);
        if (act) acts.push(act);
        else if (act === undefined) lacking.push(one.tube);
      }
      const ground = screen.ground(frame, this.show.rate, (index) => this.fetchGround(screen, index));
      return { screen, here, acts, ground };
    });
    const missing = lacking.length;
    const groundless = all.some(({ ground }) => !ground);
    if (groundless || (missing && !this.gaveUp)) {
      this.waitingSince ??= now;
      if (groundless || now - this.waitingSince < PATIENCE[this.cause]) {
        this.tell(true);
        return;
      }
    }
    this.waitingSince = null;
    this.gaveUp = missing > 0 && this.cause !== "plan"; // a new plan is seen at once, and whole soon after
    const again = missing > 0 && !this.gaveUp;
    this.cause = "play";
    this.dirty = again;
    for (const { screen, here, acts, ground } of all) {
      acts.sort((a, b) => a.depth - b.depth);
      screen.composer.draw(ground as Ground, acts, (TOGETHER * 1000) / this.show.rate);
      screen.put();
      screen.drawn(here);
      const detail = { frame, shown: here.length, present: here, missing, lacking, plan: this.plans };
      screen.canvas.dispatchEvent(new CustomEvent("drawn", { detail }));
    }
    this.snapshot = { ...this.snapshot, frame, shown: all.flatMap(({ here }) => here), missing };
    this.tell();
  }

  /** undefined: its sprite is not there yet; null: there is nothing to see. */
  private act({ tube, k }: Present): (Act & { depth: number }) | null | undefined {
    const { tubes, rate } = this.show;
    const found = this.sprites.find(tube, k);
    if (!found) return found;
    const row = sampleAt(tubes, tube, k);
    return {
      ...found,
      x: at(tubes.place, 2 * row) + found.x,
      y: at(tubes.place, 2 * row + 1) + found.y,
      opacity: opacity(lengthOf(tubes, tube), k, rate),
      moment: at(tubes.start, tube) + at(tubes.time, row),
      depth: depth(tubes, tube, k, rate),
    };
  }

  private tell(waiting = false): void {
    const { playing, speed, length } = this;
    this.snapshot = { ...this.snapshot, playing, speed, length, waiting: waiting || this.gaveUp };
    for (const listener of this.listeners) listener();
  }

  private findPaths(): void {
    const { tubes, rate } = this.show;
    for (const screen of this.screens.values()) {
      const { scene } = screen;
      const shown = [];
      for (let tube = scene.first; tube < scene.first + scene.tubes; tube++) {
        const first = this.plan.starts[tube] ?? -1;
        if (first < 0) continue;
        const middle = at(tubes.start, tube) + at(tubes.time, at(tubes.sample, tube + 1) - 1) / 2;
        const background = scene.backgrounds.findIndex((one) => middle < one.until);
        const length = lengthOf(tubes, tube);
        shown.push({ first, length, background: background < 0 ? scene.backgrounds.length - 1 : background });
      }
      screen.path = groundPath(shown, scene.backgrounds.length, this.plan.lengths[scene.n] ?? 1, rate);
    }
  }

  /** Fetch a background, once; the picture waits for it. */
  private fetchGround(screen: Screen, index: number): void {
    const found = screen.scene.backgrounds[index];
    if (!found) return;
    screen.grounds.set(index, null);
    const { early, id } = this.show;
    const coming = early.get(found.n) ?? groundOf(id, found.n, screen.scene);
    early.delete(found.n);
    coming.then(
      (ground) => {
        screen.keep(index, ground);
        this.dirty = true;
        this.wake();
      },
      () => screen.grounds.delete(index),
    );
  }
}
