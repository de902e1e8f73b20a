import { describe, expect, it } from "vitest";
import type { JobOut, MasksReviewOut } from "../api/types";
import { fitting, jobOf, newest, wellFormed } from "./reviews";

const job = (id: string, footage: string) => ({ id, said: { footage } }) as unknown as JobOut;
const review = (mask = "heads,plates"): MasksReviewOut => ({
  reviewer: "ines",
  reason: "",
  mask,
  keep: [],
  add: [],
});

describe("what pages of masks tell", () => {
  it("is read of such pages only", () => {
    expect(jobOf("/api/masks/job-0a1b/page")).toBe("job-0a1b");
    expect(jobOf("/api/masks/job-0a1b/page/../x")).toBe("");
    expect(wellFormed({ from: "/api/masks/job-0a/page" })).toBe(true);
    expect(wellFormed({ from: "/api/masks/job-0a/page", file: "{}" })).toBe(true);
    expect(wellFormed({ from: "/api/masks/job-0a/page", file: 3 })).toBe(false);
    expect(wellFormed({ from: "/elsewhere", file: "{}" })).toBe(false);
    expect(wellFormed(null)).toBe(false);
  });
});

describe("reviews", () => {
  const known = new Map([
    ["a", review()],
    ["b", review("people,plates")],
    ["c", review("people,plates")],
    ["d", null],
  ]);
  const jobs = [job("d", "one"), job("a", "one"), job("b", "one"), job("c", "two")];

  it("are the newest of each recording on which something was decided", () => {
    expect(newest(jobs, known).map((one) => one.job.id)).toEqual(["a", "c"]);
  });

  it("fit an export that fills the same", () => {
    expect(fitting(newest(jobs, known), "heads").map((one) => one.job.id)).toEqual(["a"]);
    expect(fitting(newest(jobs, known), "people").map((one) => one.job.id)).toEqual(["c"]);
  });
});
