import { useState } from "react";
import { useTexts } from "../i18n";
import { Time } from "../parts/Time";

/** What lets somebody choose a password: shown once, for it is kept nowhere. */
export interface Invitation {
  name: string;
  secret: string;
  until: string;
}

export function InvitationCard({ of, close }: { of: Invitation; close: () => void }) {
  const { t } = useTexts();
  const [copied, setCopied] = useState(false);
  const link = `${window.location.origin}/#invite=${of.secret}`;
  return (
    <section className="card stack tight invitation" aria-label={t("invitation.title", { name: of.name })}>
      <h2>{t("invitation.title", { name: of.name })}</h2>
      <p>{t("invitation.hand")}</p>
      <code translate="no">{link}</code>
      <p className="small">
        {t("invitation.until")} <Time at={of.until} />
      </p>
      <div className="row">
        <button
          type="button"
          className="primary"
          onClick={() => navigator.clipboard.writeText(link).then(() => setCopied(true))}
        >
          {t(copied ? "action.copied" : "action.copy")}
        </button>
        <button type="button" onClick={close}>
          {t("action.close")}
        </button>
      </div>
    </section>
  );
}
