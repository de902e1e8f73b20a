import { useState } from "react";
import { send } from "../api/client";
import type { CaseOut } from "../api/types";
import { useTexts } from "../i18n";
import { Field } from "../parts/Form";
import { StepForm } from "../parts/StepForm";
import { TextFile } from "../parts/TextFile";

/** Bring in what an approver signed elsewhere: a file, dropped or chosen, or its text. */
export function Answer({ one, done }: { one: CaseOut; done: () => void }) {
  const { t } = useTexts();
  const [text, setText] = useState("");
  const act = () => send("post", "/api/cases/{case}/answers", { case: one.id }, { file: text });
  return (
    <StepForm title={t("steps.answer.go")} text={t("steps.answer.text")} act={act} done={done}>
      <TextFile label={t("steps.answer.file")} accept=".json,.approval" take={setText} />
      <Field label={t("steps.answer.paste")}>
        <textarea
          name="file"
          rows={4}
          required
          className="mono"
          spellCheck={false}
          value={text}
          onChange={(event) => setText(event.target.value)}
        />
      </Field>
    </StepForm>
  );
}
