import { describe, expect, test } from "vitest";
import { complete, completions, termsOf, without } from "./query";

const NAMES = { camera: ["gate", "north gate"], zone: ["bay"], line: [], tag: [] };
const at = (line: string) => completions(line, line.length, NAMES).map((one) => one.text);

describe("terms", () => {
  test("quotes and negations hold together", () => {
    const texts = termsOf('person not in:"car park"  -upper:red').map((term) => term.text);
    expect(texts).toEqual(["person", 'not in:"car park"', "-upper:red"]);
  });
  test("each knows its place", () => {
    const line = 'a  camera:"north gate" b';
    for (const term of termsOf(line)) expect(line.slice(term.start, term.end)).toBe(term.text);
  });
  test("one can be taken out", () => {
    const line = "person upper:red going:left";
    const [, second] = termsOf(line);
    expect(second && without(line, second)).toBe("person going:left");
  });
});

describe("completion", () => {
  test("of classes and fields", () => {
    expect(at("per")).toEqual(["person"]);
    expect(at("up")).toEqual(["upper:"]);
    expect(at("")).toContain("person");
  });
  test("of a field's words, after a bar too", () => {
    expect(at("upper:re")).toEqual(["upper:red"]);
    expect(at("van body:white|gr")).toEqual(["body:white|grey", "body:white|green"]);
  });
  test("of names, in quotes where they need them", () => {
    expect(at("camera:n")).toEqual(['camera:"north gate"']);
    expect(at('camera:"nor')).toEqual(['camera:"north gate"']);
    expect(at("in:")).toEqual(["in:bay"]);
    expect(at("event:left")).toEqual(["event:left-object"]);
  });
  test("keeps the sign of a negation, and offers what can be negated", () => {
    expect(at("-ca")).toContain("-car");
    expect(at("-so")).toEqual([]);
  });
  test("puts what was chosen in its place", () => {
    const line = "person up going:left";
    const [found] = completions(line, 9, NAMES);
    expect(found && complete(line, found)).toEqual({ line: "person upper: going:left", caret: 13 });
  });
});
