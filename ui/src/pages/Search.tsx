import { useCallback, useMemo } from "react";
import { get, send } from "../api/client";
import type { AnswerOut } from "../api/types";
import { useLoad } from "../api/useLoad";
import { useReason } from "../app/reason";
import { go, inside, Link, useCaseId, usePlace } from "../app/router";
import { useTexts } from "../i18n";
import { share } from "../i18n/times";
import { Empty, Loaded } from "../parts/Loaded";
import { Hits } from "../search/Hits";
import { type Asked, QueryLine } from "../search/QueryLine";
import "../style/search.css";

const MOST = 100_000; // hits that are kept to be looked at

/** Ask, look at the hits with their reasons, decide about each. The question stands in the address. */
export default function Search() {
  const { t } = useTexts();
  const { path, query } = usePlace();
  const text = query.get("q");
  const plain = query.has("plain");
  const asked = useMemo(() => (text === null ? null : { query: text, plain }), [text, plain]);
  const ask = (wanted: Asked) => {
    const said = new URLSearchParams({ q: wanted.query, ...(wanted.plain ? { plain: "" } : {}) });
    go(`${path}?${said}`);
  };
  return (
    <div className="page search">
      <h1 className="hidden-text">{t("page.search")}</h1>
      <QueryLine asked={asked} busy={false} ask={ask} />
      {asked ? <Answered asked={asked} /> : <Begin />}
    </div>
  );
}

function Begin() {
  const { t } = useTexts();
  return (
    <Empty title={t("search.begin.title")}>
      <p>{t("search.begin.text")}</p>
    </Empty>
  );
}

function Answered({ asked }: { asked: Asked }) {
  const caseId = useCaseId();
  const { text: reason } = useReason();
  const load = useCallback(async () => {
    const question = { query: asked.query, plain: asked.plain, case: caseId, reason, limit: MOST };
    const answer = await send("post", "/api/answers", {}, question);
    const marks = answer.total ? await get("/api/marks", { case: caseId, reason }) : [];
    return { answer, marks };
  }, [asked, caseId, reason]);
  const [found, again] = useLoad(load);
  return (
    <Loaded of={found} again={again}>
      {({ answer, marks }) => (
        <>
          <Worth answer={answer} asked={asked} />
          {answer.total ? <Hits key={answer.id} answer={answer} marks={marks} /> : <None />}
        </>
      )}
    </Loaded>
  );
}

function None() {
  const { t } = useTexts();
  return (
    <Empty title={t("search.none.title")}>
      <p>{t("search.none.text")}</p>
    </Empty>
  );
}

/** What was found, and what the answer is worth: coverage, what could not be judged, how sure. */
function Worth({ answer, asked }: { answer: AnswerOut; asked: Asked }) {
  const { t, language } = useTexts();
  const caseId = useCaseId();
  const grades = answer.grades;
  const facts = {
    total: answer.total,
    looked: answer.looked_at,
    certain: grades.certain ?? 0,
    likely: grades.likely ?? 0,
    possible: grades.possible ?? 0,
  };
  return (
    <section className="worth stack tight" aria-live="polite">
      <p>
        <strong>{t("search.facts", facts)}</strong>{" "}
        <span className={`badge ${answer.coverage.share < 0.95 ? "warn" : "good"}`}>
          {t(answer.coverage.asked === null ? "search.coverage.recorded" : "search.coverage", {
            share: share(language, answer.coverage.share),
          })}
        </span>{" "}
        <span className="muted">{t("search.proposal")}</span>
      </p>
      {answer.total ? (
        <p>
          <Link className="button" to={`${inside(caseId, "/synopsis")}?answer=${answer.id}`}>
            {t("synopsis.show")}
          </Link>
        </p>
      ) : null}
      {asked.plain ? (
        <p className="small">
          <code>{answer.query}</code>
        </p>
      ) : null}
      {answer.ignored.length ? (
        <p className="notice">{t("search.ignored", { words: answer.ignored.join(", ") })}</p>
      ) : null}
      {answer.kept < answer.total ? <p className="small">{t("search.kept", { n: answer.kept })}</p> : null}
      <details>
        <summary>{t("search.worth")}</summary>
        <ul className="small" lang="en">
          {answer.says.map((line) => (
            <li key={line}>{line}</li>
          ))}
        </ul>
      </details>
    </section>
  );
}
