import { isKey, useTexts } from "../i18n";
import { wholeDay } from "../i18n/times";
import { type Lane, reasonAt, shownAt } from "./lanes";
import type { Now } from "./usePlay";

interface ScreenProps {
  lane: Lane;
  url: string | undefined;
  zone: string;
  zero: number | null;
  now: Now;
  video: (found: HTMLVideoElement | null) => void;
}

/** The picture of one camera, with its name and its own clock, or why there is none. */
export function Screen({ lane, url, zone, zero, now, video }: ScreenProps) {
  const { t, language } = useTexts();
  const shown = shownAt(lane, now.time);
  const near = shown ?? lane.shown.find((one) => one.from > now.time) ?? lane.shown.at(-1);
  const reason = reasonAt(lane, now.time) ?? "";
  const known = `gap.${reason.replaceAll(" ", "-")}`;
  const error = near?.part.uncertainty ?? 0;
  return (
    <figure className="screen">
      <div className="screen-picture">
        <video
          ref={video}
          src={url}
          muted
          playsInline
          disablePictureInPicture
          tabIndex={-1}
          aria-label={t("play.picture", { camera: lane.name })}
          className={shown ? "" : "away"}
        />
        {shown ? null : (
          <div className="screen-none">
            {reason ? t("play.unseen", { reason: isKey(known) ? t(known) : reason }) : t("play.unrecorded")}
          </div>
        )}
        {shown && now.waiting ? <div className="screen-wait pulse" aria-hidden="true" /> : null}
      </div>
      <figcaption className="row apart small">
        <strong>{lane.name}</strong>
        <span className="muted">
          {zero === null
            ? t("play.undated", { name: near?.part.name ?? "" })
            : wholeDay(language, new Date(zero + now.time * 1000).toISOString(), zone)}
          {error ? ` ${t("play.uncertain", { seconds: error })}` : ""}
        </span>
      </figcaption>
    </figure>
  );
}
