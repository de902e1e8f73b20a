import { useCallback } from "react";
import { send } from "../api/client";
import { useLoad } from "../api/useLoad";
import { useReason } from "../app/reason";
import { inside, Link, useCaseId } from "../app/router";
import { useTexts } from "../i18n";
import { classOf } from "../i18n/classes";
import { Seen } from "../journey/Seen";
import { usePictures } from "../journey/usePictures";
import { Empty, Loaded } from "../parts/Loaded";
import { Picture } from "../search/Card";
import { WayPlan } from "../site/WayPlan";

interface FollowedProps {
  plate: string;
  play: (tracks: readonly string[]) => void;
}

/** Where a plate was read, camera by camera, with the times between: proposals that a person confirms. */
export function Followed({ plate, play }: FollowedProps) {
  const { t } = useTexts();
  const caseId = useCaseId();
  const { text: reason } = useReason();
  const load = useCallback(
    () => send("post", "/api/plates/follow", {}, { plate, case: caseId, reason }),
    [plate, caseId, reason],
  );
  const [found, again] = useLoad(load);
  const stops = found.state === "ready" ? found.value.stops : [];
  const picture = usePictures(stops.slice(0, 100).map((one) => one.seen.track));
  const empty = (
    <Empty title={t("plates.none.title")}>
      <p>{t("plates.none.text")}</p>
    </Empty>
  );
  return (
    <Loaded of={found} again={again} empty={(way) => (way.stops.length ? null : empty)}>
      {(way) => (
        <section className="stack tight" aria-live="polite">
          <h2>{t("plates.followed", { plate: way.of, n: way.stops.length })}</h2>
          <ol className="way">
            {way.stops.map((one) => (
              <li key={one.seen.track} className="stop">
                {one.before ? (
                  <p className="between small muted" lang="en">
                    {[one.before, one.way].filter(Boolean).join("; ")}
                  </p>
                ) : null}
                <div className="card stack tight">
                  <Picture track={one.seen.track} data={picture(one.seen.track)} />
                  <p>
                    <strong>
                      {classOf(t, one.seen.label)}, {one.seen.camera}
                    </strong>
                  </p>
                  <Seen of={one.seen} />
                  <p className="small" lang="en">
                    {one.says}
                  </p>
                  <Link className="button" to={`${inside(caseId, "/journey")}?track=${one.seen.track}`}>
                    {t("page.journey")}
                  </Link>
                </div>
              </li>
            ))}
          </ol>
          <WayPlan names={way.stops.map((one) => one.seen.camera)} />
          <div className="row">
            <button
              type="button"
              className="primary"
              onClick={() => play(way.stops.map((one) => one.seen.track))}
            >
              {t(way.stops.length > 1 ? "journey.play-all" : "journey.play-one")}
            </button>
          </div>
          <ul className="small muted" lang="en">
            {way.notes.map((note) => (
              <li key={note}>{note}</li>
            ))}
          </ul>
        </section>
      )}
    </Loaded>
  );
}
