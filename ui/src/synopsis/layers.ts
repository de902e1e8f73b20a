/** Heat and paths of all tubes in a plan, computed from their boxes. */
import type { Plan } from "./plan";
import { feet, type Point } from "./shapes";
import type { Scene } from "./show";
import { at, type Tubes } from "./tubes";

export const HEAT_COLUMNS = 64;
export const HEAT_ROWS = 36;

/** The tubes of a scene that a plan shows. */
export function tubesOf(scene: Scene, plan: Plan): number[] {
  const found: number[] = [];
  for (let tube = scene.first; tube < scene.first + scene.tubes; tube++)
    if ((plan.starts[tube] ?? -1) >= 0) found.push(tube);
  return found;
}

/** How much time is spent where, 0..1 of the most; smoothed over neighbours. Rows of HEAT_COLUMNS cells. */
export function heatOf(tubes: Tubes, scene: Scene, shown: readonly number[]): Float32Array {
  const raw = new Float32Array(HEAT_COLUMNS * HEAT_ROWS);
  for (const tube of shown)
    for (const [x, y] of feet(tubes, tube, scene)) {
      const column = Math.min(Math.floor(x * HEAT_COLUMNS), HEAT_COLUMNS - 1);
      const row = Math.min(Math.floor(y * HEAT_ROWS), HEAT_ROWS - 1);
      raw[row * HEAT_COLUMNS + column] = at(raw, row * HEAT_COLUMNS + column) + 1;
    }
  const smooth = raw.map((_, i) => around(raw, i));
  const most = smooth.reduce((a, b) => Math.max(a, b), 0);
  return most ? smooth.map((value) => Math.sqrt(value / most)) : smooth;
}

function around(raw: Float32Array, i: number): number {
  const [row, column] = [Math.floor(i / HEAT_COLUMNS), i % HEAT_COLUMNS];
  let sum = 0;
  for (let r = Math.max(row - 1, 0); r <= Math.min(row + 1, HEAT_ROWS - 1); r++)
    for (let c = Math.max(column - 1, 0); c <= Math.min(column + 1, HEAT_COLUMNS - 1); c++)
      sum += at(raw, r * HEAT_COLUMNS + c) / (1 + Math.abs(r - row) + Math.abs(c - column));
  return sum;
}

/** The way of each tube. */
export function waysOf(tubes: Tubes, scene: Scene, shown: readonly number[]): Point[][] {
  return shown.map((tube) => feet(tubes, tube, scene));
}

/** From nothing over blue, green and yellow to red: the colour of a heat, as red, green, blue, alpha 0..255. */
export function heatColour(value: number): [number, number, number, number] {
  const hue = (1 - value) * 4; // 4 blue .. 0 red, in sixths of a turn
  const level = (offset: number) =>
    Math.round(255 * Math.min(Math.max(Math.abs(((hue + offset) % 6) - 3) - 1, 0), 1));
  return [level(0), level(4), level(2), Math.round(170 * Math.min(value * 1.6, 1))];
}

/** Draw the layers that are wished for on a picture of this size, once; they stay until the plan changes. */
export function drawLayers(
  context: OffscreenCanvasRenderingContext2D,
  size: { width: number; height: number },
  heat: Float32Array | null,
  ways: readonly (readonly Point[])[],
): void {
  const { width, height } = size;
  if (heat) {
    const small = new OffscreenCanvas(HEAT_COLUMNS, HEAT_ROWS);
    const image = new ImageData(HEAT_COLUMNS, HEAT_ROWS);
    for (const [i, value] of heat.entries()) image.data.set(heatColour(value), 4 * i);
    small.getContext("2d")?.putImageData(image, 0, 0);
    context.drawImage(small, 0, 0, width, height);
  }
  context.lineWidth = Math.max(width / 640, 1);
  context.strokeStyle = "rgb(255 214 102 / 55%)";
  for (const way of ways) {
    context.beginPath();
    for (const [x, y] of way) context.lineTo(x * width, y * height);
    context.stroke();
  }
}
