import { useCallback, useEffect, useState } from "react";
import { ApiError } from "./client";

/** What a page waits for: on its way, there, or not to be had. */
export type Load<T> =
  | { state: "loading" }
  | { state: "ready"; value: T }
  | { state: "failed"; error: ApiError };

/**
 * Load something when the page opens and whenever `load` changes (give it through `useCallback`); what was
 * asked for before is dropped. Also gives what loads it again.
 */
export function useLoad<T>(load: (signal: AbortSignal) => Promise<T>): [Load<T>, () => void] {
  const [round, setRound] = useState(0);
  const [found, setFound] = useState<Load<T>>({ state: "loading" });
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new round loads again
  useEffect(() => {
    const control = new AbortController();
    setFound({ state: "loading" });
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
