/** What is drawn over the picture: times, who is pointed at, shapes, layers. Colours are those of a dark picture. */
import { boxAt, type Present } from "./plan";
import type { Point, Shape } from "./shapes";
import type { Scene, Show } from "./show";
import { at } from "./tubes";

export interface Overlay {
  show: Show;
  scene: Scene;
  present: readonly Present[];
  labels: boolean;
  /** Tubes that are pointed at, and chosen. */
  hovered: number | null;
  selected: number | null;
  shapes: readonly Shape[];
  draft: readonly Point[];
  /** Where the keyboard points while something is drawn. */
  cursor: Point | null;
  layers: CanvasImageSource | null;
  nameOf: (tube: number) => string;
}

interface Rect {
  x: number;
  y: number;
  w: number;
  h: number;
}

const SHEET = "rgb(16 20 24 / 72%)";
const INK = "#f2f4f5";
const POINTED = "#ffd666";
const CHOSEN = "#7fd4ff";

/** Draw it; `width`, `height` in CSS pixels, `sharp`: pixels of the canvas in one of them. */
export function drawOverlay(
  context: CanvasRenderingContext2D,
  width: number,
  height: number,
  sharp: number,
  what: Overlay,
): void {
  context.setTransform(sharp, 0, 0, sharp, 0, 0);
  context.clearRect(0, 0, width, height);
  if (what.layers) context.drawImage(what.layers, 0, 0, width, height);
  const place = placer(what, width, height);
  drawShapes(context, width, height, what);
  const size = width < 600 ? 10 : 12;
  context.font = `600 ${size}px system-ui, sans-serif`;
  context.textBaseline = "middle";
  drawMarks(context, width, height, what, size);
  const taken: Rect[] = [];
  const strong = (tube: number) => tube === what.hovered || tube === what.selected;
  const nearestFirst = what.present.toSorted(
    (a, b) =>
      Number(strong(b.tube)) - Number(strong(a.tube)) || place(b).y + place(b).h - place(a).y - place(a).h,
  );
  for (const one of nearestFirst) {
    const box = place(one);
    if (strong(one.tube)) frame(context, box, one.tube === what.selected ? CHOSEN : POINTED);
    if (what.labels || strong(one.tube))
      label(context, what, one, box, { width, height }, taken, strong(one.tube));
  }
}

function placer({ show, scene }: Overlay, width: number, height: number): (one: Present) => Rect {
  const [sx, sy] = [width / scene.width, height / scene.height];
  return (one) => {
    const [x, y, w, h] = boxAt(show.tubes, one);
    return { x: x * sx, y: y * sy, w: w * sx, h: h * sy };
  };
}

function frame(context: CanvasRenderingContext2D, { x, y, w, h }: Rect, colour: string): void {
  context.lineWidth = 2;
  context.strokeStyle = colour;
  context.strokeRect(x - 2, y - 2, w + 4, h + 4);
}

/** From blue at midnight over green and yellow to red at four: a colour for each time of day. */
export function dayColour(hours: number): string {
  return Number.isNaN(hours) ? "#b8bfc5" : `hsl(${(600 - hours * 15) % 360} 80% 66%)`;
}

/** A small clock, above the object or where there is room; none where others stand. */
function label(
  context: CanvasRenderingContext2D,
  { show, nameOf }: Overlay,
  { tube, k }: Present,
  box: Rect,
  size: { width: number; height: number },
  taken: Rect[],
  strong: boolean,
): void {
  const time = show.clock.text(tube, k);
  const text = strong ? `${nameOf(tube)} ${time}` : time;
  const [w, h] = [context.measureText(text).width + 12, 16];
  const spots = [
    { x: box.x + (box.w - w) / 2, y: box.y - h - 3 },
    { x: box.x + (box.w - w) / 2, y: box.y + box.h + 3 },
    { x: box.x + box.w + 3, y: box.y },
    { x: box.x - w - 3, y: box.y },
  ].map(({ x, y }) => ({
    x: Math.min(Math.max(x, 0), size.width - w),
    y: Math.min(Math.max(y, 0), size.height - h),
    w,
    h,
  }));
  const spot =
    spots.find((one) => !taken.some((other) => meet(one, other))) ?? (strong ? spots[0] : undefined);
  if (!spot) return;
  taken.push(spot);
  context.fillStyle = SHEET;
  context.fillRect(spot.x, spot.y, w, h);
  context.fillStyle = dayColour(at(show.clock.hours, tube));
  context.fillRect(spot.x, spot.y, 3, h);
  context.fillStyle = INK;
  context.fillText(text, spot.x + 8, spot.y + h / 2 + 0.5);
}

function meet(a: Rect, b: Rect): boolean {
  return a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h;
}

/** What must stand on the picture. */
function drawMarks(
  context: CanvasRenderingContext2D,
  _width: number,
  height: number,
  { show }: Overlay,
  size: number,
): void {
  const step = size + 6;
  const lines = show.made.marks;
  for (const [i, text] of lines.entries()) {
    const y = height - (lines.length - i) * step;
    context.fillStyle = SHEET;
    context.fillRect(0, y, context.measureText(text).width + 12, step);
    context.fillStyle = INK;
    context.fillText(text, 6, y + step / 2);
  }
}

function drawShapes(
  context: CanvasRenderingContext2D,
  width: number,
  height: number,
  { shapes, scene, draft, cursor }: Overlay,
): void {
  const trace = (points: readonly Point[], closed: boolean) => {
    context.beginPath();
    for (const [x, y] of points) context.lineTo(x * width, y * height);
    if (closed) context.closePath();
  };
  context.lineWidth = 2;
  context.lineJoin = "round";
  for (const { kind, points } of shapes.filter((one) => one.scene === scene.n)) {
    trace(points, kind === "zone");
    context.strokeStyle = CHOSEN;
    context.fillStyle = "rgb(127 212 255 / 14%)";
    if (kind === "zone") context.fill();
    context.stroke();
    if (kind === "path") arrow(context, points, width, height);
  }
  context.setLineDash([6, 4]);
  context.strokeStyle = POINTED;
  trace(draft, false);
  context.stroke();
  context.setLineDash([]);
  if (cursor) cross(context, cursor[0] * width, cursor[1] * height);
}

function arrow(
  context: CanvasRenderingContext2D,
  points: readonly Point[],
  width: number,
  height: number,
): void {
  const [tip, before] = [points.at(-1), points.at(-Math.min(4, points.length))];
  if (!tip || !before) return;
  const [x, y] = [tip[0] * width, tip[1] * height];
  const angle = Math.atan2(y - before[1] * height, x - before[0] * width);
  context.beginPath();
  for (const turn of [2.6, 0, -2.6])
    context.lineTo(
      x + (turn ? 12 * Math.cos(angle + turn) : 0),
      y + (turn ? 12 * Math.sin(angle + turn) : 0),
    );
  context.stroke();
}

function cross(context: CanvasRenderingContext2D, x: number, y: number): void {
  context.strokeStyle = POINTED;
  context.beginPath();
  context.moveTo(x - 10, y);
  context.lineTo(x + 10, y);
  context.moveTo(x, y - 10);
  context.lineTo(x, y + 10);
  context.stroke();
}
