import { useTexts } from "../i18n";
import { wholeDay } from "../i18n/times";

/** A time in a zone (of the camera that it belongs to; "": UTC), never the reader's; null: not known. */
export function Time({ at, zone = "" }: { at: string | null; zone?: string | undefined }) {
  const { t, language } = useTexts();
  if (at === null) return <span className="muted">{t("time.unknown")}</span>;
  return <time dateTime={at}>{wholeDay(language, at, zone)}</time>;
}
