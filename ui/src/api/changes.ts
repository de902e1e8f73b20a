import { useSyncExternalStore } from "react";

// What is shown of cases in several places at once is loaded anew when one of them changes a case.
const listeners = new Set<() => void>();
let version = 0;

/** Something about a case was changed here. */
export function caseChanged(): void {
  version += 1;
  for (const listener of listeners) listener();
}

/** A number that grows with each change: name it among what a load depends on. */
export function useCaseVersion(): number {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => version,
  );
}
