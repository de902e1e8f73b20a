import type { DemandOut } from "../api/types";
import { useTexts } from "../i18n";
import { wholeDate } from "../i18n/times";
import { urgency } from "./deadline";

const LOOKS = { answered: "", overdue: "bad", soon: "warn", later: "good" } as const;

/** How long there is to answer. */
export function Clock({ one }: { one: DemandOut }) {
  const { t, language } = useTexts();
  const state = urgency(one);
  const day = wholeDate(language, one.answered ?? one.due);
  const values = { day, n: Math.abs(one.days_left) };
  return <span className={`badge ${LOOKS[state]}`}>{t(`deadline.${state}`, values)}</span>;
}
