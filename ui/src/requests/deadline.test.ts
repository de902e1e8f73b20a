import { describe, expect, it } from "vitest";
import type { DemandOut } from "../api/types";
import { byDeadline, urgency } from "./deadline";

function demand(id: string, more: Partial<DemandOut>): DemandOut {
  const base = {
    right: "access",
    stage: "open",
    cameras: [],
    start: "",
    end: "",
    seen_by: "",
    notes: [],
  } as const;
  const times = { opened: "2026-11-01", first_due: "", days_left: 30, overdue: false, extended: null };
  return {
    ...base,
    cameras: [],
    notes: [],
    ...times,
    id,
    due: "2026-12-01",
    answered: null,
    decision: null,
    ...more,
  };
}

describe("a deadline", () => {
  it("is later, soon, overdue, or done with", () => {
    expect(urgency(demand("1", { days_left: 8 }))).toBe("later");
    expect(urgency(demand("1", { days_left: 0 }))).toBe("soon");
    expect(urgency(demand("1", { days_left: -1, overdue: true }))).toBe("overdue");
    expect(urgency(demand("1", { days_left: -9, answered: "2026-11-20" }))).toBe("answered");
  });

  it("orders what waits before what was answered", () => {
    const found = [
      demand("old", { answered: "2026-11-02", opened: "2026-10-01" }),
      demand("new", { answered: "2026-11-09", opened: "2026-10-09" }),
      demand("b", { due: "2026-12-09" }),
      demand("a", { due: "2026-12-02" }),
    ];
    expect(byDeadline(found).map((one) => one.id)).toEqual(["a", "b", "new", "old"]);
  });
});
