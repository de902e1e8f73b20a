import type { May } from "../api/types";
import { useCaseId } from "../app/router";
import { isKey, useTexts } from "../i18n";
import { readable } from "../i18n/times";
import { NEEDS_REASON } from "../parts/Loaded";
import { grouped } from "./grouped";

/** Names of capabilities that look at footage: those a case is about. */
const HOUSE =
  /^(case|camera|audit|retention|documents|dpia|declaration|profile|user|key|workspace|request)(\.|$)/;

/** What the case (or one here, outside any) may do, and what not, each with the rule that says so. */
export function Permissions({ may }: { may: readonly May[] }) {
  const { t } = useTexts();
  const ofCase = useCaseId() !== null;
  const footage = may.filter((one) => !HOUSE.test(one.capability) || one.capability === "case.mark");
  const can = (one: May) => one.allowed || one.rule === NEEDS_REASON;
  const [yes, no] = [footage.filter(can), footage.filter((one) => !can(one))];
  return (
    <div className="stack">
      <section className="card stack tight">
        <h2>{t(ofCase ? "case.may" : "may.here")}</h2>
        {yes.length ? null : <p>{t("case.may.none")}</p>}
        <Lines of={yes} />
      </section>
      <section className="card stack tight">
        <h2>{t(ofCase ? "case.may-not" : "may.not-here")}</h2>
        <Lines of={no} />
      </section>
    </div>
  );
}

/** Capabilities with what is said of them; those of which the same is said stand together. */
function Lines({ of }: { of: readonly May[] }) {
  return (
    <ul className="may">
      {grouped(of).map((together) => (
        <Group key={together[0]?.capability} of={together} />
      ))}
    </ul>
  );
}

function Group({ of }: { of: readonly May[] }) {
  const { t, language } = useTexts();
  const [one] = of;
  if (!one) return null;
  const known = `rule.${one.rule}`;
  const reason = one.rule === NEEDS_REASON;
  const says = of.length > 1 && isKey(known) ? t(known) : readable(language, one.says);
  return (
    <li>
      <span className="names">
        {of.map(({ capability }) => (
          <code key={capability}>{capability}</code>
        ))}
      </span>
      <div>
        <p>{reason ? t("case.may.reason") : says}</p>
        {one.remedy && !reason ? <p className="muted">{one.remedy}</p> : null}
        <p className="muted small">
          {t("trouble.rule")} <code>{one.rule}</code>
        </p>
      </div>
    </li>
  );
}
