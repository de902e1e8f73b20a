import { expect, test } from "vitest";
import { ApiError } from "../api/client";
import { metadata, passes, pause } from "./tus";

test("metadata is Base64 of UTF-8, without what is empty", () => {
  expect(metadata({ filename: "é.mp4", camera: "gate", start: "" })).toBe(
    "filename w6kubXA0,camera Z2F0ZQ==",
  );
});

test("what passes is tried again, what does not is told", () => {
  expect(passes(new ApiError("offline", ""))).toBe(true);
  expect(passes(new ApiError("mistake", "", "", 409))).toBe(true);
  expect(passes(new ApiError("refused", "", "role.may", 403))).toBe(false);
  expect(passes(new ApiError("failed", "", "", 507))).toBe(false);
  expect([1, 2, 3, 9].map(pause)).toEqual([1, 2, 4, 30]);
});
