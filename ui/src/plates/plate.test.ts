import { expect, test } from "vitest";
import { grouped, questionOf } from "./plate";

test("a plate is asked for as one value, whatever was typed", () => {
  expect(questionOf(" ab 123-cd ")).toBe('plate:"ab 123-cd"');
  expect(questionOf("~AB123CD")).toBe('plate:"~AB123CD"');
  expect(questionOf('@a" person')).toBe('plate:"@a person"');
});

test("a plate is shown in its groups", () => {
  expect(grouped("AB123CD")).toBe("AB-123-CD");
  expect(grouped("B12?34")).toBe("B-12?34");
});
