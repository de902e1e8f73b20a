import { createContext, type FormEvent, type ReactNode, useContext, useMemo, useState } from "react";
import { useTexts } from "../i18n";

/** Why somebody looks: said once for a case and this sitting, and sent with every look. */
interface Reason {
  text: string;
  give: (text: string) => void;
}

const ReasonContext = createContext<Reason>({ text: "", give: () => undefined });

/** Keeps the reason of a case in this tab alone, until it is closed. */
export function ReasonProvider({ caseId, children }: { caseId: string | null; children: ReactNode }) {
  const place = `synopticon.reason.${caseId ?? ""}`;
  const [given, setGiven] = useState<Record<string, string>>({});
  const text = given[place] ?? sessionStorage.getItem(place) ?? "";
  const value = useMemo(
    () => ({
      text,
      give: (said: string) => {
        sessionStorage.setItem(place, said);
        setGiven((before) => ({ ...before, [place]: said }));
      },
    }),
    [text, place],
  );
  return <ReasonContext.Provider value={value}>{children}</ReasonContext.Provider>;
}

export function useReason(): Reason {
  return useContext(ReasonContext);
}

/** Asks why. */
export function ReasonForm({ done }: { done?: () => void }) {
  const { t } = useTexts();
  const reason = useReason();
  const [text, setText] = useState(reason.text);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    reason.give(text.trim());
    done?.();
  };
  return (
    <form className="reason stack tight" onSubmit={submit}>
      <label className="field">
        <span>{t("reason.title")}</span>
        <input
          name="reason"
          required
          maxLength={4000}
          value={text}
          onChange={(event) => setText(event.target.value)}
        />
        <small className="muted">{t("reason.help")}</small>
      </label>
      <div>
        <button type="submit" className="primary">
          {t("reason.give")}
        </button>
      </div>
    </form>
  );
}
