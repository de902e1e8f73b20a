import { type FormEvent, useEffect, useRef, useState } from "react";
import { ApiError, send } from "../api/client";
import { asApiError } from "../api/useLoad";
import { usePlace } from "../app/router";
import { type Door, signIn } from "../app/session";
import { isKey, useTexts } from "../i18n";
import { Loading, Trouble } from "../parts/Loaded";
import { NewPassword } from "../people/NewPassword";
import "../style/sign-in.css";

interface SignInProps {
  door: Door;
  signedIn: () => void;
}

/** By name and password, or the organisation's own sign-in; or, in a workspace without users, by the one-time link that the terminal shows. */
export default function SignIn({ door, signedIn }: SignInProps) {
  const { t } = useTexts();
  const [invitation] = useState(() => takeSecret("invite"));
  return (
    <div className="sign-in card stack">
      <h1>{door.organisation || t("sign-in.title")}</h1>
      {invitation ? (
        <Invited invitation={invitation} signedIn={signedIn} />
      ) : door.users ? (
        <>
          {door.oidc ? <Elsewhere name={door.oidc} /> : null}
          {door.passwords ? <ByName signedIn={signedIn} /> : null}
        </>
      ) : (
        <ByLink signedIn={signedIn} />
      )}
      <p className="muted small">{t("sign-in.logged")}</p>
    </div>
  );
}

/** By the organisation's own sign-in, and why that did not let somebody in. */
function Elsewhere({ name }: { name: string }) {
  const { t } = useTexts();
  const rule = usePlace().query.get("refused") ?? "";
  const known = isKey(`rule.${rule}`);
  return (
    <>
      {known ? <Trouble error={new ApiError("refused", "", rule)} /> : null}
      <a className="button primary" href="/oidc/start">
        {t("sign-in.with", { name })}
      </a>
    </>
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

/** Who was invited chooses a password, once, and is signed in with it. */
function Invited({ invitation, signedIn }: { invitation: string; signedIn: () => void }) {
  const { t } = useTexts();
  const choose = async (password: string) => {
    const { name } = await send("post", "/api/invitation", {}, { invitation, password });
    await signIn({ name, password });
    signedIn();
  };
  return (
    <>
      <p>{t("invitation.text")}</p>
      <NewPassword go={t("invitation.go")} act={choose} />
    </>
  );
}

// Secrets that stood in the address: a page that is drawn twice finds them here.
const taken = new Map<string, string>();

/** The secret of a one-time link, taken out of the address at once so that it stays in no history. */
function takeSecret(name: "token" | "invite"): string {
  const found = new RegExp(`^#${name}=([\\w.-]+)$`).exec(window.location.hash)?.[1];
  if (found) {
    taken.set(name, found);
    window.history.replaceState(null, "", window.location.pathname);
  }
  return taken.get(name) ?? "";
}

function ByLink({ signedIn }: { signedIn: () => void }) {
  const { t } = useTexts();
  const asked = useRef(false);
  const [state, setState] = useState<"trying" | "none" | ApiError>("trying");
  useEffect(() => {
    if (asked.current) return;
    asked.current = true;
    const link = takeSecret("token");
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
