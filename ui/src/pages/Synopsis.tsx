import { useCallback } from "react";
import { useLoad } from "../api/useLoad";
import { useReason } from "../app/reason";
import { useCaseId, usePlace } from "../app/router";
import { useTexts } from "../i18n";
import { Empty, Loaded } from "../parts/Loaded";
import { openShow } from "../synopsis/show";
import { Theatre } from "../synopsis/Theatre";
import "../style/synopsis.css";

/** The interactive synopsis of what the address names: a question, an answer that is held, or everything. */
export default function Synopsis() {
  const { t } = useTexts();
  const { query } = usePlace();
  const [question, answer, camera] = ["q", "answer", "camera"].map((name) => query.get(name));
  const able = typeof VideoDecoder === "function";
  return (
    <div className="page synopsis">
      <h1 className="hidden-text">{t("page.synopsis")}</h1>
      {able ? (
        <Opened question={question ?? ""} answer={answer ?? null} camera={camera ?? null} />
      ) : (
        <Empty title={t("synopsis.unable.title")}>
          <p>{t("synopsis.unable.text")}</p>
        </Empty>
      )}
    </div>
  );
}

interface OpenedProps {
  question: string;
  answer: string | null;
  camera: string | null;
}

function Opened({ question, answer, camera }: OpenedProps) {
  const { t } = useTexts();
  const caseId = useCaseId();
  const { text: reason } = useReason();
  const load = useCallback(
    (signal: AbortSignal) => openShow({ query: question, answer, case: caseId, reason }, signal),
    [question, answer, caseId, reason],
  );
  const [found, again] = useLoad(load);
  const nothing = found.state === "failed" && found.error.status === 422;
  return (
    <>
      {nothing ? (
        <Empty title={t("synopsis.none.title")}>
          <p>{found.error.message || t("synopsis.none.text")}</p>
        </Empty>
      ) : (
        <Loaded of={found} again={again}>
          {(show) => <Theatre show={show} first={camera} />}
        </Loaded>
      )}
    </>
  );
}
