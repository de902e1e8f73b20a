import type { JourneyOut } from "../api/types";
import { useTexts } from "../i18n";
import { Picture } from "../search/Card";
import { WayPlan } from "../site/WayPlan";
import { Seen } from "./Seen";
import { usePictures } from "./usePictures";

interface WayProps {
  found: JourneyOut;
  play: (tracks: readonly string[]) => void;
}

/** The journey so far: what people linked, in true time, and what speaks against it. */
export function Way({ found, play }: WayProps) {
  const { t } = useTexts();
  const picture = usePictures(found.stops.map((one) => one.seen.track));
  const tracks = found.stops.map((one) => one.seen.track);
  return (
    <div className="stack tight">
      <ol className="way">
        {found.stops.map((one) => (
          <li key={one.seen.track} className="stop">
            {one.before ? (
              <p className="between small muted" lang="en">
                {one.before}
              </p>
            ) : null}
            <div className="card stack tight">
              <Picture track={one.seen.track} data={picture(one.seen.track)} />
              <p>
                <strong>
                  {one.seen.label}, {one.seen.camera}
                </strong>
              </p>
              <Seen of={one.seen} />
            </div>
          </li>
        ))}
      </ol>
      <WayPlan names={found.stops.map((one) => one.seen.camera)} />
      <div className="row">
        <button type="button" className="primary" onClick={() => play(tracks)}>
          {t(tracks.length > 1 ? "journey.play-all" : "journey.play-one")}
        </button>
        <span className="small muted">{t("journey.links", { links: found.links })}</span>
      </div>
      {found.outside ? <p className="notice">{t("journey.outside", { n: found.outside })}</p> : null}
      <ul className="small muted" lang="en">
        {found.notes.map((note) => (
          <li key={note}>{note}</li>
        ))}
      </ul>
    </div>
  );
}
