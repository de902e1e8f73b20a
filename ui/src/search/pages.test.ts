import { expect, test } from "vitest";
import { cursorsFor, PAGE } from "./pages";

test("the pages that hold a range of rows", () => {
  expect(cursorsFor(0, 10, 100_000)).toEqual([0]);
  expect(cursorsFor(PAGE - 1, PAGE + 1, 100_000)).toEqual([0, PAGE]);
  expect(cursorsFor(99_990, 100_006, 100_000)).toEqual([99_950]);
  expect(cursorsFor(0, 10, 0)).toEqual([]);
});
