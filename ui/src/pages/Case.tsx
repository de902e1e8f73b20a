import { useCallback } from "react";
import { useCaseVersion } from "../api/changes";
import { get } from "../api/client";
import type { CaseOut } from "../api/types";
import { useLoad } from "../api/useLoad";
import { inside, Link, useCaseId } from "../app/router";
import { useSession } from "../app/session";
import { Permissions } from "../cases/Permissions";
import { Requests } from "../cases/Requests";
import { Steps } from "../cases/Steps";
import { useTexts } from "../i18n";
import { readable, wholeDay } from "../i18n/times";
import { CaseState } from "../parts/CaseState";
import { Loaded } from "../parts/Loaded";
import { ScopeText } from "../parts/ScopeText";
import { Time } from "../parts/Time";
import "../style/cases.css";

/** One case: why it exists, what it may do and what not, with the rule, and who approved it. */
export default function Case() {
  const { t } = useTexts();
  const caseId = useCaseId() ?? "";
  const version = useCaseVersion();
  // biome-ignore lint/correctness/useExhaustiveDependencies: a change loads it again
  const load = useCallback(
    (signal: AbortSignal) =>
      Promise.all([
        get("/api/cases/{case}", { case: caseId }, signal),
        get("/api/session/may", { case: caseId }, signal),
      ]),
    [caseId, version],
  );
  const [found, again] = useLoad(load);
  return (
    <div className="page">
      <div className="row apart">
        <h1>{t("case.fine", { id: caseId })}</h1>
        <Link className="button" to={inside(caseId, "/synopsis")}>
          {t("synopsis.show-case")}
        </Link>
      </div>
      <Loaded of={found} again={again}>
        {([one, may]) => (
          <>
            {one.emergency ? <EmergencyNote one={one} /> : null}
            <Steps one={one} may={may} />
            <div className="columns">
              <div className="stack">
                <Facts one={one} />
                <Requests one={one} />
              </div>
              <div className="stack">
                <Permissions may={may} />
                <Link to={inside(caseId, "/capabilities")}>{t("page.capabilities")}</Link>
              </div>
            </div>
          </>
        )}
      </Loaded>
    </div>
  );
}

/** That it began without anybody's approval, why, and what follows from that. */
function EmergencyNote({ one }: { one: CaseOut }) {
  const { t, language } = useTexts();
  if (!one.emergency) return null;
  const time = wholeDay(language, one.emergency.lapses);
  return (
    <div className="notice stack tight">
      <p>
        <strong>{t("emergency.title")}</strong> {one.emergency.reason}
      </p>
      <p>
        {t(
          one.state === "emergency"
            ? "emergency.waits"
            : `emergency.${one.state === "lapsed" ? "lapsed" : "was"}`,
          { time },
        )}
      </p>
    </div>
  );
}

function Facts({ one }: { one: CaseOut }) {
  const { t, language } = useTexts();
  return (
    <section className="card">
      <dl className="facts">
        <dt>{t("case.why")}</dt>
        <dd>
          <CaseState state={one.state} /> {readable(language, one.why)}
        </dd>
        <dt>{t("case.purpose")}</dt>
        <dd>{one.purpose}</dd>
        <dt>{t("case.basis")}</dt>
        <dd>{one.basis}</dd>
        <dt>{t("case.authorised-by")}</dt>
        <dd>{one.authorised_by}</dd>
        <dt>{t("case.scope")}</dt>
        <dd>
          <ScopeText scope={one.scope} />
        </dd>
        <dt>{t("case.opened")}</dt>
        <dd>
          <Time at={one.opened} />, {one.names[one.requester] ?? one.requester}
        </dd>
        <dt>{t("case.until")}</dt>
        <dd>
          <Time at={one.until} />
        </dd>
        {Object.entries(one.fields).map(([name, value]) => [
          <dt key={name}>{name}</dt>,
          <dd key={value}>{value}</dd>,
        ])}
        {one.closing ? (
          <>
            <dt>{t("case.closed")}</dt>
            <dd>
              {one.closing.outcome}
              {Object.entries(one.closing.fields).map(([name, value]) => (
                <p key={name} className="small">
                  {name}: {value}
                </p>
              ))}
            </dd>
          </>
        ) : null}
        <dt>{t("case.witnessed")}</dt>
        <dd>
          <LastWitnessed />
        </dd>
      </dl>
    </section>
  );
}

function LastWitnessed() {
  const { t, language } = useTexts();
  const { witnessed } = useSession().workspace;
  if (witnessed === null) return t("case.witnessed.never");
  const values = { time: wholeDay(language, witnessed.time), names: witnessed.names, n: witnessed.size };
  return t("case.witnessed.by", values);
}
