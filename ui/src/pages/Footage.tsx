import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { get } from "../api/client";
import { useMay } from "../api/may";
import type { RecordingOut, RecordingsOut } from "../api/types";
import { useLoad } from "../api/useLoad";
import { useReason } from "../app/reason";
import { useCaseId } from "../app/router";
import { mayEver, useSession } from "../app/session";
import { CameraCard, spansOf } from "../footage/CameraCard";
import type { Scale } from "../footage/Timeline";
import { around, type Bin, binFor, binsOf, opening, type Span } from "../footage/timeline";
import { useTexts } from "../i18n";
import { length, share } from "../i18n/times";
import { Empty, Loaded } from "../parts/Loaded";
import { Player, type Wish } from "../play/Player";
import { Site } from "../site/Site";
import { Drop } from "../uploads/Drop";

const MOST = 4; // cameras that play at once
const BINS = 400; // of activity, over all of the time that was recorded
const BEFORE = 60_000; // milliseconds of a look before the moment that was chosen,
const AFTER = 540_000; // and after it: one look is ten minutes

/** Every camera with what it recorded, what of that was analysed, and the gaps, on one scale of time. */
export default function Footage() {
  const { t } = useTexts();
  const caseId = useCaseId();
  const { text: reason } = useReason();
  const session = useSession();
  const load = useCallback(
    (signal: AbortSignal) => get("/api/recordings", { case: caseId, reason }, signal),
    [caseId, reason],
  );
  const [found, again] = useLoad(load, true);
  return (
    <div className="page">
      <h1>{t("page.footage")}</h1>
      {mayEver(session, "ingest") ? <Drop done={again} /> : null}
      <Loaded of={found} again={again} empty={(all) => (all.recordings.length ? null : <None />)}>
        {(all) => <Cameras all={all} changed={again} />}
      </Loaded>
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

/** What is played: a look, and where it begins. */
interface Played {
  wish: Wish;
  at?: number;
}

function Cameras({ all, changed }: { all: RecordingsOut; changed: () => void }) {
  const { t, language } = useTexts();
  const whole = useMemo(() => around(spansOf(all.recordings)), [all]);
  const [view, setView] = useState<Span | null>(() => whole && opening(spansOf(all.recordings), whole));
  const [drawn, setDrawn] = useState(whole);
  if (drawn?.start !== whole?.start || drawn?.end !== whole?.end) {
    setDrawn(whole); // a clock was set, or something came in: the view is chosen anew
    setView(whole && opening(spansOf(all.recordings), whole));
  }
  const [beside, setBeside] = useState<readonly string[]>([]);
  const [played, setPlayed] = useState<Played | null>(null);
  const [cursor, setCursor] = useState<number | null>(null);
  const [bins, bin] = useActivity(whole);
  const top = useRef<HTMLDivElement>(null);
  const scale: Scale | null = whole && view ? { view, whole, setView, cursor } : null;
  const most = Math.max(1, ...[...bins.values()].flat().map((one) => one.tracks));
  const nameOf = (id: string) => all.cameras[id] ?? id;
  const ids = [...new Set(all.recordings.map((one) => one.camera))];
  const show = (next: Played) => {
    setPlayed(next);
    top.current?.scrollIntoView({ block: "nearest" });
  };
  const play = (camera: string, at: number) => {
    const cameras = [camera, ...beside.filter((one) => one !== camera)].slice(0, MOST);
    show({ wish: { cameras, ...tenMinutes(at) }, at });
  };
  const playUndated = (one: RecordingOut) => {
    setCursor(null);
    show({ wish: { footage: one.footage, begin: 0, until: Math.min(one.seconds, 3600) } });
  };
  const toggle = (camera: string, on: boolean) =>
    setBeside((before) => [...before.filter((one) => one !== camera), ...(on ? [camera] : [])]);
  const { recorded, seen } = all.coverage;
  return (
    <>
      <div className="row apart">
        <p>
          {t("footage.sum", {
            recorded: length(language, recorded),
            seen: length(language, seen),
            share: share(language, recorded ? seen / recorded : 0),
            gaps: all.gaps.length,
          })}
        </p>
        <Key bin={bin} />
      </div>
      <div ref={top}>
        {played ? (
          <section className="card stack tight">
            <div className="row apart">
              <h2>{t("play.player")}</h2>
              <button
                type="button"
                onClick={() => {
                  setPlayed(null);
                  setCursor(null);
                }}
              >
                {t("action.close")}
              </button>
            </div>
            <Player {...played} onTime={setCursor} focus />
          </section>
        ) : (
          <p className="muted small">{t("footage.how")}</p>
        )}
      </div>
      <details className="card">
        <summary>{t("site.title")}</summary>
        <Site
          chosen={beside}
          choose={(camera) => {
            toggle(camera, !beside.includes(camera));
          }}
        />
      </details>
      {ids
        .toSorted((a, b) => nameOf(a).localeCompare(nameOf(b), language))
        .map((id) => (
          <CameraCard
            key={id}
            id={id}
            name={nameOf(id)}
            scale={scale}
            recordings={all.recordings.filter((one) => one.camera === id)}
            gaps={all.gaps.filter((one) => one.camera === id)}
            bins={bins.get(nameOf(id)) ?? NONE}
            most={most}
            beside={beside.includes(id)}
            setBeside={(on) => toggle(id, on)}
            play={(at) => play(id, at)}
            playUndated={playUndated}
            changed={changed}
          />
        ))}
    </>
  );
}

const NONE: readonly Bin[] = [];

/** A look around a moment, on whole minutes, so that a click nearby asks for the same pieces. */
function tenMinutes(at: number): { start: string; end: string } {
  const start = Math.floor((at - BEFORE) / 60_000) * 60_000;
  return { start: new Date(start).toISOString(), end: new Date(start + BEFORE + AFTER).toISOString() };
}

/** How many tracks began when, by the camera's name; none where that may not be counted. */
function useActivity(whole: Span | null): [ReadonlyMap<string, Bin[]>, number] {
  const caseId = useCaseId();
  const { text: reason } = useReason();
  const bin = whole ? binFor(whole, BINS) : 3600;
  const [bins, setBins] = useState<ReadonlyMap<string, Bin[]>>(new Map());
  const may = useMay("statistics");
  useEffect(() => {
    if (!may) return;
    const control = new AbortController();
    const asked = { by: "hour", bin_seconds: bin, case: caseId, reason } as const;
    get("/api/statistics", asked, control.signal).then(
      (found) => setBins(binsOf(found.rows, bin)),
      () => undefined, // no more wanted, or too few to be counted: the page is whole without it
    );
    return () => control.abort();
  }, [bin, caseId, reason, may]);
  return [bins, bins.size ? bin : 0];
}

function Key({ bin }: { bin: number }) {
  const { t, language } = useTexts();
  return (
    <ul className="key">
      {(["analysed", "recorded", "gap"] as const).map((kind) => (
        <li key={kind}>
          <i className={kind} aria-hidden="true" />
          {t(`footage.${kind}`)}
        </li>
      ))}
      {bin ? (
        <li>
          <i className="tracks" aria-hidden="true" />
          {t("footage.activity", { length: length(language, bin) })}
        </li>
      ) : null}
    </ul>
  );
}
