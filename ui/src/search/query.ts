import fields from "./words.json";

/** A term of a query as it was typed, and where it stands. */
export interface Term {
  text: string;
  start: number;
  end: number;
}

/** What may stand at the caret, and what it would replace. */
export interface Completion {
  /** What the line will hold there, such as `upper:` or `upper:red`. */
  text: string;
  /** The field it belongs to, for the explanation beside it. */
  field: string;
  start: number;
  end: number;
}

/** Names that exist in the workspace, by kind. */
export type Names = Readonly<Record<string, readonly string[]>>;

const MOST = 12;

/** The terms of a query line; quotes hold a term together, `not` belongs to what follows it. */
export function termsOf(line: string): Term[] {
  const pieces = [...line.matchAll(/(?:"(?:\\.|[^"\\])*"?|[^\s"])+/g)];
  const terms: Term[] = [];
  for (let i = 0; i < pieces.length; i++) {
    const piece = pieces[i];
    const next = pieces[i + 1];
    if (!piece) continue;
    const joined = piece[0].toLowerCase() === "not" && next !== undefined;
    const last = joined ? next : piece;
    if (joined) i++;
    const end = last.index + last[0].length;
    terms.push({ text: line.slice(piece.index, end), start: piece.index, end });
  }
  return terms;
}

/** The line without one of its terms. */
export function without(line: string, term: Term): string {
  return `${line.slice(0, term.start)} ${line.slice(term.end)}`.replace(/\s+/g, " ").trim();
}

/** What could be meant by what stands before the caret. */
export function completions(line: string, caret: number, names: Names): Completion[] {
  const before = line.slice(0, caret);
  const start = lastBreak(before) + 1;
  const typed = before.slice(start);
  const negated = /^-/.test(typed) ? "-" : "";
  const word = typed.slice(negated.length);
  const place = { start, end: caret };
  const found = fieldOf(word);
  if (found) return inField(found.field, found.prefix, found.value, names, negated, place);
  return anywhere(word.toLowerCase(), negated, place);
}

/** A line with a completion put in, and where the caret stands then. */
export function complete(line: string, chosen: Completion): { line: string; caret: number } {
  const whole = /[:|,]$/.test(chosen.text) ? chosen.text : `${chosen.text} `;
  const rest = line.slice(chosen.end).replace(/^\s+/, whole.endsWith(" ") ? "" : " ");
  const made = line.slice(0, chosen.start) + whole + rest;
  return { line: made, caret: chosen.start + whole.length };
}

function lastBreak(before: string): number {
  let quoted = false;
  let found = -1;
  for (let i = 0; i < before.length; i++) {
    if (before[i] === '"' && before[i - 1] !== "\\") quoted = !quoted;
    else if (!quoted && /\s/.test(before[i] ?? "")) found = i;
  }
  return found;
}

type Field = (typeof fields)[number];

function fieldOf(word: string): { field: Field; prefix: string; value: string } | null {
  const colon = word.indexOf(":");
  if (colon < 0) return null;
  const field = fields.find((one) => one.name === word.slice(0, colon).toLowerCase());
  if (!field) return null;
  const value = word.slice(colon + 1);
  const cut = Math.max(value.lastIndexOf("|"), value.lastIndexOf(",")) + 1;
  return { field, prefix: `${field.name}:${value.slice(0, cut)}`, value: value.slice(cut) };
}

function inField(
  field: Field,
  prefix: string,
  value: string,
  names: Names,
  negated: string,
  place: { start: number; end: number },
): Completion[] {
  const typed = value.replace(/^"/, "").toLowerCase();
  const known = field.words.length ? field.words : (names[field.named] ?? examplesOf(field));
  return known
    .filter((one) => one.toLowerCase().startsWith(typed) && one !== value)
    .slice(0, MOST)
    .map((one) => ({ text: negated + prefix + quoted(one), field: field.name, ...place }));
}

function examplesOf(field: Field): string[] {
  const own = `${field.name}:`;
  return field.examples.filter((one) => one.startsWith(own)).map((one) => one.slice(own.length));
}

function anywhere(typed: string, negated: string, place: { start: number; end: number }): Completion[] {
  const classes = fields.find((one) => one.name === "class")?.words ?? [];
  const found = [
    ...classes.map((text) => ({ text, field: "class" })),
    ...fields
      .filter((one) => one.name !== "class" && (!negated || one.negates))
      .map((one) => ({ text: `${one.name}:`, field: one.name })),
  ];
  return found
    .filter((one) => one.text.startsWith(typed) && one.text !== typed)
    .slice(0, MOST)
    .map((one) => ({ text: negated + one.text, field: one.field, ...place }));
}

export function quoted(name: string): string {
  return /[\s,|"\\]/.test(name) ? `"${name.replace(/(["\\])/g, "\\$1")}"` : name;
}
