import { useState } from "react";
import { send } from "../api/client";
import type { UserOut } from "../api/types";
import { textOf } from "../cases/form";
import { useTexts } from "../i18n";
import { Field } from "../parts/Form";
import { StepForm } from "../parts/StepForm";
import { TextFile } from "../parts/TextFile";
import type { Invitation } from "./Invitation";

const STEPS = ["invite", "key", "authorise", "retire"] as const;
type Step = (typeof STEPS)[number];

interface StepsProps {
  one: UserOut;
  invited: (made: Invitation) => void;
  again: () => void;
}

/** What whoever administers does with a user: each a form that opens under its button. */
export function UserSteps(props: StepsProps) {
  const { t } = useTexts();
  const [open, setOpen] = useState<Step | null>(null);
  const steps = props.one.me ? STEPS.filter((step) => step !== "invite" && step !== "retire") : STEPS;
  return (
    <div className="stack">
      <div className="row">
        {steps.map((step) => (
          <button
            key={step}
            type="button"
            aria-expanded={open === step}
            onClick={() => setOpen(open === step ? null : step)}
          >
            {t(`users.${step}`)}
          </button>
        ))}
      </div>
      {open ? <Opened step={open} {...props} /> : null}
    </div>
  );
}

function Opened({ step, one, invited, again }: StepsProps & { step: Step }) {
  const { t } = useTexts();
  const user = { user: one.id };
  if (step === "key") return <Key one={one} again={again} />;
  if (step === "authorise") return <Authorise one={one} again={again} />;
  if (step === "invite") {
    const act = async () =>
      invited({ name: one.name, ...(await send("post", "/api/users/{user}/invitation", user, undefined)) });
    return (
      <StepForm title={t("users.invite.go")} text={t("users.invite.text")} act={act} done={() => undefined} />
    );
  }
  const act = () => send("post", "/api/users/{user}/retirement", user, undefined);
  return (
    <StepForm title={t("users.retire.go")} text={t("users.retire.text")} danger act={act} done={again} />
  );
}

function Key({ one, again }: { one: UserOut; again: () => void }) {
  const { t } = useTexts();
  const [file, setFile] = useState("");
  const act = () => send("put", "/api/users/{user}/key", { user: one.id }, { file });
  return (
    <StepForm title={t("users.key.go")} text={t("users.key.text", { id: one.id })} act={act} done={again}>
      <TextFile label={t("users.key.file")} accept=".pub" take={setFile} />
    </StepForm>
  );
}

function Authorise({ one, again }: { one: UserOut; again: () => void }) {
  const { t } = useTexts();
  const own = one.authorisation;
  const act = (form: FormData) => {
    const [number, about] = [textOf(form, "number"), textOf(form, "about")];
    const until = textOf(form, "until") || null;
    const given = { number, given_by: textOf(form, "given_by"), on: textOf(form, "on"), until, about };
    const authorisation = number ? given : null;
    return send("put", "/api/users/{user}/authorisation", { user: one.id }, { authorisation });
  };
  return (
    <StepForm title={t("users.authorise.go")} text={t("users.authorise.text")} act={act} done={again}>
      <Field label={t("users.number")}>
        <input name="number" maxLength={200} defaultValue={own?.number} />
      </Field>
      <Field label={t("users.given-by")}>
        <input name="given_by" maxLength={200} defaultValue={own?.given_by} />
      </Field>
      <Field label={t("users.on")}>
        <input name="on" type="date" defaultValue={own?.on} />
      </Field>
      <Field label={t("users.until")}>
        <input name="until" type="date" defaultValue={own?.until ?? ""} />
      </Field>
      <Field label={t("users.about")}>
        <input name="about" maxLength={4000} defaultValue={own?.about} />
      </Field>
    </StepForm>
  );
}
