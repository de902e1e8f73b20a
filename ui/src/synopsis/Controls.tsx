import { useMemo } from "react";
import { useTexts } from "../i18n";
import { length } from "../i18n/times";
import type { Knobs, Order } from "./arrange";
import { type Plan, profileOf } from "./plan";
import type { Player } from "./player";
import type { Show } from "./show";
import { at } from "./tubes";
import { usePlaying } from "./usePlayer";

export const SPEEDS = [0.25, 0.5, 1, 1.5, 2, 3, 4];
const ORDERS: readonly Order[] = ["local", "strict", "free"];
const STEPS = 200; // of the curve that shows how many are seen when

interface ControlsProps {
  show: Show;
  player: Player;
  plan: Plan;
  knobs: Knobs;
  setKnobs: (knobs: Knobs) => void;
}

/** Play, where it is, and the three knobs. */
export function Controls({ show, player, plan, knobs, setKnobs }: ControlsProps) {
  const { t, language } = useTexts();
  const playing = usePlaying(player, (one) => one.playing);
  const speed = usePlaying(player, (one) => one.speed);
  return (
    <div className="controls stack tight">
      <Scrubber show={show} player={player} plan={plan} />
      <div className="row">
        <button
          type="button"
          className="primary play"
          aria-keyshortcuts="p"
          onClick={() => (playing ? player.pause() : player.play())}
        >
          {t(playing ? "synopsis.pause" : "synopsis.play")}
        </button>
        <button
          type="button"
          aria-keyshortcuts=","
          aria-label={t("synopsis.back")}
          onClick={() => player.step(-1)}
        >
          ‹
        </button>
        <button
          type="button"
          aria-keyshortcuts="."
          aria-label={t("synopsis.on")}
          onClick={() => player.step(1)}
        >
          ›
        </button>
        <Clock show={show} player={player} />
        <label className="knob">
          <span>{t("synopsis.speed")}</span>
          <select value={speed} onChange={(event) => player.setSpeed(Number(event.target.value))}>
            {SPEEDS.map((one) => (
              <option key={one} value={one}>
                {new Intl.NumberFormat(language).format(one)} ×
              </option>
            ))}
          </select>
        </label>
        <label className="knob">
          <span>{t("synopsis.order")}</span>
          <select
            value={knobs.order}
            onChange={(event) => setKnobs({ ...knobs, order: event.target.value as Order })}
          >
            {ORDERS.map((one) => (
              <option key={one} value={one}>
                {t(`synopsis.order.${one}`)}
              </option>
            ))}
          </select>
        </label>
        <label className="knob density">
          <span>{t("synopsis.density", { n: knobs.density })}</span>
          <input
            type="range"
            min={1}
            max={60}
            value={knobs.density}
            onChange={(event) => setKnobs({ ...knobs, density: Number(event.target.value) })}
          />
        </label>
        <Length show={show} player={player} language={language} />
      </div>
    </div>
  );
}

function secondsOf(show: Show, frames: number): number {
  return frames / (show.rate * show.speed);
}

/** Minutes and seconds of the synopsis itself. */
export function clockText(seconds: number): string {
  const whole = Math.floor(seconds);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}

function Clock({ show, player }: { show: Show; player: Player }) {
  const text = usePlaying(player, (one) => clockText(secondsOf(show, one.frame)));
  const whole = usePlaying(player, (one) => clockText(secondsOf(show, one.length)));
  return (
    <span className="clock">
      {text} / {whole}
    </span>
  );
}

/** What it is worth: hours in minutes. */
function Length({ show, player, language }: { show: Show; player: Player; language: "en" | "fr" }) {
  const { t } = useTexts();
  const frames = usePlaying(player, (one) => one.length);
  const source = show.scenes
    .filter((one) => player.scenes.has(one.n))
    .reduce((sum, one) => sum + one.seconds, 0);
  if (!frames) return null;
  return (
    <span className="muted small">
      {t("synopsis.condensed", {
        source: length(language, source),
        length: length(language, secondsOf(show, frames)),
      })}
    </span>
  );
}

function Scrubber({ show, player, plan }: { show: Show; player: Player; plan: Plan }) {
  const { t } = useTexts();
  // While it plays, a step that nobody sees is not worth drawing the page again.
  const frame = usePlaying(player, ({ frame, length, playing }) => {
    const step = playing ? Math.max(Math.floor(length / 400), 1) : 1;
    return Math.floor(frame / step) * step;
  });
  const last = usePlaying(player, (one) => Math.max(one.length - 1, 1));
  const scenes = usePlaying(player, () => [...player.scenes].join());
  const curve = useMemo(() => {
    const counts = profileOf(show.tubes, plan, new Set(scenes.split(",").map(Number)), STEPS);
    const most = Math.max(...counts, 1);
    const points = Array.from(counts, (_, i) => `L${i + 0.5} ${40 - (36 * at(counts, i)) / most}`);
    return { line: `M0 40${points.join("")}L${STEPS} 40Z`, most };
  }, [show, plan, scenes]);
  const value = t("synopsis.at", {
    time: clockText(secondsOf(show, frame)),
    whole: clockText(secondsOf(show, last + 1)),
    n: player.getSnapshot().shown.length,
  });
  return (
    <div className="scrubber">
      <svg viewBox={`0 0 ${STEPS} 40`} preserveAspectRatio="none" aria-hidden="true">
        <path d={curve.line} />
        <line x1={(frame / last) * STEPS} x2={(frame / last) * STEPS} y1="0" y2="40" />
      </svg>
      <input
        type="range"
        min={0}
        max={last}
        value={Math.min(frame, last)}
        aria-label={t("synopsis.scrubber", { n: curve.most })}
        aria-valuetext={value}
        onChange={(event) => player.seek(Number(event.target.value))}
      />
    </div>
  );
}
