import { expect, test } from "vitest";
import type { FieldOut } from "../api/types";
import { digestOf, fieldsOf, inputOf, inputTime, linesOf, termsOf, timeOf } from "./form";

const field = (name: string): FieldOut => ({
  name,
  kind: "text",
  ask: "",
  choices: [],
  unless: null,
  must: "",
  source: "",
});

test("only what was filled in is sent, without spaces around it", () => {
  const form = new FormData();
  form.set("field.offence", "  burglary ");
  form.set("field.procedure", "   ");
  expect(fieldsOf(form, [field("offence"), field("procedure")])).toEqual({ offence: "burglary" });
  expect(inputOf(field("offence"))).toBe("field.offence");
});

test("times are typed in UTC and go there and back", () => {
  const form = new FormData();
  form.set("until", "2026-12-01T10:30");
  expect(timeOf(form, "until")).toBe("2026-12-01T10:30:00Z");
  expect(timeOf(form, "nothing")).toBe("");
  expect(inputTime("2026-12-01T11:30:00+01:00")).toBe("2026-12-01T10:30");
  expect(inputTime("never")).toBe("");
});

test("ids and digests may stand on lines or between commas", () => {
  expect(linesOf(" a,b\n\n c ")).toEqual(["a", "b", "c"]);
  expect(linesOf("")).toEqual([]);
});

test("terms hold every camera and capability that was ticked", () => {
  const form = new FormData();
  for (const name of ["gate", "hall"]) form.append("cameras", name);
  form.append("capabilities", "synopsis");
  form.set("start", "2026-11-20T10:00");
  form.set("end", "2026-11-20T11:00");
  const terms = termsOf(form, []);
  expect(terms.scope.cameras).toEqual(["gate", "hall"]);
  expect(terms.capabilities).toEqual(["synopsis"]);
  expect(terms.scope.windows).toEqual([{ start: "2026-11-20T10:00:00Z", end: "2026-11-20T11:00:00Z" }]);
});

test("the digest of a file is its SHA-256", async () => {
  const empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
  expect(await digestOf(new Blob([]))).toBe(empty);
});
