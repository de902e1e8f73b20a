/** What the clock of a tube's camera showed. */
import { at, sampleAt, type Tubes } from "./tubes";

export interface Zoned {
  zone: string;
}

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** How far a zone is ahead of UTC at a time, ms. */
export function offsetOf(ms: number, zone: string): number {
  const parts = new Intl.DateTimeFormat("en-GB", {
    timeZone: zone || "UTC",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
    second: "numeric",
    hourCycle: "h23",
  }).formatToParts(ms);
  const value = (type: string) => Number(parts.find((one) => one.type === type)?.value ?? 0);
  const shown = Date.UTC(
    value("year"),
    value("month") - 1,
    value("day"),
    value("hour"),
    value("minute"),
    value("second"),
  );
  return shown - Math.floor(ms / 1000) * 1000;
}

/** The clocks of all tubes; the zone is asked once for each camera and quarter of a day. */
export class Clock {
  /** ms on the wall of the camera at each tube's first sample; NaN: not known. */
  private readonly wall: Float64Array;
  /** Hours since midnight there; NaN: not known. */
  readonly hours: Float32Array;

  constructor(
    private readonly tubes: Tubes,
    scenes: readonly Zoned[],
  ) {
    const known = new Map<string, number>();
    this.wall = tubes.utc.map((utc, tube) => {
      const scene = at(tubes.scene, tube);
      const key = `${scene} ${Math.floor(utc / DAY) * 4 + Math.floor((utc % DAY) / (6 * HOUR))}`;
      if (Number.isNaN(utc)) return Number.NaN;
      const offset = known.get(key) ?? offsetOf(utc, scenes[scene]?.zone ?? "UTC");
      known.set(key, offset);
      return utc + offset;
    });
    this.hours = Float32Array.from(this.wall, (ms) => (((ms % DAY) + DAY) % DAY) / HOUR);
  }

  /** "14:03:27" in a tube's k-th frame; of an unknown clock how far into its recordings, "+0:03:27". */
  text(tube: number, k: number): string {
    const wall = at(this.wall, tube);
    const unknown = Number.isNaN(wall);
    const begin = unknown ? at(this.tubes.start, tube) : wall;
    const seconds = Math.floor((begin + at(this.tubes.time, sampleAt(this.tubes, tube, k))) / 1000);
    const two = (value: number) => String(value).padStart(2, "0");
    const [minutes, rest] = [two(Math.floor(seconds / 60) % 60), two(((seconds % 60) + 60) % 60)];
    if (unknown) return `+${Math.floor(seconds / 3600)}:${minutes}:${rest}`;
    return `${two(Math.floor(seconds / 3600) % 24)}:${minutes}:${rest}`;
  }

  /** When a tube began, ISO in UTC; null: not known. */
  iso(tube: number): string | null {
    const utc = at(this.tubes.utc, tube);
    return Number.isNaN(utc) ? null : new Date(utc).toISOString();
  }
}
