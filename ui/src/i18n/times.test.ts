import { expect, test } from "vitest";
import { length, readable, share, wholeDay } from "./times";

test("a time is told in the camera's zone, whoever reads it", () => {
  expect(wholeDay("en", "2026-11-20T17:00:05Z", "Europe/Paris")).toBe("20 Nov 2026, 18:00:05 UTC+1");
  expect(wholeDay("en", "2026-07-20T17:00:05+00:00", "Europe/Paris")).toBe("20 Jul 2026, 19:00:05 UTC+2");
  expect(wholeDay("fr", "2026-11-20T17:00:05Z")).toMatch(/^20 nov\. 2026.*17:00:05 UTC$/);
  expect(wholeDay("en", "2026-11-20T17:00:05Z", "")).toBe("20 Nov 2026, 17:00:05 UTC");
  expect(wholeDay("en", "soon")).toBe("soon");
});

test("times in a text of the server are made readable", () => {
  expect(readable("en", "holds until 2026-12-28T18:54:12.367854+00:00")).toBe(
    "holds until 28 Dec 2026, 18:54:12 UTC",
  );
});

test("lengths", () => {
  const plain = (seconds: number) => length("en", seconds).replaceAll("\u00a0", " ");
  expect([0, 8.44, 59.4, 59.6, 200, 7500].map(plain)).toEqual([
    "0 s",
    "8.4 s",
    "59 s",
    "1 min",
    "3 min 20 s",
    "2 h 05 min",
  ]);
  expect(length("fr", 8.4)).toBe("8,4\u00a0s");
});

test("a share is never rounded to all or nothing", () => {
  expect([0, 0.00001, 0.5, 0.99999, 1].map((one) => share("en", one))).toEqual([
    "0%",
    "0.1%",
    "50%",
    "99.9%",
    "100%",
  ]);
});
