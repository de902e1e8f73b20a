import { describe, expect, test } from "vitest";
import { moment, offsetsAt, shownAt, shownBy } from "./clock";

describe("what a proposal shows", () => {
  test("is taken as far as it goes: no day and no offset are made up", () => {
    const whole = { date: "2026-11-20", time: "18:00:00.250", offset: "+01:00" };
    expect(shownBy("2026-11-20T18:00:00.250+01:00")).toEqual(whole);
    expect(shownBy("2026-11-20T18:00:00.250")).toEqual({ ...whole, offset: "" });
    expect(shownBy("18:00:00.250")).toEqual({ date: "", time: "18:00:00.250", offset: "" });
    expect(shownBy("<b>noon</b>")).toEqual({ date: "", time: "", offset: "" });
  });
  test("comes back as the moment that it is", () => {
    expect(moment(shownBy("2026-11-20T18:00:00.250+01:00"))).toBe("2026-11-20T18:00:00.250+01:00");
    expect(moment({ date: "2026-11-20", time: "18:00", offset: "+01:00" })).toBe("2026-11-20T18:00:00+01:00");
  });
});

describe("the clock of a zone", () => {
  test("shows a moment", () => {
    const shown = { date: "2026-07-01", time: "23:30:00.000", offset: "-04:00" };
    expect(shownAt("2026-07-02T03:30:00Z", "America/New_York")).toEqual(shown);
    expect(shownAt("2026-07-02T03:30:00Z", "")).toEqual({ ...shownAt("2026-07-02T03:30:00Z", "UTC") });
  });
  test("shows one hour twice and one never", () => {
    expect(offsetsAt("Europe/Paris", "2026-11-20", "18:00:00")).toEqual(["+01:00"]);
    expect(offsetsAt("Europe/Paris", "2026-10-25", "02:30:00").toSorted()).toEqual(["+01:00", "+02:00"]);
    expect(offsetsAt("Europe/Paris", "2026-03-29", "02:30:00")).toEqual([]);
    expect(offsetsAt("Asia/Kolkata", "2026-03-29", "02:30")).toEqual(["+05:30"]);
    expect(offsetsAt("Europe/Paris", "", "02:30")).toEqual([]);
  });
});
