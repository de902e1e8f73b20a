import type { DemandOut } from "../api/types";

const SOON = 7; // days

/** How a deadline is to be looked at: answered, overdue, soon, or with time left. */
export function urgency(one: DemandOut): "answered" | "overdue" | "soon" | "later" {
  if (one.answered !== null) return "answered";
  if (one.overdue) return "overdue";
  return one.days_left <= SOON ? "soon" : "later";
}

/** The requests in the order of their deadlines; those answered come last, the latest first. */
export function byDeadline(found: readonly DemandOut[]): DemandOut[] {
  const rank = (one: DemandOut) => (one.answered === null ? 0 : 1);
  return found.toSorted(
    (a, b) =>
      rank(a) - rank(b) ||
      (rank(a) ? b.opened.localeCompare(a.opened) : a.due.localeCompare(b.due)) ||
      a.id.localeCompare(b.id),
  );
}
