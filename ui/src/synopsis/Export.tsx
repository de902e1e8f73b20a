import { useCallback, useEffect, useState } from "react";
import { get, send } from "../api/client";
import type { JobOut } from "../api/types";
import { useTexts } from "../i18n";
import { share } from "../i18n/times";
import { useAction } from "../parts/Form";
import { Trouble } from "../parts/Loaded";
import type { Plan } from "./plan";
import type { Player } from "./player";
import type { Scene, Show } from "./show";

const EVERY = 1000; // ms from one question how far it is to the next
const ON_ITS_WAY = ["receiving", "waiting", "running"];

interface ExportProps {
  show: Show;
  player: Player;
  plan: Plan;
  scenes: readonly Scene[];
}

/** The same plan as a video file, marked as what it is, with its manifest: a job of the server for each camera. */
export function Export({ show, player, plan, scenes }: ExportProps) {
  const { t } = useTexts();
  const [jobs, setJobs] = useState<readonly JobOut[]>([]);
  const { run, busy, error } = useAction(async () => {
    const made: JobOut[] = [];
    for (const scene of scenes) {
      const starts = Array.from(plan.starts.subarray(scene.first, scene.first + scene.tubes));
      if (starts.every((one) => one < 0)) continue;
      const body = {
        scene: scene.n,
        starts,
        speed: player.snapshot.speed,
        labels: true,
        colour_match: true,
        whole: true,
      };
      made.push(await send("post", "/api/synopses/{synopsis}/exports", { synopsis: show.id }, body));
    }
    setJobs(made);
  });
  return (
    <section className="card stack tight export" aria-labelledby="export-title">
      <h2 id="export-title">{t("synopsis.export")}</h2>
      <p className="small muted">{t("synopsis.export.help")}</p>
      <div className="row">
        <button type="button" disabled={busy || plan.starts.length === 0} onClick={() => run()}>
          {t("synopsis.export.make")}
        </button>
      </div>
      <ul className="stack tight" aria-live="polite">
        {jobs.map((job) => (
          <Following key={job.id} first={job} />
        ))}
      </ul>
      {error ? <Trouble error={error} /> : null}
    </section>
  );
}

/** A job, until it is done. */
function Following({ first }: { first: JobOut }) {
  const { t, language } = useTexts();
  const [job, setJob] = useState(first);
  const ask = useCallback(
    () => get("/api/jobs/{job}", { job: first.id }).then(setJob, () => undefined),
    [first],
  );
  const going = ON_ITS_WAY.includes(job.state);
  useEffect(() => {
    if (!going) return;
    const timer = window.setInterval(ask, EVERY);
    return () => window.clearInterval(timer);
  }, [going, ask]);
  if (going)
    return (
      <li>
        <progress max={1} value={job.share} aria-label={job.title} />{" "}
        <span className="small">{t("synopsis.export.busy", { share: share(language, job.share) })}</span>
      </li>
    );
  if (job.state !== "done") return <li className="notice">{job.says || job.state}</li>;
  return (
    <li>
      <a href={`/api/jobs/${job.id}/result`} download>
        {t("synopsis.export.save", { name: job.title })}
      </a>
    </li>
  );
}
