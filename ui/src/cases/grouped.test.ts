import { expect, test } from "vitest";
import { grouped } from "./grouped";

const may = (capability: string, rule: string, says: string) => ({
  capability,
  operation: "consultation",
  allowed: false,
  rule,
  says,
  remedy: "",
});

test("what is said alike of several stands together, and nothing is lost", () => {
  const of = [
    may("redact", "case.capabilities", "case-1 does not give redact"),
    may("live", "p.recorded", "live: only recorded pieces"),
    may("journey", "case.capabilities", "case-1 does not give journey"),
  ];
  expect(grouped(of).map((group) => group.map((one) => one.capability))).toEqual([
    ["redact", "journey"],
    ["live"],
  ]);
});
