import { type FormEvent, useState } from "react";
import { address, send } from "../api/client";
import type { DemandFullOut } from "../api/types";
import { useTexts } from "../i18n";
import { wholeDate } from "../i18n/times";
import { Field, useAction } from "../parts/Form";
import { Trouble } from "../parts/Loaded";

/** Take two more months, with the notice that must go out inside the first. */
export function Extend({ one, done }: { one: DemandFullOut; done: () => void }) {
  const { t, language } = useTexts();
  const [reason, setReason] = useState("");
  const { run, busy, error } = useAction(async () => {
    await send("post", "/api/requests/{request}/extension", { request: one.id }, { reason });
    done();
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    run();
  };
  const day = wholeDate(language, one.first_due);
  return (
    <section className="card stack tight">
      <h2>{t("request.more-time")}</h2>
      {one.extended ? (
        <>
          <p>{t("request.extended", { day })}</p>
          <Notices id={one.id} />
        </>
      ) : (
        <form className="stack tight" onSubmit={submit}>
          <p className="muted small">{t("request.extend.text", { day })}</p>
          <Field label={t("request.extend.why")}>
            <input
              required
              maxLength={4000}
              value={reason}
              onChange={(event) => setReason(event.target.value)}
            />
          </Field>
          {error ? <Trouble error={error} /> : null}
          <div>
            <button type="submit" disabled={busy}>
              {t("request.extend")}
            </button>
          </div>
        </form>
      )}
    </section>
  );
}

function Notices({ id }: { id: string }) {
  const { t } = useTexts();
  return (
    <div className="row">
      {(["fr", "en"] as const).map((language) => (
        <a
          key={language}
          className="button"
          lang={language}
          target="_blank"
          rel="noopener"
          href={address("/api/requests/{request}/notice", { request: id, language })}
        >
          {t(`request-notice.${language}`)}
        </a>
      ))}
    </div>
  );
}
