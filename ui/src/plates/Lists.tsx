import { type FormEvent, useCallback, useState } from "react";
import { get, send } from "../api/client";
import type { PlateListOut } from "../api/types";
import { useLoad } from "../api/useLoad";
import { useReason } from "../app/reason";
import { useCaseId } from "../app/router";
import { textOf, timeOf } from "../cases/form";
import { useTexts } from "../i18n";
import { Field, useAction } from "../parts/Form";
import { Empty, Loaded, Trouble } from "../parts/Loaded";
import { TextFile } from "../parts/TextFile";
import { Time } from "../parts/Time";

/** The plates that the case looks for, list by list: each with its reason and its end. */
export function Lists({ search }: { search: (plate: string) => void }) {
  const { t } = useTexts();
  const caseId = useCaseId();
  const { text: reason } = useReason();
  const load = useCallback(
    (signal: AbortSignal) => get("/api/plates/lists", { case: caseId, reason }, signal),
    [caseId, reason],
  );
  const [found, again] = useLoad(load);
  return (
    <section className="stack tight">
      <h2>{t("plates.lists")}</h2>
      <p className="small muted">{t("plates.lists.help")}</p>
      <Loaded of={found} again={again} empty={(lists) => (lists.length ? null : <NoLists />)}>
        {(lists) => (
          <ul className="stack tight">
            {lists.map((one) => (
              <List key={one.name} one={one} search={search} changed={again} />
            ))}
          </ul>
        )}
      </Loaded>
      <Import done={again} />
    </section>
  );
}

function NoLists() {
  const { t } = useTexts();
  return <Empty title={t("plates.lists.none")} />;
}

interface ListProps {
  one: PlateListOut;
  search: (plate: string) => void;
  changed: () => void;
}

function List({ one, search, changed }: ListProps) {
  const { t } = useTexts();
  const caseId = useCaseId();
  const { text: reason } = useReason();
  const drop = useCallback(async () => {
    await send("delete", "/api/plates/lists/{name}", { name: one.name, case: caseId, reason }, undefined);
    changed();
  }, [one.name, caseId, reason, changed]);
  const { run, busy, error } = useAction(drop);
  return (
    <li className="card stack tight">
      <div className="row apart">
        <h3>
          {one.name}{" "}
          <span className={`badge ${one.ended ? "bad" : "good"}`}>
            {t("plates.list.count", { n: one.count })}
          </span>
        </h3>
        <div className="row">
          <button type="button" disabled={one.ended} onClick={() => search(`@${one.name}`)}>
            {t("plates.list.search")}
          </button>
          <button type="button" disabled={busy} onClick={() => run()}>
            {t("plates.list.drop")}
          </button>
        </div>
      </div>
      <p>{one.ended ? t("plates.list.ended") : one.reason}</p>
      <p className="small muted">
        {one.by}, <Time at={one.at} /> · {t("case.end")}: <Time at={one.until} />
      </p>
      {one.plates.length ? (
        <details>
          <summary>{t("plates.list.plates")}</summary>
          <p className="plates">{one.plates.join("  ")}</p>
        </details>
      ) : null}
      {error ? <Trouble error={error} /> : null}
    </li>
  );
}

/** Brings a list in: its text is read in the browser, and kept sealed by the server until its end. */
function Import({ done }: { done: () => void }) {
  const { t } = useTexts();
  const caseId = useCaseId();
  const [plates, setPlates] = useState("");
  const bring = useCallback(
    async (form: FormData) => {
      const body = {
        name: textOf(form, "name"),
        plates,
        until: timeOf(form, "until"),
        case: caseId,
        reason: textOf(form, "why"),
      };
      await send("post", "/api/plates/lists", {}, body);
      setPlates("");
      done();
    },
    [plates, caseId, done],
  );
  const { run, busy, error } = useAction(bring);
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    run(new FormData(event.currentTarget));
  };
  return (
    <details className="card">
      <summary>{t("plates.import")}</summary>
      <form className="stack tight" onSubmit={submit}>
        <p className="small muted">{t("plates.import.help")}</p>
        <Field label={t("plates.list.name")}>
          <input name="name" required maxLength={60} pattern="[\w][\w.\-]*" />
        </Field>
        <TextFile label={t("plates.list.file")} accept=".txt,.csv,text/plain,text/csv" take={setPlates} />
        <Field label={t("plates.list.plates")} help={t("plates.list.plates.help")}>
          <textarea
            name="plates"
            rows={4}
            required
            maxLength={400000}
            value={plates}
            onChange={(event) => setPlates(event.target.value)}
          />
        </Field>
        <Field label={t("case.end")}>
          <input name="until" type="datetime-local" required />
        </Field>
        <Field label={t("plates.list.why")}>
          <input name="why" required maxLength={4000} />
        </Field>
        {error ? <Trouble error={error} /> : null}
        <div>
          <button type="submit" className="primary" disabled={busy}>
            {t("plates.import")}
          </button>
        </div>
      </form>
    </details>
  );
}
