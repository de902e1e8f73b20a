import type { ReactNode } from "react";
import { useCameras } from "../api/cameras";
import type { KeptOut, ShotOut } from "../api/types";
import { useTexts } from "../i18n";
import { length, share } from "../i18n/times";
import { Time } from "../parts/Time";

interface ShotProps {
  kept: KeptOut;
  shot: ShotOut | undefined;
  /** It shows the object without a mask. */
  clear?: boolean;
  children?: ReactNode;
}

/** A track of the basket: its picture, what it is, where and when; below what may be done with it. */
export function Shot({ kept, shot, clear = false, children }: ShotProps) {
  const { t, language } = useTexts();
  const camera = useCameras().get(kept.camera);
  const name = camera?.name ?? kept.camera;
  return (
    <figure className={clear ? "shot clear" : "shot"} data-track={kept.track}>
      <ShotPicture kept={kept} shot={shot} clear={clear} />
      <figcaption>
        <strong>
          {kept.label}, {name}
        </strong>
        <p className="small muted">
          <Time at={kept.start} zone={camera?.zone ?? "UTC"} /> · {length(language, kept.seconds)}
          {shot?.picture
            ? ` · ${t("gallery.quality", { share: share(language, shot.quality), width: shot.width, height: shot.height })}`
            : ""}
        </p>
        {kept.note ? <p className="small">{kept.note}</p> : null}
        {children}
      </figcaption>
    </figure>
  );
}

function ShotPicture({ kept, shot, clear }: { kept: KeptOut; shot: ShotOut | undefined; clear: boolean }) {
  const { t } = useTexts();
  if (!shot?.picture)
    return <div className="none muted small">{t(shot ? "search.no-picture" : "search.waiting")}</div>;
  const label = clear ? "gallery.clear-picture" : "search.picture";
  return (
    <div className="frame">
      <img src={shot.picture} alt={t(label, { track: kept.track })} />
      {clear ? <span className="badge bad">{t("gallery.unmasked")}</span> : null}
    </div>
  );
}

/** A heading for a group of shots; those without a name stand in one of their own. */
export function GroupTitle({ name, count }: { name: string; count: number }) {
  const { t } = useTexts();
  return (
    <h2>
      {name || t("basket.ungrouped")} <span className="muted small">{count}</span>
    </h2>
  );
}
