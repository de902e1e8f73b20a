import { useMemo } from "react";
import { useCameras } from "../api/cameras";
import type { GapOut, RecordingOut } from "../api/types";
import { inside, Link, useCaseId } from "../app/router";
import { useTexts } from "../i18n";
import { length } from "../i18n/times";
import { Time } from "../parts/Time";
import { quoted } from "../search/query";
import { Clocks } from "./Clock";
import { type Scale, Timeline } from "./Timeline";
import { type Bin, type Span, spanOf } from "./timeline";

interface CameraProps {
  id: string;
  name: string;
  scale: Scale | null;
  recordings: readonly RecordingOut[];
  gaps: readonly GapOut[];
  bins: readonly Bin[];
  most: number;
  beside: boolean;
  setBeside: (beside: boolean) => void;
  play: (at: number) => void;
  playUndated: (recording: RecordingOut) => void;
  /** Called when something about the recordings was changed. */
  changed: () => void;
}

/** The spans of recordings or gaps whose times are known. */
export function spansOf(parts: readonly (RecordingOut | GapOut)[]): Span[] {
  return parts.map((one) => spanOf(one.start, one.end)).filter((one) => one !== null);
}

/** A camera: what it recorded, what of that was analysed, what passed, and the gaps. */
export function CameraCard(props: CameraProps) {
  const { id, name, scale, recordings, gaps, bins, most, beside, setBeside, play, playUndated, changed } =
    props;
  const { t, language } = useTexts();
  const caseId = useCaseId();
  const camera = useCameras().get(id);
  const zone = camera?.zone || "UTC";
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
        {scale && recorded.length ? (
          <label className="row small">
            <input type="checkbox" checked={beside} onChange={(event) => setBeside(event.target.checked)} />
            {t("footage.beside")}
          </label>
        ) : null}
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
      {scale && recorded.length ? (
        <Timeline
          scale={scale}
          name={name}
          recorded={recorded}
          analysed={analysed}
          gaps={blind}
          bins={bins}
          most={most}
          zone={zone}
          label={label}
          play={play}
        />
      ) : (
        <p className="muted">{t("footage.undated")}</p>
      )}
      <details>
        <summary>
          {t("footage.list")} ({recordings.length})
        </summary>
        <Recordings of={recordings} zone={zone} play={play} playUndated={playUndated} />
      </details>
      <details>
        <summary>{t("clock.title")}</summary>
        {/* by its zone: a form that began before it was known would hold the time of another */}
        <Clocks
          key={camera?.zone}
          camera={name}
          zone={camera?.zone ?? ""}
          recordings={recordings}
          changed={changed}
        />
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

interface RecordingsProps extends Pick<CameraProps, "play" | "playUndated"> {
  of: readonly RecordingOut[];
  zone: string;
}

function Recordings({ of, zone, play, playUndated }: RecordingsProps) {
  const { t, language } = useTexts();
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so it must be reached by keyboard
    <section className="table-wrap" aria-label={t("footage.list")} tabIndex={0}>
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
              <td>
                {one.model === null ? (
                  one.name
                ) : (
                  <button
                    type="button"
                    className="inline"
                    aria-label={t("footage.play", { name: one.name })}
                    onClick={() => (one.start === null ? playUndated(one) : play(Date.parse(one.start)))}
                  >
                    {one.name}
                  </button>
                )}
              </td>
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
    </section>
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
