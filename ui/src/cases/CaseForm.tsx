import type { FormEvent } from "react";
import { useCameras } from "../api/cameras";
import { send } from "../api/client";
import type { CaseOut, RulesOut } from "../api/types";
import { useTexts } from "../i18n";
import { Checks, Field, useAction } from "../parts/Form";
import { Loaded, Trouble } from "../parts/Loaded";
import { Fields, useRules } from "./Fields";
import { inputTime, termsOf, textOf } from "./form";
import "../style/cases.css";

// What a case is usually opened for, in the words of the closed list; the first five to begin with.
const CAPABILITIES = [
  "ingest",
  "view.masked",
  "synopsis",
  "search.attributes",
  "case.mark",
  "search.similar",
  "journey",
  "statistics",
  "redact",
  "export.masked",
  "export.original",
  "view.unmasked",
];

/** A new case, one that is opened at once because a life is at risk, or the later approval of that one. */
export type Kind = "open" | "emergency" | "regularise";

interface CaseFormProps {
  kind: Kind;
  /** The emergency that is to be approved. */
  of?: CaseOut;
  done: () => void;
}

/** Ask for a case. What the profile refuses, or misses, is said with its rule. */
export function CaseForm(props: CaseFormProps) {
  return <Loaded of={useRules()}>{(rules) => <Form {...props} rules={rules} />}</Loaded>;
}

function Form({ kind, of, done, rules }: CaseFormProps & { rules: RulesOut }) {
  const { t } = useTexts();
  const { run, busy, error } = useAction(async (form: FormData) => {
    const terms = termsOf(form, rules.open);
    if (kind === "emergency")
      await send("post", "/api/emergencies", {}, { ...terms, reason: textOf(form, "reason") });
    else if (of) await send("post", "/api/cases/{case}/regularisation", { case: of.id }, terms);
    else await send("post", "/api/cases", {}, terms);
    done();
  });
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    run(new FormData(event.currentTarget));
  };
  const title = t(`case-form.${kind}`);
  return (
    <form className="card form-grid" onSubmit={submit} aria-label={title}>
      {kind === "emergency" ? <Limits rules={rules} /> : null}
      <Words {...(of ? { of } : {})} />
      <Where {...(of ? { of } : {})} />
      <Field label={t("case.end")}>
        <input name="until" type="datetime-local" required />
      </Field>
      <Fields asked={rules.open} rules={rules} given={of?.fields ?? {}} />
      <What kind={kind} rules={rules} {...(of ? { of } : {})} />
      {error ? (
        <div className="wide">
          <Trouble error={error} />
        </div>
      ) : null}
      <div className="row wide">
        <button type="submit" className={kind === "emergency" ? "danger" : "primary"} disabled={busy}>
          {title}
        </button>
        <span className="muted small">{t(`case-form.${kind}.then`)}</span>
      </div>
    </form>
  );
}

/** What an emergency gives and what not, before anything is typed; and whose life it is about. */
function Limits({ rules }: { rules: RulesOut }) {
  const { t } = useTexts();
  return (
    <>
      <p className="notice wide">{t("case-form.limits", { n: rules.emergency_hours })}</p>
      <div className="wide">
        <Field label={t("case-form.life")} help={t("case-form.life.help")}>
          <textarea name="reason" rows={2} required maxLength={4000} />
        </Field>
      </div>
    </>
  );
}

function Words({ of }: { of?: CaseOut }) {
  const { t } = useTexts();
  return (
    <>
      <Field label={t("case.purpose")}>
        <input name="purpose" required maxLength={4000} defaultValue={of?.purpose} />
      </Field>
      <Field label={t("case.basis")}>
        <input name="basis" required maxLength={4000} defaultValue={of?.basis} />
      </Field>
      <Field label={t("case.authorised-by")}>
        <input name="authorised_by" required maxLength={4000} defaultValue={of?.authorised_by} />
      </Field>
    </>
  );
}

function Where({ of }: { of?: CaseOut }) {
  const { t } = useTexts();
  const cameras = useCameras();
  const hours = of?.scope.windows?.[0];
  return (
    <>
      <Checks
        key={cameras.size}
        legend={t("case.cameras")}
        name="cameras"
        of={[...cameras.values()].map((one) => [one.id, one.name])}
        chosen={of?.scope.cameras ?? []}
      />
      <Field label={t("case.from")}>
        <input
          name="start"
          type="datetime-local"
          required
          defaultValue={hours && inputTime(String(hours.start))}
        />
      </Field>
      <Field label={t("case.to")}>
        <input
          name="end"
          type="datetime-local"
          required
          defaultValue={hours && inputTime(String(hours.end))}
        />
      </Field>
    </>
  );
}

function What({ kind, rules, of }: { kind: Kind; rules: RulesOut; of?: CaseOut }) {
  const { t } = useTexts();
  const names = kind === "emergency" ? rules.emergency : CAPABILITIES;
  const chosen = of?.capabilities ?? (kind === "emergency" ? names : names.slice(0, 5));
  return (
    <div className="wide">
      <Checks
        legend={t("case.capabilities")}
        name="capabilities"
        of={names.map((name) => [name, <code key={name}>{name}</code>])}
        chosen={chosen}
      />
    </div>
  );
}
