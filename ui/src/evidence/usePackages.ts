import type { JobOut } from "../api/types";
import { useJobs } from "../jobs/useJobs";

/** One's own jobs of a kind that are about something (a case, say), newest first, as their events tell. */
export function usePackages(kind: string, about: (job: JobOut) => boolean) {
  const { jobs, noticed } = useJobs();
  return { jobs: jobs.filter((one) => one.kind === kind && about(one)), noticed };
}
