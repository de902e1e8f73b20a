import type { CameraRuleOut, RuleKindOut } from "../api/types";
import { useTexts } from "../i18n";

interface OwnRulesProps {
  own: readonly CameraRuleOut[];
  usual: readonly RuleKindOut[];
  may: boolean;
  busy: boolean;
  open: (rule: CameraRuleOut) => void;
  drop: (name: string) => void;
}

/** The rules that run at a camera: its own, and those that run at every one. */
export function OwnRules({ own, usual, may, busy, open, drop }: OwnRulesProps) {
  const { t } = useTexts();
  return (
    <section className="card stack tight">
      <h2>{t("events.own")}</h2>
      {own.length ? (
        <ul className="rates">
          {own.map((one) => (
            <li key={one.name} className="row apart">
              <span>
                <strong>{one.name}</strong> <span className="badge">{one.rule}</span>
              </span>
              <span className="row">
                <button
                  type="button"
                  aria-label={t("zones.edit.one", { name: one.name })}
                  onClick={() => open(one)}
                >
                  {t("zones.edit")}
                </button>
                {may ? (
                  <button
                    type="button"
                    className="quiet"
                    disabled={busy}
                    aria-label={t("zones.delete.one", { name: one.name })}
                    onClick={() => drop(one.name)}
                  >
                    {t("zones.delete")}
                  </button>
                ) : null}
              </span>
            </li>
          ))}
        </ul>
      ) : (
        <p className="muted">{t("events.own.none")}</p>
      )}
      <p className="muted small">
        {t("events.own.usual", {
          rules: usual
            .filter((one) => one.usual)
            .map((one) => one.kind)
            .join(", "),
        })}
      </p>
    </section>
  );
}
