import { useTexts } from "../i18n";
import { wholeDay } from "../i18n/times";

/** What a case may look at. */
export interface Scope {
  cameras: readonly string[];
  windows: readonly string[];
  digests: readonly string[];
}

/** Cameras and hours, or named recordings, in one line. */
export function ScopeText({ scope }: { scope: Scope }) {
  const { t, language } = useTexts();
  const hours = scope.windows.map((window) =>
    window
      .split("/")
      .map((iso) => wholeDay(language, iso))
      .join(" – "),
  );
  const parts = [...scope.cameras, ...hours];
  if (scope.digests.length) parts.push(t("case.recordings", { n: scope.digests.length }));
  return <>{parts.join(", ") || t("case.everything")}</>;
}
