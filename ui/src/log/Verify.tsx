import { useEffect, useRef, useState } from "react";
import { send } from "../api/client";
import { useTexts } from "../i18n";
import { Field, useAction } from "../parts/Form";
import { Loading, Trouble } from "../parts/Loaded";

/** Verify the whole log, at once; then, if somebody noted a checkpoint, that the log continues it. */
export function Verify() {
  const { t } = useTexts();
  const [lines, setLines] = useState<readonly string[]>([]);
  const [noted, setNoted] = useState("");
  const { run, busy, error } = useAction(async (checkpoint: string) => {
    setLines([]);
    setLines((await send("post", "/api/log/verify", {}, { checkpoint })).lines);
  });
  const begun = useRef(false);
  useEffect(() => {
    if (begun.current) return;
    begun.current = true;
    run("");
  }, [run]);
  return (
    <section className="card stack" aria-label={t("log.verify")}>
      {busy ? <Loading /> : null}
      {error ? <Trouble error={error} /> : null}
      {lines.length ? (
        <div className="stack tight" role="status">
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
      <Field label={t("log.noted")} help={t("log.noted.help")}>
        <textarea
          rows={4}
          className="mono"
          spellCheck={false}
          value={noted}
          onChange={(event) => setNoted(event.target.value)}
        />
      </Field>
      <div>
        <button type="button" disabled={busy || !noted.trim()} onClick={() => run(noted)}>
          {t("log.noted.go")}
        </button>
      </div>
    </section>
  );
}
