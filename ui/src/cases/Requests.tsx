import { address } from "../api/client";
import type { CaseOut, RequestOut } from "../api/types";
import { isKey, useTexts } from "../i18n";
import { readable } from "../i18n/times";
import { Time } from "../parts/Time";
import { toldOf } from "./told";

/** What was asked of a second person, what each answered, and how independent that was. */
export function Requests({ one }: { one: CaseOut }) {
  const { t, language } = useTexts();
  return (
    <section className="card stack">
      <h2>{t("case.requests")}</h2>
      <ul className="stack">
        {one.requests.toReversed().map((request) => (
          <RequestLine key={request.digest} request={request} one={one} />
        ))}
      </ul>
      {one.notes.length ? (
        <details>
          <summary>{t("case.notes")}</summary>
          <ul className="bullets small" lang="en">
            {one.notes.map((note) => (
              <li key={note}>{readable(language, note)}</li>
            ))}
          </ul>
        </details>
      ) : null}
    </section>
  );
}

function RequestLine({ request, one }: { request: RequestOut; one: CaseOut }) {
  const { t } = useTexts();
  const matter = `matter.${request.matter}`;
  const waits = request.answers.length === 0 && one.state !== "closed";
  return (
    <li className="stack tight">
      <div className="row">
        <strong>{isKey(matter) ? t(matter) : request.matter}</strong>
        <span>{t("case.request.by", { name: one.names[request.requester] ?? request.requester })}</span>
        <Time at={request.at} />
        {waits ? <span className="badge warn">{t("case.request.waits")}</span> : null}
      </div>
      {request.answers.map((answer) => (
        <p key={answer.at + answer.approver}>
          <Decision name={answer.decision} /> {one.names[answer.approver] ?? answer.approver},{" "}
          <Time at={answer.at} /> {answer.comment}
        </p>
      ))}
      <Told request={request} />
      {waits ? <ToSign request={request} /> : null}
    </li>
  );
}

/** All that is signed over, so that whoever decides need not open the file to know. */
function Told({ request }: { request: RequestOut }) {
  const { t, language } = useTexts();
  return (
    <details>
      <summary>{t("case.request.told")}</summary>
      <dl className="facts small">
        {toldOf(request.terms).map(([name, value]) => [
          <dt key={`${name}-name`}>{name}</dt>,
          <dd key={name}>{readable(language, value)}</dd>,
        ])}
        <dt>{t("case.request.digest")}</dt>
        <dd>
          <code>{request.digest}</code>
        </dd>
      </dl>
    </details>
  );
}

/** An approver's key never comes to the server: the file goes to the approver, and their answer comes back. */
function ToSign({ request }: { request: RequestOut }) {
  const { t } = useTexts();
  const path = "/api/cases/{case}/requests/{digest}";
  return (
    <div className="notice stack tight">
      <p className="small">{t("case.requests.how")}</p>
      <div className="row">
        <a className="button" href={address(path, { case: request.case, digest: request.digest })} download>
          {t("case.request.save")}
        </a>
        <code className="small">{request.approve}</code>
      </div>
    </div>
  );
}

function Decision({ name }: { name: string }) {
  const { t } = useTexts();
  const key = `decision.${name}`;
  return <span className={`badge ${name === "approve" ? "good" : "bad"}`}>{isKey(key) ? t(key) : name}</span>;
}
