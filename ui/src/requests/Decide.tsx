import { type FormEvent, useState } from "react";
import { send } from "../api/client";
import type { DemandFullOut } from "../api/types";
import { useTexts } from "../i18n";
import { Field, useAction } from "../parts/Form";
import { Trouble } from "../parts/Loaded";

interface DecideProps {
  one: DemandFullOut;
  chosen: ReadonlySet<string>;
  done: () => void;
}

/** Grant it for the tracks that were named, or refuse it on a ground of the law; once. */
export function Decide({ one, chosen, done }: DecideProps) {
  const { t, language } = useTexts();
  const [grant, setGrant] = useState(true);
  const [ground, setGround] = useState("");
  const [reason, setReason] = useState("");
  const source = one.grounds.find((found) => found.name === ground)?.source;
  const { run, busy, error } = useAction(async () => {
    const body = { reason, tracks: grant ? [...chosen] : [], ground: grant ? "" : ground };
    await send("post", "/api/requests/{request}/decision", { request: one.id }, body);
    done();
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    run();
  };
  return (
    <form className="card stack tight" onSubmit={submit} aria-label={t("request.step-decide")}>
      <h2>{t("request.step-decide")}</h2>
      <label className="row">
        <input type="radio" name="decision" checked={grant} onChange={() => setGrant(true)} />
        {t("request.grant", { n: chosen.size })}
      </label>
      <label className="row">
        <input type="radio" name="decision" checked={!grant} onChange={() => setGrant(false)} />
        {t("request.refuse")}
      </label>
      {grant ? (
        <p className="muted small">{t(`request-effect.${one.right}`)}</p>
      ) : (
        <Field label={t("request.ground")} {...(source ? { help: source } : {})}>
          <select required value={ground} onChange={(event) => setGround(event.target.value)}>
            <option value="">{t("request.choose")}</option>
            {one.grounds.map((found) => (
              <option key={found.name} value={found.name}>
                {found[language]}
              </option>
            ))}
          </select>
        </Field>
      )}
      <Field label={t("request.reason")} help={t("request.reason.help")}>
        <textarea
          required
          rows={2}
          maxLength={4000}
          value={reason}
          onChange={(event) => setReason(event.target.value)}
        />
      </Field>
      {error ? <Trouble error={error} /> : null}
      <div>
        <button type="submit" className="primary" disabled={busy || (grant && chosen.size === 0)}>
          {t("request.decide")}
        </button>
      </div>
    </form>
  );
}
