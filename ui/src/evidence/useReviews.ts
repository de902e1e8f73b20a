import { useCallback, useEffect, useState } from "react";
import { get, send } from "../api/client";
import type { JobOut, MasksReviewOut } from "../api/types";
import { asApiError } from "../api/useLoad";
import { useCaseId } from "../app/router";
import { useJobs } from "../jobs/useJobs";
import { CHANNEL, type Handed, jobOf, newest, type Reviewed, wellFormed } from "./reviews";

/** The jobs of a case that show masks, newest first, and what was decided on the page of each. */
export function useReviews(): { jobs: JobOut[]; reviews: readonly Reviewed[] } {
  const caseId = useCaseId();
  const { jobs } = useJobs();
  const mine = jobs.filter((one) => one.kind.startsWith("masks") && one.case === caseId);
  const there = mine.filter((one) => one.state === "done" && one.file);
  const [known, setKnown] = useState<ReadonlyMap<string, MasksReviewOut | null>>(new Map());
  const wanted = there.map((one) => one.id).join(" ");
  useEffect(() => {
    const control = new AbortController();
    for (const job of wanted.split(" ").filter(Boolean))
      get("/api/masks/{job}/review", { job }, control.signal).then(
        (review) => setKnown((before) => new Map(before).set(job, review)),
        () => undefined, // it is shown as one that nothing was decided on
      );
    return () => control.abort();
  }, [wanted]);
  useHandedIn(
    known,
    useCallback((job, review) => setKnown((before) => new Map(before).set(job, review)), []),
  );
  return { jobs: mine, reviews: newest(there, known) };
}

type Keep = (job: string, review: MasksReviewOut) => void;

/** Answer the pages of masks that are open in other windows: what was decided, and what they hand in. */
function useHandedIn(known: ReadonlyMap<string, MasksReviewOut | null>, keep: Keep): void {
  useEffect(() => {
    const channel = new BroadcastChannel(CHANNEL);
    const take = async ({ from, file }: Handed) => {
      const job = jobOf(from);
      if (!file) return channel.postMessage({ to: from, review: known.get(job) ?? null });
      try {
        keep(job, await send("put", "/api/masks/{job}/review", { job }, { file }));
        channel.postMessage({ to: from, handed: true });
      } catch (why) {
        channel.postMessage({ to: from, handed: false, says: asApiError(why).message });
      }
    };
    channel.onmessage = ({ data }) => {
      if (wellFormed(data)) void take(data);
    };
    return () => channel.close();
  }, [known, keep]);
}
