import { expect, test } from "vitest";
import { stepsOf } from "./possible";

const all = () => true;
const life = { reason: "a child is missing", hours: 24, lapses: "2026-11-25T12:00:00Z" };

test("a case that waits takes an answer or ends", () => {
  expect(stepsOf({ state: "open", emergency: null }, all)).toEqual(["answer", "close"]);
});

test("an emergency is approved later, also after it lapsed", () => {
  expect(stepsOf({ state: "emergency", emergency: life }, all)).toEqual(["answer", "regularise", "close"]);
  expect(stepsOf({ state: "lapsed", emergency: life }, all)).toContain("regularise");
  expect(stepsOf({ state: "approved", emergency: life }, all)).not.toContain("regularise");
});

test("an approved case is extended and added to; one under another profile asks to go on", () => {
  expect(stepsOf({ state: "approved", emergency: null }, all)).toEqual([
    "answer",
    "allow",
    "extend",
    "close",
  ]);
  expect(stepsOf({ state: "suspended", emergency: null }, all)).toContain("profile");
});

test("nothing is done with a closed case, and nobody does what is not their role's", () => {
  expect(stepsOf({ state: "closed", emergency: null }, all)).toEqual([]);
  const approver = (capability: string) => capability === "case.answer";
  expect(stepsOf({ state: "approved", emergency: null }, approver)).toEqual(["answer"]);
});
