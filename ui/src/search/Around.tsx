import { useState } from "react";
import { useMay } from "../api/may";
import { useKeys } from "../app/keys";
import { inside, Link, useCaseId } from "../app/router";
import { useTexts } from "../i18n";
import { Context } from "../synopsis/Context";

/** What is around a hit: its masked clip, when somebody wants to see it, and where it came from and went. */
export function Around({ track }: { track: string }) {
  const { t } = useTexts();
  const caseId = useCaseId();
  const may = useMay("view.masked");
  const [open, setOpen] = useState(false);
  const toggle = () => setOpen((before) => may && !before);
  useKeys({ p: toggle });
  return (
    <div className="stack tight">
      {open ? <Context track={track} /> : null}
      <div className="row">
        {may ? (
          <button type="button" aria-keyshortcuts="p" aria-pressed={open} onClick={toggle}>
            {t("search.context")}
          </button>
        ) : null}
        {caseId === null ? null : (
          <Link className="button" to={`${inside(caseId, "/journey")}?track=${encodeURIComponent(track)}`}>
            {t("search.journey")}
          </Link>
        )}
      </div>
    </div>
  );
}
