"""Who is signed in, and what they may do."""

from fastapi import Request, Response
from pydantic import BaseModel, Field

from synopticon.acts import people
from synopticon.acts.workspace import Workspace
from synopticon.governance.capability import CAPABILITIES
from synopticon.web.auth import IDLE, At, Door, Here, Host, Signed, Visit
from synopticon.web.problems import NobodyError


class Credentials(BaseModel):
    """Name and password; or, where a profile knows no users, the secret of the one-time link."""

    name: str = Field("", max_length=200)
    password: str = Field("", max_length=1024)
    link: str = Field("", max_length=200)


class May(BaseModel):
    """Whether a capability may be used, and the rule that decides."""

    capability: str
    operation: str
    allowed: bool
    rule: str
    says: str
    remedy: str


class NoticeOut(BaseModel):
    """What somebody must be told until they confirm having read it."""

    id: str
    case: str
    at: str
    text: str


class SessionOut(BaseModel):
    """Who is signed in. ``token``: to be sent with every change, in ``X-Synopticon-Token``.

    ``passwords``: whether there may be one of one's own. ``signed_in``, ``ends``: UTC; it ends earlier when
    it is not used for ``idle_seconds``.
    """

    user: str
    name: str
    unit: str
    roles: list[str]
    method: str
    passwords: bool
    signed_in: str
    ends: str
    idle_seconds: float
    token: str


class DoorOut(BaseModel):
    """How one gets in: by name and password, by the organisation's sign-in, or by the link of the terminal.

    ``oidc``: what that sign-in is called, "" = there is none.
    """

    users: bool
    passwords: bool
    oidc: str
    organisation: str
    signed_in: bool


def sign_in(body: Credentials, request: Request, response: Response, door: At, host: Host) -> SessionOut:
    """Sign in. A session that the browser held before ends; the new one has another secret."""
    visit = door.enter(body.link, host) if body.link else door.sign_in(body.name, body.password, host)
    if before := request.cookies.get(door.cookie):
        door.leave(before)
    door.give(response, visit)
    return session_out(door, visit)


def sign_out(response: Response, door: At, visit: Signed) -> None:
    """Sign out: the session ends on the server."""
    door.leave(visit.secret)
    door.take(response)


def show_session(door: At, visit: Signed) -> SessionOut:
    """Say who is signed in."""
    return session_out(door, visit)


def show_door(request: Request, door: At) -> DoorOut:
    """Say how one signs in here, and whether somebody is."""
    held = door.visit(request.cookies.get(door.cookie)) is not None
    return DoorOut(
        users=door.users,
        passwords=door.passwords,
        oidc=door.oidc.provider.name if door.oidc else "",
        organisation=door.workspace.settings.organisation,
        signed_in=held,
    )


def list_my_capabilities(here: Here, case: str | None = None) -> list[May]:
    """Say of each capability whether it may be used (in a case), and by which rule."""
    return [_may(here, name, case) for name in CAPABILITIES]


def list_notices(here: Here) -> list[NoticeOut]:
    """List what one must be told: an emergency, a password that was reset."""
    found = people.my_notices(here)
    return [NoticeOut(id=n.id, case=n.case, at=n.at.isoformat(), text=n.text) for n in found]


def confirm_notice(here: Here, notice: str) -> None:
    """Confirm having read a notice of one's own."""
    people.confirm_notice(here, notice)


def _may(here: Workspace, capability: str, case: str | None) -> May:
    checks = here.explain(capability, case=case)
    first = next((c for c in checks if not c.holds), checks[-1])
    return May(
        capability=capability,
        operation=CAPABILITIES[capability].value,
        allowed=first.holds,
        rule=first.rule,
        says=first.says,
        remedy="" if first.holds else first.remedy,
    )


def session_out(door: Door, visit: Visit) -> SessionOut:
    """A session as its browser is told of it."""
    user = door.workspace.people.user(visit.actor.id)
    if door.users and user is None:
        raise NobodyError("nobody is signed in here, or no more: sign in")
    return SessionOut(
        user=visit.actor.id,
        name=visit.actor.name,
        unit=user.unit if user else "",
        roles=sorted(user.roles) if user else [],
        method=visit.actor.sign_in.method.value,
        passwords=door.passwords,
        signed_in=visit.actor.sign_in.at.isoformat(),
        ends=visit.ends.isoformat(),
        idle_seconds=IDLE.total_seconds(),
        token=visit.token,
    )
