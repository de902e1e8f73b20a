import { useCallback, useContext } from "react";
import { get, send } from "../api/client";
import { useLoad } from "../api/useLoad";
import { mayEver, SessionContext } from "../app/session";
import { isKey, useTexts } from "../i18n";
import { wholeDay } from "../i18n/times";
import { Build } from "../parts/Build";
import { Empty, Loaded } from "../parts/Loaded";
import { StepForm } from "../parts/StepForm";
import { Time } from "../parts/Time";
import "../style/declaration.css";

/** What the signed declaration says; docs/schemas/declaration-file.schema.json. */
interface Declared {
  body: string;
  workspace: string;
  units: string[];
  since: string;
  at: string;
  profile: { name: string; label: string; digest: string; difference: string[] };
  capabilities: { name: string; needs: string[] }[];
  assessments: { digest: string; signed: string; opinion: string; current: boolean }[];
  key: { fingerprint: string };
  witnesses: { name: string; fingerprint: string; last: string }[];
}

const FILE = "/.well-known/synopticon.json";

async function read(signal: AbortSignal) {
  const state = await get("/api/declaration", {}, signal);
  if (!state.public) return { state, declared: null };
  const file = (await get(FILE, {}, signal)) as { declaration: Declared };
  return { state, declared: file.declaration };
}

/** For everybody: who uses this, under which rules, what it can do and what it refuses to do. */
export default function Declaration() {
  const { t, language } = useTexts();
  const [found, again] = useLoad(useCallback(read, []));
  return (
    <div className="page narrow">
      <div className="stack tight">
        <h1>{t("declaration.title")}</h1>
        <p className="muted">{t("declaration.text")}</p>
      </div>
      <Switch shown={found.state === "ready" ? found.value.declared !== null : null} done={again} />
      <Loaded of={found} again={again}>
        {({ state, declared }) =>
          declared ? (
            <Said by={declared} />
          ) : (
            <Empty title={t("declaration.none.title")}>
              <p>
                {state.withdrawn
                  ? t("declaration.withdrawn", { time: wholeDay(language, state.withdrawn) })
                  : t("declaration.none.text")}
              </p>
            </Empty>
          )
        }
      </Loaded>
      <Build />
    </div>
  );
}

/** For whoever may: show it to everybody, or no more. Either is an entry in the log. */
function Switch({ shown, done }: { shown: boolean | null; done: () => void }) {
  const { t } = useTexts();
  const session = useContext(SessionContext);
  const act = () => send("put", "/api/declaration", {}, { public: !shown });
  const may = session?.workspace.organisation && mayEver(session, "declaration");
  if (!may || shown === null) return null;
  return (
    <details>
      <summary>{t(shown ? "declaration.off" : "declaration.on")}</summary>
      <StepForm
        title={t(shown ? "declaration.off" : "declaration.on")}
        text={t(shown ? "declaration.off.text" : "declaration.on.text")}
        danger={shown}
        act={act}
        done={done}
      />
    </details>
  );
}

function Said({ by }: { by: Declared }) {
  const { t } = useTexts();
  return (
    <>
      <section className="card stack">
        <dl className="facts">
          <dt>{t("declaration.body")}</dt>
          <dd>{by.body}</dd>
          <dt>{t("declaration.units")}</dt>
          <dd>{by.units.join(", ")}</dd>
          <dt>{t("declaration.profile")}</dt>
          <dd>
            {by.profile.label} <code>{by.profile.digest.slice(0, 16)}</code>
          </dd>
          {by.profile.difference.length ? (
            <>
              <dt>{t("declaration.difference")}</dt>
              <dd>{by.profile.difference.join("; ")}</dd>
            </>
          ) : null}
          <dt>{t("declaration.since")}</dt>
          <dd>
            <Time at={by.since} />
          </dd>
          <dt>{t("declaration.at")}</dt>
          <dd>
            <Time at={by.at} />
          </dd>
          <dt>{t("declaration.assessments")}</dt>
          <dd>
            {by.assessments.map((one) => (
              <p key={one.digest}>
                {one.signed}, {one.opinion}, {t(one.current ? "declaration.current" : "declaration.outdated")}
              </p>
            ))}
          </dd>
          <dt>{t("declaration.key")}</dt>
          <dd>
            <code>{by.key.fingerprint}</code>
          </dd>
          <dt>{t("declaration.witnesses")}</dt>
          <dd>
            {by.witnesses.length
              ? by.witnesses.map((one) => (
                  <p key={one.fingerprint}>
                    {one.name}, <Time at={one.last} />
                  </p>
                ))
              : t("declaration.witnesses.none")}
          </dd>
        </dl>
        <p>
          <a href={FILE}>{t("declaration.file")}</a>
        </p>
      </section>
      <section className="card stack tight">
        <h2>{t("declaration.capabilities")}</h2>
        <ul className="needs">
          {by.capabilities.map((one) => (
            <li key={one.name}>
              <code>{one.name}</code>
              <span className="muted">
                <Needs of={one.needs} />
              </span>
            </li>
          ))}
        </ul>
      </section>
    </>
  );
}

function Needs({ of }: { of: readonly string[] }) {
  const { t } = useTexts();
  if (!of.length) return t("need.nothing");
  return of
    .map((one) => `need.${one}`)
    .map((key) => (isKey(key) ? t(key) : key))
    .join(", ");
}
