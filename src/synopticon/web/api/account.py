"""One's own access: the password, the sessions, and an invitation that lets somebody choose a password."""

from fastapi import Response
from pydantic import BaseModel, Field

from synopticon.governance.users import OpenSession
from synopticon.web.api.session import SessionOut, session_out
from synopticon.web.auth import At, Host, Signed
from synopticon.web.problems import MissingError


class NewPassword(BaseModel):
    """The password so far, and another."""

    old: str = Field(max_length=1024)
    new: str = Field(max_length=1024)


class Acceptance(BaseModel):
    """The secret of an invitation, and the password that is chosen."""

    invitation: str = Field(max_length=200)
    password: str = Field(max_length=1024)


class InvitedOut(BaseModel):
    """The name to sign in with."""

    name: str


class OpenSessionOut(BaseModel):
    """A session of one's own. ``id``: a digest, no secret; ``here``: this browser's own."""

    id: str
    host: str
    method: str
    signed_in: str
    until: str
    here: bool


def change_password(body: NewPassword, response: Response, door: At, visit: Signed) -> SessionOut:
    """Change one's own password. All sessions end; this browser gets another, with another secret."""
    made = door.change_password(visit, body.old, body.new)
    door.give(response, made)
    return session_out(door, made)


def accept_invitation(body: Acceptance, door: At, host: Host) -> InvitedOut:
    """Choose a password with the invitation of an administrator; it works once. Then sign in."""
    return InvitedOut(name=door.accept(body.invitation, body.password, host))


def list_sessions(door: At, visit: Signed) -> list[OpenSessionOut]:
    """List one's own sessions, newest first."""
    return [_open(one, visit.owner) for one in door.sessions(visit)]


def end_session(door: At, visit: Signed, session: str) -> None:
    """End one of one's own sessions; of another's there is none."""
    if not door.end(visit, session):
        raise MissingError("you have no such session: it ended already")


def _open(one: OpenSession, own: str) -> OpenSessionOut:
    return OpenSessionOut(
        id=one.digest,
        host=one.sign_in.host,
        method=one.sign_in.method.value,
        signed_in=one.sign_in.at.isoformat(),
        until=one.until.isoformat(),
        here=one.digest == own,
    )
