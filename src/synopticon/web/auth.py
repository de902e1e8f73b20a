"""Who is at the browser: sign-in, sessions, the one-time link, and the workspace as that person acts in it.

Passwords go through ``acts.people``, nowhere else. A session is a secret in a cookie; the server keeps its
digest. It is drawn anew at every sign-in, ends when it is not used for ``IDLE``, at the latest after the
profile's ``grant_hours``, and at sign-out. Where a profile knows no users, the one person is whoever has the
link that the terminal shows: it works once, for ``LINK_LASTS``, and its session ends with the server.

Each request gets its own ``Workspace``: what is shared between requests holds nobody's name.
"""

import hashlib
import hmac
import secrets
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Annotated

from fastapi import Depends, Request, Response

from synopticon.acts.people import accept_invitation, renew_password, sign_in, sign_in_proved
from synopticon.acts.uploads import LARGEST
from synopticon.acts.viewing import Pieces
from synopticon.acts.workspace import Actor, Workspace
from synopticon.errors import RefusedError, WaitError
from synopticon.governance.users import Method, OpenSession, SignIn
from synopticon.web.held import Counter, answers, clips, synopses, viewings
from synopticon.web.oidc import LASTS, Oidc, Provider
from synopticon.web.problems import NobodyError

IDLE = timedelta(minutes=30)
LINK_LASTS = timedelta(minutes=10)
TOUCH = timedelta(minutes=1)  # a session in use is prolonged no more often than this
HEADER = "X-Synopticon-Token"
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
CHECKS = 2  # passwords looked at at once: each takes 64 MiB
PATIENCE = 1.0  # seconds that another one waits for its turn
RETRY = 3  # seconds
RULE_BUSY = "user.sign-in-busy"
RULE_LINK = "user.link"
RULE_TOKEN = "web.token"
RULE_NO_PASSWORDS = "user.no-passwords"
NOBODY = "nobody"
_WHO = frozenset({"user.enrolled", "user.signed-in", "role.may"})


@dataclass(frozen=True, slots=True)
class Visit:
    """A session that holds: its secret, who it is, and when it ends at the latest (UTC)."""

    secret: str
    actor: Actor
    ends: datetime

    @property
    def owner(self) -> str:
        """What stands for the session where something of it is kept: a digest of its secret."""
        return _digest(self.secret)

    @property
    def token(self) -> str:
        """What the page sends with every change: only who reads our answers knows it, not who sends forms."""
        return hmac.new(self.secret.encode(), b"synopticon page token", hashlib.sha256).hexdigest()


@dataclass(frozen=True, slots=True)
class _Own:
    """A session of the one person of a workspace without users; it lives in memory only."""

    actor: Actor
    until: datetime


class Door:
    """Lets people in and out. ``secure``: browsers speak TLS, so the cookie never travels in the open."""

    def __init__(self, workspace: Workspace, *, secure: bool, provider: Provider | None = None) -> None:
        self._owner = workspace.actor  # of this machine; acts here only where there are no users
        self._workspace = workspace.acting(_nobody(workspace, "here"))
        self._secure = secure
        self.oidc = Oidc(provider, workspace.clock) if provider and self.users else None
        self.answers, self.synopses, self.clips = answers(), synopses(), clips()
        self.viewings, self.pieces = viewings(), Pieces()
        self.streams = Counter()
        self.sending = Counter()
        self.largest_upload = LARGEST  # bytes
        self.closing = threading.Event()  # the server stops: streams end
        self._checks = threading.BoundedSemaphore(CHECKS)
        self._lock = threading.Lock()
        self._links: dict[str, datetime] = {}
        self._own: dict[str, _Own] = {}
        self._touched: dict[str, datetime] = {}

    @property
    def workspace(self) -> Workspace:
        """As nobody acts in it: for what is public."""
        return self._workspace

    @property
    def users(self) -> bool:
        """Whether people sign in by name and password."""
        return self._workspace.profile.users

    @property
    def passwords(self) -> bool:
        """Whether names and passwords of our own let anybody in over the web."""
        return self.users and (self.oidc is None or self.oidc.provider.passwords)

    @property
    def attempt(self) -> str:
        """Name of the cookie of somebody who went to the identity provider."""
        return f"{self.cookie}-oidc"

    def origin(self, host: str) -> str:
        """The origin of our pages, under a name that the guard knows."""
        return f"{'https' if self._secure else 'http'}://{host}"

    @property
    def cookie(self) -> str:
        """Its name; with TLS one that no other host and no open connection can set."""
        return "__Host-synopticon" if self._secure else "synopticon"

    # --- in and out ----------------------------------------------------------------------------------------

    def link(self) -> str:
        """A secret that lets its bearer in once; only where there are no users."""
        secret = secrets.token_urlsafe(32)
        with self._lock:
            self._links[_digest(secret)] = self._workspace.clock() + LINK_LASTS
        return secret

    def enter(self, secret: str, host: str) -> Visit:
        """Let in whoever has the link; raises ``RefusedError``, logged, when it is none, spent or too old."""
        now = self._workspace.clock()
        with self._lock:
            until = self._links.pop(_digest(secret), None)
        if self.users or until is None or now >= until:
            text = f"this link does not let you in (rule {RULE_LINK}): it works once, for a few minutes"
            error = RefusedError(f"{text}: run 'synopticon serve' again for a new one", RULE_LINK)
            raise self._somebody(host).refuse("user.login", error)
        actor = replace(self._owner, sign_in=SignIn(Method.LINK, host, self._owner.sign_in.account, now))
        token = secrets.token_urlsafe(32)
        here = self._workspace.acting(actor)
        with here.act("user.login", payload={"user": actor.id}), self._lock:
            self._own[_digest(token)] = _Own(actor, now + IDLE)
        return Visit(token, actor, self._last(actor))

    def sign_in(self, name: str, password: str, host: str) -> Visit:
        """Let a user in. For what is refused see ``acts.people.login``."""
        here = self._somebody(host)
        self._by_password(here, "user.login")
        with self._turn():
            secret = sign_in(here, name, password, here.clock() + min(IDLE, self._longest()))
        return Visit(secret, here.actor, self._last(here.actor))

    def come_back(self, cookie: str | None, said: Mapping[str, str], host: str) -> Visit:
        """Let in whom the identity provider sends back; raises ``RefusedError``, logged."""
        assert self.oidc is not None, "asked of a door that has a provider"
        here = self._somebody(host)
        try:
            subject, name = self.oidc.finish(cookie, said)
        except RefusedError as error:
            raise self.turned_away(error, host) from error
        secret = sign_in_proved(here, name, subject, here.clock() + min(IDLE, self._longest()))
        return Visit(secret, here.actor, self._last(here.actor))

    def turned_away(self, error: RefusedError, host: str) -> RefusedError:
        """Log that the identity provider let nobody in."""
        return self._somebody(host).refuse("user.login", error)

    def change_password(self, visit: Visit, old: str, new: str) -> Visit:
        """Change one's own password: every session of theirs ends, and this browser gets another."""
        here = self._workspace.acting(visit.actor)
        self._by_password(here, "user.password")
        with self._turn():
            secret = renew_password(here, old, new, min(here.clock() + IDLE, visit.ends))
        self.leave(visit.secret)
        return Visit(secret, visit.actor, visit.ends)

    def accept(self, invitation: str, password: str, host: str) -> str:
        """Choose a password with an invitation; gives the name to sign in with."""
        here = self._somebody(host)
        self._by_password(here, "user.password")
        with self._turn():
            return accept_invitation(here, invitation, password).name

    def _by_password(self, here: Workspace, capability: str) -> None:
        """Raises ``RefusedError``, logged, where passwords are switched off for the web."""
        if self.users and not self.passwords:
            text = f"passwords are switched off here (rule {RULE_NO_PASSWORDS})"
            error = RefusedError(f"{text}: use your organisation's sign-in", RULE_NO_PASSWORDS)
            raise here.refuse(capability, error)

    @contextmanager
    def _turn(self) -> Iterator[None]:
        """One's turn to have passwords worked out; raises ``WaitError`` where too many want that."""
        if not self._checks.acquire(timeout=PATIENCE):
            text = f"too many people sign in at this moment (rule {RULE_BUSY}): wait {RETRY} s"
            raise WaitError(text, RULE_BUSY, RETRY)
        try:
            yield
        finally:
            self._checks.release()

    def leave(self, secret: str) -> None:
        """End a session, here and in the database."""
        digest = _digest(secret)
        with self._lock:
            self._own.pop(digest, None)
            self._touched.pop(digest, None)
        self._forget(digest)
        self._workspace.people.close_session(secret)

    def sessions(self, visit: Visit) -> tuple[OpenSession, ...]:
        """The sessions of whoever asks, newest first."""
        now, mine = self._workspace.clock(), visit.actor.id
        if self.users:
            return self._workspace.people.sessions(mine, now)
        with self._lock:
            own = [OpenSession(d, o.actor.sign_in, o.until) for d, o in self._own.items() if now < o.until]
        return tuple(sorted(own, key=lambda one: one.sign_in.at, reverse=True))

    def end(self, visit: Visit, digest: str) -> bool:
        """End one of one's own sessions; False where there is none of that digest."""
        with self._lock:
            ended = self._own.pop(digest, None) is not None
        if ended or self._workspace.people.end_session(visit.actor.id, digest):
            self._forget(digest)
            return True
        return False

    def _forget(self, digest: str) -> None:
        """Drop what was kept for a session that ends."""
        for shelf in (self.answers, self.synopses, self.clips, self.viewings):
            shelf.drop(digest)

    # --- who it is -----------------------------------------------------------------------------------------

    def visit(self, secret: str | None) -> Visit | None:
        """Whose session it is, if it holds; used, it lasts ``IDLE`` longer."""
        if not secret:
            return None
        now = self._workspace.clock()
        actor = self._found(secret, now)
        if actor is None or now >= self._last(actor):
            return None
        self._prolong(secret, actor, now)
        return Visit(secret, actor, self._last(actor))

    def holds(self, visit: Visit) -> bool:
        """Whether a session still holds; to look does not prolong it."""
        now = self._workspace.clock()
        return now < visit.ends and self._found(visit.secret, now) is not None

    def _found(self, secret: str, now: datetime) -> Actor | None:
        with self._lock:
            own = self._own.get(_digest(secret))
        if own is not None:
            return own.actor if now < own.until and not self.users else None
        found = self._workspace.people.session(secret, now)
        return Actor(found[0].id, found[0].name, found[1]) if found else None

    def _prolong(self, secret: str, actor: Actor, now: datetime) -> None:
        digest, until = _digest(secret), min(now + IDLE, self._last(actor))
        with self._lock:
            if digest in self._own:
                self._own[digest] = _Own(actor, until)
                return
            if now - self._touched.get(digest, now - TOUCH) < TOUCH:
                return
            self._touched = {d: t for d, t in self._touched.items() if now - t < TOUCH}
            self._touched[digest] = now
        self._workspace.people.prolong_session(secret, until)

    def _longest(self) -> timedelta:
        return timedelta(hours=self._workspace.profile.limits.grant_hours)

    def _last(self, actor: Actor) -> datetime:
        return actor.sign_in.at + self._longest()

    def _somebody(self, host: str) -> Workspace:
        """The workspace before it is known who asks; refusals in it are logged as nobody's."""
        return self._workspace.acting(_nobody(self._workspace, host))

    # --- the cookie ----------------------------------------------------------------------------------------

    def give(self, response: Response, visit: Visit) -> None:
        """Set the cookie of a session; it ends with the browser."""
        response.set_cookie(
            self.cookie, visit.secret, path="/", httponly=True, samesite="strict", secure=self._secure
        )

    def lend(self, response: Response, secret: str) -> None:
        """Set the cookie of an attempt; lax, since the provider sends the browser back to us."""
        response.set_cookie(
            self.attempt, secret, path="/", max_age=int(LASTS.total_seconds()),
            httponly=True, samesite="lax", secure=self._secure,
        )  # fmt: skip

    def take(self, response: Response) -> None:
        """Remove the cookie."""
        response.delete_cookie(self.cookie, path="/", httponly=True, samesite="strict", secure=self._secure)


def _nobody(workspace: Workspace, host: str) -> Actor:
    return Actor(NOBODY, NOBODY, SignIn(Method.NONE, host, "", workspace.clock()))


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


# What takes no time is ``async``: it then needs no thread, for which it would have to wait its turn.


async def door_of(request: Request) -> Door:
    """The door of the application."""
    return _door(request)


def _door(request: Request) -> Door:
    door: Door = request.app.state.door
    return door


def visitor(request: Request) -> Visit:
    """Who asks; raises ``NobodyError``, and ``RefusedError`` for a change without the page's token."""
    door = _door(request)
    found = door.visit(request.cookies.get(door.cookie))
    if found is None:
        how = "sign in" if door.users else "open the link that 'synopticon serve' shows in its terminal"
        raise NobodyError(f"nobody is signed in here, or no more: {how}")
    given = request.headers.get(HEADER, "")
    if request.method not in SAFE and not hmac.compare_digest(given.encode(), found.token.encode()):
        text = f"the header {HEADER} lacks or is another's (rule {RULE_TOKEN})"
        raise RefusedError(f"{text}: use what 'GET /api/session' says", RULE_TOKEN)
    return found


async def bound(request: Request, visit: Annotated[Visit, Depends(visitor)]) -> Workspace:
    """The workspace as whoever asks acts in it, for this request alone."""
    return _door(request).workspace.acting(visit.actor)


def permitted(capability: str) -> Callable[[Workspace], None]:
    """Check, before anything of a request is read, that a role of whoever asks holds a capability.

    The act decides the rest: profile, case, scope, reason.
    """

    def check(here: Annotated[Workspace, Depends(bound)]) -> None:
        for found in here.explain(capability):
            if found.rule in _WHO and not found.holds:
                raise here.refuse(capability, found.refusal())

    return check


async def client_host(request: Request) -> str:
    """Address of whoever asks, as the guard found it."""
    return str(request.scope["state"].get("client", "unknown"))


Signed = Annotated[Visit, Depends(visitor)]
Here = Annotated[Workspace, Depends(bound)]
At = Annotated[Door, Depends(door_of)]
Host = Annotated[str, Depends(client_host)]
