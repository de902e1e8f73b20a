import { useTexts } from "../i18n";

const LOOKS = { approved: "good", emergency: "warn", open: "accent", closed: "" } as const;
export type StateName =
  | "open"
  | "refused"
  | "approved"
  | "emergency"
  | "lapsed"
  | "suspended"
  | "expired"
  | "closed";

/** Where a case stands, as a coloured word. */
export function CaseState({ state }: { state: StateName }) {
  const { t } = useTexts();
  const look = state in LOOKS ? LOOKS[state as keyof typeof LOOKS] : "bad";
  return <span className={`badge ${look}`}>{t(`case-state.${state}`)}</span>;
}
