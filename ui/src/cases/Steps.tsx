import { useState } from "react";
import { useCameras } from "../api/cameras";
import { caseChanged } from "../api/changes";
import { send } from "../api/client";
import type { CaseOut, May, RulesOut } from "../api/types";
import { mayEver, useSession } from "../app/session";
import { useTexts } from "../i18n";
import { Checks, Field } from "../parts/Form";
import { Loaded } from "../parts/Loaded";
import { StepForm } from "../parts/StepForm";
import { Answer } from "./Answer";
import { CaseForm } from "./CaseForm";
import { Fields, useRules } from "./Fields";
import { fieldsOf, linesOf, textOf, timeOf } from "./form";
import { type Step, stepsOf } from "./possible";

interface StepProps {
  one: CaseOut;
  may: readonly May[];
  done: () => void;
}

export function Steps({ one, may }: { one: CaseOut; may: readonly May[] }) {
  const { t } = useTexts();
  const session = useSession();
  const [open, setOpen] = useState<Step | null>(null);
  const steps = stepsOf(one, (capability) => mayEver(session, capability));
  if (!steps.length) return null;
  const done = () => {
    setOpen(null);
    caseChanged();
  };
  return (
    <section className="stack" aria-label={t("steps.title")}>
      <div className="row">
        {steps.map((step) => (
          <button
            key={step}
            type="button"
            aria-expanded={open === step}
            onClick={() => setOpen(open === step ? null : step)}
          >
            {t(`steps.${step}`)}
          </button>
        ))}
      </div>
      {open ? <Opened step={open} one={one} may={may} done={done} /> : null}
    </section>
  );
}

function Opened({ step, ...props }: StepProps & { step: Step }) {
  const rules = useRules();
  if (step === "answer") return <Answer {...props} />;
  if (step === "regularise") return <CaseForm kind="regularise" of={props.one} done={props.done} />;
  if (step === "allow") return <Allow {...props} />;
  if (step === "profile") return <NewProfile {...props} />;
  return (
    <Loaded of={rules}>
      {(found) =>
        step === "extend" ? <Extend {...props} rules={found} /> : <Close {...props} rules={found} />
      }
    </Loaded>
  );
}

/** What needs a second person beyond the case: for all of it, some of its cameras, or some tracks. */
function Allow({ one, may, done }: StepProps) {
  const { t } = useTexts();
  const cameras = useCameras();
  const lacking = may.filter((each) => each.rule === "approval.second-person");
  const wanted = lacking.map((each) => each.capability);
  const act = (form: FormData) => {
    const part = form.getAll("part").map(String);
    const body = {
      capabilities: form.getAll("wanted").map(String),
      reason: textOf(form, "reason"),
      tracks: linesOf(textOf(form, "tracks")),
      scope: part.length ? { ...one.scope, digests: [], cameras: part } : null,
    };
    return send("post", "/api/cases/{case}/requests", { case: one.id }, body);
  };
  if (!wanted.length) return <p className="card">{t("steps.allow.none")}</p>;
  return (
    <StepForm title={t("steps.allow.go")} text={t("steps.allow.text")} act={act} done={done}>
      <Checks
        legend={t("case.capabilities")}
        name="wanted"
        of={wanted.map((name) => [name, <code key={name}>{name}</code>])}
        chosen={wanted.length === 1 ? wanted : []}
      />
      <Field label={t("steps.reason")} help={t("steps.reason.help")}>
        <input name="reason" required maxLength={4000} />
      </Field>
      <Checks
        legend={t("steps.allow.cameras")}
        name="part"
        of={(one.scope.cameras ?? []).map((id) => [id, cameras.get(id)?.name ?? id])}
      />
      <Field label={t("steps.allow.tracks")} help={t("steps.allow.tracks.help")}>
        <textarea name="tracks" rows={2} />
      </Field>
    </StepForm>
  );
}

function Extend({ one, rules, done }: StepProps & { rules: RulesOut }) {
  const { t } = useTexts();
  const act = (form: FormData) => {
    const body = { until: timeOf(form, "until"), fields: fieldsOf(form, rules.renew) };
    return send("post", "/api/cases/{case}/extend", { case: one.id }, body);
  };
  const text = rules.days ? t("steps.extend.text", { days: rules.days }) : t("steps.extend.free");
  return (
    <StepForm title={t("steps.extend.go")} text={text} act={act} done={done}>
      <Field label={t("case.end")}>
        <input name="until" type="datetime-local" required />
      </Field>
      <Fields asked={rules.renew} rules={rules} />
    </StepForm>
  );
}

function NewProfile({ one, done }: StepProps) {
  const { t } = useTexts();
  const act = () => send("post", "/api/cases/{case}/profile", { case: one.id }, undefined);
  return <StepForm title={t("steps.profile.go")} text={t("steps.profile.text")} act={act} done={done} />;
}

function Close({ one, rules, done }: StepProps & { rules: RulesOut }) {
  const { t } = useTexts();
  const act = (form: FormData) => {
    const body = { outcome: textOf(form, "outcome"), fields: fieldsOf(form, rules.close) };
    return send("post", "/api/cases/{case}/close", { case: one.id }, body);
  };
  return (
    <StepForm title={t("steps.close.go")} text={t("steps.close.text")} danger act={act} done={done}>
      <Field label={t("steps.close.outcome")} help={t("steps.close.outcome.help")}>
        <textarea name="outcome" rows={2} required maxLength={4000} />
      </Field>
      <Fields asked={rules.close} rules={rules} />
    </StepForm>
  );
}
