import { useCallback, useState } from "react";
import { get } from "../api/client";
import type { CameraOut } from "../api/types";
import { useLoad } from "../api/useLoad";
import { useReason } from "../app/reason";
import { useCaseId } from "../app/router";
import { useTexts } from "../i18n";
import { Field } from "../parts/Form";
import { Loaded } from "../parts/Loaded";
import { RuleEditor } from "./RuleEditor";

/** The rules of a camera, drawn on its picture and tried on what is stored of it. */
export function Rules({ cameras }: { cameras: readonly CameraOut[] }) {
  const { t } = useTexts();
  const [id, setId] = useState(cameras[0]?.id ?? "");
  const camera = cameras.find((one) => one.id === id);
  return (
    <>
      <div className="filters">
        <Field label={t("events.camera")}>
          <select name="camera" value={id} onChange={(event) => setId(event.target.value)}>
            {cameras.map((one) => (
              <option key={one.id} value={one.id}>
                {one.name}
              </option>
            ))}
          </select>
        </Field>
      </div>
      {camera ? <OfCamera key={camera.id} camera={camera} /> : null}
    </>
  );
}

/** What is needed to write a rule: the empty scene, what is drawn already, the rules there are and those it has. */
function OfCamera({ camera }: { camera: CameraOut }) {
  const caseId = useCaseId();
  const { text: reason } = useReason();
  const load = useCallback(
    async (signal: AbortSignal) => {
      const about = { camera: camera.id, case: caseId, reason };
      const [scene, areas, kinds, own] = await Promise.all([
        get("/api/cameras/{camera}/scene", about, signal),
        get("/api/zones", { camera: camera.id }, signal),
        get("/api/events/kinds", {}, signal),
        get("/api/cameras/{camera}/rules", { camera: camera.id }, signal),
      ]);
      return { scene, areas, kinds, own };
    },
    [camera.id, caseId, reason],
  );
  const [found, again] = useLoad(load);
  return (
    <Loaded of={found} again={again}>
      {(all) => <RuleEditor camera={camera} {...all} />}
    </Loaded>
  );
}
