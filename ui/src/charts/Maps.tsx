import type { SceneOut } from "../api/types";
import { useTexts } from "../i18n";
import { Picture } from "../zones/Board";
import type { Row } from "./bins";
import "../style/charts.css";

interface MapProps {
  rows: readonly Row[];
  scene: SceneOut | null;
  label: string;
}

/** How many tracks passed each cell of the picture, the warmer the more (by the root, so that few are seen). */
export function HeatMap({ rows, scene, label }: MapProps) {
  const most = Math.max(...rows.map((row) => Number(row.tracks)), 1);
  return (
    <Over scene={scene} label={label} most={most}>
      {rows.map((row) => {
        const [wide, high] = [1 / Number(row.columns), 1 / Number(row.rows)];
        const strong = Math.sqrt(Number(row.tracks) / most);
        return (
          <rect
            key={`${row.x} ${row.y}`}
            x={Number(row.x) * wide}
            y={Number(row.y) * high}
            width={wide}
            height={high}
            className={`heat heat-${Math.min(Math.floor(strong * 5), 4)}`}
            opacity={0.35 + 0.55 * strong}
          />
        );
      })}
    </Over>
  );
}

const CELLS = 8;

/** The usual ways from cell to cell, a wedge for each: the wider the more went there. */
export function WayMap({ rows, scene, label }: MapProps) {
  const most = Math.max(...rows.map((row) => Number(row.tracks)), 1);
  const at = (value: unknown) => (Number(value) + 0.5) / CELLS;
  return (
    <Over scene={scene} label={label} most={most}>
      {rows
        .toSorted((a, b) => Number(a.tracks) - Number(b.tracks))
        .map((row) => {
          const [x1, y1, x2, y2] = [at(row.from_x), at(row.from_y), at(row.to_x), at(row.to_y)];
          const strong = Math.sqrt(Number(row.tracks) / most);
          return (
            <polygon
              key={`${x1} ${y1} ${x2} ${y2}`}
              points={wedge(x1, y1, x2, y2, 0.002 + 0.008 * strong)}
              className={`heat-${Math.min(Math.floor(strong * 5), 4)}`}
              opacity={0.85}
            />
          );
        })}
    </Over>
  );
}

/** A wedge from its wide foot to its point, a little to its right, so that the way back is seen, too. */
function wedge(x1: number, y1: number, x2: number, y2: number, wide: number): string {
  const length = Math.max(Math.hypot(x2 - x1, y2 - y1), 1e-9);
  const [nx, ny] = [-(y2 - y1) / length, (x2 - x1) / length];
  const places = [
    [x1 + nx * (0.006 - wide), y1 + ny * (0.006 - wide)],
    [x1 + nx * (0.006 + wide), y1 + ny * (0.006 + wide)],
    [x2 + nx * 0.006, y2 + ny * 0.006],
  ];
  return places.map((place) => place.join(",")).join(" ");
}

interface OverProps {
  scene: SceneOut | null;
  label: string;
  most: number;
  children: React.ReactNode;
}

function Over({ scene, label, most, children }: OverProps) {
  const { t } = useTexts();
  return (
    <div className="stack tight">
      <div className="board map">
        <Picture
          picture={scene?.picture ?? null}
          width={scene?.width ?? 16}
          height={scene?.height ?? 9}
          label={label}
          shapes={children}
        />
      </div>
      <p className="small muted row">
        {t("stats.few")}
        <span className="ramp" aria-hidden="true">
          {[0, 1, 2, 3, 4].map((k) => (
            <i key={k} className={`heat-${k}`} />
          ))}
        </span>
        {t("stats.many", { n: most })}
      </p>
    </div>
  );
}
