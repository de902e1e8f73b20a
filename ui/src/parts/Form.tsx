import { type ReactNode, useCallback, useState } from "react";
import type { ApiError } from "../api/client";
import { asApiError } from "../api/useLoad";

interface FieldProps {
  label: string;
  help?: string;
  children: ReactNode;
}

/** An input with its label, and a line of help under it. */
export function Field({ label, help, children }: FieldProps) {
  return (
    // biome-ignore lint/a11y/noLabelWithoutControl: the control is among the children
    <label className="field">
      <span>{label}</span>
      {children}
      {help ? <small className="muted">{help}</small> : null}
    </label>
  );
}

interface ChecksProps {
  legend: string;
  name: string;
  /** Values, each with what is shown of it. */
  of: readonly (readonly [string, ReactNode])[];
  /** Those that are ticked to begin with. */
  chosen?: readonly string[];
}

/** Boxes to tick, of one name. */
export function Checks({ legend, name, of, chosen = [] }: ChecksProps) {
  return (
    <fieldset className="checks">
      <legend>{legend}</legend>
      {of.map(([value, shown]) => (
        <label key={value}>
          <input type="checkbox" name={name} value={value} defaultChecked={chosen.includes(value)} />
          {shown}
        </label>
      ))}
    </fieldset>
  );
}

/** Do something once, and keep what went wrong with it. */
export function useAction<A extends unknown[]>(action: (...args: A) => Promise<void>) {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<ApiError | null>(null);
  const run = useCallback(
    (...args: A) => {
      setBusy(true);
      setError(null);
      return action(...args)
        .catch((why: unknown) => setError(asApiError(why)))
        .finally(() => setBusy(false));
    },
    [action],
  );
  return { run, busy, error };
}
