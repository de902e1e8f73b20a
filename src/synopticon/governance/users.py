"""People: units, users, what their roles let them do, and how they proved who they are."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from types import MappingProxyType

from synopticon.errors import RefusedError, UsageError
from synopticon.governance.canonical import canonical
from synopticon.governance.capability import FOOTAGE, spread
from synopticon.governance.keys import PublicKey, SigningKey

RULE_POSSESSION = "user.key-possession"


class Role(StrEnum):
    """What a user is in the unit. ``SYSTEM`` is the program itself (timed destruction), never a person."""

    OPERATOR = "operator"
    INVESTIGATOR = "investigator"
    APPROVER = "approver"
    DPO = "dpo"
    AUDITOR = "auditor"
    ADMINISTRATOR = "administrator"
    SYSTEM = "system"


def _all(*patterns: str) -> frozenset[str]:
    return frozenset(name for pattern in patterns for name in spread(pattern))


_CASE = ("case.open", "case.extend", "case.answer", "case.close", "case.emergency", "case.read")
_ASKED = ("request.open", "request.extend", "request.decide", "request.read")
_ALERTS = ("webhook.send", "webhook.read")
_WATCH = ("audit.read", "audit.export", "audit.witness")

# No role of those who keep the machine, the log or the rights holds a capability on footage.
ROLES: Mapping[Role, frozenset[str]] = MappingProxyType(
    {
        Role.OPERATOR: _all(
            "ingest", "view.masked", "synopsis", "search.attributes", "case.mark", "event.*", "statistics",
            "redact", "request", "request.search", *_ASKED, "live", "case.read", "camera.*",
            *_ALERTS,
        ),
        Role.INVESTIGATOR: frozenset(FOOTAGE)
        | _all(*_CASE, *_ASKED, *_ALERTS, "camera.read", "camera.suspend"),
        Role.APPROVER: _all("case.approve", "case.answer", "case.read", "camera.read"),
        Role.DPO: _all(
            *_WATCH, *_ASKED, "audit.review", "audit.erase", "retention.*", "documents", "dpia.register",
            "declaration", "case.read", "camera.read", "camera.suspend", "webhook.read", "user.read",
        ),
        Role.AUDITOR: _all(*_WATCH),
        Role.ADMINISTRATOR: _all(
            "camera.*", "user.*", "key.*", "workspace.init", "profile.change", "retention.*", "documents",
            "declaration", "audit.witness", "audit.export", "audit.erase", "case.expire", "webhook.*",
        ),
        Role.SYSTEM: _all("retention.run", "retention.report", "audit.erase", "case.expire", "declaration"),
    }
)  # fmt: skip
EVERYBODY = _all("user.login", "user.password", "user.notice")  # of one's own

_LOOKING = frozenset({Role.OPERATOR, Role.INVESTIGATOR, Role.APPROVER})
# Whoever keeps the machine, the rights or the log cannot also look, or approve looking (GDPR art. 38(6)).
_APART = (
    (Role.ADMINISTRATOR, _LOOKING | {Role.AUDITOR, Role.DPO}),
    (Role.DPO, _LOOKING | {Role.ADMINISTRATOR}),
    (Role.AUDITOR, frozenset(Role) - {Role.AUDITOR}),
)


@dataclass(frozen=True, slots=True)
class Unit:
    """A service that cases and users belong to."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class EnrolledKey:
    """A user's public key (base64) and when it held (UTC; ``until`` None = it still does)."""

    public: str
    since: datetime
    until: datetime | None = None

    def held(self, when: datetime) -> bool:
        """Whether it was the user's key at that time."""
        return self.since <= when and (self.until is None or when < self.until)


@dataclass(frozen=True, slots=True)
class Authorisation:
    """A user's own authorisation to use the software: its number, who gave it, when, until when.

    ``about``: the kinds of data that it gives access to (CPP 230-25).
    """

    number: str
    given_by: str
    on: date
    until: date | None = None
    about: str = ""

    def holds(self, day: date) -> bool:
        """Whether it holds on this day (its last day included)."""
        return bool(self.number) and self.on <= day and (self.until is None or day <= self.until)


@dataclass(frozen=True, slots=True)
class User:
    """A person of a unit. ``keys``: every key that was ever enrolled, so that old signatures still hold."""

    id: str
    name: str
    unit: str
    roles: frozenset[Role]
    keys: tuple[EnrolledKey, ...] = ()
    authorisation: Authorisation | None = None
    active: bool = True

    def may(self, capability: str) -> bool:
        """Whether one of the roles holds the capability."""
        return capability in EVERYBODY or any(capability in ROLES[role] for role in self.roles)

    def key_at(self, when: datetime) -> str | None:
        """The public key (base64) that was the user's at that time."""
        return next((key.public for key in self.keys if key.held(when)), None)


SYSTEM = User("system", "the program itself", "", frozenset({Role.SYSTEM}))


def alone(account: str) -> User:
    """The one person of a workspace without users, by their account of the operating system."""
    return User(f"account-{account}", account, "", frozenset())


def retire(user: User, now: datetime) -> User:
    """Return the user without access from ``now`` on: inactive, and the key ended."""
    return replace(user, keys=_ended(user.keys, now), active=False)


def _ended(keys: tuple[EnrolledKey, ...], now: datetime) -> tuple[EnrolledKey, ...]:
    return tuple(replace(key, until=now) if key.until is None else key for key in keys)


class Method(StrEnum):
    """How somebody proved who they are."""

    PASSWORD = "password"
    KEY = "key"
    ACCOUNT = "account"  # of the operating system: whoever sits at this machine
    TIMER = "timer"  # nobody: the program at its time
    LINK = "link"  # a one-time link: 'serve' prints it at its terminal, or it lets a user choose a password
    OIDC = "oidc"  # an identity provider of the organisation, over the web
    NONE = "none"  # not at all: somebody at a browser who has not signed in


@dataclass(frozen=True, slots=True)
class SignIn:
    """How the actor was authenticated, on which host, under which account of it, and when (UTC)."""

    method: Method
    host: str
    account: str
    at: datetime

    def plain(self) -> dict[str, str]:
        """As text, for the log."""
        at = self.at.isoformat()
        return {"method": self.method.value, "host": self.host, "account": self.account, "at": at}


@dataclass(frozen=True, slots=True)
class OpenSession:
    """A session: the digest of its token, how its user signed in, and when it ends (UTC)."""

    digest: str
    sign_in: SignIn
    until: datetime


def new_user(user: User) -> User:
    """Check a new or changed user; raises ``UsageError`` for roles that must not meet in one person."""
    if user.id == SYSTEM.id or user.id.startswith("account-"):
        raise UsageError(f"the id {user.id!r} is the program's own: use one that 'new_id' makes")
    if not user.name.strip() or not user.unit:
        raise UsageError("a user has no name or no unit: give both")
    if not user.roles:
        raise UsageError(
            f"{user.name} has no role: choose one of {', '.join(r for r in Role if r != 'system')}"
        )
    if Role.SYSTEM in user.roles:
        raise UsageError("the role 'system' is the program's own: choose another")
    for role, others in _APART:
        if role in user.roles and (met := sorted(user.roles & others)):
            raise UsageError(f"{user.name} cannot be {role} and {met[0]} at once: choose one of them")
    return user


def possession(user: str, public: PublicKey) -> bytes:
    """The bytes that the holder of a key signs to enrol it: whose it is, and which."""
    return b"synopticon enrol 1\n" + canonical({"user": user, "key": public.text()})


def prove_possession(user: str, key: SigningKey) -> bytes:
    """Sign the enrolment of one's own key; done where the private key lies."""
    return key.sign(possession(user, key.public))


def enrol(user: User, public: PublicKey, proof: bytes, now: datetime) -> User:
    """Return the user with a new key from ``now`` on; the old one ends. Raises ``RefusedError``.

    ``proof`` shows that the private half is in the hands of whoever enrols it.
    """
    if not public.verify(proof, possession(user.id, public)):
        text = f"the key of {user.name} is not signed by itself (rule {RULE_POSSESSION})"
        raise RefusedError(f"{text}: use the private key to enrol it", RULE_POSSESSION)
    return replace(user, keys=(*_ended(user.keys, now), EnrolledKey(public.text(), now)))
