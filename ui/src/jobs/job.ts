import type { JobOut } from "../api/types";

const ENDED = new Set(["done", "failed", "refused", "cancelled"]);

export function isOver(job: JobOut): boolean {
  return ENDED.has(job.state);
}

/** What is known with one job's newer state in it; what comes late changes nothing. */
export function merged(known: ReadonlyMap<string, JobOut>, job: JobOut): ReadonlyMap<string, JobOut> {
  const before = known.get(job.id);
  if (before && before.changed > job.changed) return known;
  return new Map(known).set(job.id, job);
}

export function newestFirst(known: ReadonlyMap<string, JobOut>): JobOut[] {
  return [...known.values()].toSorted(
    (a, b) => b.submitted.localeCompare(a.submitted) || a.id.localeCompare(b.id),
  );
}

/** The jobs that have ended since they were last looked at: to be told, once each. */
export function newlyEnded(before: ReadonlyMap<string, string>, jobs: readonly JobOut[]): JobOut[] {
  return jobs.filter((job) => {
    const state = before.get(job.id);
    return isOver(job) && state !== undefined && state !== job.state;
  });
}
