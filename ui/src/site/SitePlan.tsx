import { type KeyboardEvent, type PointerEvent, useRef } from "react";
import { useTexts } from "../i18n";
import { lineThrough, movedTo, nudged, type Place } from "./places";
import "../style/site.css";

interface SitePlanProps {
  picture: string | null;
  places: readonly Place[];
  nameOf: (camera: string) => string;
  /** Cameras in the order in which a journey passes them. */
  way?: readonly string[];
  /** What a click on a camera does. */
  choose?: (camera: string) => void;
  /** Cameras that are chosen. */
  chosen?: readonly string[];
  /** Cameras may be moved: by the pointer, or by the arrow keys; `[` and `]` turn them. */
  change?: (places: Place[]) => void;
}

const STEP = 0.01; // of the plan, by an arrow key; five times as far with Shift
const TURN = 15; // degrees
const MOVES = new Map([
  ["ArrowLeft", [-1, 0]],
  ["ArrowRight", [1, 0]],
  ["ArrowUp", [0, -1]],
  ["ArrowDown", [0, 1]],
]);
const TURNS = new Map([
  ["[", -TURN],
  ["]", TURN],
]);

/** Cameras on a plan of the site, or on a blank grid where none was given. */
export function SitePlan({ picture, places, nameOf, way, choose, chosen, change }: SitePlanProps) {
  const { t } = useTexts();
  const plan = useRef<HTMLDivElement>(null);
  const drag = (camera: string, event: PointerEvent<HTMLButtonElement>) => {
    const box = plan.current?.getBoundingClientRect();
    if (!change || !box || !event.currentTarget.hasPointerCapture(event.pointerId)) return;
    change(
      movedTo(places, camera, (event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height),
    );
  };
  const pressed = (camera: string, event: KeyboardEvent) => {
    const [move, turn] = [MOVES.get(event.key), TURNS.get(event.key)];
    if (!change || !(move || turn) || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    event.stopPropagation();
    const far = event.shiftKey ? 5 * STEP : STEP;
    const by = move ? { x: (move[0] ?? 0) * far, y: (move[1] ?? 0) * far } : { turn: turn ?? 0 };
    change(nudged(places, camera, by));
  };
  return (
    <div ref={plan} className={`site ${picture ? "" : "blank"} ${change ? "changing" : ""}`}>
      {picture ? <img src={picture} alt={t("site.picture")} draggable={false} /> : null}
      {way && way.length > 1 ? (
        <svg className="site-way" viewBox="0 0 100 100" preserveAspectRatio="none" aria-hidden="true">
          <polyline points={lineThrough(places, way)} />
        </svg>
      ) : null}
      {places.map((one) => (
        <button
          key={one.camera}
          type="button"
          className="site-camera"
          style={{ left: `${one.x * 100}%`, top: `${one.y * 100}%` }}
          aria-pressed={choose ? (chosen?.includes(one.camera) ?? false) : undefined}
          aria-label={change ? t("site.move", { name: nameOf(one.camera) }) : undefined}
          onClick={() => choose?.(one.camera)}
          onKeyDown={(event) => pressed(one.camera, event)}
          onPointerDown={(event) => change && event.currentTarget.setPointerCapture(event.pointerId)}
          onPointerMove={(event) => drag(one.camera, event)}
        >
          <svg viewBox="-12 -12 24 24" width="24" height="24" aria-hidden="true">
            <g transform={`rotate(${one.angle})`}>
              <path className="looks" d="M0 0L-7 -11H7Z" />
            </g>
            <circle r="4.5" />
          </svg>
          <span>
            {nameOf(one.camera)}
            {way?.includes(one.camera) ? ` · ${numbers(way, one.camera)}` : ""}
          </span>
        </button>
      ))}
    </div>
  );
}

/** At which steps of a way a camera is passed. */
function numbers(way: readonly string[], camera: string): string {
  return way.flatMap((id, n) => (id === camera ? [n + 1] : [])).join(", ");
}
