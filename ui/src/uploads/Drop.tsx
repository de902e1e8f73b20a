import { type DragEvent, type FormEvent, useEffect, useRef, useState } from "react";
import { NONE, useCameras } from "../api/cameras";
import type { JobOut } from "../api/types";
import { useReason } from "../app/reason";
import { useCaseId } from "../app/router";
import { useTexts } from "../i18n";
import { isOver, newlyEnded } from "../jobs/job";
import { JobList } from "../jobs/Tray";
import { readJob, useJobs } from "../jobs/useJobs";
import { Field, useAction } from "../parts/Form";
import { Trouble } from "../parts/Loaded";
import { beginSending, isOf, sendOn } from "./senders";

/** Bring recordings in: choose or drop files, say of which camera; they are sent, then analysed as jobs. */
export function Drop({ done }: { done: () => void }) {
  const { t, language } = useTexts();
  const caseId = useCaseId();
  const { text: reason } = useReason();
  const { jobs, noticed } = useJobs();
  const known = useCameras();
  const cameras = [...known.values()].toSorted((a, b) => a.name.localeCompare(b.name, language));
  const [chosen, setChosen] = useState("");
  const [files, setFiles] = useState<readonly File[]>([]);
  const [start, setStart] = useState("");
  const camera = chosen || (cameras.length === 1 ? (cameras[0]?.name ?? "") : "");
  const mine = jobs.filter((job) => job.kind === "ingest" && job.case === caseId);
  useWhenDone(mine, done);
  const broken = mine.filter((job) => job.state === "receiving");

  const take = (given: readonly File[]) => {
    const fresh = given.filter((file) => {
      const known = broken.find((job) => isOf(job.id, file));
      if (known) void sendOn(known.id, file);
      return !known;
    });
    setFiles(fresh);
  };
  const sending = useAction(async () => {
    for (const file of files) {
      const at = files.length === 1 ? start : "";
      const id = await beginSending({ file, camera, start: at, caseId, reason });
      setFiles((left) => left.filter((one) => one !== file));
      noticed(await readJob(id));
    }
    setStart("");
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void sending.run();
  };
  const open = mine.filter((job) => !isOver(job) || job.state === "failed" || job.state === "refused");
  return (
    <section className="card stack drop" aria-label={t("upload.title")}>
      <h2>{t("upload.title")}</h2>
      {known !== NONE && known.size === 0 ? <p className="muted">{t("upload.no-camera")}</p> : null}
      <form className="stack" onSubmit={submit}>
        <Zone take={take} />
        {files.length ? (
          <>
            <ul className="stack tight">
              {files.map((file) => (
                <li key={`${file.name}${file.size}`}>{file.name}</li>
              ))}
            </ul>
            <div className="row upload-fields">
              <Field label={t("upload.camera")}>
                <select
                  name="camera"
                  required
                  value={camera}
                  onChange={(event) => setChosen(event.target.value)}
                >
                  <option value="">{t("upload.choose-camera")}</option>
                  {cameras.map((one) => (
                    <option key={one.id} value={one.name}>
                      {one.name}
                    </option>
                  ))}
                </select>
              </Field>
              {files.length === 1 ? (
                <Field label={t("upload.start")} help={t("upload.start-help")}>
                  <input
                    type="datetime-local"
                    name="start"
                    step="1"
                    value={start}
                    onChange={(event) => setStart(event.target.value)}
                  />
                </Field>
              ) : null}
            </div>
            <div className="row">
              <button type="submit" className="primary" disabled={sending.busy || known.size === 0}>
                {t("upload.send", { files: files.length })}
              </button>
              <button type="button" onClick={() => setFiles([])}>
                {t("upload.cancel")}
              </button>
            </div>
          </>
        ) : null}
      </form>
      {sending.error ? <Trouble error={sending.error} /> : null}
      {open.length ? <JobList jobs={open} /> : null}
    </section>
  );
}

function Zone({ take }: { take: (files: readonly File[]) => void }) {
  const { t } = useTexts();
  const [over, setOver] = useState(false);
  const drop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    take([...event.dataTransfer.files]);
  };
  return (
    <label
      className={over ? "drop-zone over" : "drop-zone"}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={drop}
    >
      <span>{t("upload.drop")}</span>
      <input
        type="file"
        multiple
        accept="video/*,.dav,.mkv,.ts,.h264,.264,.h265,.265,.avi,.asf,.mxf"
        onChange={(event) => {
          take([...(event.target.files ?? [])]);
          event.target.value = "";
        }}
      />
    </label>
  );
}

/** Do something each time that one of these jobs ends while one looks. */
function useWhenDone(jobs: readonly JobOut[], then: () => void): void {
  const seen = useRef(new Map<string, string>());
  useEffect(() => {
    const ended = newlyEnded(seen.current, jobs);
    seen.current = new Map(jobs.map((job) => [job.id, job.state]));
    if (ended.some((job) => job.state === "done")) then();
  }, [jobs, then]);
}
