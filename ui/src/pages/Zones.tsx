import { useCallback } from "react";
import { get } from "../api/client";
import type { CameraOut } from "../api/types";
import { useLoad } from "../api/useLoad";
import { useReason } from "../app/reason";
import { go, useCaseId, usePlace } from "../app/router";
import { useTexts } from "../i18n";
import { CamerasPage } from "../parts/CamerasPage";
import { Loaded } from "../parts/Loaded";
import { GroundEditor } from "../zones/GroundEditor";
import { ZoneEditor } from "../zones/ZoneEditor";

/** What is drawn into a camera's picture: zones and lines. */
export default function Zones() {
  const { t } = useTexts();
  return <CamerasPage title={t("page.zones")}>{(all) => <OfCamera cameras={all} />}</CamerasPage>;
}

function OfCamera({ cameras }: { cameras: readonly CameraOut[] }) {
  const { t } = useTexts();
  const { path, query } = usePlace();
  const camera = cameras.find((one) => one.id === query.get("camera")) ?? cameras[0];
  const ground = query.get("part") === "ground";
  if (!camera) return null;
  const to = (id: string, part: boolean) =>
    `${path}?camera=${encodeURIComponent(id)}${part ? "&part=ground" : ""}`;
  return (
    <>
      <div className="row apart">
        <label className="row">
          <span className="small muted">{t("zones.camera")}</span>
          <select value={camera.id} onChange={(event) => go(to(event.target.value, ground), true)}>
            {cameras.map((one) => (
              <option key={one.id} value={one.id}>
                {one.name}
              </option>
            ))}
          </select>
        </label>
        <fieldset className="tabs plain" aria-label={t("zones.parts")}>
          {[false, true].map((part) => (
            <button
              key={String(part)}
              type="button"
              aria-pressed={part === ground}
              onClick={() => go(to(camera.id, part))}
            >
              {t(part ? "ground.title" : "zones.title")}
            </button>
          ))}
        </fieldset>
      </div>
      {ground ? <Measuring key={camera.id} camera={camera} /> : <Drawing key={camera.id} camera={camera} />}
    </>
  );
}

/** What is needed to draw: the empty scene, the ways of the last day, what is drawn already. */
function Drawing({ camera }: { camera: CameraOut }) {
  const caseId = useCaseId();
  const { text: reason } = useReason();
  const load = useCallback(
    async (signal: AbortSignal) => {
      const about = { camera: camera.id, case: caseId, reason };
      const [scene, ways, areas] = await Promise.all([
        get("/api/cameras/{camera}/scene", about, signal),
        get("/api/cameras/{camera}/ways", about, signal),
        get("/api/zones", { camera: camera.id }, signal),
      ]);
      return { scene, ways, areas };
    },
    [camera.id, caseId, reason],
  );
  const [found, again] = useLoad(load);
  return (
    <Loaded of={found} again={again}>
      {(all) => <ZoneEditor camera={camera} {...all} />}
    </Loaded>
  );
}

/** What is needed to measure the ground: the empty scene, people, and the ground that is kept. */
function Measuring({ camera }: { camera: CameraOut }) {
  const caseId = useCaseId();
  const { text: reason } = useReason();
  const load = useCallback(
    async (signal: AbortSignal) => {
      const about = { camera: camera.id, case: caseId, reason };
      const [scene, people, kept] = await Promise.all([
        get("/api/cameras/{camera}/scene", about, signal),
        get("/api/cameras/{camera}/people", about, signal),
        get("/api/cameras/{camera}/ground", { camera: camera.id }, signal),
      ]);
      return { scene, people, kept };
    },
    [camera.id, caseId, reason],
  );
  const [found, again] = useLoad(load);
  return (
    <Loaded of={found} again={again}>
      {(all) => <GroundEditor camera={camera} {...all} />}
    </Loaded>
  );
}
