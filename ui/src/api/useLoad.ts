import { useCallback, useEffect, useRef, useState } from "react";
import { ApiError } from "./client";

/** What a page waits for: on its way, there, or not to be had. */
export type Load<T> =
  | { state: "loading" }
  | { state: "ready"; value: T }
  | { state: "failed"; error: ApiError };

/**
 * Load something when the page opens and whenever `load` changes (give it through `useCallback`); what was
 * asked for before is dropped. Also gives what loads it again; `keep`: what is there stays until that came.
 */
export function useLoad<T>(load: (signal: AbortSignal) => Promise<T>, keep = false): [Load<T>, () => void] {
  const [round, setRound] = useState(0);
  const [found, setFound] = useState<Load<T>>({ state: "loading" });
  const last = useRef(load);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new round loads again
  useEffect(() => {
    const control = new AbortController();
    const stays = keep && last.current === load;
    last.current = load;
    setFound((before) => (stays && before.state === "ready" ? before : { state: "loading" }));
    load(control.signal).then(
      (value) => {
        if (!control.signal.aborted) setFound({ state: "ready", value });
      },
      (error: unknown) => {
        if (!control.signal.aborted) setFound({ state: "failed", error: asApiError(error) });
      },
    );
    return () => control.abort();
  }, [load, round]);
  return [found, useCallback(() => setRound((n) => n + 1), [])];
}

export function asApiError(error: unknown): ApiError {
  return error instanceof ApiError ? error : new ApiError("failed", String(error));
}
