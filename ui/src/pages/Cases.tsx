import { useCallback, useState } from "react";
import { get } from "../api/client";
import type { CaseOut } from "../api/types";
import { useLoad } from "../api/useLoad";
import { inside, Link } from "../app/router";
import { mayEver, useSession } from "../app/session";
import { CaseForm } from "../cases/CaseForm";
import { useTexts } from "../i18n";
import { CaseState } from "../parts/CaseState";
import { Empty, Loaded } from "../parts/Loaded";
import { ScopeText } from "../parts/ScopeText";
import { Time } from "../parts/Time";
import "../style/cases.css";

/** The cases of one's own unit, and the form that asks for another. */
export default function Cases() {
  const { t } = useTexts();
  const session = useSession();
  const [opening, setOpening] = useState<"open" | "emergency" | null>(null);
  const [found, again] = useLoad(useCallback((signal: AbortSignal) => get("/api/cases", {}, signal), []));
  return (
    <div className="page">
      <div className="page-head">
        <h1>{t("page.cases")}</h1>
        {opening ? (
          <button type="button" onClick={() => setOpening(null)}>
            {t("cases.cancel")}
          </button>
        ) : (
          <div className="row">
            {mayEver(session, "case.emergency") ? (
              <button type="button" onClick={() => setOpening("emergency")}>
                {t("cases.emergency")}
              </button>
            ) : null}
            {mayEver(session, "case.open") ? (
              <button type="button" className="primary" onClick={() => setOpening("open")}>
                {t("cases.open")}
              </button>
            ) : null}
          </div>
        )}
      </div>
      {opening ? (
        <CaseForm
          kind={opening}
          done={() => {
            setOpening(null);
            again();
          }}
        />
      ) : null}
      <Loaded of={found} again={again} empty={(cases) => (cases.length || opening ? null : <None />)}>
        {(cases) => (
          <ul className="cases">
            {cases.toReversed().map((one) => (
              <Line key={one.id} one={one} />
            ))}
          </ul>
        )}
      </Loaded>
    </div>
  );
}

function None() {
  const { t } = useTexts();
  return (
    <Empty title={t("cases.none.title")}>
      <p>{t("cases.none.text")}</p>
    </Empty>
  );
}

function Line({ one }: { one: CaseOut }) {
  const { t } = useTexts();
  return (
    <li className="card case-line">
      <div className="row">
        <Link to={inside(one.id, "/case")} className="strong">
          {one.purpose}
        </Link>
        <CaseState state={one.state} />
      </div>
      <p className="muted">
        {one.basis} · <ScopeText scope={one.scope} />
      </p>
      <p className="small">
        <code>{one.id}</code> · {t("case.until")} <Time at={one.until} />
      </p>
    </li>
  );
}
