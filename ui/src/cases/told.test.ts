import { expect, test } from "vitest";
import { toldOf } from "./told";

test("nothing that a request says is left out", () => {
  const said = {
    purpose: "who did it",
    scope: { cameras: ["gate", "hall"], windows: [{ start: "a", end: "b" }] },
    approvals: 1,
    tracks: [],
  };
  expect(toldOf(said)).toEqual([
    ["purpose", "who did it"],
    ["scope cameras", "gate, hall"],
    ["scope windows 1 start", "a"],
    ["scope windows 1 end", "b"],
    ["approvals", "1"],
    ["tracks", "-"],
  ]);
});
