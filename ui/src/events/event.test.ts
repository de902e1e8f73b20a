import { describe, expect, it } from "vitest";
import type { EventOut, RuleKindOut } from "../api/types";
import { drawnOf, marks, measured, settingOf, stretchOf, typedOf } from "./event";

const at = (start: string | null) => ({ start }) as EventOut;
const parameter = (kind: string, name = "p") =>
  ({ name, kind, needed: true }) as RuleKindOut["parameters"][0];

describe("an event", () => {
  it("is shown with what is around it, and not for hours", () => {
    expect(stretchOf({ begin: 20, until: 22 })).toEqual({ begin: 15, until: 27 });
    expect(stretchOf({ begin: 2, until: 3 }).begin).toBe(0);
    expect(stretchOf({ begin: 10, until: 9000 }).until).toBe(75);
  });

  it("says what was measured beside the rule's value", () => {
    const one = { what: "seconds", value: 12.5, rule: 10, unit: "s" };
    expect(measured(one, String)).toEqual({ what: "seconds", value: "12.5\u00a0s", rule: "10\u00a0s" });
  });

  it("has its place on a line of time, where its time is known", () => {
    const day = "2026-11-20T10:00:0";
    expect(marks([at(`${day}0Z`), at(null), at(`${day}1Z`), at(`${day}4Z`)])).toEqual([
      { at: 0, index: 0 },
      { at: 0.25, index: 2 },
      { at: 1, index: 3 },
    ]);
    expect(marks([at(`${day}0Z`)])).toEqual([{ at: 0.5, index: 0 }]);
    expect(marks([at(null)])).toEqual([]);
  });
});

describe("a rule's settings", () => {
  it("are typed as a file has them, and back", () => {
    expect(settingOf(parameter("number"), " 2,5 ")).toBe(2.5);
    expect(settingOf(parameter("truth"), "false")).toBe(false);
    expect(settingOf(parameter("classes"), "person, car")).toEqual(["person", "car"]);
    expect(settingOf(parameter("hours"), "22:00-06:00")).toBe("22:00-06:00");
    expect(settingOf(parameter("number"), " ")).toBeUndefined();
    expect(typedOf(["person", "car"])).toBe("person, car");
    expect(typedOf(null)).toBe("");
    expect(typedOf(10)).toBe("10");
  });

  it("may be drawn", () => {
    const kind = { parameters: [parameter("number"), parameter("line", "way")] } as RuleKindOut;
    expect(drawnOf(kind)).toEqual({ name: "way", kind: "line", needed: true });
    expect(drawnOf({ parameters: [parameter("number")] as unknown } as RuleKindOut)).toBeNull();
  });
});
