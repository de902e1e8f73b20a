import { type FormEvent, useState } from "react";
import { useCameras } from "../api/cameras";
import { send } from "../api/client";
import { useTexts } from "../i18n";
import { Field, useAction } from "./Form";
import { Trouble } from "./Loaded";

// What a case is usually opened for, in the words of the closed list; the first four to begin with.
const CAPABILITIES = [
  "view.masked",
  "synopsis",
  "search.attributes",
  "case.mark",
  "search.similar",
  "journey",
  "statistics",
  "redact",
  "export.masked",
  "export.original",
  "view.unmasked",
];

/** Ask for a case. What the profile refuses, or misses, is said with its rule. */
export function OpenCase({ done }: { done: () => void }) {
  const { t } = useTexts();
  const cameras = useCameras();
  const [chosen, setChosen] = useState<readonly string[]>(CAPABILITIES.slice(0, 4));
  const { run, busy, error } = useAction(async (form: FormData) => {
    await send("post", "/api/cases", {}, read(form, chosen));
    done();
  });
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    run(new FormData(event.currentTarget));
  };
  const toggle = (name: string) =>
    setChosen(chosen.includes(name) ? chosen.filter((one) => one !== name) : [...chosen, name]);
  return (
    <form className="card form-grid" onSubmit={submit} aria-label={t("cases.open")}>
      <Field label={t("case.purpose")}>
        <input name="purpose" required />
      </Field>
      <Field label={t("case.basis")}>
        <input name="basis" required />
      </Field>
      <Field label={t("case.authorised-by")}>
        <input name="authorised_by" required />
      </Field>
      <fieldset className="checks">
        <legend>{t("case.cameras")}</legend>
        {[...cameras.values()].map((one) => (
          <label key={one.id}>
            <input type="checkbox" name="cameras" value={one.id} />
            {one.name}
          </label>
        ))}
      </fieldset>
      <Field label={t("case.from")}>
        <input name="start" type="datetime-local" required />
      </Field>
      <Field label={t("case.to")}>
        <input name="end" type="datetime-local" required />
      </Field>
      <Field label={t("case.end")}>
        <input name="until" type="datetime-local" required />
      </Field>
      <Field label={t("case.fields")} help={t("case.fields.help")}>
        <textarea name="fields" rows={2} />
      </Field>
      <fieldset className="checks wide">
        <legend>{t("case.capabilities")}</legend>
        {CAPABILITIES.map((name) => (
          <label key={name}>
            <input type="checkbox" checked={chosen.includes(name)} onChange={() => toggle(name)} />
            <code>{name}</code>
          </label>
        ))}
      </fieldset>
      {error ? (
        <div className="wide">
          <Trouble error={error} />
        </div>
      ) : null}
      <div className="row wide">
        <button type="submit" className="primary" disabled={busy}>
          {t("cases.open")}
        </button>
        <span className="muted small">{t("case.asked")}</span>
      </div>
    </form>
  );
}

function read(form: FormData, capabilities: readonly string[]) {
  const text = (name: string) => String(form.get(name) ?? "").trim();
  const utc = (name: string) => `${text(name)}:00Z`;
  return {
    purpose: text("purpose"),
    basis: text("basis"),
    authorised_by: text("authorised_by"),
    capabilities: [...capabilities],
    scope: {
      cameras: form.getAll("cameras").map(String),
      windows: [{ start: utc("start"), end: utc("end") }],
      digests: [],
    },
    until: utc("until"),
    fields: fieldsOf(text("fields")),
  };
}

/** Lines of NAME: VALUE. */
export function fieldsOf(text: string): Record<string, string> {
  const pairs = text
    .split("\n")
    .map((line) => line.split(/:(.*)/s))
    .filter(([name, value]) => name?.trim() && value?.trim());
  return Object.fromEntries(pairs.map(([name, value]) => [name?.trim() ?? "", value?.trim() ?? ""]));
}
