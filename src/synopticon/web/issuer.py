"""The connection to an identity provider: the one place where the server asks another machine.

Only over TLS (or on this machine), without following redirects, with a limit of time and of size.
"""

import json
from collections.abc import Mapping
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import urlencode, urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

from synopticon.errors import RefusedError, UsageError
from synopticon.web.access import is_loopback

PATIENCE = 10.0  # seconds
SIZE = 1 << 20  # bytes of an answer
RULE_AWAY = "user.oidc-away"


class _Stay(HTTPRedirectHandler):
    """Follows no redirect: whoever answers for the provider is the provider itself."""

    def redirect_request(self, *_: Any) -> None:
        """Give up."""


_OPENER = build_opener(_Stay)


def check_address(address: str) -> str:
    """An address of the provider; raises ``UsageError`` where it would be reached in the open."""
    parts = urlsplit(address)
    host = parts.hostname or ""
    if not host or not (parts.scheme == "https" or (parts.scheme == "http" and is_loopback(host))):
        raise UsageError(f"{address!r} is no address of an identity provider: use one with https://")
    return address


def ask(
    address: str, form: Mapping[str, str] | None = None, headers: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """Get a JSON object from the provider, or post a form for one; raises ``RefusedError``."""
    data = None if form is None else urlencode(form).encode()
    said = {"Accept": "application/json", **(headers or {})}
    try:
        with _OPENER.open(Request(check_address(address), data, said), timeout=PATIENCE) as answer:
            found = json.loads(answer.read(SIZE))
    except HTTPError as error:
        raise away(f"answered with {error.code}") from error
    except (URLError, OSError, ValueError, UsageError) as error:
        raise away(str(getattr(error, "reason", error))) from error
    if not isinstance(found, dict):
        raise away("answered with no object")
    return found


def away(why: str) -> RefusedError:
    """The refusal where the provider cannot be asked, to be raised."""
    text = f"the identity provider {' '.join(why.split())[:200]} (rule {RULE_AWAY})"
    return RefusedError(f"{text}: try again, or tell your administrator", RULE_AWAY)
