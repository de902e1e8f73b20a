import { useCallback, useState } from "react";
import { useCameras } from "../api/cameras";
import { address, get, send } from "../api/client";
import type { JobOut, RecordingOut } from "../api/types";
import { useLoad } from "../api/useLoad";
import { useReason } from "../app/reason";
import { useCaseId } from "../app/router";
import { useTexts } from "../i18n";
import { length } from "../i18n/times";
import { useJobs } from "../jobs/useJobs";
import { useAction } from "../parts/Form";
import { Empty, Loaded, Trouble } from "../parts/Loaded";
import { Time } from "../parts/Time";
import { JobState } from "./Packages";
import type { Reviewed } from "./reviews";
import { useReviews } from "./useReviews";
import { useGrants, Wider } from "./Wider";
import { MASKS, type Wish } from "./wish";

/** The masks of recordings of the case: looked at on a page of their own, corrected there, kept here. */
export function Masks() {
  const { t } = useTexts();
  const caseId = useCaseId();
  const { text: reason } = useReason();
  const { jobs, reviews } = useReviews();
  const load = useCallback(
    (signal: AbortSignal) => get("/api/recordings", { case: caseId, reason }, signal),
    [caseId, reason],
  );
  const [found, again] = useLoad(load);
  return (
    <div className="columns">
      <section className="card stack tight">
        <h2>{t("masks.title")}</h2>
        <p className="muted small">{t("masks.text")}</p>
        <Loaded of={found} again={again} empty={(all) => (all.recordings.length ? null : <None />)}>
          {(all) => <Recordings of={all.recordings.filter((one) => one.model !== null)} />}
        </Loaded>
      </section>
      <section className="stack" aria-label={t("masks.pages")}>
        <h2>{t("masks.pages")}</h2>
        {jobs.length ? null : <p className="muted">{t("masks.pages.none")}</p>}
        <ul className="stack">
          {jobs.map((job) => (
            <Page key={job.id} job={job} review={reviews.find((one) => one.job.id === job.id)} />
          ))}
        </ul>
      </section>
    </div>
  );
}

function None() {
  const { t } = useTexts();
  return (
    <Empty title={t("footage.none.title")}>
      <p>{t("footage.none.text")}</p>
    </Empty>
  );
}

function Recordings({ of }: { of: readonly RecordingOut[] }) {
  const { t, language } = useTexts();
  const caseId = useCaseId();
  const { text: reason } = useReason();
  const { noticed } = useJobs();
  const cameras = useCameras();
  const [mask, setMask] = useState<Wish["mask"]>("heads");
  const [unmasked, setUnmasked] = useState(false);
  const granted = useGrants()("view.unmasked");
  const ask = useAction(async (one: RecordingOut) => {
    const stretch = { since: one.start ?? "", until: one.end ?? "" };
    const name = `${cameras.get(one.camera)?.name ?? one.camera}, ${one.name}`;
    const body = { footage: one.footage, name, ...stretch, mask: `${mask},plates`, unmasked };
    noticed(await send("post", "/api/masks", {}, { ...body, case: caseId, reason }));
  });
  return (
    <>
      <label className="row small">
        {t("export.mask")}
        <select value={mask} onChange={(event) => setMask(event.target.value as Wish["mask"])}>
          {MASKS.map((one) => (
            <option key={one} value={one}>
              {t(`export-mask.${one}`)}
            </option>
          ))}
        </select>
      </label>
      <Wider name="outlined" granted={granted} on={unmasked} change={setUnmasked} />
      {ask.error ? <Trouble error={ask.error} /> : null}
      <ul className="recordings-of">
        {of.map((one) => (
          <li key={`${one.footage}${one.start}`} className="row apart">
            <span>
              <strong>{cameras.get(one.camera)?.name ?? one.camera}</strong> {one.name}
              <span className="muted small">
                {" "}
                <Time at={one.start} zone={cameras.get(one.camera)?.zone ?? "UTC"} />,{" "}
                {length(language, one.seconds)}
              </span>
            </span>
            <button type="button" disabled={ask.busy} onClick={() => ask.run(one)}>
              {t("masks.ask")}
              <span className="hidden-text"> {one.name}</span>
            </button>
          </li>
        ))}
      </ul>
    </>
  );
}

/** What came of a page of review. */
interface Said {
  places?: number;
  masks?: number;
  doubtful?: number;
}

function Page({ job, review }: { job: JobOut; review: Reviewed | undefined }) {
  const { t } = useTexts();
  const said = job.said as Said;
  const facts = { masks: said.masks ?? 0, places: said.places ?? 0, doubtful: said.doubtful ?? 0 };
  return (
    <li className="card stack tight" aria-live="polite">
      <div className="row apart">
        <strong>{job.title}</strong>
        <span className="muted small">
          <Time at={job.submitted} />
        </span>
      </div>
      <JobState job={job}>
        {job.file ? (
          <>
            <p className="small">{t("masks.facts", facts)}</p>
            <div className="row">
              <a
                className="button primary"
                target="_blank"
                rel="noopener"
                href={address("/api/masks/{job}/page", { job: job.id })}
              >
                {t("masks.open")}
              </a>
              {job.kind === "masks-clear" ? <span className="badge warn">{t("masks.outlined")}</span> : null}
            </div>
            <p>{review ? <Decided one={review} /> : <span className="muted">{t("masks.undecided")}</span>}</p>
          </>
        ) : (
          <p className="muted">{t("export.gone")}</p>
        )}
      </JobState>
    </li>
  );
}

/** What was decided on a page, in one line. */
export function Decided({ one }: { one: Reviewed }) {
  const { t } = useTexts();
  const { reviewer, reason, keep, add } = one.review;
  const counts = { name: reviewer, keep: keep.length, add: add.length };
  return (
    <>
      {t("masks.decided", counts)}
      {keep.length ? <span className="muted"> ({reason})</span> : null}
    </>
  );
}
