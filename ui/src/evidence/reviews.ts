import type { JobOut, MasksReviewOut } from "../api/types";

/** Between the windows of one browser: a page of masks asks what was decided, or hands in a file. */
export const CHANNEL = "synopticon-masks";
const PAGE = /^\/api\/masks\/(job-[0-9a-z]+)\/page$/;

export interface Handed {
  from: string;
  file?: string;
}

/** A job that shows masks, and what was decided on its page. */
export interface Reviewed {
  job: JobOut;
  review: MasksReviewOut;
}

export function jobOf(path: string): string {
  return PAGE.exec(path)?.[1] ?? "";
}

/** Whether a message is one of such a page. */
export function wellFormed(data: unknown): data is Handed {
  if (typeof data !== "object" || data === null || !("from" in data)) return false;
  const file = "file" in data ? data.file : undefined;
  return (
    typeof data.from === "string" && jobOf(data.from) !== "" && ["string", "undefined"].includes(typeof file)
  );
}

/** The recording that a job shows the masks of. */
export function recordingOf(job: JobOut): string {
  return String(job.said.footage ?? "");
}

/** Of each recording the newest job (these come newest first) on whose page something was decided. */
export function newest(
  jobs: readonly JobOut[],
  known: ReadonlyMap<string, MasksReviewOut | null>,
): Reviewed[] {
  const found = new Map<string, Reviewed>();
  for (const job of jobs) {
    const review = known.get(job.id);
    if (review && !found.has(recordingOf(job))) found.set(recordingOf(job), { job, review });
  }
  return [...found.values()];
}

/** The reviews that fit what an export fills besides plates. */
export function fitting(reviews: readonly Reviewed[], mask: string): Reviewed[] {
  return reviews.filter(({ review }) => review.mask.split(",").includes(mask));
}
