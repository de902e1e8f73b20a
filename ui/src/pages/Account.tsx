import { useCallback, useState } from "react";
import { get, send, setToken } from "../api/client";
import type { OpenSessionOut } from "../api/types";
import { useLoad } from "../api/useLoad";
import { Link } from "../app/router";
import { useSession } from "../app/session";
import { isKey, useTexts } from "../i18n";
import { useAction } from "../parts/Form";
import { Loaded, Trouble } from "../parts/Loaded";
import { Time } from "../parts/Time";
import { NewPassword } from "../people/NewPassword";

/** Who one is here, one's password, and where one is signed in. */
export default function Account() {
  const { t } = useTexts();
  const { user } = useSession();
  const [found, again] = useLoad(useCallback((signal: AbortSignal) => get("/api/sessions", {}, signal), []));
  return (
    <div className="page narrow">
      <h1>{user.name}</h1>
      {user.roles.length ? (
        <p className="row">
          {user.roles.map((role) => (
            <span key={role} className="badge">
              {t(`role.${role}` as "role.auditor")}
            </span>
          ))}
        </p>
      ) : null}
      <p>
        <Link to="/capabilities">{t("page.capabilities")}</Link>
      </p>
      {user.passwords ? <Password name={user.name} done={again} /> : null}
      <section className="card stack">
        <h2>{t("sessions.title")}</h2>
        <p className="muted">{t("sessions.text", { n: Math.round(user.idle_seconds / 60) })}</p>
        <Loaded of={found} again={again}>
          {(sessions) => (
            <ul className="stack tight">
              {sessions.map((one) => (
                <SessionLine key={one.id} one={one} done={again} />
              ))}
            </ul>
          )}
        </Loaded>
      </section>
    </div>
  );
}

function Password({ name, done }: { name: string; done: () => void }) {
  const { t } = useTexts();
  const [changed, setChanged] = useState(false);
  const change = async (fresh: string, old: string) => {
    setChanged(false);
    const made = await send("put", "/api/session/password", {}, { old, new: fresh });
    setToken(made.token);
    setChanged(true);
    done();
  };
  return (
    <section className="card stack">
      <h2>{t("password.title")}</h2>
      <p className="muted">{t("password.text")}</p>
      <NewPassword old name={name} go={t("password.go")} act={change} />
      <p role="status">{changed ? <span className="badge good">{t("password.done")}</span> : null}</p>
    </section>
  );
}

function SessionLine({ one, done }: { one: OpenSessionOut; done: () => void }) {
  const { t } = useTexts();
  const { run, busy, error } = useAction(async () => {
    await send("delete", "/api/sessions/{session}", { session: one.id }, undefined);
    done();
  });
  const method = `method.${one.method}`;
  return (
    <li className="row apart">
      <span>
        {isKey(method) ? t(method) : one.method}, {one.host}, <Time at={one.signed_in} />
      </span>
      {one.here ? (
        <span className="badge good">{t("sessions.here")}</span>
      ) : (
        <button type="button" onClick={() => run()} disabled={busy}>
          {t("sessions.end")}
        </button>
      )}
      {error ? <Trouble error={error} /> : null}
    </li>
  );
}
