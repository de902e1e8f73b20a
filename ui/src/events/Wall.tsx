import { useCallback, useEffect, useMemo } from "react";
import { get } from "../api/client";
import type { CameraOut, EventOut, LiveOut } from "../api/types";
import { useLoad } from "../api/useLoad";
import { useReason } from "../app/reason";
import { useCaseId } from "../app/router";
import { mayEver, useSession } from "../app/session";
import { useTexts } from "../i18n";
import { usePictures } from "../journey/usePictures";
import { Loaded } from "../parts/Loaded";
import { Picture } from "../search/Card";
import { EventRow } from "./EventRow";
import { Switches } from "./Switches";

const LATEST = 3; // of each camera
const EVERY = 60_000; // milliseconds: each time is a look, with its entry in the log

/** All cameras side by side, each with its latest events; asked for anew every minute while it is seen. */
export function Wall({ cameras }: { cameras: readonly CameraOut[] }) {
  const { t } = useTexts();
  const caseId = useCaseId();
  const { text: reason } = useReason();
  const may = mayEver(useSession(), "camera.suspend");
  const load = useCallback(
    async (signal: AbortSignal) => {
      const asked = { camera: "", rule: [], verdict: [], case: caseId, reason };
      const [events, live] = await Promise.all([
        get("/api/events", asked, signal),
        get("/api/live", {}, signal),
      ]);
      return { events, live };
    },
    [caseId, reason],
  );
  const [found, again] = useLoad(load);
  useEffect(() => {
    const timer = window.setInterval(() => document.visibilityState === "visible" && again(), EVERY);
    return () => window.clearInterval(timer);
  }, [again]);
  return (
    <>
      <div className="row apart">
        <p className="muted small">{t("events.wall.text")}</p>
        <button type="button" onClick={again}>
          {t("events.wall.again")}
        </button>
      </div>
      <Loaded of={found} again={again}>
        {(all) => (
          <Screens cameras={cameras} events={all.events.events} live={all.live} may={may} again={again} />
        )}
      </Loaded>
    </>
  );
}

interface ScreensProps {
  cameras: readonly CameraOut[];
  events: readonly EventOut[];
  live: LiveOut;
  may: boolean;
  again: () => void;
}

function Screens({ cameras, events, live, may, again }: ScreensProps) {
  const latest = useMemo(
    () =>
      new Map(
        cameras.map((one) => [
          one.id,
          events
            .filter((event) => event.camera === one.id)
            .slice(-LATEST)
            .toReversed(),
        ]),
      ),
    [cameras, events],
  );
  const tracks = [...latest.values()].flatMap((all) => all[0]?.tracks.slice(0, 1) ?? []);
  const picture = usePictures(tracks);
  return (
    <ul className="wall">
      {cameras.map((camera) => (
        <li key={camera.id} className="card stack tight">
          <Screen camera={camera} events={latest.get(camera.id) ?? []} picture={picture} />
          <Switches
            camera={camera}
            live={live}
            rules={[...new Set(events.filter((one) => one.camera === camera.id).map((one) => one.name))]}
            may={may}
            done={again}
          />
        </li>
      ))}
    </ul>
  );
}

interface ScreenProps {
  camera: CameraOut;
  events: readonly EventOut[];
  picture: (track: string) => string | undefined;
}

function Screen({ camera, events, picture }: ScreenProps) {
  const { t } = useTexts();
  const track = events[0]?.tracks[0];
  const open = events.filter((one) => one.verdict === "new").length;
  return (
    <>
      <div className="row apart">
        <h2>{camera.name}</h2>
        <span className={`badge ${open ? "warn" : ""}`}>{t("events.wall.open", { n: open })}</span>
      </div>
      {track ? <Picture track={track} data={picture(track)} /> : null}
      {events.length ? (
        events.map((one) => <EventRow key={one.id} event={one} camera={camera.name} zone={camera.zone} />)
      ) : (
        <p className="muted small">{t("events.wall.none")}</p>
      )}
    </>
  );
}
