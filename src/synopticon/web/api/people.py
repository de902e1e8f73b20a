"""Users: list, invite, invite again, enrol a key, authorise, retire. No password is ever made up."""

import json
from datetime import date

from pydantic import BaseModel, Field

from synopticon.acts import people
from synopticon.acts.workspace import Workspace
from synopticon.errors import UsageError
from synopticon.governance.invitation import Invitation
from synopticon.governance.keys import PublicKey
from synopticon.governance.users import Authorisation, Role, User
from synopticon.web.auth import Here
from synopticon.web.problems import MissingError

NAME = 200  # characters


class AuthorisationModel(BaseModel):
    """A user's own authorisation to use the software; ``until``: its last day."""

    number: str = Field(min_length=1, max_length=NAME)
    given_by: str = Field(max_length=NAME)
    on: date
    until: date | None = None
    about: str = Field("", max_length=4000)


class NewUser(BaseModel):
    """Whom to add; the unit is made if it is new."""

    name: str = Field(min_length=1, max_length=NAME)
    unit: str = Field(min_length=1, max_length=NAME)
    roles: list[Role] = Field(min_length=1, max_length=len(Role))


class Authorising(BaseModel):
    """The authorisation; none: it was withdrawn."""

    authorisation: AuthorisationModel | None


class PublicKeyFile(BaseModel):
    """The file FILE.pub, as 'synopticon user key' wrote it beside the private key."""

    file: str = Field(max_length=10_000)


class InvitationOut(BaseModel):
    """What lets a user choose a password, once, until then: to be handed to nobody else."""

    secret: str
    until: str


class UserOut(BaseModel):
    """A user. ``unit``: its name; ``key``: fingerprint of the key in force; ``me``: whoever asks."""

    id: str
    name: str
    unit: str
    roles: list[str]
    active: bool
    key: str | None
    authorisation: AuthorisationModel | None
    me: bool


class InvitedUser(BaseModel):
    """A user who was added, and the invitation."""

    user: UserOut
    invitation: InvitationOut


def list_users(here: Here) -> list[UserOut]:
    """List the users: unit, roles, own authorisation, fingerprint of the key."""
    return [_user(here, one) for one in people.list_users(here)]


def invite_user(here: Here, body: NewUser) -> InvitedUser:
    """Add a user, who chooses a password with the invitation."""
    user, made = people.invite_user(here, body.name, body.unit, frozenset(body.roles))
    return InvitedUser(user=_user(here, user), invitation=_invitation(made))


def invite_again(here: Here, user: str) -> InvitationOut:
    """Let a user choose another password: the one before ends now, and their sessions."""
    return _invitation(people.invite_again(here, _named(here, user)))


def enrol_key(here: Here, user: str, body: PublicKeyFile) -> UserOut:
    """Enrol a user's public key; the key before ends now."""
    try:
        said = json.loads(body.file)
        key, proof = PublicKey.of_text(said["key"]), bytes.fromhex(said["proof"])
    except (ValueError, KeyError, TypeError) as error:
        raise UsageError("this is no key file: use FILE.pub as 'synopticon user key' wrote it") from error
    return _user(here, people.enrol_key(here, _named(here, user), key, proof))


def authorise_user(here: Here, user: str, body: Authorising) -> UserOut:
    """Record a user's own authorisation, or that it was withdrawn."""
    own = Authorisation(**body.authorisation.model_dump()) if body.authorisation else None
    return _user(here, people.authorise(here, _named(here, user), own))


def retire_user(here: Here, user: str) -> UserOut:
    """End a user's access: sessions, key, sign-in. What they signed before still holds."""
    return _user(here, people.retire_user(here, _named(here, user)))


def _named(here: Workspace, user: str) -> str:
    """The name of a user by their id, as the acts take it."""
    found = here.people.user(user)
    if found is None:
        raise MissingError("there is no such user here")
    return found.name


def _user(here: Workspace, user: User) -> UserOut:
    units = {unit.id: unit.name for unit in here.people.units()}
    held = user.key_at(here.clock())
    own = user.authorisation
    return UserOut(
        id=user.id,
        name=user.name,
        unit=units.get(user.unit, user.unit),
        roles=sorted(user.roles),
        active=user.active,
        key=PublicKey.of_text(held).fingerprint if held else None,
        authorisation=AuthorisationModel.model_validate(own, from_attributes=True) if own else None,
        me=user.id == here.actor.id,
    )


def _invitation(made: Invitation) -> InvitationOut:
    return InvitationOut(secret=made.secret, until=made.until.isoformat())
