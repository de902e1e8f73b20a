import { useTexts } from "../i18n";
import { wholeDay } from "../i18n/times";

/** A time as the server gives it, in the zone that it names, never the reader's; null: not known. */
export function Time({ at }: { at: string | null }) {
  const { t, language } = useTexts();
  if (at === null) return <span className="muted">{t("time.unknown")}</span>;
  return <time dateTime={at}>{wholeDay(language, at)}</time>;
}
