import type { CaseOut } from "../api/types";

/** What can be done with a case as it stands: each a form that opens under its button. */
const STEPS = ["answer", "regularise", "allow", "extend", "profile", "close"] as const;
export type Step = (typeof STEPS)[number];

const ENDED = ["closed", "refused"];

/** The steps that make sense for a case and that somebody's role does. */
export function stepsOf(one: Pick<CaseOut, "state" | "emergency">, may: (capability: string) => boolean) {
  const open = !ENDED.includes(one.state);
  const unapproved = one.emergency !== null && ["emergency", "lapsed"].includes(one.state);
  const fits: Record<Step, boolean> = {
    answer: may("case.answer") && open,
    regularise: may("case.extend") && unapproved,
    allow: may("case.extend") && one.state === "approved",
    extend: may("case.extend") && open && !unapproved && one.state !== "open",
    profile: may("case.extend") && one.state === "suspended",
    close: may("case.close") && one.state !== "closed",
  };
  return STEPS.filter((step) => fits[step]);
}
