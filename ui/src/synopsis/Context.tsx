import { useCallback } from "react";
import { send } from "../api/client";
import { useLoad } from "../api/useLoad";
import { useReason } from "../app/reason";
import { useCaseId } from "../app/router";
import { useTexts } from "../i18n";
import { Loaded } from "../parts/Loaded";

const STILL = "(prefers-reduced-motion: reduce)";

/** The recording around an object, as it was, with all heads masked. */
export function Context({ track }: { track: string }) {
  const { t } = useTexts();
  const caseId = useCaseId();
  const { text: reason } = useReason();
  const load = useCallback(
    () => send("post", "/api/tracks/{track}/clip", { track }, { case: caseId, reason }),
    [track, caseId, reason],
  );
  const [found, again] = useLoad(load);
  return (
    <Loaded of={found} again={again}>
      {(clip) => (
        <video
          className="context"
          src={`/api/clips/${clip.id}`}
          controls
          autoPlay={!window.matchMedia(STILL).matches}
          muted
          playsInline
          aria-label={t("synopsis.context")}
        />
      )}
    </Loaded>
  );
}
