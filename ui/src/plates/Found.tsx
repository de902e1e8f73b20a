import { useCallback, useState } from "react";
import { useCameras } from "../api/cameras";
import { send } from "../api/client";
import type { AnswerOut, HitOut, PlateOut } from "../api/types";
import { useLoad } from "../api/useLoad";
import { useReason } from "../app/reason";
import { inside, Link, useCaseId } from "../app/router";
import { useTexts } from "../i18n";
import { classOf } from "../i18n/classes";
import { usePictures } from "../journey/usePictures";
import { Field, useAction } from "../parts/Form";
import { Empty, Loaded, Trouble } from "../parts/Loaded";
import { Time } from "../parts/Time";
import { Grade, Picture } from "../search/Card";
import { grouped, questionOf } from "./plate";

const MOST = 60; // hits that are shown

interface FoundProps {
  plate: string;
  play: (tracks: readonly string[]) => void;
}

/** The vehicles whose plate answers, surest first, each masked until somebody says why it must be seen. */
export function Found({ plate, play }: FoundProps) {
  const { t } = useTexts();
  const caseId = useCaseId();
  const { text: reason } = useReason();
  const load = useCallback(() => {
    const question = { query: questionOf(plate), plain: false, case: caseId, reason, limit: MOST };
    return send("post", "/api/answers", {}, question);
  }, [plate, caseId, reason]);
  const [found, again] = useLoad(load);
  return (
    <Loaded of={found} again={again} empty={(answer) => (answer.total ? null : <None />)}>
      {(answer) => (
        <section className="stack tight" aria-live="polite">
          <h2>{t("plates.found", { n: answer.total })}</h2>
          {answer.kept < answer.total ? (
            <p className="small">{t("search.kept", { n: answer.kept })}</p>
          ) : null}
          <Cards answer={answer} play={play} />
        </section>
      )}
    </Loaded>
  );
}

function None() {
  const { t } = useTexts();
  return (
    <Empty title={t("plates.none.title")}>
      <p>{t("plates.none.text")}</p>
    </Empty>
  );
}

function Cards({ answer, play }: { answer: AnswerOut; play: FoundProps["play"] }) {
  const { t } = useTexts();
  const caseId = useCaseId();
  const { text: reason } = useReason();
  const hits = answer.page.hits;
  const picture = usePictures(hits.map((one) => one.track));
  const [why, setWhy] = useState("");
  const [clear, setClear] = useState<ReadonlyMap<string, PlateOut | null>>(new Map());
  const reveal = useCallback(
    async (track: string) => {
      const body = { tracks: [track], case: caseId, reason: why.trim() };
      const shown = await send("post", "/api/plates/clear", {}, body);
      setClear((before) => new Map([...before, [track, shown[0] ?? null]]));
    },
    [caseId, why],
  );
  const { run, busy, error } = useAction(reveal);
  return (
    <>
      <Field label={t("plates.why")} help={t("plates.why.help")}>
        <input
          name="why"
          maxLength={4000}
          placeholder={reason}
          value={why}
          onChange={(event) => setWhy(event.target.value)}
        />
      </Field>
      {error ? <Trouble error={error} /> : null}
      <ul className="candidates">
        {hits.map((hit) => (
          <li key={hit.track} className="card candidate">
            <Picture track={hit.track} data={picture(hit.track)} />
            <div className="stack tight">
              <Told hit={hit} camera={answer.cameras[hit.camera] ?? hit.camera} />
              {clear.has(hit.track) ? (
                <Shown of={clear.get(hit.track) ?? null} />
              ) : (
                <button type="button" disabled={busy || !why.trim()} onClick={() => run(hit.track)}>
                  {t("plates.reveal")}
                </button>
              )}
              <div className="row">
                <button type="button" onClick={() => play([hit.track])}>
                  {t("journey.play-one")}
                </button>
                <Link className="button" to={`${inside(caseId, "/journey")}?track=${hit.track}`}>
                  {t("page.journey")}
                </Link>
              </div>
            </div>
          </li>
        ))}
      </ul>
    </>
  );
}

function Told({ hit, camera }: { hit: HitOut; camera: string }) {
  const { t } = useTexts();
  const zone = useCameras().get(hit.camera)?.zone;
  return (
    <>
      <p className="row">
        <strong>
          {classOf(t, hit.label)}, {camera}
        </strong>
        <Grade name={hit.grade} />
      </p>
      <p className="small muted">
        <Time at={hit.start} zone={zone} />
      </p>
      <p className="small" lang="en">
        {hit.reason.map((one) => one.says).join(" · ")}
      </p>
    </>
  );
}

/** A plate in clear, each character as sure as it was read. */
function Shown({ of }: { of: PlateOut | null }) {
  const { t } = useTexts();
  if (of === null) return <p className="notice">{t("plates.not-read")}</p>;
  const least = Math.round(100 * Math.min(...of.confidence));
  return (
    <p>
      <strong className="plate">{grouped(of.text)}</strong>{" "}
      <span className="small muted">
        {of.country} {t("plates.least", { share: least })}
        {of.corrected ? ` · ${t("plates.corrected")}` : ""}
      </span>
    </p>
  );
}
