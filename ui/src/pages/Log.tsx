import { useCallback, useEffect, useState } from "react";
import type { ApiError } from "../api/client";
import { get, send } from "../api/client";
import type { EntryOut, HeaderOut } from "../api/types";
import { asApiError, useLoad } from "../api/useLoad";
import { usePlace } from "../app/router";
import { isKey, useTexts } from "../i18n";
import { wholeDay } from "../i18n/times";
import { Field, useAction } from "../parts/Form";
import { Empty, Loaded, Loading, Trouble } from "../parts/Loaded";
import { Time } from "../parts/Time";
import "../style/log.css";

const KINDS = ["record", "outcome", "refusal", "witness", "erasure", "key"] as const;
interface Filter {
  kind: (typeof KINDS)[number] | "";
  case: string;
  start: string;
  end: string;
}

/** The log of acts: everything that was done and refused; each entry with its proof. */
export default function Log() {
  const { t } = useTexts();
  const [filter, setFilter] = useState<Filter>({ kind: "", case: "", start: "", end: "" });
  const [chosen, setChosen] = useState(entryOf(usePlace().query));
  return (
    <div className="page">
      <div className="page-head">
        <h1>{t("page.log")}</h1>
        <Verify />
      </div>
      <Filters filter={filter} set={setFilter} />
      <div className={chosen === null ? "log" : "log with-entry"}>
        <Entries filter={filter} chosen={chosen} choose={setChosen} />
        {chosen === null ? null : <Entry sequence={chosen} close={() => setChosen(null)} />}
      </div>
    </div>
  );
}

/** The entry that the address names, if it names one. */
function entryOf(query: URLSearchParams): number | null {
  const said = query.get("entry") ?? "";
  return /^\d{1,15}$/.test(said) ? Number(said) : null;
}

function Verify() {
  const { t } = useTexts();
  const [lines, setLines] = useState<readonly string[]>([]);
  const { run, busy, error } = useAction(async () => {
    setLines([]);
    setLines((await send("post", "/api/log/verify", {}, undefined)).lines);
  });
  return (
    <div className="verify">
      <button type="button" onClick={() => run()} disabled={busy}>
        {t("log.verify")}
      </button>
      {error ? <Trouble error={error} /> : null}
      {lines.length ? (
        <div className="card stack tight" role="status">
          <span>
            <span className="badge good">{t("log.verified")}</span>
          </span>
          <ul className="small">
            {lines.map((line) => (
              <li key={line}>{line}</li>
            ))}
          </ul>
        </div>
      ) : null}
    </div>
  );
}

function Filters({ filter, set }: { filter: Filter; set: (filter: Filter) => void }) {
  const { t } = useTexts();
  return (
    <search className="filters">
      <Field label={t("log.kind")}>
        <select
          value={filter.kind}
          onChange={(event) => set({ ...filter, kind: event.target.value as Filter["kind"] })}
        >
          <option value="">{t("log.kind.all")}</option>
          {KINDS.map((kind) => (
            <option key={kind} value={kind}>
              {t(`kind.${kind}`)}
            </option>
          ))}
        </select>
      </Field>
      <Field label={t("log.case")}>
        <input
          value={filter.case}
          onChange={(event) => set({ ...filter, case: event.target.value.trim() })}
        />
      </Field>
      <Field label={t("log.start")}>
        <input
          type="datetime-local"
          value={filter.start}
          onChange={(event) => set({ ...filter, start: event.target.value })}
        />
      </Field>
      <Field label={t("log.end")}>
        <input
          type="datetime-local"
          value={filter.end}
          onChange={(event) => set({ ...filter, end: event.target.value })}
        />
      </Field>
    </search>
  );
}

function ask(filter: Filter, before: number | null, signal?: AbortSignal) {
  const utc = (local: string) => (local ? `${local}:00Z` : null);
  const wanted = {
    kind: filter.kind || null,
    case: filter.case || null,
    start: utc(filter.start),
    end: utc(filter.end),
    before,
    last: 100,
  };
  return get("/api/log", wanted, signal);
}

interface EntriesProps {
  filter: Filter;
  chosen: number | null;
  choose: (sequence: number) => void;
}

function Entries({ filter, chosen, choose }: EntriesProps) {
  const { t, language } = useTexts();
  const [found, again] = useLoad(
    useCallback(
      async (signal: AbortSignal) => {
        await new Promise((go) => window.setTimeout(go, filter.case ? 300 : 0)); // while it is typed
        signal.throwIfAborted();
        return ask(filter, null, signal);
      },
      [filter],
    ),
  );
  return (
    <div className="stack">
      <Loaded of={found} again={again} empty={(log) => (log.entries.length ? null : <None />)}>
        {(log) => (
          <>
            <p className="muted small">
              {t("log.entries", { n: log.size })}.{" "}
              {log.witnessed
                ? t("log.witnessed", {
                    time: wholeDay(language, log.witnessed.time),
                    names: log.witnessed.names,
                    n: log.witnessed.size,
                  })
                : t("log.never")}
            </p>
            <Pages first={log} filter={filter} chosen={chosen} choose={choose} />
          </>
        )}
      </Loaded>
    </div>
  );
}

function None() {
  const { t } = useTexts();
  return (
    <Empty title={t("log.none.title")}>
      <p>{t("log.none.text")}</p>
    </Empty>
  );
}

interface PagesProps extends EntriesProps {
  first: { entries: HeaderOut[]; before: number | null };
}

/** The newest entries, and earlier ones as they are asked for. */
function Pages({ first, filter, chosen, choose }: PagesProps) {
  const { t } = useTexts();
  const [earlier, setEarlier] = useState<readonly HeaderOut[]>([]);
  const [before, setBefore] = useState(first.before);
  const { run, busy, error } = useAction(async () => {
    const more = await ask(filter, before);
    setEarlier([...more.entries, ...earlier]);
    setBefore(more.before);
  });
  const entries = [...earlier, ...first.entries].toReversed();
  return (
    <>
      <div className="table-wrap">
        <table className="entries">
          <thead>
            <tr>
              <th>{t("log.number")}</th>
              <th>{t("log.time")}</th>
              <th>{t("log.kind")}</th>
              <th>{t("log.act")}</th>
              <th>{t("log.actor")}</th>
              <th>{t("log.case")}</th>
            </tr>
          </thead>
          <tbody>
            {entries.map((one) => (
              <Line key={one.sequence} one={one} chosen={one.sequence === chosen} choose={choose} />
            ))}
          </tbody>
        </table>
      </div>
      {error ? <Trouble error={error} again={() => run()} /> : null}
      {before === null ? null : (
        <button type="button" onClick={() => run()} disabled={busy}>
          {t("log.earlier")}
        </button>
      )}
    </>
  );
}

interface LineProps {
  one: HeaderOut;
  chosen: boolean;
  choose: (sequence: number) => void;
}

function Line({ one, chosen, choose }: LineProps) {
  const { t } = useTexts();
  return (
    <tr className={chosen ? "chosen" : ""}>
      <td>
        <button
          type="button"
          className="inline"
          aria-expanded={chosen}
          aria-label={t("log.entry", { n: one.sequence })}
          onClick={() => choose(one.sequence)}
        >
          {one.sequence}
        </button>
      </td>
      <td className="nowrap">
        <Time at={one.time} />
      </td>
      <td>
        <Kind name={one.kind} />
      </td>
      <td>
        <code>{one.capability}</code>
        <Operation name={one.operation} />
      </td>
      <td>
        <code>{one.actor}</code>
      </td>
      <td>
        <code>{one.case}</code>
      </td>
    </tr>
  );
}

function Kind({ name }: { name: string }) {
  const { t } = useTexts();
  const key = `kind.${name}`;
  const look = name === "refusal" ? "bad" : name === "witness" ? "good" : "";
  return <span className={`badge ${look}`}>{isKey(key) ? t(key) : name}</span>;
}

function Operation({ name }: { name: string }) {
  const { t } = useTexts();
  const key = `operation.${name}`;
  return <div className="muted small">{isKey(key) ? t(key) : name}</div>;
}

function Entry({ sequence, close }: { sequence: number; close: () => void }) {
  const { t } = useTexts();
  const load = useCallback(
    (signal: AbortSignal) => get("/api/log/{sequence}", { sequence }, signal),
    [sequence],
  );
  const [found, again] = useLoad(load);
  return (
    <section className="card stack entry" aria-label={t("log.entry", { n: sequence })}>
      <div className="row apart">
        <h2>{t("log.entry", { n: sequence })}</h2>
        <button type="button" onClick={close}>
          {t("log.close")}
        </button>
      </div>
      <Loaded of={found} again={again}>
        {(entry) => <EntryFacts entry={entry} />}
      </Loaded>
      <Proof sequence={sequence} />
    </section>
  );
}

function EntryFacts({ entry }: { entry: EntryOut }) {
  const { t } = useTexts();
  return (
    <>
      <dl className="facts">
        <dt>{t("log.time")}</dt>
        <dd>
          <Time at={entry.time} />
        </dd>
        <dt>{t("log.act")}</dt>
        <dd>
          <Kind name={entry.kind} /> <code>{entry.capability}</code>
          <Operation name={entry.operation} />
        </dd>
        <dt>{t("log.profile")}</dt>
        <dd>
          <code>{entry.profile}</code>
        </dd>
        {entry.refers === null ? null : (
          <>
            <dt>{t("log.refers")}</dt>
            <dd>{entry.refers}</dd>
          </>
        )}
      </dl>
      <h3>{t("log.payload")}</h3>
      {entry.payload === null ? (
        <p>{t("log.erased")}</p>
      ) : (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
        <pre tabIndex={0}>{JSON.stringify(entry.payload, null, 2)}</pre>
      )}
    </>
  );
}

function Proof({ sequence }: { sequence: number }) {
  const { t } = useTexts();
  const [proof, setProof] = useState<Awaited<ReturnType<typeof prove>> | null>(null);
  const [error, setError] = useState<ApiError | null>(null);
  useEffect(() => {
    let here = true;
    setProof(null);
    setError(null);
    prove(sequence).then(
      (made) => here && setProof(made),
      (why: unknown) => here && setError(asApiError(why)),
    );
    return () => {
      here = false;
    };
  }, [sequence]);
  if (error) return <Trouble error={error} />;
  if (!proof) return <Loading />;
  return (
    <details>
      <summary>{t("log.proof")}</summary>
      <div className="stack tight">
        <p>{t("log.proof.text", { n: proof.path.length })}</p>
        <dl className="facts">
          <dt>{t("log.leaf")}</dt>
          <dd>
            <code>{proof.leaf_hash}</code>
          </dd>
          <dt>{t("log.path")}</dt>
          <dd>
            <ol>
              {proof.path.map((hash) => (
                <li key={hash}>
                  <code>{hash}</code>
                </li>
              ))}
            </ol>
          </dd>
        </dl>
        <h3>{t("log.checkpoint")}</h3>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
        <pre tabIndex={0}>{proof.checkpoint}</pre>
      </div>
    </details>
  );
}

function prove(sequence: number) {
  return get("/api/log/{sequence}/proof", { sequence });
}
