import { expect, test } from "vitest";
import type { JobOut } from "../api/types";
import { merged, newestFirst, newlyEnded } from "./job";

function job(id: string, state: JobOut["state"], changed: number, submitted = "2026-11-24"): JobOut {
  return { id, state, changed, submitted } as JobOut;
}

test("what comes late changes nothing", () => {
  const known = merged(new Map(), job("a", "done", 5));
  expect(merged(known, job("a", "running", 4)).get("a")?.state).toBe("done");
  expect(merged(known, job("a", "failed", 6)).get("a")?.state).toBe("failed");
  expect(known.get("a")?.state).toBe("done");
});

test("the newest stands first", () => {
  const known = [job("a", "done", 1, "2026-11-23"), job("b", "done", 2, "2026-11-24")].reduce(
    merged,
    new Map() as ReadonlyMap<string, JobOut>,
  );
  expect(newestFirst(known).map((one) => one.id)).toEqual(["b", "a"]);
});

test("an end is told once, and not of what had ended before one looked", () => {
  const seen = new Map([
    ["a", "running"],
    ["b", "done"],
  ]);
  const now = [job("a", "done", 1), job("b", "done", 1), job("c", "done", 1), job("d", "running", 1)];
  expect(newlyEnded(seen, now).map((one) => one.id)).toEqual(["a"]);
});
