import { useCallback, useEffect, useState } from "react";
import { type ApiError, get, send } from "../api/client";
import type { KeptOut, ShotOut } from "../api/types";
import { asApiError, type Load, useLoad } from "../api/useLoad";
import { useReason } from "../app/reason";
import { useCaseId } from "../app/router";
import { handfuls, type Shots } from "./basket";

/** What is noted about several tracks at once. */
export interface Change {
  verdict?: "new";
  tags?: string[];
  untag?: string[];
}

/** The basket of the case, and what changes it: a change is shown once the server has kept it. */
export function useBasket() {
  const caseId = useCaseId();
  const { text: reason } = useReason();
  const load = useCallback(
    (signal: AbortSignal) => get("/api/basket", { case: caseId, reason }, signal),
    [caseId, reason],
  );
  const [found, again] = useLoad(load);
  const [shown, setShown] = useState<Load<KeptOut[]>>(found);
  useEffect(() => setShown(found), [found]);
  const change = useCallback(
    async (tracks: string[], noted: Change) => {
      const body = { tracks, case: caseId, reason, tags: [], untag: [], ...noted };
      const made = await send("post", "/api/marks", {}, body);
      const marks = new Map(made.map((one) => [one.track, one]));
      setShown((before) => {
        if (before.state !== "ready") return before;
        const value = before.value
          .map((one) => ({ ...one, tags: marks.get(one.track)?.tags ?? one.tags }))
          .filter((one) => (marks.get(one.track)?.verdict ?? "accepted") === "accepted");
        return { state: "ready", value };
      });
    },
    [caseId, reason],
  );
  return { found: shown, again, change };
}

/** The masked pictures of these tracks, a handful after the other. */
export function useShots(tracks: readonly string[]): [Shots, ApiError | null] {
  const caseId = useCaseId();
  const { text: reason } = useReason();
  const [shots, setShots] = useState<Shots>(new Map());
  const [error, setError] = useState<ApiError | null>(null);
  const wanted = tracks.filter((one) => !shots.has(one)).join("\n");
  useEffect(() => {
    const control = new AbortController();
    const [first] = handfuls(wanted ? wanted.split("\n") : []);
    if (first)
      get("/api/basket/shots", { track: first, case: caseId, reason }, control.signal).then(
        (made) => setShots((before) => new Map([...before, ...byTrack(made)])),
        (why: unknown) => control.signal.aborted || setError(asApiError(why)),
      );
    return () => control.abort();
  }, [wanted, caseId, reason]);
  return [shots, error];
}

export function byTrack(shots: readonly ShotOut[]): [string, ShotOut][] {
  return shots.map((one) => [one.track, one]);
}
