import { useCallback, useState } from "react";
import { get } from "../api/client";
import type { UserOut } from "../api/types";
import { useLoad } from "../api/useLoad";
import { mayEver, useSession } from "../app/session";
import { isKey, useTexts } from "../i18n";
import { Loaded } from "../parts/Loaded";
import { AddUser } from "../people/AddUser";
import { type Invitation, InvitationCard } from "../people/Invitation";
import { UserSteps } from "../people/UserSteps";
import "../style/users.css";

/** Who may sign in, in which unit and role; who administers adds, invites again and retires. */
export default function Users() {
  const { t } = useTexts();
  const session = useSession();
  const [found, again] = useLoad(useCallback((signal: AbortSignal) => get("/api/users", {}, signal), []));
  const [adding, setAdding] = useState(false);
  const [invitation, setInvitation] = useState<Invitation | null>(null);
  const mayAdd = mayEver(session, "user.add");
  const invited = (made: Invitation) => {
    setInvitation(made);
    setAdding(false);
    again();
  };
  return (
    <div className="page">
      <div className="page-head">
        <h1>{t("page.users")}</h1>
        {mayAdd ? (
          <button type="button" className={adding ? "" : "primary"} onClick={() => setAdding(!adding)}>
            {t(adding ? "cases.cancel" : "users.add")}
          </button>
        ) : null}
      </div>
      {invitation ? <InvitationCard of={invitation} close={() => setInvitation(null)} /> : null}
      <Loaded of={found} again={again}>
        {(users) => (
          <>
            {adding ? <AddUser units={unitsOf(users)} done={invited} /> : null}
            <ul className="users">
              {users.map((one) => (
                <User key={one.id} one={one} invited={invited} again={again} />
              ))}
            </ul>
          </>
        )}
      </Loaded>
    </div>
  );
}

function unitsOf(users: readonly UserOut[]): string[] {
  return [...new Set(users.map((one) => one.unit))].toSorted();
}

interface UserProps {
  one: UserOut;
  invited: (made: Invitation) => void;
  again: () => void;
}

function User({ one, invited, again }: UserProps) {
  const { t } = useTexts();
  const mayChange = mayEver(useSession(), "user.change");
  const own = one.authorisation;
  return (
    <li className="card stack tight">
      <div className="row">
        <strong>{one.name}</strong>
        <span className="muted">{one.unit}</span>
        {one.roles.map((role) => (
          <span key={role} className="badge">
            {isKey(`role.${role}`) ? t(`role.${role}` as "role.auditor") : role}
          </span>
        ))}
        {one.active ? null : <span className="badge bad">{t("users.retired")}</span>}
      </div>
      <dl className="facts small">
        <dt>{t("users.key")}</dt>
        <dd>{one.key ? <code>{one.key}</code> : t("users.key.none")}</dd>
        <dt>{t("users.authorisation")}</dt>
        <dd>{own ? `${own.number}, ${own.given_by}, ${own.on}` : t("users.authorisation.none")}</dd>
      </dl>
      {mayChange && one.active ? <UserSteps one={one} invited={invited} again={again} /> : null}
    </li>
  );
}
