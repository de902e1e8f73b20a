"""What every request passes before anything else looks at it, and what every answer carries.

In this order: the name it was sent to (DNS rebinding), from which page (CSRF; before it counts, so that a
page elsewhere cannot use up what is ours), how often, how large, how slow.
"""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from synopticon.web.limits import ALL, SIGN_IN, Buckets
from synopticon.web.problems import problem

BODY = 1 << 20  # bytes of a request
SLOW = 15.0  # seconds that each piece of a request may take to come, and
STUCK = 60.0  # each piece of an answer to be taken
_UNSAFE = frozenset({"POST", "PUT", "PATCH", "DELETE"})
_LARGE = f"a request of more than {BODY} bytes: send less"
LEAVING = frozenset({"/oidc/start", "/oidc/callback"})  # opened by a browser, from and to elsewhere
GUESSED = frozenset({"/api/session", "/api/invitation", "/api/session/password"})  # a secret is tried here

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "media-src 'self' blob:; connect-src 'self'; font-src 'self'; frame-ancestors 'none'; base-uri 'none'; "
    "form-action 'self'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()",
}

OVER_TLS = {"Strict-Transport-Security": "max-age=31536000"}


@dataclass(frozen=True, slots=True)
class House:
    """``hosts``: the names that are answered to; ``scheme``: of the pages they belong to.

    ``proxied``: the last address in ``X-Forwarded-For`` is the one that our own proxy saw.
    """

    hosts: Callable[[], frozenset[str]]
    scheme: str = "http"
    proxied: bool = False
    all: Buckets = field(default_factory=lambda: Buckets(ALL))
    sign_in: Buckets = field(default_factory=lambda: Buckets(SIGN_IN))

    def client(self, scope: Scope, headers: Headers) -> str:
        """The address of whoever asks."""
        if self.proxied and (said := headers.get("x-forwarded-for", "")):
            return said.rsplit(",", 1)[-1].strip()[:45]
        found = scope.get("client")
        return str(found[0]) if found else "unknown"

    def own_page(self, headers: Headers) -> bool:
        """Whether a request comes from a page of ours, or from no page at all (a program)."""
        origin, site = headers.get("origin"), headers.get("sec-fetch-site")
        if origin is not None:
            return origin.lower() in {f"{self.scheme}://{host}" for host in self.hosts()}
        return site in (None, "same-origin", "none")


class Guard:
    """An ASGI application around another."""

    def __init__(self, app: ASGIApp, house: House) -> None:
        self.app = app
        self.house = house

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or answer what is wrong with it."""
        if scope["type"] != "http":
            if scope["type"] == "lifespan":
                await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        client = self.house.client(scope, headers)
        scope.setdefault("state", {})["client"] = client
        leaving = _Leaving(send, HEADERS | (OVER_TLS if self.house.scheme == "https" else {}))
        refused = self._refused(scope, headers, client)
        if refused is not None:
            await problem(*refused)(scope, receive, leaving)
            return
        coming = _Coming(receive)
        try:
            await self.app(scope, coming, leaving)
        except HTTPException as error:
            await problem(error.status_code, error.detail)(scope, receive, leaving)

    def _refused(
        self, scope: Scope, headers: Headers, client: str
    ) -> tuple[int, str, dict[str, str] | None] | None:
        """Status, reason and headers, if the request is not answered."""
        method, path = scope["method"], scope["path"]
        if "transfer-encoding" in headers and "content-length" in headers:  # a proxy may read it otherwise
            return 400, "two lengths of one request: send one of them", {"Connection": "close"}
        if headers.get("host", "").lower() not in self.house.hosts():
            return 421, "this server does not answer to that name: use the address that it shows", None
        if (method in _UNSAFE or path.startswith("/api/")) and not self.house.own_page(headers):
            return 403, "asked from a page of another place (rule web.origin): open the app itself", None
        wait = self.house.all.take(client)
        if not wait and ((method in ("POST", "PUT") and path in GUESSED) or path in LEAVING):
            wait = self.house.sign_in.take(client)
        if wait:
            return 429, f"too many requests from your address: wait {wait} s", {"Retry-After": str(wait)}
        length = headers.get("content-length", "0")
        if not length.isdecimal() or int(length) > BODY:
            return 413, _LARGE, None
        return None


class _Coming:
    """The pieces of a request, counted and timed."""

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self._size = 0
        self._more = True

    async def __call__(self) -> Message:
        if not self._more:
            return await self._receive()  # waits until whoever asked has gone
        try:
            message = await asyncio.wait_for(self._receive(), SLOW)
        except TimeoutError:
            raise HTTPException(408, "the request did not come in time: send it again") from None
        self._size += len(message.get("body", b""))
        self._more = message.get("more_body", False)
        if self._size > BODY:
            raise HTTPException(413, _LARGE)
        return message


class _Leaving:
    """The pieces of an answer, with the headers that each carries, none waited for too long."""

    def __init__(self, send: Send, said: Mapping[str, str]) -> None:
        self._send = send
        self._said = said

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in self._said.items():
                headers[name] = value
            headers.setdefault("Cache-Control", "no-store")
        await asyncio.wait_for(self._send(message), STUCK)
