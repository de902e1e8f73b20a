import type { EventOut, RuleKindOut } from "../api/types";

/** What is played around an event, seconds, and at most how much of one that lasts. */
export const AROUND = 5;
const LONGEST = 60;

/** The stretch of its recording that shows an event. */
export function stretchOf(event: Pick<EventOut, "begin" | "until">): { begin: number; until: number } {
  const begin = Math.max(event.begin - AROUND, 0);
  return { begin, until: Math.min(event.until, event.begin + LONGEST) + AROUND };
}

/** A measured value beside the rule's, in the reader's numbers. */
export function measured(
  one: EventOut["reason"][number],
  number: (value: number) => string,
): { what: string; value: string; rule: string } {
  const unit = one.unit ? `\u00a0${one.unit}` : "";
  return { what: one.what, value: `${number(one.value)}${unit}`, rule: `${number(one.rule)}${unit}` };
}

/** Where the events lie between the first and the last of them, 0..1; those of unknown times are left out. */
export function marks(events: readonly EventOut[]): { at: number; index: number }[] {
  const times = events.map((one) => (one.start === null ? Number.NaN : Date.parse(one.start)));
  const known = times.filter(Number.isFinite);
  if (!known.length) return [];
  const [first, last] = [Math.min(...known), Math.max(...known)];
  return times.flatMap((at, index) =>
    Number.isFinite(at) ? [{ at: last > first ? (at - first) / (last - first) : 0.5, index }] : [],
  );
}

export type Settings = Record<string, unknown>;
type Parameter = RuleKindOut["parameters"][number];

/** What was typed for a parameter, as a file of rules has it; undefined: nothing, the default stands. */
export function settingOf(parameter: Parameter, typed: string): unknown {
  const text = typed.trim();
  if (!text) return undefined;
  switch (parameter.kind) {
    case "number":
    case "whole":
      return Number(text.replace(",", "."));
    case "truth":
      return text === "true";
    case "classes":
      return text.split(/[\s,]+/).filter(Boolean);
    default:
      return text;
  }
}

/** What a setting, or a default, looks like where it is typed. */
export function typedOf(value: unknown): string {
  if (value === null || value === undefined) return "";
  return Array.isArray(value) ? value.join(", ") : String(value);
}

/** The parameter that is drawn, if a rule has one: a zone, or a line. */
export function drawnOf(kind: RuleKindOut): { name: string; kind: "zone" | "line"; needed: boolean } | null {
  const found = kind.parameters.find((one) => one.kind === "zone" || one.kind === "line");
  return found ? { name: found.name, kind: found.kind as "zone" | "line", needed: found.needed } : null;
}
