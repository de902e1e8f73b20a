import { useCallback, useState } from "react";
import { get } from "../api/client";
import type { FieldOut, RulesOut } from "../api/types";
import { type Load, useLoad } from "../api/useLoad";
import { useTexts } from "../i18n";
import { Field } from "../parts/Form";
import { digestOf, inputOf } from "./form";

/** What the profile asks of a case. */
export function useRules(): Load<RulesOut> {
  const [found] = useLoad(useCallback((signal: AbortSignal) => get("/api/rules", {}, signal), []));
  return found;
}

interface FieldsProps {
  asked: readonly FieldOut[];
  rules: RulesOut;
  given?: Readonly<Record<string, string>>;
}

/** An input for each field that the profile asks, with the text that it rests on. */
export function Fields({ asked, rules, given = {} }: FieldsProps) {
  const { t } = useTexts();
  return asked.map((one) => (
    <Field key={one.name} label={one.name} help={helpOf(one, t("fields.unless"))}>
      <Input field={one} rules={rules} value={given[one.name] ?? one.must} />
    </Field>
  ));
}

function helpOf(field: FieldOut, unless: string): string {
  const but = field.unless ? ` (${unless} ${field.unless.join(": ")})` : "";
  return `${field.ask}${but}. ${field.source}`;
}

function Input({ field, rules, value }: { field: FieldOut; rules: RulesOut; value: string }) {
  const { t } = useTexts();
  const name = inputOf(field);
  if (field.kind === "choice")
    return (
      <select name={name} defaultValue={value}>
        <option value="">{t("fields.choose")}</option>
        {field.choices.map((one) => (
          <option key={one}>{one}</option>
        ))}
      </select>
    );
  if (field.kind === "dpia" && rules.assessments.length)
    return (
      <select name={name} defaultValue={value}>
        <option value="">{t("fields.choose")}</option>
        {rules.assessments.toReversed().map((one) => (
          <option key={one.digest} value={one.digest}>
            {one.signed}, {one.opinion}, {t(one.current ? "declaration.current" : "declaration.outdated")}
          </option>
        ))}
      </select>
    );
  if (field.kind === "digest" || field.kind === "dpia") return <Digest name={name} value={value} />;
  return <input name={name} type={field.kind === "date" ? "date" : "text"} defaultValue={value} />;
}

/** The SHA-256 of a file, typed or worked out from the file here in the browser, which the file never leaves. */
function Digest({ name, value }: { name: string; value: string }) {
  const { t } = useTexts();
  const [text, setText] = useState(value);
  return (
    <>
      <input
        name={name}
        className="mono"
        spellCheck={false}
        placeholder={t("fields.digest")}
        value={text}
        onChange={(event) => setText(event.target.value)}
      />
      <input
        type="file"
        aria-label={t("fields.digest.file", { name: name.replace("field.", "") })}
        onChange={(event) => {
          const file = event.target.files?.[0];
          if (file) digestOf(file).then(setText);
        }}
      />
    </>
  );
}
