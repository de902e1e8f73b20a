"""Units and users: add, enrol a key, sign in and out, retire."""

import os
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from synopticon.acts.workspace import Workspace
from synopticon.errors import RefusedError, UsageError
from synopticon.governance.capability import Operation
from synopticon.governance.case import new_id
from synopticon.governance.emergency import Notice
from synopticon.governance.invitation import Invitation, holds, invite, invited, is_invitation
from synopticon.governance.keys import PublicKey
from synopticon.governance.passwords import check_password, hash_password, is_outdated, spend
from synopticon.governance.users import (
    Authorisation,
    Method,
    Role,
    SignIn,
    Unit,
    User,
    enrol,
    new_user,
    retire,
)
from synopticon.store.atomic import make_folder, write_bytes

OPERATION = Operation.ALTERATION
RULE_PASSWORD = "user.password"
RULE_OIDC = "user.oidc"
RULE_INVITATION = "user.invitation"


def add_user(
    workspace: Workspace,
    name: str,
    unit: str,
    roles: frozenset[Role],
    password: str,
    *,
    authorisation: Authorisation | None = None,
) -> User:
    """Add a user to a unit (by name, made if new). Nobody adds the first; an administrator the others.

    Raises ``UsageError`` for a taken name, a weak password, or roles that must not meet in one person.
    """
    user, unit_of = _new(workspace, name, unit, roles, authorisation)
    _add(workspace, user, unit_of, hash_password(password))
    return user


def invite_user(
    workspace: Workspace, name: str, unit: str, roles: frozenset[Role]
) -> tuple[User, Invitation]:
    """Add a user who chooses a password with an invitation, which nobody else must see; see ``add_user``."""
    user, unit_of = _new(workspace, name, unit, roles, None)
    made = invite(user.id, workspace.clock())
    _add(workspace, user, unit_of, made.stored)
    return user, made


def _new(
    workspace: Workspace, name: str, unit: str, roles: frozenset[Role], own: Authorisation | None
) -> tuple[User, Unit]:
    known = next((one for one in workspace.people.units() if one.name == unit.strip()), None)
    of = known or Unit(new_id("unit"), unit.strip())
    if not of.name:
        raise UsageError("the unit has no name: give one")
    return new_user(User(new_id("user"), name.strip(), of.id, roles, authorisation=own)), of


def _add(workspace: Workspace, user: User, unit: Unit, stored: str) -> None:
    said = {"user": user.id, "name": user.name, "unit": unit.id, "roles": sorted(user.roles)}
    with workspace.act("user.add", about=user.id, payload=said):
        if unit not in workspace.people.units():
            workspace.people.add_unit(unit)
        workspace.people.add_user(user, stored)


def enrol_key(workspace: Workspace, name: str, public: PublicKey, proof: bytes) -> User:
    """Enrol a user's public key; ``proof`` is their signature of it. The key before ends now."""
    old = find_user(workspace, name)
    try:
        new = enrol(old, public, proof, workspace.clock())
    except RefusedError as error:
        raise workspace.refuse("user.change", error) from error
    with workspace.act("user.change", about=old.id, payload={"user": old.id, "key": public.text()}):
        workspace.people.save_user(new)
    return new


def authorise(workspace: Workspace, name: str, authorisation: Authorisation | None) -> User:
    """Record a user's own authorisation (None: it was withdrawn)."""
    user = replace(find_user(workspace, name), authorisation=authorisation)
    number = authorisation.number if authorisation else None
    with workspace.act("user.change", about=user.id, payload={"user": user.id, "authorisation": number}):
        workspace.people.save_user(user)
    return user


def retire_user(workspace: Workspace, name: str) -> User:
    """End a user's access: sessions, key, sign-in. What they signed before still holds."""
    user = retire(find_user(workspace, name), workspace.clock())
    with workspace.act("user.change", about=user.id, payload={"user": user.id, "active": False}):
        workspace.people.save_user(user)
    return user


def list_users(workspace: Workspace) -> tuple[User, ...]:
    """The users, by name."""
    with workspace.act("user.read") as act:
        found = workspace.people.users()
        act.note(users=len(found))
    return found


def find_user(workspace: Workspace, name: str) -> User:
    """The user of this name; raises ``UsageError``."""
    found = workspace.people.user_named(name.strip())
    if found is None:
        raise UsageError(f"{name!r} is no user here: see 'synopticon user list'")
    return found


def login(workspace: Workspace, name: str, password: str) -> User:
    """Sign in: the workspace acts as this user from now on, here and in later commands of this account.

    A wrong name and a wrong password are refused in the same words and after the same time; both are logged.
    After five in a row the name must wait (``governance.lockout``). The session file has mode 0600 and ends
    after the profile's ``grant_hours``.
    """
    return _signed_in(workspace, name, password, lambda: _open_session(workspace))


def sign_in(workspace: Workspace, name: str, password: str, until: datetime) -> str:
    """Sign in where no session file is wanted (a browser): the secret of a session that ends at ``until``.

    The workspace acts as this user from now on. For what is refused see ``login``.
    """
    return _secret_of(workspace, until, lambda begin: _signed_in(workspace, name, password, begin))


def sign_in_proved(workspace: Workspace, name: str, subject: str, until: datetime) -> str:
    """Sign in whom an identity provider proved to be somebody; ``name``: the user they are mapped to.

    Gives the secret of a session that ends at ``until``. Raises ``RefusedError``, logged, where that is no
    active user.
    """
    user = workspace.people.user_named(name)
    if user is None or not user.active:
        text = f"{name!r} is no active user here (rule {RULE_OIDC})"
        error = RefusedError(f"{text}: use the name of one in the file of the provider", RULE_OIDC)
        raise workspace.refuse("user.login", error, about=user.id if user else "")
    own = workspace.actor.sign_in

    def enter(begin: Callable[[], None]) -> None:
        workspace.as_user(user.id, SignIn(Method.OIDC, own.host, subject, workspace.clock()))
        with workspace.act("user.login", about=user.id, payload={"user": user.id}):
            begin()

    return _secret_of(workspace, until, enter)


def _secret_of(workspace: Workspace, until: datetime, do: Callable[[Callable[[], None]], object]) -> str:
    """The secret of the session that an act begins."""
    made: list[str] = []

    def begin() -> None:
        actor = workspace.actor
        made.append(workspace.people.open_session(actor.id, actor.sign_in, until))

    do(begin)
    return made[0]


def _signed_in(workspace: Workspace, name: str, password: str, begin: Callable[[], None]) -> User:
    """Prove who it is, and begin a session as that user, within the act."""
    user = _prove(workspace, name, password, "user.login")
    own, now = workspace.actor.sign_in, workspace.clock()
    workspace.as_user(user.id, SignIn(Method.PASSWORD, own.host, own.account or user.name, now))
    with workspace.act("user.login", about=user.id, payload={"user": user.id}):
        if is_outdated(workspace.people.password(user.id) or ""):
            workspace.people.set_password(user.id, hash_password(password))
        begin()
    return user


def change_password(workspace: Workspace, old: str, new: str) -> User:
    """Change the password of whoever is signed in; their other sessions end.

    Raises ``RefusedError`` for a wrong old one (it counts like a wrong one at sign-in), ``UsageError`` for a
    weak new one, or when nobody is signed in.
    """
    return _changed(workspace, old, new, lambda: _open_session(workspace))


def renew_password(workspace: Workspace, old: str, new: str, until: datetime) -> str:
    """The same where no session file is wanted (a browser): the secret of the one session that goes on."""
    return _secret_of(workspace, until, lambda begin: _changed(workspace, old, new, begin))


def _changed(workspace: Workspace, old: str, new: str, begin: Callable[[], None]) -> User:
    user = workspace.people.user(workspace.actor.id)
    if user is None:
        raise UsageError("nobody is signed in: run 'synopticon user login' first")
    _prove(workspace, user.name, old, "user.password")
    stored = hash_password(new)
    with workspace.act("user.password", about=user.id, payload={"user": user.id}):
        workspace.people.set_password(user.id, stored)
        begin()
    return user


def accept_invitation(workspace: Workspace, secret: str, password: str) -> User:
    """Choose a password with an invitation, once; to sign in is the next step.

    Raises ``RefusedError``, logged, where the invitation is none, used or too old, ``UsageError`` for a weak
    password.
    """
    user, now = workspace.people.user(invited(secret)), workspace.clock()
    before = workspace.people.password(user.id) if user and user.active else None
    if user is None or before is None or not holds(before, secret, now):
        raise _no_invitation(workspace, user)
    stored, own = hash_password(password), workspace.actor.sign_in
    workspace.as_user(user.id, SignIn(Method.LINK, own.host, own.account or user.name, now))
    with workspace.act("user.password", about=user.id, payload={"user": user.id, "password": "first"}):
        if not workspace.people.replace_password(user.id, before, stored):
            raise _no_invitation(workspace, user)  # somebody used it at the same moment
    return user


def _no_invitation(workspace: Workspace, user: User | None) -> RefusedError:
    text = f"this invitation does not let you in (rule {RULE_INVITATION}): it works once, for some days"
    error = RefusedError(f"{text}: use another, which your administrator makes", RULE_INVITATION)
    return workspace.refuse("user.password", error, about=user.id if user else "")


def reset_password(workspace: Workspace, name: str, new: str) -> User:
    """Give a user another password, as an administrator; they get a notice, and every wait for them ends.

    Raises ``UsageError`` for one's own (change it with the old one), or a weak one.
    """
    user = _another(workspace, name)
    _reset(workspace, user, hash_password(new), "gave you another password")
    return user


def invite_again(workspace: Workspace, name: str) -> Invitation:
    """Let a user choose another password, as an administrator: the one before ends now, sessions too.

    For the rest see ``reset_password``.
    """
    user = _another(workspace, name)
    if not user.active:
        raise UsageError(f"{user.name} is retired: add a new user")
    made = invite(user.id, workspace.clock())
    _reset(workspace, user, made.stored, "let you choose another password")
    return made


def _another(workspace: Workspace, name: str) -> User:
    user = find_user(workspace, name)
    if user.id == workspace.actor.id:
        raise UsageError(f"{user.name} is you: run 'synopticon user password' without a name")
    return user


def _reset(workspace: Workspace, user: User, stored: str, what: str) -> None:
    now = workspace.clock()
    with workspace.act("user.change", about=user.id, payload={"user": user.id, "password": "reset"}):
        workspace.people.set_password(user.id, stored)
        workspace.tries.right(user.name)
        text = f"{workspace.actor.name} {what} on {now.isoformat(timespec='minutes')}"
        remedy = "if that surprises you, ask; choose your own with 'synopticon user password'"
        workspace.cases.add_notices([Notice(new_id("notice"), user.id, "", now, f"{text}: {remedy}")])


def my_notices(workspace: Workspace) -> tuple[Notice, ...]:
    """What whoever is signed in has not confirmed having read: emergencies, a password that was reset."""
    return workspace.cases.notices(workspace.actor.id)


def confirm_notice(workspace: Workspace, notice: str) -> None:
    """Confirm having read a notice of one's own; raises ``UsageError`` if there is none."""
    with workspace.act("user.notice", payload={"notice": notice}):
        workspace.cases.read_notice(notice, workspace.actor.id, workspace.clock())


def logout(workspace: Workspace) -> None:
    """Sign out: the session ends, its file is removed."""
    if workspace.session_file.exists():
        workspace.people.close_session(workspace.session_file.read_text("utf-8").strip())
        workspace.session_file.unlink()


def _prove(workspace: Workspace, name: str, password: str, capability: str) -> User:
    """The active user of this name and password; else ``RefusedError``, logged, the same for all names."""
    user = workspace.people.user_named(name.strip())
    about = user.id if user else ""
    try:
        workspace.tries.begin(name, workspace.clock())
    except RefusedError as error:
        raise workspace.refuse(capability, error, about=about) from error
    stored = workspace.people.password(user.id) if user and user.active else None
    if stored is not None and is_invitation(stored):
        stored = None  # no password was chosen yet
    if stored is None:
        spend(password)
    if user is None or stored is None or not check_password(stored, password):
        text = f"no user of this name and password (rule {RULE_PASSWORD}): check both"
        raise workspace.refuse(capability, RefusedError(text, RULE_PASSWORD), about=about)
    workspace.tries.right(name)
    return user


def _open_session(workspace: Workspace) -> None:
    actor = workspace.actor
    until = workspace.clock() + timedelta(hours=workspace.profile.limits.grant_hours)
    _keep(workspace, workspace.people.open_session(actor.id, actor.sign_in, until))


def _keep(workspace: Workspace, token: str) -> None:
    path = workspace.session_file
    folder = make_folder(path.parent)
    if os.name == "posix":
        folder.chmod(0o700)
    write_bytes(path, token.encode() + b"\n", overwrite=True)
    path.chmod(0o600)
