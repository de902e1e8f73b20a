import { type FormEvent, useEffect, useState } from "react";
import { send } from "../api/client";
import type { DemandFullOut } from "../api/types";
import { Packages } from "../evidence/Packages";
import { usePackages } from "../evidence/usePackages";
import { useTexts } from "../i18n";
import { Field, useAction } from "../parts/Form";
import { Trouble } from "../parts/Loaded";

const PAPERS = ["letter.fr.html", "letter.en.html"] as const;

/** Make the answer: the package with its letters, which ends the request and what it held. */
export function Send({ one, sent }: { one: DemandFullOut; sent: () => void }) {
  const { t } = useTexts();
  const [contact, setContact] = useState("");
  const { jobs, noticed } = usePackages("answer", (job) => job.title === one.id);
  const done = jobs.some((job) => job.state === "done");
  useEffect(() => {
    if (done && one.answered === null) sent();
  }, [done, one.answered, sent]);
  const { run, busy, error } = useAction(async () =>
    noticed(await send("post", "/api/requests/{request}/answer", { request: one.id }, { contact })),
  );
  const submit = (event: FormEvent) => {
    event.preventDefault();
    run();
  };
  return (
    <section className="card stack tight">
      <h2>{t("request.step-send")}</h2>
      {one.answered === null ? (
        <form className="stack tight" onSubmit={submit}>
          <p className="muted small">{t("request.send.text")}</p>
          <Field label={t("request.contact")} help={t("request.contact.help")}>
            <input maxLength={500} value={contact} onChange={(event) => setContact(event.target.value)} />
          </Field>
          {error ? <Trouble error={error} /> : null}
          <div>
            <button type="submit" className="primary" disabled={busy}>
              {t("request.send")}
            </button>
          </div>
        </form>
      ) : null}
      <Packages jobs={jobs} papers={PAPERS} />
    </section>
  );
}
