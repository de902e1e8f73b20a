import { useCallback, useState } from "react";
import { get } from "../api/client";
import type { DemandFullOut } from "../api/types";
import { useLoad } from "../api/useLoad";
import { mayEver, useSession } from "../app/session";
import { useTexts } from "../i18n";
import { wholeDate } from "../i18n/times";
import { Loaded } from "../parts/Loaded";
import { Time } from "../parts/Time";
import { Candidates } from "./Candidates";
import { Clock } from "./Clock";
import { Decide } from "./Decide";
import { Extend } from "./Extend";
import { Looks } from "./Looks";
import { Send } from "./Send";

const NOBODY: ReadonlySet<string> = new Set();

/** One request: what is known, and the steps that are left. */
export function Demand({ id }: { id: string }) {
  const [found, again] = useLoad(
    useCallback((signal: AbortSignal) => get("/api/requests/{request}", { request: id }, signal), [id]),
  );
  return (
    <Loaded of={found} again={again}>
      {(one) => <Steps one={one} again={again} />}
    </Loaded>
  );
}

function Steps({ one, again }: { one: DemandFullOut; again: () => void }) {
  const session = useSession();
  const [chosen, choose] = useState(NOBODY);
  const may = (capability: string) => mayEver(session, capability);
  const waits = one.stage === "open";
  return (
    <div className="stack">
      <Facts one={one} />
      {waits && may("request.search") ? <Candidates id={one.id} chosen={chosen} choose={choose} /> : null}
      {waits && may("request.decide") ? <Decide one={one} chosen={chosen} done={again} /> : null}
      {one.decision?.granted ? <Looks id={one.id} /> : null}
      {one.decision ? <Send one={one} sent={again} /> : null}
      {one.answered === null && (waits || one.extended) && may("request.extend") ? (
        <Extend one={one} done={again} />
      ) : null}
    </div>
  );
}

function Facts({ one }: { one: DemandFullOut }) {
  const { t, language } = useTexts();
  const gone = <span className="muted">{t("request.gone")}</span>;
  return (
    <section className="card stack">
      <div className="row">
        <strong>{t(`right.${one.right}`)}</strong>
        <span className="badge">{t(`stage.${one.stage}`)}</span>
        <Clock one={one} />
      </div>
      {one.notes.map((note) => (
        <p key={note} className="notice" lang="en">
          {note}
        </p>
      ))}
      <dl className="facts">
        <dt>{t("request.name")}</dt>
        <dd>{one.name ?? gone}</dd>
        <dt>{t("request.description")}</dt>
        <dd>{one.description ?? gone}</dd>
        <dt>{t("request.identity")}</dt>
        <dd>{one.identity ?? gone}</dd>
        <dt>{t("request.where")}</dt>
        <dd>{one.cameras.join(", ")}</dd>
        <dt>{t("request.when")}</dt>
        <dd>
          <Time at={one.start} /> – <Time at={one.end} />
        </dd>
        <dt>{t("request.opened")}</dt>
        <dd>
          <Time at={one.opened} />
        </dd>
        <dt>{t("request.due")}</dt>
        <dd>{wholeDate(language, one.due)}</dd>
        {one.decision ? <Decided one={one} /> : null}
      </dl>
    </section>
  );
}

function Decided({ one }: { one: DemandFullOut }) {
  const { t, language } = useTexts();
  const { decision } = one;
  if (decision === null) return null;
  const ground = one.grounds.find((found) => found.name === decision.ground);
  return (
    <>
      <dt>{t("request.decision")}</dt>
      <dd>
        {decision.granted
          ? t("request.granted", { n: decision.tracks.length })
          : (ground?.[language] ?? decision.ground)}
        {", "}
        <Time at={decision.at} />
      </dd>
      {one.reasons.decided ? (
        <>
          <dt>{t("reason.label")}</dt>
          <dd>{one.reasons.decided}</dd>
        </>
      ) : null}
    </>
  );
}
