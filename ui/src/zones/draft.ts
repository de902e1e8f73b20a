import { held, type Kind, MOST, middle, type Point } from "./geometry";

/** What is being drawn. `was`: the name that it is saved under, none = it is new; `chosen`: the corner at hand. */
export interface Draft {
  was: string | null;
  name: string;
  kind: Kind;
  points: readonly Point[];
  chosen: number;
}

/** A draft with what it was before, and what was undone: each step the points and the corner at hand. */
export interface Story {
  now: Draft;
  past: readonly Draft[];
  future: readonly Draft[];
}

export type Step =
  | { do: "add"; at: Point }
  | { do: "insert"; after: number; at?: Point }
  | { do: "move"; corner: number; to: Point; from?: "same" }
  | { do: "remove"; corner: number }
  | { do: "reverse" }
  | { do: "choose"; corner: number }
  | { do: "call"; name: string }
  | { do: "turn"; kind: Kind }
  | { do: "undo" }
  | { do: "redo" };

// Where the first corners lie that are made by keyboard: a triangle in the middle, to be moved from there.
const FIRST: readonly Point[] = [
  [0.4, 0.4],
  [0.6, 0.4],
  [0.5, 0.6],
];

export function begun(
  kind: Kind,
  name = "",
  points: readonly Point[] = [],
  was: string | null = null,
): Story {
  return { now: { was, name, kind, points, chosen: points.length - 1 }, past: [], future: [] };
}

/** The story after one more step. What is chosen or called can not be undone; all that is drawn can. */
export function told(story: Story, step: Step): Story {
  const { now, past, future } = story;
  if (step.do === "undo") {
    const before = past.at(-1);
    return before ? { now: named(before, now), past: past.slice(0, -1), future: [now, ...future] } : story;
  }
  if (step.do === "redo") {
    const [after, ...later] = future;
    return after ? { now: named(after, now), past: [...past, now], future: later } : story;
  }
  const made = stepped(now, step);
  if (made === now) return story;
  const quiet = step.do === "choose" || step.do === "call" || (step.do === "move" && step.from === "same");
  return quiet ? { ...story, now: made } : { now: made, past: [...past, now], future: [] };
}

/** The points of one draft under the name of another. */
function named(of: Draft, name: Draft): Draft {
  return { ...of, name: name.name };
}

function stepped(now: Draft, step: Exclude<Step, { do: "undo" } | { do: "redo" }>): Draft {
  const { points, chosen } = now;
  switch (step.do) {
    case "add":
      return inserted(now, chosen + 1, held(...step.at));
    case "insert":
      return inserted(now, step.after + 1, step.at ? held(...step.at) : beside(now, step.after));
    case "move":
      return { ...now, points: points.with(step.corner, held(...step.to)), chosen: step.corner };
    case "remove":
      if (!points.length) return now;
      return { ...now, points: points.toSpliced(step.corner, 1), chosen: Math.max(step.corner - 1, 0) };
    case "reverse":
      return { ...now, points: points.toReversed(), chosen: points.length - 1 - chosen };
    case "choose":
      return { ...now, chosen: step.corner };
    case "call":
      return { ...now, name: step.name };
    case "turn":
      return step.kind === now.kind ? now : { ...now, kind: step.kind };
  }
}

function inserted(now: Draft, at: number, point: Point): Draft {
  if (now.points.length >= MOST) return now;
  return { ...now, points: now.points.toSpliced(at, 0, point), chosen: at };
}

/** Where a corner goes that nobody pointed at: half way to the next one, or on a first triangle. */
function beside({ points, kind }: Draft, after: number): Point {
  const [here, last] = [points[after], after === points.length - 1];
  const next = points[after + 1] ?? (kind === "zone" && points.length > 2 ? points[0] : undefined);
  if (here && next) return middle(here, next);
  if (here && last && points.length >= FIRST.length) return held(here[0] + 0.1, here[1] + 0.05);
  return FIRST[points.length] ?? [0.5, 0.5];
}
