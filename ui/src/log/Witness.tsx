import { useCallback, useState } from "react";
import { get, send } from "../api/client";
import { useLoad } from "../api/useLoad";
import { mayEver, useSession } from "../app/session";
import { textOf } from "../cases/form";
import { useTexts } from "../i18n";
import { Field } from "../parts/Form";
import { Loaded } from "../parts/Loaded";
import { StepForm } from "../parts/StepForm";
import { TextFile } from "../parts/TextFile";

/** Let somebody else see the log: they take its checkpoint away, on a phone or as a file, and sign it. */
export function Witness() {
  const { t } = useTexts();
  const mayTake = mayEver(useSession(), "audit.witness");
  const load = useCallback((signal: AbortSignal) => get("/api/log/checkpoint", {}, signal), []);
  const [found, again] = useLoad(load);
  return (
    <section className="stack" aria-label={t("log.witness")}>
      <Loaded of={found} again={again}>
        {(checkpoint) => <Shown {...checkpoint} />}
      </Loaded>
      {mayTake ? <Take done={again} /> : null}
    </section>
  );
}

function Shown({
  text,
  size,
  fingerprint,
  qr,
}: {
  text: string;
  size: number;
  fingerprint: string;
  qr: string;
}) {
  const { t } = useTexts();
  const file = `data:text/plain;charset=utf-8,${encodeURIComponent(text)}`;
  return (
    <div className="card witness">
      <img src={qr} alt={t("witness.qr", { n: size })} width="288" height="288" />
      <div className="stack">
        <h2>{t("witness.title", { n: size })}</h2>
        <ol className="bullets">
          <li>{t("witness.take")}</li>
          <li>{t("witness.keep")}</li>
          <li>{t("witness.sign")}</li>
        </ol>
        <pre className="checkpoint">{text}</pre>
        <dl className="facts">
          <dt>{t("declaration.key")}</dt>
          <dd>
            <code>{fingerprint}</code>
          </dd>
        </dl>
        <div>
          <a className="button" href={file} download={`checkpoint-${size}.txt`}>
            {t("witness.save")}
          </a>
        </div>
      </div>
    </div>
  );
}

/** What a witness signed comes back; whose key it is, one knows from elsewhere. */
function Take({ done }: { done: () => void }) {
  const { t } = useTexts();
  const [text, setText] = useState("");
  const [taken, setTaken] = useState("");
  const act = async (form: FormData) => {
    const witness = { name: textOf(form, "name"), key: textOf(form, "key") };
    const seen = await send("post", "/api/log/witness", {}, { file: text, witnesses: [witness] });
    setTaken(seen ? t("witness.taken", { n: seen.size, names: seen.names }) : "");
    setText("");
  };
  return (
    <>
      <p role="status">{taken ? <span className="badge good">{taken}</span> : null}</p>
      <StepForm title={t("witness.back.go")} text={t("witness.back")} act={act} done={done}>
        <TextFile label={t("witness.file")} take={setText} />
        <Field label={t("steps.answer.paste")}>
          <textarea
            rows={4}
            className="mono"
            required
            spellCheck={false}
            value={text}
            onChange={(event) => setText(event.target.value)}
          />
        </Field>
        <Field label={t("witness.name")}>
          <input name="name" required maxLength={200} />
        </Field>
        <Field label={t("witness.key")} help={t("witness.key.help")}>
          <input name="key" required maxLength={200} className="mono" spellCheck={false} />
        </Field>
      </StepForm>
    </>
  );
}
