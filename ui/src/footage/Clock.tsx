import { useCallback, useState } from "react";
import { get, send } from "../api/client";
import type { ClockProposalOut, ClockReadOut, RecordingOut } from "../api/types";
import { useLoad } from "../api/useLoad";
import { useReason } from "../app/reason";
import { useCaseId } from "../app/router";
import { mayEver, useSession } from "../app/session";
import { JobState } from "../evidence/Packages";
import { isKey, number, useTexts } from "../i18n";
import { isOver } from "../jobs/job";
import { useJobs } from "../jobs/useJobs";
import { useAction } from "../parts/Form";
import { Loaded, Trouble } from "../parts/Loaded";
import { Time } from "../parts/Time";
import { ClockForm, type Filled } from "./ClockForm";
import { ClockReadings } from "./ClockReadings";
import { shownBy } from "./clock";

interface ClocksProps {
  camera: string;
  zone: string;
  recordings: readonly RecordingOut[];
  /** Called when a clock was set: everything in that recording has moved. */
  changed: () => void;
}

/** The clocks of a camera's recordings, one at a time: how each is known, what the picture says, and setting it. */
export function Clocks({ camera, zone, recordings, changed }: ClocksProps) {
  const { t } = useTexts();
  const each = [...new Map(recordings.map((one) => [one.footage, one])).values()];
  const [chosen, setChosen] = useState("");
  const one = each.find((other) => other.footage === chosen) ?? each[0];
  if (!one) return null;
  return (
    <div className="stack clock">
      {each.length > 1 ? (
        <label className="row small">
          {t("clock.recording")}
          <select value={one.footage} onChange={(event) => setChosen(event.target.value)}>
            {each.map((other) => (
              <option key={other.footage} value={other.footage}>
                {other.name}
              </option>
            ))}
          </select>
        </label>
      ) : (
        <p>
          <strong>{one.name}</strong>
        </p>
      )}
      <Clock key={one.footage} camera={camera} zone={zone} of={one} changed={changed} />
    </div>
  );
}

interface ClockProps extends Omit<ClocksProps, "recordings"> {
  of: RecordingOut;
}

function Clock({ camera, zone, of, changed }: ClockProps) {
  const { t } = useTexts();
  const session = useSession();
  const [filled, setFilled] = useState<Filled | null>(null);
  const [round, setRound] = useState(0); // the form begins anew with each
  const [set, setSet] = useState(false);
  const begin = (from: Filled | null) => {
    setFilled(from);
    setRound((n) => n + 1);
    setSet(from === null);
  };
  return (
    <>
      <Known of={of} zone={zone} />
      {of.model === null ? (
        <p className="muted small">{t("clock.not-analysed")}</p>
      ) : (
        <Reading
          camera={camera}
          zone={zone}
          of={of}
          take={
            mayEver(session, "camera.clock")
              ? (job, found) => begin({ ...shownBy(found.start), uncertainty: found.within, read: job })
              : null
          }
        />
      )}
      {mayEver(session, "camera.clock") ? (
        <ClockForm
          key={`${round} ${of.clock.start}`}
          of={of}
          zone={zone}
          filled={filled}
          done={() => {
            begin(null);
            changed();
          }}
        />
      ) : (
        <p className="muted small">{t("clock.others")}</p>
      )}
      <p role="status">{set ? <span className="badge good">{t("clock.was-set")}</span> : null}</p>
    </>
  );
}

/** When a recording began, and by what that is known. */
function Known({ of, zone }: { of: RecordingOut; zone: string }) {
  const { t, language } = useTexts();
  const { start, source, uncertainty } = of.clock;
  const from = `clock-source.${source}`;
  return (
    <dl className="facts">
      <dt>{t("clock.start")}</dt>
      <dd>
        <Time at={start} zone={zone} />
        {start && uncertainty ? ` ${t("play.uncertain", { seconds: number(language, uncertainty) })}` : ""}
      </dd>
      <dt>{t("clock.source")}</dt>
      <dd>{isKey(from) ? t(from) : source}</dd>
    </dl>
  );
}

interface ReadingProps {
  camera: string;
  zone: string;
  of: RecordingOut;
  /** Takes a proposal into the form; null where whoever looks may set no clock. */
  take: ((job: string, found: ClockProposalOut) => void) | null;
}

/** What came of reading a clock. */
interface Said {
  footage?: string;
}

/** Asks a job to read the clock in the picture, and shows what it read. */
function Reading({ camera, zone, of, take }: ReadingProps) {
  const { t } = useTexts();
  const caseId = useCaseId();
  const { text: reason } = useReason();
  const { jobs, noticed } = useJobs();
  const [asked, setAsked] = useState("");
  const ask = useAction(async () => {
    const body = { name: `${camera}, ${of.name}`, case: caseId, reason };
    const job = await send("post", "/api/recordings/{footage}/clock/readings", { footage: of.footage }, body);
    setAsked(job.id);
    noticed(job);
  });
  const mine = jobs.filter((one) => one.kind === "clock" && one.case === caseId);
  const job = mine.find((one) => one.id === asked || (one.said as Said).footage === of.footage);
  return (
    <section className="stack tight" aria-label={t("clock.picture")}>
      <h3>{t("clock.picture")}</h3>
      <p className="muted small">{t("clock.picture.text")}</p>
      <div className="row">
        <button type="button" disabled={ask.busy || (job && !isOver(job))} onClick={() => ask.run()}>
          {t(job ? "clock.again" : "clock.read")}
          <span className="hidden-text"> {of.name}</span>
        </button>
      </div>
      {ask.error ? <Trouble error={ask.error} /> : null}
      {job ? (
        <div aria-live="polite">
          <JobState job={job}>
            {job.file ? (
              <Found job={job.id} zone={zone} take={take} />
            ) : (
              <p className="muted">{t("export.gone")}</p>
            )}
          </JobState>
        </div>
      ) : null}
    </section>
  );
}

function Found({ job, zone, take }: Pick<ReadingProps, "zone" | "take"> & { job: string }) {
  const load = useCallback((signal: AbortSignal) => get("/api/jobs/{job}/clock", { job }, signal), [job]);
  const [found, again] = useLoad<ClockReadOut>(load);
  return (
    <Loaded of={found} again={again}>
      {(read) => (
        <ClockReadings
          read={read}
          zone={zone}
          take={take && ((proposal: ClockProposalOut) => take(job, proposal))}
        />
      )}
    </Loaded>
  );
}
