import { useCallback, useContext } from "react";
import { get } from "../api/client";
import { useLoad } from "../api/useLoad";
import { useCaseId } from "../app/router";
import { SessionContext } from "../app/session";
import { Permissions } from "../cases/Permissions";
import { useTexts } from "../i18n";
import { Build } from "../parts/Build";
import { Loaded } from "../parts/Loaded";
import "../style/cases.css";
import "../style/declaration.css";

/** What this installation can do and refuses; for whoever is signed in, what may be done here, with the rule. */
export default function Capabilities() {
  const { t } = useTexts();
  const caseId = useCaseId();
  const session = useContext(SessionContext);
  return (
    <div className="page">
      <div className="stack tight">
        <h1>{t("page.capabilities")}</h1>
        <p className="muted">{t(caseId ? "capabilities.in-case" : "capabilities.text")}</p>
      </div>
      <div className="columns">
        {session ? <Mine caseId={caseId} /> : null}
        <Build />
      </div>
    </div>
  );
}

function Mine({ caseId }: { caseId: string | null }) {
  const load = useCallback(
    (signal: AbortSignal) => get("/api/session/may", { case: caseId }, signal),
    [caseId],
  );
  const [found, again] = useLoad(load);
  return (
    <Loaded of={found} again={again}>
      {(may) => <Permissions may={may} />}
    </Loaded>
  );
}
