"""Signing in with an identity provider: OpenID Connect, authorization code with PKCE (RFC 7636).

What the provider proves is who somebody is, never what they may do: its subject is mapped, name by name in a
file of this server, to a user who is here already; everybody else is refused. Nobody is made a user by it.

An attempt is bound to the browser that began it (a cookie whose digest is kept here), works once, for
``LASTS``, and carries a state, a nonce and a code verifier of its own.
"""

import hashlib
import hmac
import os
import secrets
import threading
import tomllib
from base64 import b64encode
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from types import MappingProxyType
from typing import Any
from urllib.parse import quote, urlsplit

from synopticon.errors import RefusedError, UsageError
from synopticon.web import issuer as wire

LASTS = timedelta(minutes=10)
ATTEMPTS = 1000  # under way at once; beyond it the oldest is forgotten
KNOWN = timedelta(hours=1)  # what the provider says of itself is asked anew after this
ANEW = timedelta(minutes=1)  # its keys are asked for again no more often
LEEWAY = 60  # seconds between its clock and ours
AT_ONCE = 4  # exchanges with the provider
ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"]
RULE = "user.oidc"
SECRET = "SYNOPTICON_OIDC_SECRET"  # environment variable
_KEYS = frozenset({"issuer", "client_id", "client_secret_file", "name", "passwords", "users"})

Ask = Callable[..., dict[str, Any]]
Clock = Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class Provider:
    """An identity provider as ``--oidc FILE`` describes it. ``users``: our user's name, by its subject.

    ``passwords``: whether names and passwords of our own open the door as well.
    """

    issuer: str
    client_id: str
    users: Mapping[str, str]
    secret: str = field(default="", repr=False)
    name: str = ""
    passwords: bool = True


@dataclass(frozen=True, slots=True)
class Attempt:
    """Somebody who was sent to the provider and has not come back; ``until`` UTC."""

    state: str
    nonce: str
    verifier: str = field(repr=False)
    redirect: str
    until: datetime


def read_provider(path: Path) -> Provider:
    """Read the file that describes a provider; raises ``UsageError`` that says what is wrong with it."""
    try:
        said = tomllib.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise UsageError(f"{path}: cannot be read as TOML ({error}): see docs/web.md") from error
    if strange := sorted(said.keys() - _KEYS):
        raise UsageError(f"{path}: unknown key {strange[0]!r}: use {', '.join(sorted(_KEYS))}")
    users, passwords = said.get("users", {}), said.get("passwords", True)
    texts = [said.get(key, "") for key in ("issuer", "client_id", "name", "client_secret_file")]
    if not all(isinstance(text, str) for text in (*texts, *users, *users.values())) or passwords not in (
        True,
        False,
    ):
        raise UsageError(f"{path}: a value is of the wrong kind: see docs/web.md")
    issuer, client, name, file = texts
    if not issuer or not client or not users:
        raise UsageError(f"{path}: add issuer, client_id, and under [users] whose subject is which user")
    secret = _secret(path.parent / file) if file else os.environ.get(SECRET, "")
    shown = name or urlsplit(issuer).hostname or issuer
    mapped = MappingProxyType(dict(users))
    return Provider(wire.check_address(issuer), client, mapped, secret, shown, bool(passwords))


def _secret(path: Path) -> str:
    try:
        if os.name == "posix" and path.stat().st_mode & 0o077:
            raise UsageError(f"{path}: others can read the secret: set its mode to 0600")
        return path.read_text("utf-8").strip()
    except OSError as error:
        raise UsageError(f"{path}: cannot be read ({error.strerror}): put the secret there") from error


class Oidc:
    """The way in through a provider; for several threads. ``ask``: see ``issuer.ask``."""

    def __init__(self, provider: Provider, clock: Clock, ask: Ask = wire.ask) -> None:
        self.provider = provider
        self._clock = clock
        self._ask = ask
        self._lock = threading.Lock()
        self._turns = threading.BoundedSemaphore(AT_ONCE)
        self._attempts: OrderedDict[str, Attempt] = OrderedDict()
        self._facts: tuple[dict[str, Any], datetime] | None = None
        self._keys: tuple[dict[str, Any], datetime] | None = None

    # --- there ---------------------------------------------------------------------------------------------

    def begin(self, redirect: str) -> tuple[str, str]:
        """Begin an attempt: the secret for the browser's cookie, and where the browser goes.

        ``redirect``: where it comes back to. Raises ``RefusedError`` where the provider does not answer.
        """
        from authlib.oauth2.rfc6749.parameters import prepare_grant_uri
        from authlib.oauth2.rfc7636 import create_s256_code_challenge

        place = self._endpoint("authorization_endpoint")
        cookie, state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(4))
        with self._lock:
            made = Attempt(state, nonce, verifier, redirect, self._clock() + LASTS)
            self._attempts[_digest(cookie)] = made
            while len(self._attempts) > ATTEMPTS:
                self._attempts.popitem(last=False)
        url = prepare_grant_uri(
            place,
            client_id=self.provider.client_id,
            response_type="code",
            redirect_uri=redirect,
            scope="openid",
            state=state,
            nonce=nonce,
            code_challenge=create_s256_code_challenge(verifier),
            code_challenge_method="S256",
        )
        return cookie, str(url)

    # --- and back ------------------------------------------------------------------------------------------

    def finish(self, cookie: str | None, said: Mapping[str, str]) -> tuple[str, str]:
        """Who came back: the subject, and the name of the user here. ``said``: what stands in the address.

        Raises ``RefusedError`` for an attempt that is none, spent, too old or another browser's, an answer
        that does not hold, a subject that no user is mapped to.
        """
        attempt = self._taken(cookie)
        if not hmac.compare_digest(attempt.state.encode(), said.get("state", "").encode()):
            raise refused("the answer is not of this browser")
        if said.get("iss", self.provider.issuer) != self.provider.issuer:  # RFC 9207
            raise refused("the answer is of another provider")
        if not said.get("code"):
            raise refused(f"the provider did not let you in ({said.get('error', 'no code')[:60]})")
        if not self._turns.acquire(timeout=wire.PATIENCE):
            raise wire.away("is asked by too many at this moment")
        try:
            subject = self._proved(attempt, said["code"])
        finally:
            self._turns.release()
        name = self.provider.users.get(subject)
        if name is None:
            raise refused(f"nobody here is mapped to the subject {subject[:100]!r} of the provider")
        return subject, name

    def _taken(self, cookie: str | None) -> Attempt:
        with self._lock:
            found = self._attempts.pop(_digest(cookie), None) if cookie else None
        if found is None or self._clock() >= found.until:
            raise refused("this attempt is over, or was never begun in this browser")
        return found

    def _proved(self, attempt: Attempt, code: str) -> str:
        """The subject of the ID token that the code is exchanged for, checked."""
        own, secret = self.provider.client_id, self.provider.secret
        form = {"grant_type": "authorization_code", "code": code, "redirect_uri": attempt.redirect}
        form["code_verifier"] = attempt.verifier
        headers = {}
        ways = self._described().get("token_endpoint_auth_methods_supported", ["client_secret_basic"])
        if secret and "client_secret_basic" in ways:
            pair = f"{quote(own, safe='')}:{quote(secret, safe='')}"
            headers["Authorization"] = f"Basic {b64encode(pair.encode()).decode()}"
        else:
            form |= {"client_id": own} | ({"client_secret": secret} if secret else {})
        answer = self._ask(self._endpoint("token_endpoint"), form, headers)
        return self._subject(str(answer.get("id_token", "")), str(answer.get("access_token", "")), attempt)

    def _subject(self, token: str, access: str, attempt: Attempt) -> str:
        """Check an ID token (OpenID Connect Core, 3.1.3.7): signature, issuer, audience, times, nonce."""
        from authlib.oidc.core import CodeIDToken
        from joserfc.errors import JoseError

        own = self.provider
        try:
            decoded = self._decoded(token)
            options = {
                "iss": {"essential": True, "value": own.issuer},
                "aud": {"essential": True, "value": own.client_id},
                "nonce": {"essential": True, "value": attempt.nonce},
            }
            asked = {"nonce": attempt.nonce, "client_id": own.client_id, "access_token": access}
            claims = CodeIDToken(dict(decoded.claims), dict(decoded.header), options, asked)
            claims.validate(now=int(self._clock().timestamp()), leeway=LEEWAY)
        except (JoseError, ValueError, TypeError, KeyError) as error:
            raise refused(f"the provider's token does not hold ({type(error).__name__})") from error
        subject = claims["sub"]
        if not isinstance(subject, str) or not subject:
            raise refused("the provider's token names nobody")
        return subject

    def _decoded(self, token: str) -> Any:
        """A token whose signature is the provider's; its keys are asked for anew where one is new."""
        from joserfc import jwt
        from joserfc.errors import JoseError
        from joserfc.jwk import KeySet

        for anew in (False, True):
            try:
                return jwt.decode(token, KeySet.import_key_set(self._keyring(anew)), algorithms=ALGORITHMS)  # type: ignore[arg-type]
            except (JoseError, ValueError):
                if anew:
                    raise
        raise AssertionError("it was decoded or refused")

    # --- what the provider says of itself -------------------------------------------------------------------

    def _described(self) -> dict[str, Any]:
        known, now = self._facts, self._clock()
        if known is None or now >= known[1]:
            found = self._ask(f"{self.provider.issuer.rstrip('/')}/.well-known/openid-configuration")
            if found.get("issuer") != self.provider.issuer:
                raise wire.away("says that it is another than the one that was configured")
            known = self._facts = (found, now + KNOWN)
        return known[0]

    def _endpoint(self, name: str) -> str:
        found = self._described().get(name)
        try:
            return wire.check_address(found if isinstance(found, str) else "")
        except UsageError as error:
            raise wire.away(f"names no {name} that can be reached over TLS") from error

    def _keyring(self, anew: bool) -> dict[str, Any]:
        known, now = self._keys, self._clock()
        if known is None or now >= known[1] + KNOWN or (anew and now >= known[1] + ANEW):
            known = self._keys = (self._ask(self._endpoint("jwks_uri")), now)
        return known[0]


def refused(why: str) -> RefusedError:
    """The refusal of somebody who came back from the provider, to be raised."""
    text = f"{why} (rule {RULE})"
    return RefusedError(f"{text}: try again, or tell your administrator", RULE)


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
