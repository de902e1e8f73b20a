import type { ChoiceIn } from "../api/types";
import { fitting, type Reviewed } from "./reviews";

export const WAYS = ["basket", "chosen", "query", "time"] as const;
export const MASKS = ["heads", "people", "all"] as const;
export const LANGUAGES = ["en", "fr", "both"] as const;

/** What is to be exported, as it is filled in. Times as the browser's own fields give them, in UTC. */
export interface Wish {
  way: (typeof WAYS)[number];
  where: string;
  since: string;
  until: string;
  cameras: readonly string[];
  recipient: string;
  reason: string;
  mask: (typeof MASKS)[number];
  languages: (typeof LANGUAGES)[number];
  originals: boolean;
  unmasked: boolean;
  /** Reviews of masks (their jobs) that are not to be taken up. */
  unreviewed: readonly string[];
}

export function newWish(reason: string, chosen: number, kept: number): Wish {
  const way = chosen ? "chosen" : kept ? "basket" : "time";
  const asked = { where: "", since: "", until: "", cameras: [], recipient: "", reason };
  return { way, ...asked, mask: "heads", languages: "en", originals: false, unmasked: false, unreviewed: [] };
}

/** What the server is asked for; one of the ways, and nothing of the others. */
export function choiceOf(wish: Wish, kept: readonly string[], chosen: ReadonlySet<string>): ChoiceIn {
  const none = { tracks: [], where: "", since: "", until: "", cameras: [] };
  if (wish.way === "basket") return { ...none, tracks: [...kept] };
  if (wish.way === "chosen") return { ...none, tracks: kept.filter((one) => chosen.has(one)) };
  if (wish.way === "query") return { ...none, where: wish.where.trim() };
  return { ...none, since: utc(wish.since), until: utc(wish.until), cameras: [...wish.cameras] };
}

/** A moment of a field (`2026-11-24T12:00`, perhaps with seconds) as the server reads it; "" stays "". */
export function utc(local: string): string {
  return local ? `${local}+00:00` : "";
}

export function languagesOf(wish: Wish): ("en" | "fr")[] {
  return wish.languages === "both" ? ["en", "fr"] : [wish.languages];
}

/** Whether there is enough to look at what would leave. */
export function isWhole(wish: Wish, choice: ChoiceIn): boolean {
  const something = Boolean(choice.tracks?.length || choice.where || choice.since || choice.until);
  return something && wish.recipient.trim() !== "" && wish.reason.trim() !== "";
}

/** The reviews of masks that a wish takes up. */
export function reviewsOf(wish: Wish, reviews: readonly Reviewed[]): Reviewed[] {
  return fitting(reviews, wish.mask).filter((one) => !wish.unreviewed.includes(one.job.id));
}

/** The capabilities that a wish takes; `clear`: a review leaves somebody clear. */
export function needsOf(wish: Wish, clear = false): string[] {
  const shown = wish.unmasked || clear;
  const more = [wish.originals ? "export.original" : "", shown ? "view.unmasked" : ""];
  return ["export.masked", ...more.filter(Boolean)];
}

/** A number of bytes as people say it: decimal, as disks are sold. */
export function bytes(language: string, count: number): string {
  const unit = count >= 1e9 ? "gigabyte" : count >= 1e6 ? "megabyte" : "kilobyte";
  const size = count / { gigabyte: 1e9, megabyte: 1e6, kilobyte: 1e3 }[unit];
  const digits = { maximumFractionDigits: size < 10 ? 1 : 0 };
  return new Intl.NumberFormat(language, { style: "unit", unit, ...digits }).format(size);
}
