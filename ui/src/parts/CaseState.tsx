import { isKey, useTexts } from "../i18n";

const LOOKS = { approved: "good", emergency: "warn", open: "accent", closed: "" } as const;
/** Where a case stands, as a coloured word. */
export function CaseState({ state }: { state: string }) {
  const { t } = useTexts();
  const look = state in LOOKS ? LOOKS[state as keyof typeof LOOKS] : "bad";
  const key = `case-state.${state}`;
  return <span className={`badge ${look}`}>{isKey(key) ? t(key) : state}</span>;
}
