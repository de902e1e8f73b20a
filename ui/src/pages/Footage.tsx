import { useCallback, useMemo } from "react";
import { useCameras } from "../api/cameras";
import { get } from "../api/client";
import type { GapOut, RecordingOut, RecordingsOut } from "../api/types";
import { useLoad } from "../api/useLoad";
import { useReason } from "../app/reason";
import { inside, Link, useCaseId } from "../app/router";
import { Timeline } from "../footage/Timeline";
import { around, type Span, spanOf } from "../footage/timeline";
import { useTexts } from "../i18n";
import { length, share } from "../i18n/times";
import { Empty, Loaded } from "../parts/Loaded";
import { Time } from "../parts/Time";
import { quoted } from "../search/query";

/** Every camera with what it recorded, what of that was analysed, and the gaps, on one scale of time. */
export default function Footage() {
  const { t } = useTexts();
  const caseId = useCaseId();
  const { text: reason } = useReason();
  const load = useCallback(
    (signal: AbortSignal) => get("/api/recordings", { case: caseId, reason }, signal),
    [caseId, reason],
  );
  const [found, again] = useLoad(load);
  return (
    <div className="page">
      <h1>{t("page.footage")}</h1>
      <Loaded of={found} again={again} empty={(all) => (all.recordings.length ? null : <None />)}>
        {(all) => <Cameras all={all} />}
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

function Cameras({ all }: { all: RecordingsOut }) {
  const { t, language } = useTexts();
  const domain = useMemo(() => around(spansOf(all.recordings)), [all]);
  const ids = [...new Set(all.recordings.map((one) => one.camera))];
  const nameOf = (id: string) => all.cameras[id] ?? id;
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
        <Key />
      </div>
      {ids
        .toSorted((a, b) => nameOf(a).localeCompare(nameOf(b), language))
        .map((id) => (
          <Camera
            key={id}
            id={id}
            name={nameOf(id)}
            domain={domain}
            recordings={all.recordings.filter((one) => one.camera === id)}
            gaps={all.gaps.filter((one) => one.camera === id)}
          />
        ))}
    </>
  );
}

function Key() {
  const { t } = useTexts();
  return (
    <ul className="key">
      {(["analysed", "recorded", "gap"] as const).map((kind) => (
        <li key={kind}>
          <i className={kind} aria-hidden="true" />
          {t(`footage.${kind}`)}
        </li>
      ))}
    </ul>
  );
}

function spansOf(parts: readonly (RecordingOut | GapOut)[]): Span[] {
  return parts.map((one) => spanOf(one.start, one.end)).filter((one) => one !== null);
}

interface CameraProps {
  id: string;
  name: string;
  domain: Span | null;
  recordings: readonly RecordingOut[];
  gaps: readonly GapOut[];
}

function Camera({ id, name, domain, recordings, gaps }: CameraProps) {
  const { t, language } = useTexts();
  const caseId = useCaseId();
  const camera = useCameras().get(id);
  const zone = camera?.zone ?? "UTC";
  const recorded = useMemo(() => spansOf(recordings), [recordings]);
  const analysed = useMemo(() => spansOf(recordings.filter((one) => one.model !== null)), [recordings]);
  const blind = useMemo(() => spansOf(gaps), [gaps]);
  const sum = (parts: readonly { seconds: number }[]) => parts.reduce((all, one) => all + one.seconds, 0);
  const seen = Math.max(sum(recordings.filter((one) => one.model !== null)) - sum(gaps), 0);
  const label = t("footage.one", {
    name,
    recorded: length(language, sum(recordings)),
    seen: length(language, seen),
    gaps: gaps.length,
  });
  return (
    <section className="card stack">
      <div className="row apart">
        <h2>{name}</h2>
        <span className="muted small">
          {[camera?.place, zone, camera?.days ? t("footage.kept", { days: camera.days }) : ""]
            .filter(Boolean)
            .join(" · ")}
        </span>
      </div>
      {analysed.length ? (
        <p>
          <Link
            className="button"
            to={`${inside(caseId, "/synopsis")}?${new URLSearchParams({ q: `camera:${quoted(name)}` })}`}
          >
            {t("synopsis.show-camera")}
          </Link>
        </p>
      ) : null}
      {domain && recorded.length ? (
        <Timeline
          domain={domain}
          recorded={recorded}
          analysed={analysed}
          gaps={blind}
          zone={zone}
          label={label}
        />
      ) : (
        <p className="muted">{t("footage.undated")}</p>
      )}
      <details>
        <summary>
          {t("footage.list")} ({recordings.length})
        </summary>
        <Recordings of={recordings} zone={zone} />
      </details>
      {gaps.length ? (
        <details>
          <summary>
            {t("footage.gaps")} ({gaps.length})
          </summary>
          <Gaps of={gaps} zone={zone} />
        </details>
      ) : null}
    </section>
  );
}

function Recordings({ of, zone }: { of: readonly RecordingOut[]; zone: string }) {
  const { t, language } = useTexts();
  return (
    <div className="table-wrap">
      <table>
        <thead>
          <tr>
            <th>{t("footage.name")}</th>
            <th>{t("footage.start")}</th>
            <th>{t("footage.length")}</th>
            <th>{t("footage.model")}</th>
          </tr>
        </thead>
        <tbody>
          {of.map((one) => (
            <tr key={one.footage + one.start}>
              <td>{one.name}</td>
              <td>
                <Time at={one.start} zone={zone} />
              </td>
              <td>{length(language, one.seconds)}</td>
              <td>
                {one.model === null ? (
                  <span className="badge warn">{t("footage.not-analysed")}</span>
                ) : (
                  one.model || t("footage.motion")
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Gaps({ of, zone }: { of: readonly GapOut[]; zone: string }) {
  const { language } = useTexts();
  return (
    <ul className="stack tight">
      {of.map((one) => (
        <li key={`${one.footage}${one.start}${one.seconds}`}>
          <Time at={one.start} zone={zone} /> · {length(language, one.seconds)} · {one.reason}
        </li>
      ))}
    </ul>
  );
}
