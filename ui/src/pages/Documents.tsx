import { useState } from "react";
import { send } from "../api/client";
import type { AssessmentOut, DocumentOut } from "../api/types";
import { mayEver, useSession } from "../app/session";
import { Digest, useRules } from "../cases/Fields";
import { textOf } from "../cases/form";
import { useTexts } from "../i18n";
import { Field, useAction } from "../parts/Form";
import { Loaded, Trouble } from "../parts/Loaded";
import { StepForm } from "../parts/StepForm";
import "../style/oversight.css";

const KINDS = ["dpia", "record", "register", "notice", "transparency"] as const;

/** What the law asks an organisation to write down, made from the real settings and the log. */
export default function Documents() {
  const { t } = useTexts();
  const [contact, setContact] = useState("");
  return (
    <div className="page">
      <div className="stack tight">
        <h1>{t("page.documents")}</h1>
        <p className="muted">{t("documents.text")}</p>
      </div>
      <Field label={t("documents.contact")} help={t("documents.contact.help")}>
        <input value={contact} maxLength={4000} onChange={(event) => setContact(event.target.value)} />
      </Field>
      <ul className="documents">
        {KINDS.map((kind) => (
          <Kind key={kind} kind={kind} contact={contact} />
        ))}
      </ul>
      <Assessments />
    </div>
  );
}

function Kind({ kind, contact }: { kind: (typeof KINDS)[number]; contact: string }) {
  const { t, language } = useTexts();
  const [made, setMade] = useState<DocumentOut | null>(null);
  const { run, busy, error } = useAction(async () =>
    setMade(await send("post", "/api/documents", {}, { kind, language, contact })),
  );
  const markdown = made?.files.find((file) => file.name.endsWith(".md"));
  return (
    <li className="card stack tight">
      <div className="row apart">
        <div>
          <h2>{t(`document.${kind}`)}</h2>
          <p className="muted">{t(`document.${kind}.text`)}</p>
        </div>
        <button type="button" onClick={() => run()} disabled={busy}>
          {t(made ? "documents.again" : "documents.make")}
        </button>
      </div>
      {error ? <Trouble error={error} /> : null}
      {made && markdown ? (
        <>
          <div className="row">
            {made.files.map((file) => (
              <a key={file.name} className="button" download={file.name} href={addressOf(file)}>
                {t("documents.save", { name: file.name })}
              </a>
            ))}
          </div>
          <p className="small muted">
            {t("case.request.digest")}{" "}
            {made.files.map((file) => `${file.name} ${file.sha256.slice(0, 16)}`).join(", ")}
          </p>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
          <pre className="preview" tabIndex={0}>
            {markdown.text}
          </pre>
        </>
      ) : null}
    </li>
  );
}

/** A file to be saved as it is; nothing of it is ever opened as a page of this server. */
function addressOf(file: { name: string; text: string }): string {
  const kind = file.name.endsWith(".html") ? "text/html" : "text/markdown";
  return `data:${kind};charset=utf-8,${encodeURIComponent(file.text)}`;
}

/** Which impact assessments were signed, and whether they describe today's settings. */
function Assessments() {
  const { t } = useTexts();
  const rules = useRules();
  const may = mayEver(useSession(), "dpia.register");
  const [added, setAdded] = useState<readonly AssessmentOut[]>([]);
  return (
    <section className="card stack">
      <h2>{t("documents.signed")}</h2>
      <Loaded of={rules}>
        {(found) => (
          <ul className="stack tight">
            {[...found.assessments, ...added].toReversed().map((one) => (
              <li key={one.digest} className="row">
                <code>{one.digest.slice(0, 16)}</code> {one.signed}, {one.opinion}
                <span className={`badge ${one.current ? "good" : "warn"}`}>
                  {t(one.current ? "declaration.current" : "declaration.outdated")}
                </span>
              </li>
            ))}
            {found.assessments.length + added.length ? null : <li>{t("documents.signed.none")}</li>}
          </ul>
        )}
      </Loaded>
      {may ? <Register add={(made) => setAdded([...added, made])} /> : null}
    </section>
  );
}

const OPINIONS = ["favourable", "favourable with reservations", "unfavourable"];

function Register({ add }: { add: (made: AssessmentOut) => void }) {
  const { t } = useTexts();
  const act = async (form: FormData) => {
    const text = (name: string) => textOf(form, name);
    const body = {
      digest: text("digest"),
      signatory: text("signatory"),
      signed: text("signed"),
      opinion: text("opinion"),
      dpo: text("dpo"),
    };
    add(await send("post", "/api/assessments", {}, body));
  };
  return (
    <details>
      <summary>{t("documents.register")}</summary>
      <StepForm
        title={t("documents.register.go")}
        text={t("documents.register.text")}
        act={act}
        done={() => undefined}
      >
        <Field label={t("documents.digest")}>
          <Digest name="digest" value="" />
        </Field>
        <Field label={t("documents.signatory")}>
          <input name="signatory" required maxLength={4000} />
        </Field>
        <Field label={t("documents.day")}>
          <input name="signed" type="date" required />
        </Field>
        <Field label={t("documents.dpo")}>
          <input name="dpo" required maxLength={4000} />
        </Field>
        <Field label={t("documents.opinion")}>
          <select name="opinion" lang="en">
            {OPINIONS.map((one) => (
              <option key={one}>{one}</option>
            ))}
          </select>
        </Field>
      </StepForm>
    </details>
  );
}
