/** The first steps through the program, each with the page that it happens on. */
export const STEPS = [
  { name: "recorded", page: "/footage" },
  { name: "look", page: "/search" },
  { name: "decide", page: "/search" },
  { name: "condensed", page: "/synopsis" },
  { name: "evidence", page: "/evidence" },
] as const;
export type Step = (typeof STEPS)[number];

const KEPT = "synopticon.first-steps";
const HIDDEN = "hidden";

/** What this browser remembers: the steps that were taken, or that nobody wants to see them. */
export function taken(kept: string | null): ReadonlySet<string> {
  return new Set((kept ?? "").split(" ").filter(Boolean));
}

/** The steps that a visit or a change completes. */
export function completes(step: Step, page: string, query: URLSearchParams, sent: string): boolean {
  if (step.name === "decide") return sent === "/api/marks";
  return page === step.page && (step.name !== "look" || query.has("q"));
}

export function keptSteps(): ReadonlySet<string> {
  return taken(localStorage.getItem(KEPT));
}

export function keepSteps(steps: ReadonlySet<string>): void {
  localStorage.setItem(KEPT, [...steps].join(" "));
}

/** Hide the steps for good in this browser, or begin anew. */
export function hideSteps(hide: boolean): void {
  localStorage.setItem(KEPT, hide ? HIDDEN : "");
}

export function areHidden(steps: ReadonlySet<string>): boolean {
  return steps.has(HIDDEN);
}
