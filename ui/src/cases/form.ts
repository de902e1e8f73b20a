import type { FieldOut } from "../api/types";

/** What was typed into an input, without spaces around it. */
export function textOf(form: FormData, name: string): string {
  return String(form.get(name) ?? "").trim();
}

/** A time typed in UTC, as the server reads it. */
export function timeOf(form: FormData, name: string): string {
  const text = textOf(form, name);
  return text ? `${text}:00Z` : "";
}

/** The name of the input for a field that the profile asks. */
export function inputOf(field: FieldOut): string {
  return `field.${field.name}`;
}

/** The fields that were filled in. */
export function fieldsOf(form: FormData, asked: readonly FieldOut[]): Record<string, string> {
  const pairs = asked.map((one) => [one.name, textOf(form, inputOf(one))] as const);
  return Object.fromEntries(pairs.filter(([, value]) => value));
}

/** The lines of a text that say something. */
export function linesOf(text: string): string[] {
  return text
    .split(/[\s,]+/)
    .map((line) => line.trim())
    .filter(Boolean);
}

/** The terms of a case as they were typed. */
export function termsOf(form: FormData, asked: readonly FieldOut[]) {
  return {
    purpose: textOf(form, "purpose"),
    basis: textOf(form, "basis"),
    authorised_by: textOf(form, "authorised_by"),
    capabilities: form.getAll("capabilities").map(String),
    scope: {
      cameras: form.getAll("cameras").map(String),
      windows: [{ start: timeOf(form, "start"), end: timeOf(form, "end") }],
      digests: linesOf(textOf(form, "digests")),
    },
    until: timeOf(form, "until"),
    fields: fieldsOf(form, asked),
  };
}

/** A time of the server for an input of day and clock, in UTC. */
export function inputTime(iso: string): string {
  const at = new Date(iso);
  return Number.isNaN(at.getTime()) ? "" : at.toISOString().slice(0, 16);
}

/** The SHA-256 of a file, in hexadecimal digits. */
export async function digestOf(file: Blob): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", await file.arrayBuffer());
  return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
