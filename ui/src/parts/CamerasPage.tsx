import type { ReactNode } from "react";
import { get } from "../api/client";
import type { CameraOut } from "../api/types";
import { useLoad } from "../api/useLoad";
import { useTexts } from "../i18n";
import { Empty, Loaded } from "./Loaded";

const loadCameras = (signal: AbortSignal) => get("/api/cameras", {}, signal);

interface Props {
  title: string;
  children: (cameras: readonly CameraOut[]) => ReactNode;
}

/** A page about cameras, which says so where there is none. */
export function CamerasPage({ title, children }: Props) {
  const [cameras, again] = useLoad(loadCameras);
  return (
    <div className="page">
      <h1>{title}</h1>
      <Loaded of={cameras} again={again} empty={(all) => (all.length ? null : <NoCamera />)}>
        {(all) => children(all)}
      </Loaded>
    </div>
  );
}

function NoCamera() {
  const { t } = useTexts();
  return (
    <Empty title={t("zones.no-camera.title")}>
      <p>{t("zones.no-camera.text")}</p>
    </Empty>
  );
}
