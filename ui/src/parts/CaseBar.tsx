import { useCallback, useState } from "react";
import { useCaseVersion } from "../api/changes";
import { get } from "../api/client";
import { useLoad } from "../api/useLoad";
import { ReasonForm, useReason } from "../app/reason";
import { inside, Link } from "../app/router";
import { mayEver, type Session } from "../app/session";
import { useTexts } from "../i18n";
import { CaseState } from "./CaseState";
import { ScopeText } from "./ScopeText";
import { Time } from "./Time";

/** Always on screen: what for, on what basis, of what and until when; or that there is no case. */
export function CaseBar({ caseId, session }: { caseId: string | null; session: Session }) {
  const { t } = useTexts();
  if (caseId !== null) return mayEver(session, "case.read") ? <Inside caseId={caseId} /> : null;
  if (session.workspace.case_needed) return null;
  return (
    <aside className="case-bar outside" aria-label={t("case.bar")}>
      <strong>{t("case.outside")}</strong>
      <span>
        {t("case.profile")} {session.workspace.profile_label}
      </span>
    </aside>
  );
}

function Inside({ caseId }: { caseId: string }) {
  const { t } = useTexts();
  const version = useCaseVersion();
  const [found] = useLoad(
    // biome-ignore lint/correctness/useExhaustiveDependencies: a change loads it again
    useCallback(
      (signal: AbortSignal) => get("/api/cases/{case}", { case: caseId }, signal),
      [caseId, version],
    ),
  );
  if (found.state !== "ready") return <aside className="case-bar" aria-label={t("case.bar")} />;
  const one = found.value;
  return (
    <aside className="case-bar" aria-label={t("case.bar")}>
      <Link to={inside(caseId, "/case")}>{one.id}</Link>
      <CaseState state={one.state} />
      <span>
        <span className="label">{t("case.purpose")}</span>
        {one.purpose}
      </span>
      <span>
        <span className="label">{t("case.basis")}</span>
        {one.basis}
      </span>
      <span>
        <span className="label">{t("case.scope")}</span>
        <ScopeText scope={one.scope} />
      </span>
      <span>
        <span className="label">{t("case.until")}</span>
        <Time at={one.until} />
      </span>
      <ReasonLine />
    </aside>
  );
}

/** The reason that goes with every look, and the way to change it. */
function ReasonLine() {
  const { t } = useTexts();
  const { text } = useReason();
  const [changing, setChanging] = useState(false);
  if (changing) return <ReasonForm done={() => setChanging(false)} />;
  return (
    <span>
      <span className="label">{t("reason.label")}</span>
      {text || <span className="muted">{t("reason.none")}</span>}{" "}
      <button type="button" className="inline" onClick={() => setChanging(true)}>
        {t(text ? "reason.change" : "reason.first")}
      </button>
    </span>
  );
}
