import { createContext, type ReactNode, useContext, useEffect, useMemo, useState } from "react";
import { get } from "../api/client";
import type { JobOut } from "../api/types";
import { merged, newestFirst } from "./job";

interface Jobs {
  /** One's own jobs, newest first, as the server told of them last. */
  jobs: readonly JobOut[];
  /** Take in what an answer said of a job, before the events do. */
  noticed: (job: JobOut) => void;
}

const JobsContext = createContext<Jobs>({ jobs: [], noticed: () => undefined });

/** The jobs of whoever is signed in, kept up to date by events while the window is seen. */
export function JobsProvider({ on, children }: { on: boolean; children: ReactNode }) {
  const [known, setKnown] = useState<ReadonlyMap<string, JobOut>>(new Map());
  useEffect(() => {
    if (!on) {
      setKnown(new Map());
      return;
    }
    return whileSeen(() => {
      const events = new EventSource("/api/jobs/events");
      events.addEventListener("job", (event) => {
        const job = JSON.parse(event.data) as JobOut;
        setKnown((before) => merged(before, job));
      });
      return () => events.close();
    });
  }, [on]);
  const value = useMemo(
    () => ({
      jobs: newestFirst(known),
      noticed: (job: JobOut) => setKnown((before) => merged(before, job)),
    }),
    [known],
  );
  return <JobsContext.Provider value={value}>{children}</JobsContext.Provider>;
}

export function useJobs(): Jobs {
  return useContext(JobsContext);
}

/** Ask for a job's present state, after something that no event tells at once. */
export function readJob(id: string): Promise<JobOut> {
  return get("/api/jobs/{job}", { job: id });
}

/** Do something while the window is seen: a browser has few connections to one server, for all its windows. */
function whileSeen(begin: () => () => void): () => void {
  let end: (() => void) | null = null;
  const look = () => {
    if (document.hidden) {
      end?.();
      end = null;
    } else end ??= begin();
  };
  look();
  document.addEventListener("visibilitychange", look);
  return () => {
    document.removeEventListener("visibilitychange", look);
    end?.();
  };
}
