import { useCallback } from "react";
import { get } from "../api/client";
import type { CapabilitiesOut } from "../api/types";
import { useLoad } from "../api/useLoad";
import { useTexts } from "../i18n";
import { Loaded } from "./Loaded";

/** What this build can do, and what it refuses to do; for everybody. */
export function Build() {
  const [found, again] = useLoad(
    useCallback((signal: AbortSignal) => get("/api/capabilities", {}, signal), []),
  );
  return (
    <Loaded of={found} again={again}>
      {(can) => <Said can={can} />}
    </Loaded>
  );
}

function Said({ can }: { can: CapabilitiesOut }) {
  const { t } = useTexts();
  return (
    <section className="card stack">
      <h2>{t("capabilities.title")}</h2>
      <p>
        <strong>{t("capabilities.names")}</strong> {t("capabilities.version", { version: can.version })}
      </p>
      <Lines title={t("capabilities.does")} of={can.does} />
      <Lines title={t("capabilities.refuses")} of={can.refuses} />
      <details>
        <summary>
          {t("capabilities.models")} ({can.models.length})
        </summary>
        <ul className="needs">
          {can.models.map((one) => (
            <li key={one.sha256}>
              <span>{one.name}</span>
              <span className="muted">
                {one.task} <code>{one.sha256.slice(0, 16)}</code>
              </span>
            </li>
          ))}
        </ul>
      </details>
    </section>
  );
}

function Lines({ title, of }: { title: string; of: readonly string[] }) {
  return (
    <div className="stack tight">
      <h3>{title}</h3>
      <ul className="bullets" lang="en">
        {of.map((line) => (
          <li key={line}>{line}</li>
        ))}
      </ul>
    </div>
  );
}
