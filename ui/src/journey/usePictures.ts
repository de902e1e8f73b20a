import { useEffect, useState } from "react";
import { get } from "../api/client";
import { useReason } from "../app/reason";
import { useCaseId } from "../app/router";

/** Masked pictures by track, asked for together: one entry in the log. Undefined: on its way; "": there is none. */
export function usePictures(tracks: readonly string[]): (track: string) => string | undefined {
  const caseId = useCaseId();
  const { text: reason } = useReason();
  const asked = tracks.join("\n");
  const [found, setFound] = useState<Record<string, string> | null>(null);
  useEffect(() => {
    if (!asked) return;
    const control = new AbortController();
    const track = asked.split("\n");
    get("/api/pictures", { track, case: caseId, reason }, control.signal).then(setFound, () => setFound({}));
    return () => control.abort();
  }, [asked, caseId, reason]);
  return (track) => (found ? (found[track] ?? "") : undefined);
}
