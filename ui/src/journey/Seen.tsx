import { useCameras } from "../api/cameras";
import type { SightingOut } from "../api/types";
import { useTexts } from "../i18n";
import { Time } from "../parts/Time";

/** When something was seen, by its camera's clock, and by how much that may err. */
export function Seen({ of }: { of: SightingOut }) {
  const { t } = useTexts();
  const camera = [...useCameras().values()].find((one) => one.name === of.camera);
  return (
    <p className="small muted">
      <Time at={of.start} zone={camera?.zone} />
      {of.uncertainty ? ` ${t("play.uncertain", { seconds: of.uncertainty })}` : ""}
    </p>
  );
}
