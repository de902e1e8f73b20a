import { type KeyboardEvent, type PointerEvent, type ReactNode, useEffect, useRef } from "react";
import { useTexts } from "../i18n";
import { share } from "../i18n/times";
import type { Draft, Step } from "./draft";
import { edges, middle, type Point } from "./geometry";
import "../style/board.css";

/** A camera's picture, and what is laid over it: shapes (in a box of 1 by 1), then what stands above them. */
export interface PictureProps {
  picture: string | null;
  width: number;
  height: number;
  label: string;
  shapes: ReactNode;
  children?: ReactNode;
}

export function Picture({ picture, width, height, label, shapes, children }: PictureProps) {
  return (
    <>
      <div className="scene" role="img" aria-label={label} style={{ aspectRatio: `${width} / ${height}` }}>
        {picture ? <img src={picture} alt="" draggable={false} /> : null}
        <svg viewBox="0 0 1 1" preserveAspectRatio="none" aria-hidden="true">
          {shapes}
        </svg>
      </div>
      {children}
    </>
  );
}

const STEP = 0.01; // of the picture, with an arrow key;
const FINE = 0.001; // with Shift
const ARROWS: Record<string, Point> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

interface HandlesProps {
  points: readonly Point[];
  /** The corner at hand, -1 = none. */
  chosen: number;
  closed: boolean;
  act: (step: Step) => void;
  /** Whether corners can be added and taken away; else they are only moved. */
  free: boolean;
  nameOf: (corner: number) => string;
}

/**
 * The corners of what is being drawn, above its picture. Pointing at the picture adds one after the corner at
 * hand, pointing between two adds one there; corners are dragged, or moved with the arrow keys.
 */
export function Handles({ points, chosen, closed, act, free, nameOf }: HandlesProps) {
  const { t, language } = useTexts();
  const board = useRef<HTMLFieldSetElement>(null);
  const held = useRef<number | null>(null);
  const moved = useRef(false);
  const placeOf = (event: PointerEvent): Point => {
    const box = board.current?.getBoundingClientRect();
    return box
      ? [(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height]
      : [0.5, 0.5];
  };
  const take = (event: PointerEvent, corner: number, already: boolean) => {
    event.preventDefault();
    event.stopPropagation();
    board.current?.setPointerCapture(event.pointerId);
    [held.current, moved.current] = [corner, already];
  };
  const down = (event: PointerEvent) => {
    if (!free || event.button !== 0) return;
    act({ do: "add", at: placeOf(event) });
    take(event, chosen + 1, true);
  };
  const drag = (event: PointerEvent) => {
    if (held.current === null) return;
    const from = moved.current ? ({ from: "same" } as const) : {};
    act({ do: "move", corner: held.current, to: placeOf(event), ...from });
    moved.current = true;
  };
  const drop = () => {
    if (held.current !== null) focusOn(board.current, held.current);
    held.current = null;
  };
  const key = (event: KeyboardEvent, corner: number) => {
    const [way, here] = [ARROWS[event.key], points[corner]];
    if (way && here) {
      const step = event.shiftKey ? FINE : STEP;
      act({ do: "move", corner, to: [here[0] + way[0] * step, here[1] + way[1] * step] });
    } else if (free && (event.key === "Delete" || event.key === "Backspace")) act({ do: "remove", corner });
    else if (free && (event.key === "Insert" || event.key === "+")) act({ do: "insert", after: corner });
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  useFollow(board, points.length, chosen);
  return (
    <fieldset
      ref={board}
      className={`handles ${free ? "free" : ""}`}
      aria-label={t("zones.corners")}
      onPointerDown={down}
      onPointerMove={drag}
      onPointerUp={drop}
      onPointerCancel={drop}
    >
      {free
        ? edges(points, closed && points.length > 2).map(([a, b], i) => {
            const between = middle(a, b);
            const grab = (event: PointerEvent) => {
              act({ do: "insert", after: i, at: between });
              take(event, i + 1, true);
            };
            // biome-ignore lint/suspicious/noArrayIndexKey: it lies after a corner, which is its place in the order
            return <i key={i} className="between" style={at(between)} onPointerDown={grab} />;
          })
        : null}
      {points.map((point, i) => (
        <button
          // biome-ignore lint/suspicious/noArrayIndexKey: a corner is its place in the order
          key={i}
          type="button"
          data-corner={i}
          className={i === chosen ? "corner chosen" : "corner"}
          style={at(point)}
          aria-label={t("zones.corner", {
            name: nameOf(i),
            x: share(language, point[0]),
            y: share(language, point[1]),
          })}
          onPointerDown={(event) => {
            act({ do: "choose", corner: i });
            take(event, i, false);
          }}
          onFocus={() => act({ do: "choose", corner: i })}
          onKeyDown={(event) => key(event, i)}
        >
          {nameOf(i)}
        </button>
      ))}
    </fieldset>
  );
}

function at([x, y]: Point) {
  return { left: `${x * 100}%`, top: `${y * 100}%` };
}

function focusOn(board: HTMLElement | null, corner: number): void {
  board?.querySelector<HTMLElement>(`[data-corner="${corner}"]`)?.focus();
}

/** The focus follows corners that come and go, so that the keys after it are for the corner at hand. */
function useFollow(board: { current: HTMLElement | null }, count: number, chosen: number): void {
  const before = useRef(count);
  useEffect(() => {
    if (before.current !== count) focusOn(board.current, chosen);
    before.current = count;
  }, [board, count, chosen]);
}

/** An area as a shape in a box of 1 by 1. */
export function Shape({ kind, points, className }: Pick<Draft, "kind" | "points"> & { className: string }) {
  const text = points.map((point) => point.join(",")).join(" ");
  return kind === "zone" ? (
    <polygon points={text} className={`area ${className}`} />
  ) : (
    <polyline points={text} className={`area line ${className}`} />
  );
}

/** Which way is in: an arrow over the middle of a line, `size` (width, height) in pixels of the picture. */
export function Inward({ points, size }: { points: readonly Point[]; size: readonly [number, number] }) {
  const pieces = edges(points, false);
  const [a, b] = pieces[Math.floor((pieces.length - 1) / 2)] ?? [];
  if (!a || !b) return null;
  const [x, y] = middle(a, b);
  const [dx, dy] = [(b[0] - a[0]) * size[0], (b[1] - a[1]) * size[1]];
  const angle = (Math.atan2(dx, -dy) * 180) / Math.PI;
  return <InArrow x={x} y={y} angle={angle} />;
}

function InArrow({ x, y, angle }: { x: number; y: number; angle: number }) {
  const { t } = useTexts();
  return (
    <span className="inward" style={{ left: `${x * 100}%`, top: `${y * 100}%` }}>
      <i aria-hidden="true" style={{ transform: `rotate(${angle}deg)` }}>
        ➜
      </i>
      {t("zones.in")}
    </span>
  );
}
