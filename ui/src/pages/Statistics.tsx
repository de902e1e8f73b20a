import { useCallback, useState } from "react";
import { get } from "../api/client";
import type { CameraOut } from "../api/types";
import { useLoad } from "../api/useLoad";
import { useReason } from "../app/reason";
import { useCaseId } from "../app/router";
import { instant } from "../charts/bins";
import { Counted } from "../charts/Counted";
import { KINDS, type Kind, MAPS } from "../charts/names";
import { PeriodFields, type Wanted } from "../charts/Wanted";
import { useTexts } from "../i18n";
import { CamerasPage } from "../parts/CamerasPage";
import { Loaded } from "../parts/Loaded";

/** What passed, in numbers and pictures: counted when asked for, with how much was looked at. */
export default function Statistics() {
  const { t } = useTexts();
  return <CamerasPage title={t("page.statistics")}>{(all) => <Asking cameras={all} />}</CamerasPage>;
}

const FIRST: Wanted = { camera: "", start: "", end: "", size: 3600, query: "", other: null };

function Asking({ cameras }: { cameras: readonly CameraOut[] }) {
  const { t } = useTexts();
  const only = cameras.length === 1 ? (cameras[0]?.name ?? "") : "";
  const [kind, setKind] = useState<Kind>("hour");
  const [wanted, setWanted] = useState<Wanted>({ ...FIRST, camera: only });
  const mapped = MAPS.has(kind) && !wanted.camera;
  const shown = mapped ? { ...wanted, camera: cameras[0]?.name ?? "" } : wanted;
  return (
    <>
      <fieldset className="tabs plain" aria-label={t("stats.kinds")}>
        {KINDS.map((one) => (
          <button key={one} type="button" aria-pressed={one === kind} onClick={() => setKind(one)}>
            {t(`stats-kind.${one}`)}
          </button>
        ))}
      </fieldset>
      <PeriodFields cameras={cameras} wanted={shown} ask={setWanted} />
      <p className="muted">{t(`stats-about.${kind}`)}</p>
      <div className={shown.other ? "versus" : "stack"}>
        <Period kind={kind} wanted={shown} cameras={cameras} start={shown.start} end={shown.end} />
        {shown.other ? (
          <Period
            kind={kind}
            wanted={shown}
            cameras={cameras}
            start={shown.other.start}
            end={shown.other.end}
          />
        ) : null}
      </div>
    </>
  );
}

interface PeriodProps {
  kind: Kind;
  wanted: Wanted;
  cameras: readonly CameraOut[];
  start: string;
  end: string;
}

/** One period: what was counted in it, what of it was looked at, and the picture behind a map. */
function Period({ kind, wanted, cameras, start, end }: PeriodProps) {
  const caseId = useCaseId();
  const { text: reason } = useReason();
  const camera = cameras.find((one) => one.name === wanted.camera);
  const zone = (camera ?? cameras[0])?.zone || "UTC";
  const { query, size } = wanted;
  const load = useCallback(
    async (signal: AbortSignal) => {
      const asked = {
        by: kind,
        camera: camera ? [camera.name] : [],
        start: instant(start, zone) || null,
        end: instant(end, zone) || null,
        bin_seconds: size,
        query,
        case: caseId,
        reason,
      };
      const [table, coverage, scene] = await Promise.all([
        get("/api/statistics", asked, signal),
        get("/api/statistics", { ...asked, by: "coverage", query: "" }, signal),
        MAPS.has(kind) && camera ? sceneOf(camera.id, caseId, reason, signal) : null,
      ]);
      return { kind, asked, table, coverage: coverage.rows, scene }; // of that kind, while another is on its way
    },
    [kind, camera, zone, start, end, size, query, caseId, reason],
  );
  const [found, again] = useLoad(load);
  return (
    <section className="card stack">
      <Loaded of={found} again={again}>
        {(all) => <Counted zone={zone} cameras={camera ? 1 : cameras.length} {...all} />}
      </Loaded>
    </section>
  );
}

/** The picture behind a map; without the permission for pictures there is none, and the map stands alone. */
function sceneOf(camera: string, caseId: string | null, reason: string, signal: AbortSignal) {
  return get("/api/cameras/{camera}/scene", { camera, case: caseId, reason }, signal).catch(() => null);
}
