import { type FormEvent, useEffect, useRef, useState } from "react";
import type { ApiError } from "../api/client";
import { asApiError } from "../api/useLoad";
import { signIn } from "../app/session";
import { useTexts } from "../i18n";
import { Loading, Trouble } from "../parts/Loaded";
import "../style/sign-in.css";

interface SignInProps {
  users: boolean;
  organisation: string;
  signedIn: () => void;
}

/** By name and password; or, in a workspace without users, by the one-time link that the terminal shows. */
export default function SignIn({ users, organisation, signedIn }: SignInProps) {
  const { t } = useTexts();
  return (
    <div className="sign-in card stack">
      <h1>{organisation || t("sign-in.title")}</h1>
      {users ? <ByName signedIn={signedIn} /> : <ByLink signedIn={signedIn} />}
      <p className="muted small">{t("sign-in.logged")}</p>
    </div>
  );
}

function ByName({ signedIn }: { signedIn: () => void }) {
  const { t } = useTexts();
  const [name, setName] = useState("");
  const [password, setPassword] = useState("");
  const [error, setError] = useState<ApiError | null>(null);
  const [busy, setBusy] = useState(false);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    signIn({ name, password })
      .then(signedIn, (why: unknown) => {
        setError(asApiError(why));
        setPassword("");
      })
      .finally(() => setBusy(false));
  };
  return (
    <form className="stack" onSubmit={submit}>
      <label className="field">
        <span>{t("sign-in.name")}</span>
        <input
          name="name"
          autoComplete="username"
          required
          value={name}
          onChange={(event) => setName(event.target.value)}
        />
      </label>
      <label className="field">
        <span>{t("sign-in.password")}</span>
        <input
          name="password"
          type="password"
          autoComplete="current-password"
          required
          value={password}
          onChange={(event) => setPassword(event.target.value)}
        />
      </label>
      {error ? <Trouble error={error} /> : null}
      <button type="submit" className="primary" disabled={busy}>
        {t("sign-in.go")}
      </button>
    </form>
  );
}

/** The secret of a one-time link, taken out of the address at once so that it stays in no history. */
function takeLink(): string {
  const found = /^#token=([\w-]+)$/.exec(window.location.hash)?.[1] ?? "";
  if (found) window.history.replaceState(null, "", window.location.pathname);
  return found;
}

function ByLink({ signedIn }: { signedIn: () => void }) {
  const { t } = useTexts();
  const asked = useRef(false);
  const [state, setState] = useState<"trying" | "none" | ApiError>("trying");
  useEffect(() => {
    if (asked.current) return;
    asked.current = true;
    const link = takeLink();
    if (!link) setState("none");
    else signIn({ link }).then(signedIn, (why: unknown) => setState(asApiError(why)));
  }, [signedIn]);
  if (state === "trying") return <Loading />;
  return (
    <>
      {state === "none" ? null : <Trouble error={state} />}
      <p>{t("sign-in.link")}</p>
      <pre translate="no">{t("sign-in.command")}</pre>
    </>
  );
}
