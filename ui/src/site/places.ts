/** Where a camera is on the plan, 0..1 from its upper left corner; `angle`: where it looks, degrees, 0 = up. */
export interface Place {
  camera: string;
  x: number;
  y: number;
  angle: number;
}

const within = (value: number) => Math.min(Math.max(value, 0), 1);

/** The places with one camera at another; a camera that was nowhere is put there. */
export function movedTo(places: readonly Place[], camera: string, x: number, y: number): Place[] {
  const before = places.find((one) => one.camera === camera);
  const made = { camera, x: within(x), y: within(y), angle: before?.angle ?? 0 };
  return [...places.filter((one) => one.camera !== camera), made];
}

/** The places with one camera moved by a little, or turned by some degrees. */
export function nudged(
  places: readonly Place[],
  camera: string,
  by: { x?: number; y?: number; turn?: number },
): Place[] {
  return places.map((one) =>
    one.camera === camera
      ? {
          ...one,
          x: within(one.x + (by.x ?? 0)),
          y: within(one.y + (by.y ?? 0)),
          angle: (one.angle + (by.turn ?? 0) + 360) % 360,
        }
      : one,
  );
}

/** A free place for the next camera: along the upper border, so that none hides another. */
export function freePlace(places: readonly Place[]): { x: number; y: number } {
  const column = places.length % 8;
  const row = Math.floor(places.length / 8) % 8;
  return { x: 0.08 + column * 0.12, y: 0.1 + row * 0.12 };
}

/** The way through cameras as the points of a line in percent; cameras without a place are passed over. */
export function lineThrough(places: readonly Place[], cameras: readonly string[]): string {
  const found = cameras
    .map((id) => places.find((one) => one.camera === id))
    .filter((one) => one !== undefined);
  return found.map((one) => `${(one.x * 100).toFixed(2)},${(one.y * 100).toFixed(2)}`).join(" ");
}
