import { useCallback } from "react";
import { get } from "../api/client";
import type { May } from "../api/types";
import { useLoad } from "../api/useLoad";
import { useCaseId } from "../app/router";
import { isKey, useTexts } from "../i18n";
import { NEEDS_REASON } from "../parts/Loaded";

/** Whether a capability is granted here, as far as it is known. */
export type Granted = May | undefined;

/** What may be done in this case, by the name of the capability. */
export function useGrants(): (name: string) => Granted {
  const caseId = useCaseId();
  const [may] = useLoad(
    useCallback((signal: AbortSignal) => get("/api/session/may", { case: caseId }, signal), [caseId]),
  );
  return (name) => (may.state === "ready" ? may.value.find((one) => one.capability === name) : undefined);
}

interface WiderProps {
  name: "originals" | "unmasked" | "outlined";
  granted: Granted;
  on: boolean;
  change: (on: boolean) => void;
}

/** A choice that needs more: to be ticked where it is granted, with the rule where it is not. */
export function Wider({ name, granted: may, on, change }: WiderProps) {
  const { t } = useTexts();
  const granted = may !== undefined && (may.allowed || may.rule === NEEDS_REASON);
  const rule = `rule.${may?.rule ?? ""}`;
  return (
    <div>
      <label className="row wider">
        <input
          type="checkbox"
          checked={on}
          disabled={!granted}
          onChange={(event) => change(event.target.checked)}
          aria-describedby={`${name}-why`}
        />
        {t(`export-wider.${name}`)}
      </label>
      <p className="small muted" id={`${name}-why`}>
        {granted || !may ? (
          t(`export-why.${name}`)
        ) : (
          <>
            {isKey(rule) ? t(rule) : may.says} {t("trouble.rule")} <code>{may.rule}</code>
          </>
        )}
      </p>
    </div>
  );
}
