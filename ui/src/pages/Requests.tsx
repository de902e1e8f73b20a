import { useCallback, useState } from "react";
import { address, get } from "../api/client";
import type { DemandOut } from "../api/types";
import { useLoad } from "../api/useLoad";
import { go, Link, usePlace } from "../app/router";
import { mayEver, useSession } from "../app/session";
import { useTexts } from "../i18n";
import { Empty, Loaded } from "../parts/Loaded";
import { Time } from "../parts/Time";
import { Clock } from "../requests/Clock";
import { Demand } from "../requests/Demand";
import { byDeadline } from "../requests/deadline";
import { OpenDemand } from "../requests/OpenDemand";
import "../style/cases.css";
import "../style/evidence.css";
import "../style/requests.css";

const PATH = "/requests";

/** Requests of persons filmed: what waits until when; one of them from its opening to its answer. */
export default function Requests() {
  const { t } = useTexts();
  const id = usePlace().query.get("id");
  return (
    <div className="page evidence">
      <div className="page-head">
        <h1>{id ? t("request.fine", { id }) : t("page.requests")}</h1>
        {id ? <Link to={PATH}>{t("request.all")}</Link> : <Forms />}
      </div>
      {id ? <Demand key={id} id={id} /> : <List />}
    </div>
  );
}

/** The form to ask with, in both languages, to be printed. */
function Forms() {
  const { t } = useTexts();
  return (
    <div className="row small">
      {t("request.form")}
      {(["fr", "en"] as const).map((language) => (
        <a
          key={language}
          className="button"
          lang={language}
          target="_blank"
          rel="noopener"
          href={address("/api/requests/form", { language })}
        >
          {t(`request-form.${language}`)}
        </a>
      ))}
    </div>
  );
}

function List() {
  const { t } = useTexts();
  const session = useSession();
  const [opening, setOpening] = useState(false);
  const [found, again] = useLoad(useCallback((signal: AbortSignal) => get("/api/requests", {}, signal), []));
  return (
    <>
      <p className="muted">{t("request.intro")}</p>
      {mayEver(session, "request.open") ? (
        <div>
          <button
            type="button"
            className="primary"
            aria-expanded={opening}
            onClick={() => setOpening(!opening)}
          >
            {t(opening ? "cases.cancel" : "request.open")}
          </button>
        </div>
      ) : null}
      {opening ? <OpenDemand done={(id) => go(`${PATH}?id=${encodeURIComponent(id)}`)} /> : null}
      <Loaded of={found} again={again} empty={(all) => (all.length || opening ? null : <None />)}>
        {(all) => (
          <ul className="stack tight">
            {byDeadline(all).map((one) => (
              <Line key={one.id} one={one} />
            ))}
          </ul>
        )}
      </Loaded>
    </>
  );
}

function None() {
  const { t } = useTexts();
  return (
    <Empty title={t("request.none.title")}>
      <p>{t("request.none.text")}</p>
    </Empty>
  );
}

function Line({ one }: { one: DemandOut }) {
  const { t } = useTexts();
  return (
    <li className="card demand">
      <div className="row">
        <Link to={`${PATH}?id=${encodeURIComponent(one.id)}`}>{one.id}</Link>
        <strong>{t(`right.${one.right}`)}</strong>
        <span className="badge">{t(`stage.${one.stage}`)}</span>
      </div>
      <Clock one={one} />
      <p className="small muted">
        {one.cameras.join(", ")} · <Time at={one.start} /> – <Time at={one.end} />
      </p>
    </li>
  );
}
