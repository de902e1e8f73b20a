import { expect, test } from "vitest";
import { areHidden, completes, STEPS, taken } from "./tour";

const none = new URLSearchParams();
const done = (page: string, query = none, sent = "") =>
  STEPS.filter((step) => completes(step, page, query, sent)).map((step) => step.name);

test("to open a page is a step; to look takes a question, to decide takes a decision", () => {
  expect(done("/footage")).toEqual(["recorded"]);
  expect(done("/search")).toEqual([]);
  expect(done("/search", new URLSearchParams("q="))).toEqual(["look"]);
  expect(done("/search", none, "/api/marks")).toEqual(["decide"]);
  expect(done("/log")).toEqual([]);
});

test("what is kept is read back, and hidden stays hidden", () => {
  expect([...taken("recorded look")]).toEqual(["recorded", "look"]);
  expect(taken(null).size).toBe(0);
  expect(areHidden(taken("hidden"))).toBe(true);
});
