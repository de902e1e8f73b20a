import { useCallback } from "react";
import { address, get } from "../api/client";
import type { CaseOut, May, RequestOut } from "../api/types";
import { useLoad } from "../api/useLoad";
import { inside, Link, useCaseId } from "../app/router";
import { useSession } from "../app/session";
import { isKey, useTexts } from "../i18n";
import { readable, wholeDay } from "../i18n/times";
import { CaseState } from "../parts/CaseState";
import { Loaded, NEEDS_REASON } from "../parts/Loaded";
import { ScopeText } from "../parts/ScopeText";
import { Time } from "../parts/Time";
import "../style/cases.css";

/** One case: why it exists, what it may do and what not, with the rule, and who approved it. */
export default function Case() {
  const { t } = useTexts();
  const caseId = useCaseId() ?? "";
  const load = useCallback(
    (signal: AbortSignal) =>
      Promise.all([
        get("/api/cases/{case}", { case: caseId }, signal),
        get("/api/session/may", { case: caseId }, signal),
      ]),
    [caseId],
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
          <div className="columns">
            <div className="stack">
              <Facts one={one} />
              <Requests one={one} />
            </div>
            <Permissions may={may} />
          </div>
        )}
      </Loaded>
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
          <Time at={one.opened} />
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
            <dd>{one.closing.outcome}</dd>
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

/** Names of capabilities that look at footage: those a case is about. */
const HOUSE = /^(case|camera|audit|retention|documents|dpia|declaration|profile|user|key|workspace)(\.|$)/;

function Permissions({ may }: { may: readonly May[] }) {
  const { t } = useTexts();
  const footage = may.filter((one) => !HOUSE.test(one.capability) || one.capability === "case.mark");
  const can = (one: May) => one.allowed || one.rule === NEEDS_REASON;
  const [yes, no] = [footage.filter(can), footage.filter((one) => !can(one))];
  return (
    <div className="stack">
      <section className="card stack tight">
        <h2>{t("case.may")}</h2>
        {yes.length ? null : <p>{t("case.may.none")}</p>}
        <Lines of={yes} />
      </section>
      <section className="card stack tight">
        <h2>{t("case.may-not")}</h2>
        <Lines of={no} />
      </section>
    </div>
  );
}

function Lines({ of }: { of: readonly May[] }) {
  const { t, language } = useTexts();
  return (
    <ul className="may">
      {of.map((one) => (
        <li key={one.capability}>
          <span>
            <code>{one.capability}</code>
          </span>
          <div>
            <p>{one.rule === NEEDS_REASON ? t("case.may.reason") : readable(language, one.says)}</p>
            {one.remedy && one.rule !== NEEDS_REASON ? <p className="muted">{one.remedy}</p> : null}
            <p className="muted small">
              {t("trouble.rule")} <code>{one.rule}</code>
            </p>
          </div>
        </li>
      ))}
    </ul>
  );
}

function Requests({ one }: { one: CaseOut }) {
  const { t } = useTexts();
  return (
    <section className="card stack tight">
      <h2>{t("case.requests")}</h2>
      <p className="muted small">{t("case.requests.how")}</p>
      <ul className="stack">
        {one.requests.map((request) => (
          <RequestLine key={request.digest} request={request} />
        ))}
      </ul>
    </section>
  );
}

function RequestLine({ request }: { request: RequestOut }) {
  const { t } = useTexts();
  const path = "/api/cases/{case}/requests/{digest}";
  const matter = `matter.${request.matter}`;
  return (
    <li className="stack tight">
      <div className="row">
        <strong>{isKey(matter) ? t(matter) : request.matter}</strong>
        <Time at={request.at} />
        {request.answers.length ? null : <span className="badge warn">{t("case.request.waits")}</span>}
      </div>
      {request.answers.map((answer) => (
        <p key={answer.at + answer.approver}>
          <Decision name={answer.decision} /> {answer.approver}, <Time at={answer.at} /> {answer.comment}
        </p>
      ))}
      <div className="row">
        <a className="button" href={address(path, { case: request.case, digest: request.digest })} download>
          {t("case.request.save")}
        </a>
        <code className="small">{request.approve}</code>
      </div>
    </li>
  );
}

function Decision({ name }: { name: string }) {
  const { t } = useTexts();
  const key = `decision.${name}`;
  return <span className={`badge ${name === "approve" ? "good" : "bad"}`}>{isKey(key) ? t(key) : name}</span>;
}
