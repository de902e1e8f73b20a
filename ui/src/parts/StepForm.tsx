import type { FormEvent, ReactNode } from "react";
import { useAction } from "./Form";
import { Trouble } from "./Loaded";

interface StepFormProps {
  title: string;
  text: string;
  danger?: boolean;
  act: (form: FormData) => Promise<unknown>;
  done: () => void;
  children?: ReactNode;
}

/** A form with what it does, its button, and what went wrong. */
export function StepForm({ title, text, danger = false, act, done, children }: StepFormProps) {
  const { run, busy, error } = useAction(async (form: FormData) => {
    await act(form);
    done();
  });
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    run(new FormData(event.currentTarget));
  };
  return (
    <form className="card form-grid" onSubmit={submit} aria-label={title}>
      <p className="wide">{text}</p>
      {children}
      {error ? (
        <div className="wide">
          <Trouble error={error} />
        </div>
      ) : null}
      <div className="wide">
        <button type="submit" className={danger ? "danger" : "primary"} disabled={busy}>
          {title}
        </button>
      </div>
    </form>
  );
}
