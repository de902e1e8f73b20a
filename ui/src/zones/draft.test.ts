import { describe, expect, test } from "vitest";
import { begun, type Step, type Story, told } from "./draft";
import { type Point, passing } from "./geometry";

const play = (story: Story, ...steps: Step[]) => steps.reduce(told, story);
const corners = (story: Story) => story.now.points;

describe("a draft", () => {
  test("is drawn by pointing, each corner after the one at hand", () => {
    const made = play(
      begun("zone"),
      { do: "add", at: [0, 0] },
      { do: "add", at: [1, 0] },
      { do: "choose", corner: 0 },
      { do: "add", at: [0.5, 2] },
    );
    expect(corners(made)).toEqual([
      [0, 0],
      [0.5, 1],
      [1, 0],
    ]);
    expect(made.now.chosen).toBe(1);
  });

  test("can be made without pointing at all, and is then an area", () => {
    for (const kind of ["zone", "line"] as const) {
      let story = begun(kind);
      for (let i = 0; i < 6; i++) story = told(story, { do: "insert", after: story.now.chosen });
      expect(corners(story).length).toBe(6);
      for (const place of corners(story)) for (const v of place) expect(v >= 0 && v <= 1).toBe(true);
      const across: Point[] = [
        [0, 0.5],
        [1, 0.5],
      ];
      if (kind === "zone")
        expect(passing(kind, corners(story), [{ label: "a", path: across }]).tracks).toBe(1);
    }
  });

  test("steps are undone and done again; a drag is one step, a name none", () => {
    const before = begun("line", "door", [
      [0, 0],
      [1, 1],
    ]);
    const dragged = play(
      before,
      { do: "move", corner: 0, to: [0.1, 0] },
      { do: "move", corner: 0, to: [0.2, 0], from: "same" },
      { do: "call", name: "gate" },
      { do: "reverse" },
      { do: "remove", corner: 1 },
    );
    expect(dragged.past.length).toBe(3);
    const back = play(dragged, { do: "undo" }, { do: "undo" }, { do: "undo" }, { do: "undo" });
    expect(corners(back)).toEqual(corners(before));
    expect(back.now.name).toBe("gate");
    const again = play(back, { do: "redo" }, { do: "redo" }, { do: "redo" }, { do: "redo" });
    expect(corners(again)).toEqual(corners(dragged));
  });

  test("a new step forgets what was undone", () => {
    const story = play(begun("zone"), { do: "add", at: [0, 0] }, { do: "undo" }, { do: "add", at: [1, 1] });
    expect(story.future).toEqual([]);
  });
});
