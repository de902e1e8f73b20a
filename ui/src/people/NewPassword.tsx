import { type FormEvent, useState } from "react";
import { useTexts } from "../i18n";
import { Field, useAction } from "../parts/Form";
import { Trouble } from "../parts/Loaded";

export const SHORTEST = 12; // characters, as the server asks

interface NewPasswordProps {
  go: string;
  /** Whose it is, for those who let the browser keep it. */
  name?: string;
  /** Whether the one so far is asked for, too. */
  old?: boolean;
  act: (fresh: string, old: string) => Promise<void>;
}

/** A password chosen twice; what is typed is forgotten when it was sent. */
export function NewPassword({ go, name = "", old = false, act }: NewPasswordProps) {
  const { t } = useTexts();
  const [typed, setTyped] = useState({ old: "", fresh: "", again: "" });
  const { run, busy, error } = useAction(async () => {
    await act(typed.fresh, typed.old);
    setTyped({ old: "", fresh: "", again: "" });
  });
  const same = typed.fresh === typed.again;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (same) run();
  };
  const input = (which: keyof typeof typed, complete: string) => (
    <input
      name={which}
      type="password"
      required
      autoComplete={complete}
      maxLength={1024}
      {...(which === "old" ? {} : { minLength: SHORTEST })}
      value={typed[which]}
      onChange={(event) => setTyped({ ...typed, [which]: event.target.value })}
    />
  );
  return (
    <form className="stack" onSubmit={submit}>
      <input name="username" autoComplete="username" value={name} readOnly hidden />
      {old ? <Field label={t("password.old")}>{input("old", "current-password")}</Field> : null}
      <Field label={t("password.new")} help={t("password.rules", { n: SHORTEST })}>
        {input("fresh", "new-password")}
      </Field>
      <Field label={t("password.again")}>{input("again", "new-password")}</Field>
      <p role="status" className="small">
        {typed.again && !same ? t("password.differ") : ""}
      </p>
      {error ? <Trouble error={error} /> : null}
      <div>
        <button type="submit" className="primary" disabled={busy || !same}>
          {go}
        </button>
      </div>
    </form>
  );
}
