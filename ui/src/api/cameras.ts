import { useEffect, useState } from "react";
import { get } from "./client";
import type { CameraOut } from "./types";

export type Cameras = ReadonlyMap<string, CameraOut>;

/** What stands for the cameras while they are not known. */
export const NONE: Cameras = new Map();
let asked: Promise<Cameras> | null = null;

/** The cameras by id, asked for once a page load: every list of them is an act that the log keeps. */
export function readCameras(): Promise<Cameras> {
  asked ??= get("/api/cameras", {}).then(
    (cameras) => new Map(cameras.map((one) => [one.id, one])),
    () => {
      asked = null;
      return NONE; // ids are shown instead of names
    },
  );
  return asked;
}

/** Forget them: somebody else signs in. */
export function forgetCameras(): void {
  asked = null;
}

/** The cameras by id; `NONE` until they are there. */
export function useCameras(): Cameras {
  const [cameras, setCameras] = useState<Cameras>(NONE);
  useEffect(() => {
    let here = true;
    readCameras().then((found) => here && setCameras(found));
    return () => {
      here = false;
    };
  }, []);
  return cameras;
}
