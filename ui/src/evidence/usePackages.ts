import { useCallback, useEffect, useState } from "react";
import { get } from "../api/client";
import type { JobOut } from "../api/types";

const OFTEN = 1500; // milliseconds between two looks while something is on its way
const PENDING: ReadonlySet<JobOut["state"]> = new Set(["receiving", "waiting", "running"]);

/** One's own jobs of a kind (of a case, if one is named), newest first, followed while one is on its way. */
export function usePackages(kind: string, about: (job: JobOut) => boolean) {
  const [jobs, setJobs] = useState<readonly JobOut[]>([]);
  const look = useCallback(
    (signal?: AbortSignal) =>
      get("/api/jobs", {}, signal).then(
        (found) => setJobs(found.filter((one) => one.kind === kind)),
        () => undefined, // the next look tells; what was seen stays
      ),
    [kind],
  );
  const waits = jobs.some((one) => PENDING.has(one.state));
  useEffect(() => {
    const control = new AbortController();
    look(control.signal);
    const timer = waits ? window.setInterval(() => look(control.signal), OFTEN) : 0;
    return () => {
      control.abort();
      window.clearInterval(timer);
    };
  }, [look, waits]);
  const noticed = useCallback((job: JobOut) => setJobs((before) => [job, ...before]), []);
  return { jobs: jobs.filter(about), noticed };
}
