import type { FormEvent } from "react";
import { useCameras } from "../api/cameras";
import { send } from "../api/client";
import type { DemandOut } from "../api/types";
import { useTexts } from "../i18n";
import { Field, useAction } from "../parts/Form";
import { Trouble } from "../parts/Loaded";

const RIGHTS: readonly DemandOut["right"][] = ["access", "erasure", "restriction", "objection"];

/** Take a request in: who, where, when, how they looked. There is no place for a picture of a face. */
export function OpenDemand({ done }: { done: (id: string) => void }) {
  const { t } = useTexts();
  const cameras = useCameras();
  const { run, busy, error } = useAction(async (form: FormData) => {
    const made = await send("post", "/api/requests", {}, read(form));
    done(made.id);
  });
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    run(new FormData(event.currentTarget));
  };
  return (
    <form className="card form-grid" onSubmit={submit} aria-label={t("request.open")}>
      <Field label={t("request.right")}>
        <select name="right">
          {RIGHTS.map((one) => (
            <option key={one} value={one}>
              {t(`right.${one}`)}
            </option>
          ))}
        </select>
      </Field>
      <Field label={t("request.name")} help={t("request.name.help")}>
        <input name="name" required maxLength={500} autoComplete="off" />
      </Field>
      <Field label={t("request.identity")} help={t("request.identity.help")}>
        <input name="identity" required maxLength={500} autoComplete="off" />
      </Field>
      <fieldset className="checks wide">
        <legend>{t("request.where")}</legend>
        {[...cameras.values()].map((one) => (
          <label key={one.id}>
            <input type="checkbox" name="cameras" value={one.name} />
            {one.name}
          </label>
        ))}
      </fieldset>
      <Field label={t("case.from")}>
        <input name="start" type="datetime-local" required />
      </Field>
      <Field label={t("case.to")} help={t("request.window.help")}>
        <input name="end" type="datetime-local" required />
      </Field>
      <div className="wide">
        <Field label={t("request.description")} help={t("request.description.help")}>
          <textarea name="description" required rows={2} maxLength={4000} />
        </Field>
      </div>
      {error ? (
        <div className="wide">
          <Trouble error={error} />
        </div>
      ) : null}
      <div className="row wide">
        <button type="submit" className="primary" disabled={busy}>
          {t("request.take-in")}
        </button>
        <span className="muted small">{t("request.holds")}</span>
      </div>
    </form>
  );
}

function read(form: FormData) {
  const text = (name: string) => String(form.get(name) ?? "").trim();
  return {
    right: text("right") as DemandOut["right"],
    cameras: form.getAll("cameras").map(String),
    start: `${text("start")}:00Z`,
    end: `${text("end")}:00Z`,
    name: text("name"),
    description: text("description"),
    identity: text("identity"),
  };
}
