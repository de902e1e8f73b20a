import { useCallback } from "react";
import { useCameras } from "../api/cameras";
import { get } from "../api/client";
import { useLoad } from "../api/useLoad";
import { SitePlan } from "./SitePlan";

/** A way through cameras (names, in order) on the plan; nothing where fewer than two of them stand on it. */
export function WayPlan({ names }: { names: readonly string[] }) {
  const cameras = useCameras();
  const load = useCallback((signal: AbortSignal) => get("/api/site", {}, signal), []);
  const [found] = useLoad(load);
  if (found.state !== "ready") return null;
  const idOf = (name: string) => [...cameras.values()].find((one) => one.name === name)?.id ?? name;
  const way = names.map(idOf);
  const { picture, places } = found.value;
  if (places.filter((one) => way.includes(one.camera)).length < 2) return null;
  return (
    <SitePlan picture={picture} places={places} nameOf={(id) => cameras.get(id)?.name ?? id} way={way} />
  );
}
