import { useEffect, useState } from "react";
import { whenSent } from "../api/client";
import { useTexts } from "../i18n";
import { isOpen, PAGES } from "./pages";
import { inside, Link, split, usePlace } from "./router";
import type { Session } from "./session";
import { areHidden, completes, hideSteps, keepSteps, keptSteps, STEPS } from "./tour";

/** For one person's own workspace, and the demonstration: what to try first, ticked off as it is done. */
export function FirstSteps({ session }: { session: Session }) {
  const { t } = useTexts();
  const { path, query } = usePlace();
  const { caseId, page } = split(path);
  const [steps, setSteps] = useState(keptSteps);
  const [sent, setSent] = useState("");
  useEffect(() => whenSent(setSent), []);
  useEffect(() => {
    const fresh = STEPS.filter((step) => !steps.has(step.name) && completes(step, page, query, sent));
    if (!fresh.length || areHidden(steps)) return;
    const more = new Set([...steps, ...fresh.map((step) => step.name)]);
    keepSteps(more);
    setSteps(more);
  }, [steps, page, query, sent]);
  if (areHidden(steps)) return null;
  const hide = () => {
    hideSteps(true);
    setSteps(keptSteps());
  };
  const open = STEPS.filter((step) => PAGES.some((one) => one.path === step.page && isOpen(one, session)));
  const next = open.find((step) => !steps.has(step.name));
  return (
    <section className="first-steps" aria-label={t("tour.title")}>
      <strong>{t(next ? "tour.title" : "tour.done")}</strong>
      <ol>
        {open.map((step) => (
          <li key={step.name} className={steps.has(step.name) ? "done" : ""}>
            <Link
              to={inside(caseId, step.page)}
              {...(step === next ? { "aria-current": "step" as const } : {})}
            >
              {steps.has(step.name) ? <span aria-hidden="true">✓ </span> : null}
              {t(`tour.${step.name}`)}
              {steps.has(step.name) ? <span className="hidden-text"> {t("tour.ticked")}</span> : null}
            </Link>
          </li>
        ))}
      </ol>
      <button type="button" className="quiet" onClick={hide}>
        {t("tour.hide")}
      </button>
    </section>
  );
}
