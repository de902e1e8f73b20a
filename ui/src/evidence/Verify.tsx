import { useCallback } from "react";
import { address, get } from "../api/client";
import { useLoad } from "../api/useLoad";
import { useTexts } from "../i18n";
import { Loaded } from "../parts/Loaded";

const PAGE = "/api/verify/page";

/** The page that checks packages: opened beside, or saved for a machine without a network. */
export function Verify() {
  const { t } = useTexts();
  const [found, again] = useLoad(useCallback((signal: AbortSignal) => get("/api/verify", {}, signal), []));
  return (
    <section className="card stack">
      <h2>{t("verify.title")}</h2>
      <p>{t("verify.text")}</p>
      <div className="row">
        <a className="button primary" href={PAGE} target="_blank" rel="noopener">
          {t("verify.open")}
        </a>
        <a className="button" href={address(PAGE, { save: true })} download>
          {t("verify.save")}
        </a>
      </div>
      <Loaded of={found} again={again}>
        {(page) => (
          <dl className="facts">
            <dt>{t("verify.digest")}</dt>
            <dd>
              <code>{page.sha256}</code>
            </dd>
            <dt>{t("capabilities.version")}</dt>
            <dd>{page.release}</dd>
          </dl>
        )}
      </Loaded>
      <p className="muted small">{t("verify.why")}</p>
    </section>
  );
}
