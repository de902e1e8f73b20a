import { useTexts } from "../i18n";
import type { Line } from "./lanes";
import type { Now } from "./usePlay";

const RATES = [0.25, 0.5, 1, 2, 4, 8];

interface ControlsProps {
  line: Line;
  now: Now;
  toggle: () => void;
  seek: (to: number) => void;
  setRate: (rate: number) => void;
}

/** Play, jump, speed, and the line of time: a bar for each camera, with what it did not see. */
export function Controls({ line, now, toggle, seek, setRate }: ControlsProps) {
  const { t, language } = useTexts();
  const seconds = new Intl.NumberFormat(language, { minimumFractionDigits: 1, maximumFractionDigits: 1 });
  const share = (at: number) => `${(Math.min(Math.max(at / line.length, 0), 1) * 100).toFixed(3)}%`;
  const bar = (one: { from: number; to: number }) => ({
    left: share(one.from),
    width: `calc(${share(one.to)} - ${share(one.from)})`,
  });
  return (
    <div className="controls">
      <div className="row">
        <button type="button" className="primary" onClick={toggle} aria-keyshortcuts="Space k">
          {t(now.playing ? "play.pause" : "play.play")}
        </button>
        <button type="button" onClick={() => seek(now.time - 10)} aria-keyshortcuts="j">
          {t("play.back")}
        </button>
        <button type="button" onClick={() => seek(now.time + 10)} aria-keyshortcuts="l">
          {t("play.on")}
        </button>
        <label className="row">
          <span className="small muted">{t("play.rate")}</span>
          <select value={now.rate} onChange={(event) => setRate(Number(event.target.value))}>
            {RATES.map((rate) => (
              <option key={rate} value={rate}>
                {new Intl.NumberFormat(language).format(rate)} ×
              </option>
            ))}
          </select>
        </label>
        <span className="mono small">
          {seconds.format(now.time)} / {seconds.format(line.length)} s
        </span>
      </div>
      <div className="scrub">
        {line.lanes.map((lane) => (
          <div key={lane.camera} className="scrub-lane" aria-hidden="true">
            {lane.shown.map((one) => (
              <span key={one.n} className="shown" style={bar(one)} />
            ))}
            {lane.gaps.map((one) => (
              <span key={one.from} className="gap" style={bar(one)} />
            ))}
          </div>
        ))}
        <input
          type="range"
          min={0}
          max={line.length}
          step={0.1}
          value={now.time}
          aria-label={t("play.time")}
          aria-valuetext={`${seconds.format(now.time)} s`}
          onChange={(event) => seek(Number(event.target.value))}
        />
      </div>
    </div>
  );
}
