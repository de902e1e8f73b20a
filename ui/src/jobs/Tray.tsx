import { useEffect, useId, useRef, useState } from "react";
import { send } from "../api/client";
import type { JobOut } from "../api/types";
import { isKey, useTexts } from "../i18n";
import { length, readable, share } from "../i18n/times";
import { useAction } from "../parts/Form";
import { giveUp, useSender } from "../uploads/senders";
import { passes } from "../uploads/tus";
import { isOver, newlyEnded } from "./job";
import { useJobs } from "./useJobs";

/** What runs and what came of it, from every page: a button with a count, and the list behind it. */
export function Tray() {
  const { t } = useTexts();
  const { jobs } = useJobs();
  const [open, setOpen] = useState(false);
  const panel = useId();
  const place = useRef<HTMLDivElement>(null);
  useClosing(open, place, () => setOpen(false));
  const running = jobs.filter((job) => !isOver(job)).length;
  return (
    <div className="tray" ref={place}>
      <Announcer />
      {jobs.length ? (
        <button
          type="button"
          className="quiet"
          aria-expanded={open}
          aria-controls={panel}
          onClick={() => setOpen(!open)}
        >
          {t("jobs.title")}
          {running ? <span className="badge">{running}</span> : null}
        </button>
      ) : null}
      {open ? (
        <section id={panel} className="tray-panel card" aria-label={t("jobs.title")}>
          <JobList jobs={jobs} />
        </section>
      ) : null}
    </div>
  );
}

/** Escape and a click elsewhere close what is open; the focus goes back to the button. */
function useClosing(open: boolean, place: React.RefObject<HTMLElement | null>, close: () => void): void {
  useEffect(() => {
    if (!open) return;
    const key = (event: KeyboardEvent) => {
      if (event.key !== "Escape") return;
      place.current?.querySelector("button")?.focus();
      close();
    };
    const click = (event: MouseEvent) => {
      if (!place.current?.contains(event.target as Node)) close();
    };
    document.addEventListener("keydown", key);
    document.addEventListener("click", click);
    return () => {
      document.removeEventListener("keydown", key);
      document.removeEventListener("click", click);
    };
  }, [open, place, close]);
}

/** Tells readers of the screen what has ended, when they pause; progress is not read aloud. */
function Announcer() {
  const { t } = useTexts();
  const { jobs } = useJobs();
  const seen = useRef(new Map<string, string>());
  const [said, setSaid] = useState("");
  useEffect(() => {
    const ended = newlyEnded(seen.current, jobs);
    seen.current = new Map(jobs.map((job) => [job.id, job.state]));
    if (ended.length) setSaid(ended.map((job) => `${job.title}: ${t(`job-state.${job.state}`)}`).join(". "));
  }, [jobs, t]);
  return (
    <span className="hidden-text" role="status" aria-live="polite">
      {said}
    </span>
  );
}

/** Jobs as a list, each with what can be done about it. */
export function JobList({ jobs }: { jobs: readonly JobOut[] }) {
  return (
    <ul className="jobs stack tight">
      {jobs.map((job) => (
        <JobRow key={job.id} job={job} />
      ))}
    </ul>
  );
}

const TONE: Record<JobOut["state"], string> = {
  receiving: "",
  waiting: "",
  running: "",
  done: "good",
  failed: "bad",
  refused: "bad",
  cancelled: "warn",
};

function JobRow({ job }: { job: JobOut }) {
  const { t, language } = useTexts();
  const kind = `job-kind.${job.kind}`;
  return (
    <li className="job stack tight" data-state={job.state}>
      <div className="row apart">
        <strong className="job-title">{job.title}</strong>
        <span className={`badge ${TONE[job.state]}`}>{t(`job-state.${job.state}`)}</span>
      </div>
      <Progress job={job} />
      <div className="row apart">
        <small className="muted">
          {isKey(kind) ? t(kind) : job.kind}
          {job.state === "done" && typeof job.said.track_count === "number"
            ? ` · ${t("jobs.tracks", { tracks: job.said.track_count })}`
            : ""}
        </small>
        <Deeds job={job} />
      </div>
      {job.says && job.state !== "cancelled" ? (
        <p className="small">
          {readable(language, job.says)} {job.rule ? <code>{job.rule}</code> : null}
        </p>
      ) : null}
    </li>
  );
}

function Progress({ job }: { job: JobOut }) {
  const { t, language } = useTexts();
  const sender = useSender(job.id);
  if (isOver(job) || job.state === "waiting") return null;
  const done = job.state === "receiving" && sender ? sender.sent / sender.total : job.share;
  const left = job.state === "receiving" ? sender?.left : job.eta_seconds;
  return (
    <div className="stack tight">
      <progress max={1} value={done} aria-label={job.title} />
      <small className="muted">
        {[
          share(language, done),
          job.state === "running" ? job.phase : "",
          typeof left === "number" ? t("jobs.left", { time: length(language, left) }) : "",
          job.state === "receiving" && !sender ? t("jobs.choose-again") : "",
          sender?.error
            ? passes(sender.error)
              ? t("jobs.interrupted")
              : `${readable(language, sender.error.message)} · ${t("jobs.choose-again")}`
            : "",
        ]
          .filter(Boolean)
          .join(" · ")}
      </small>
    </div>
  );
}

function Deeds({ job }: { job: JobOut }) {
  const { t } = useTexts();
  const { noticed } = useJobs();
  const cancel = useAction(async () => {
    giveUp(job.id);
    noticed(await send("delete", "/api/jobs/{job}", { job: job.id }, undefined));
  });
  const again = useAction(async () => {
    await send("post", "/api/jobs/{job}/again", { job: job.id }, undefined);
  });
  return (
    <span className="row">
      {job.file ? (
        <a href={`/api/jobs/${encodeURIComponent(job.id)}/result`} download={job.file.name}>
          {t("jobs.save")}
        </a>
      ) : null}
      {isOver(job) ? null : (
        <button
          type="button"
          className="quiet"
          disabled={cancel.busy || job.stopping}
          onClick={() => cancel.run()}
          aria-label={t("jobs.cancel-one", { title: job.title })}
        >
          {t(job.stopping ? "jobs.stopping" : "jobs.cancel")}
        </button>
      )}
      {job.state === "failed" || job.state === "refused" ? (
        <button type="button" className="quiet" disabled={again.busy} onClick={() => again.run()}>
          {t("action.again")}
        </button>
      ) : null}
      {again.error ? <small role="alert">{again.error.message}</small> : null}
    </span>
  );
}
