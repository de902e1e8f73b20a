import { describe, expect, it } from "vitest";
import { bytes, choiceOf, isWhole, languagesOf, needsOf, newWish, type Wish } from "./wish";

const KEPT = ["1", "2", "3"];
const CHOSEN = new Set(["3", "9"]);

function wish(more: Partial<Wish>): Wish {
  return { ...newWish("because", 0, 3), recipient: "Ms Roux", ...more };
}

describe("a wish", () => {
  it("is one way of choosing, and nothing of the others", () => {
    const full = { where: " person ", since: "2026-11-24T12:00", until: "", cameras: ["gate"] };
    const asked = (way: Wish["way"]) => choiceOf(wish({ way, ...full }), KEPT, CHOSEN);
    expect(asked("basket")).toMatchObject({ tracks: KEPT, where: "", since: "", cameras: [] });
    expect(asked("chosen").tracks).toEqual(["3"]);
    expect(asked("query")).toMatchObject({ tracks: [], where: "person", since: "" });
    expect(asked("time")).toMatchObject({ tracks: [], since: "2026-11-24T12:00+00:00", cameras: ["gate"] });
  });

  it("is whole with something, somebody and a reason", () => {
    const whole = (one: Wish) => isWhole(one, choiceOf(one, KEPT, CHOSEN));
    expect(whole(wish({}))).toBe(true);
    for (const lack of [
      { recipient: " " },
      { reason: "" },
      { way: "query", where: " " },
      { way: "time" },
    ] as const)
      expect(whole(wish(lack))).toBe(false);
  });

  it("begins with what is chosen", () => {
    expect([newWish("", 2, 3).way, newWish("", 0, 3).way, newWish("", 0, 0).way]).toEqual([
      "chosen",
      "basket",
      "time",
    ]);
  });

  it("takes no more than it needs", () => {
    expect(needsOf(wish({}))).toEqual(["export.masked"]);
    expect(needsOf(wish({ originals: true, unmasked: true }))).toHaveLength(3);
    expect(languagesOf(wish({ languages: "both" }))).toEqual(["en", "fr"]);
  });
});

describe("bytes", () => {
  it("are told in three digits at most", () => {
    expect([bytes("en", 0), bytes("en", 1_234), bytes("en", 45_600_000), bytes("fr", 7.25e9)]).toEqual([
      "0 kB",
      "1.2 kB",
      "46 MB",
      "7,3\u202fGo",
    ]);
  });
});
