import type { ReactNode } from "react";
import { address } from "../api/client";
import type { JobOut } from "../api/types";
import { inside, Link } from "../app/router";
import { mayEver, useSession } from "../app/session";
import { useTexts } from "../i18n";
import { readable, share } from "../i18n/times";
import { Time } from "../parts/Time";
import { bytes } from "./wish";

/** What came of a package, as its job says it. */
interface Said {
  fingerprint?: string;
  entry?: number;
  notes?: string[];
}

type Paper = "receipt.txt" | "report.pdf" | "letter.fr.html" | "letter.en.html";

interface PackagesProps {
  jobs: readonly JobOut[];
  /** What may be read of them one by one. */
  papers: readonly Paper[];
}

/** The packages that one asked for: on their way, there to be saved, or why not. */
export function Packages({ jobs, papers }: PackagesProps) {
  const { t } = useTexts();
  return (
    <section className="stack" aria-label={t("export.packages")}>
      <h2>{t("export.packages")}</h2>
      {jobs.length ? null : <p className="muted">{t("export.packages.none")}</p>}
      <ul className="stack">
        {jobs.map((job) => (
          <li key={job.id} className="card stack tight" aria-live="polite">
            <div className="row apart">
              <strong>{job.title}</strong>
              <span className="muted small">
                <Time at={job.submitted} />
              </span>
            </div>
            <JobState job={job}>
              <Done job={job} papers={papers} />
            </JobState>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** How far a job is, why it ended without success, or what came of it. */
export function JobState({ job, children }: { job: JobOut; children: ReactNode }) {
  const { t, language } = useTexts();
  if (job.state === "done") return <>{children}</>;
  if (job.state === "failed" || job.state === "refused" || job.state === "cancelled")
    return (
      <p className="notice">
        {readable(language, job.says)}
        {job.rule ? (
          <>
            {" "}
            {t("trouble.rule")} <code>{job.rule}</code>
          </>
        ) : null}
      </p>
    );
  return (
    <div className="stack tight">
      <progress max={1} value={job.share} aria-label={job.title} />
      <p className="muted small">
        {job.phase ? `${job.phase}, ${share(language, job.share)}` : t("export.waits")}
      </p>
    </div>
  );
}

function Done({ job, papers }: { job: JobOut; papers: readonly Paper[] }) {
  const { t, language } = useTexts();
  const said = job.said as Said;
  return (
    <>
      {job.file ? (
        <div className="row">
          <a className="button primary" href={address("/api/jobs/{job}/result", { job: job.id })} download>
            {t("export.save")}
          </a>
          {papers.map((paper) => (
            <a
              key={paper}
              className="button"
              target="_blank"
              rel="noopener"
              href={address("/api/jobs/{job}/papers/{paper}", { job: job.id, paper })}
            >
              {paper}
            </a>
          ))}
          <span className="muted small">
            {job.file.name}, {bytes(language, job.file.bytes)}
          </span>
        </div>
      ) : (
        <p className="muted">{t("export.gone")}</p>
      )}
      <dl className="facts">
        <dt>{t("export.fingerprint")}</dt>
        <dd>
          <code className="fingerprint">{said.fingerprint?.match(/.{1,4}/g)?.join(" ")}</code>
        </dd>
        {said.entry === undefined ? null : (
          <>
            <dt>{t("export.entry")}</dt>
            <dd>
              <Entry number={said.entry} />
            </dd>
          </>
        )}
      </dl>
      <p className="small muted">{t("export.tell")}</p>
      {said.notes?.map((note) => (
        <p key={note} className="small" lang="en">
          {note}
        </p>
      ))}
    </>
  );
}

/** The entry of the log that a package is of: a way to it for whoever may read the log. */
function Entry({ number }: { number: number }) {
  const { t } = useTexts();
  const session = useSession();
  const text = t("log.entry", { n: number });
  return mayEver(session, "audit.read") ? (
    <Link to={inside(null, `/log?entry=${number}`)}>{text}</Link>
  ) : (
    text
  );
}
