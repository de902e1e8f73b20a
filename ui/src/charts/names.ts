import { isKey, number, type Speaker } from "../i18n";
import { classOf } from "../i18n/classes";
import type { Row } from "./bins";

/** What can be counted, in the order in which it is offered. */
export const KINDS = [
  "hour",
  "class",
  "zone",
  "line",
  "dwell",
  "speed",
  "occupancy",
  "flow",
  "heat",
  "path",
] as const;
export type Kind = (typeof KINDS)[number];
/** Those that are told over time. */
export const TIMED: ReadonlySet<Kind> = new Set<Kind>(["hour", "zone", "line", "occupancy"]);
/** Those that are drawn over the picture of one camera. */
export const MAPS: ReadonlySet<Kind> = new Set<Kind>(["heat", "path"]);

/** A class of objects, or a direction, in the reader's words; other names as they are. */
export function named(t: Speaker["t"], name: string): string {
  return isKey(`stats-side.${name}`) ? t(`stats-side.${name}` as "stats-side.in") : classOf(t, name);
}

/** The numbers of a row by what they are of: its class; for lines the direction. */
export function valuesOf(kind: Kind, row: Row): Record<string, number> {
  const of = (name: string) => Number(row[name] ?? 0);
  if (kind === "line") return { in: of("in"), out: of("out") };
  if (kind === "occupancy") return { [String(row.camera)]: of("mean") };
  return { [String(row.class ?? row.camera ?? "")]: of("tracks") };
}

/** What a row without a time is of: the bar that it belongs to. */
export function barOf({ t, language }: Speaker, kind: Kind, row: Row): string {
  if (kind === "class") return named(t, String(row.class));
  if (kind === "flow") return `${row.from_zone} → ${row.to_zone}`;
  const [low, high, unit] = [Number(row.from), row.to, String(row.unit)];
  const name = unit === "heights/s" ? t("stats.unit.heights") : unit;
  return high === null
    ? t("stats.more", { low: number(language, low), unit: name })
    : `${number(language, low)}–${number(language, Number(high))} ${name}`;
}

const COLOURS = 8;
const FIXED = ["person", "car", "bicycle", "animal", "bag", "truck", "object", "bus"];

/** The class of style of a series: a class of objects has the same colour in every chart. */
export function colourOf(name: string, place: number): string {
  const fixed = FIXED.indexOf(name);
  return `series-${fixed >= 0 ? fixed : place % COLOURS}`;
}
