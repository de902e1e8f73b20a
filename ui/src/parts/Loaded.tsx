import type { ReactNode } from "react";
import type { ApiError } from "../api/client";
import type { Load } from "../api/useLoad";
import { ReasonForm } from "../app/reason";
import { isKey, useTexts } from "../i18n";
import { readable } from "../i18n/times";

interface LoadedProps<T> {
  of: Load<T>;
  again?: () => void;
  /** What is shown instead when there is nothing; asked of the loaded value. */
  empty?: (value: T) => ReactNode | null;
  children: (value: T) => ReactNode;
}

/** Draws what was loaded, or one of the other states that every page has: loading, empty, refused, failed. */
export function Loaded<T>({ of, again, empty, children }: LoadedProps<T>) {
  if (of.state === "loading") return <Loading />;
  if (of.state === "failed") return <Trouble error={of.error} {...(again ? { again } : {})} />;
  return <>{empty?.(of.value) ?? children(of.value)}</>;
}

export function Loading() {
  const { t } = useTexts();
  return (
    <div className="state loading" role="status" aria-live="polite">
      <span className="pulse" aria-hidden="true" />
      {t("state.loading")}
    </div>
  );
}

/** Nothing here, why, and what to do. */
export function Empty({ title, children }: { title: string; children?: ReactNode }) {
  return (
    <div className="state empty">
      <h2>{title}</h2>
      {children}
    </div>
  );
}

/** The rule that lets nobody look without a reason; what to do about it is to give one, here. */
export const NEEDS_REASON = "reason.given";

/** A refusal with its rule in plain words, or another trouble, each with what to do. */
export function Trouble({ error, again }: { error: ApiError; again?: () => void }) {
  const { t, language } = useTexts();
  const known = `rule.${error.rule}`;
  return (
    <div className={`state trouble ${error.trouble}`} role="alert">
      <h2>{t(`trouble.${error.trouble}.title`)}</h2>
      {error.rule && isKey(known) ? <p>{t(known)}</p> : null}
      {error.rule === NEEDS_REASON ? null : (
        <p>{readable(language, error.message) || t(`trouble.${error.trouble}.text`)}</p>
      )}
      {error.rule ? (
        <p className="muted">
          {t("trouble.rule")} <code>{error.rule}</code>
        </p>
      ) : null}
      {error.rule === NEEDS_REASON ? <ReasonForm /> : null}
      {again && error.rule !== NEEDS_REASON ? (
        <button type="button" onClick={again}>
          {t("action.again")}
        </button>
      ) : null}
    </div>
  );
}
