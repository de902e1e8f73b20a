import { useCallback, useState } from "react";
import { useCameras } from "../api/cameras";
import { type ApiError, get, send } from "../api/client";
import { useMay } from "../api/may";
import type { SiteOut } from "../api/types";
import { asApiError, useLoad } from "../api/useLoad";
import { useTexts } from "../i18n";
import { Loaded, Trouble } from "../parts/Loaded";
import { base64Of, PICTURES } from "./picture";
import { freePlace, movedTo, type Place } from "./places";
import { SitePlan } from "./SitePlan";

interface SiteProps {
  /** What a click on a camera does; undefined: nothing. */
  choose?: (camera: string) => void;
  chosen?: readonly string[];
}

/** The plan of the site: choose cameras on it; who may, puts them in their places. */
export function Site(props: SiteProps) {
  const load = useCallback((signal: AbortSignal) => get("/api/site", {}, signal), []);
  const [found, again] = useLoad(load);
  return (
    <Loaded of={found} again={again}>
      {(site) => <Plan first={site} {...props} />}
    </Loaded>
  );
}

function Plan({ first, ...rest }: SiteProps & { first: SiteOut }) {
  const { t } = useTexts();
  const cameras = useCameras();
  const may = useMay("camera.set", true);
  const [site, setSite] = useState(first);
  const [draft, setDraft] = useState<readonly Place[] | null>(null);
  const [error, setError] = useState<ApiError | null>(null);
  const nameOf = (id: string) => cameras.get(id)?.name ?? id;
  const places = draft ?? site.places;
  const keep = (asked: Promise<SiteOut>) =>
    asked.then(
      (made) => {
        setSite(made);
        setError(null);
        return true;
      },
      (wrong: unknown) => {
        setError(asApiError(wrong));
        return false;
      },
    );
  const savePlaces = async () => {
    if (await keep(send("put", "/api/site/places", {}, { places: [...places] }))) setDraft(null);
  };
  const savePicture = async (file: File | null) => {
    try {
      await keep(send("put", "/api/site/picture", {}, { data: file ? await base64Of(file) : "" }));
    } catch (wrong) {
      setError(asApiError(wrong));
    }
  };
  const missing = [...cameras.values()].filter((one) => !places.some((place) => place.camera === one.id));
  if (!site.places.length && !site.picture && !may && !draft)
    return <p className="muted small">{t("site.none")}</p>;
  return (
    <div className="stack tight">
      <SitePlan
        picture={site.picture}
        places={places}
        nameOf={nameOf}
        {...(draft ? { change: setDraft } : rest)}
      />
      {error ? <Trouble error={error} /> : null}
      {may ? (
        <div className="row">
          {draft ? (
            <>
              <button type="button" className="primary" onClick={savePlaces}>
                {t("site.save")}
              </button>
              <button type="button" onClick={() => setDraft(null)}>
                {t("site.cancel")}
              </button>
              {missing.map((one) => (
                <button
                  key={one.id}
                  type="button"
                  onClick={() => {
                    const { x, y } = freePlace(places);
                    setDraft(movedTo(places, one.id, x, y));
                  }}
                >
                  {t("site.put", { name: one.name })}
                </button>
              ))}
              <span className="small muted">{t("site.how")}</span>
            </>
          ) : (
            <>
              <button type="button" onClick={() => setDraft(site.places)}>
                {t("site.change")}
              </button>
              <label className="button">
                {t("site.upload")}
                <input
                  className="hidden-text"
                  type="file"
                  accept={PICTURES}
                  onChange={(event) => {
                    const [file] = event.target.files ?? [];
                    if (file) savePicture(file);
                    event.target.value = "";
                  }}
                />
              </label>
              {site.picture ? (
                <button type="button" onClick={() => savePicture(null)}>
                  {t("site.blank")}
                </button>
              ) : null}
            </>
          )}
        </div>
      ) : null}
    </div>
  );
}
