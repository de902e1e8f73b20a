import { useCameras } from "../api/cameras";
import type { ScopeModel } from "../api/types";
import { useTexts } from "../i18n";
import { wholeDay } from "../i18n/times";

/** Cameras and hours, or named recordings, in one line. */
export function ScopeText({ scope }: { scope: ScopeModel }) {
  const { t, language } = useTexts();
  const known = useCameras();
  const cameras = (scope.cameras ?? []).map((id) => known.get(id)?.name ?? id).toSorted();
  const hours = (scope.windows ?? []).map(
    ({ start, end }) => `${wholeDay(language, start)} – ${wholeDay(language, end)}`,
  );
  const parts = [...cameras, ...hours];
  if (scope.digests?.length) parts.push(t("case.recordings", { n: scope.digests.length }));
  return <>{parts.join(", ") || t("case.everything")}</>;
}
