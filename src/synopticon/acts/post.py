"""Sends one message to a webhook: signed, to the host that was meant and to no other.

``Synopticon-Timestamp``: seconds since 1970; ``Synopticon-Signature``: ``v1=`` and the HMAC-SHA-256
(RFC 2104), in hexadecimal, of the timestamp, a full stop and the body, under the webhook's key;
``Synopticon-Delivery``: the same for each try. Who receives it computes the signature of what came, compares
it in constant time, and refuses a timestamp more than ``REPLAY`` seconds away, or a delivery that it has.

Against requests that reach where they should not (SSRF): http and https only; the name is looked up here,
each time, and the connection goes to the address that was checked (no rebinding); addresses of this machine
and of private networks only for webhooks that were added as local ones; link-local addresses (where clouds
keep their secrets), multicast and unspecified ones never; no redirect is followed, no proxy used, and the
answer is neither kept nor shown but for its status.
"""

import http.client
import ipaddress
import json
import socket
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import SplitResult, urlsplit

from synopticon.errors import UsageError
from synopticon.governance.keys import authentication
from synopticon.store.webhooks import Target

REPLAY = 300  # seconds that a receiver lets a timestamp differ
TIMEOUT = 10.0  # seconds to connect, and again for each part of the answer
_READ = 4096  # bytes of an answer that are read


@dataclass(frozen=True, slots=True)
class Answer:
    """Whether the other side has it (a status of 200 to 299), and what came instead."""

    received: bool
    says: str


def host_of(url: str) -> str:
    """What of an address may be shown: scheme, host and port. No path either: many hold a secret there."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.hostname}{f':{parts.port}' if parts.port else ''}"


def check_url(url: str, *, local: bool) -> None:
    """Raise ``UsageError`` for an address that nothing would be sent to."""
    parts = _parts(url)
    try:
        if parts.hostname and ipaddress.ip_address(parts.hostname):
            _allowed(parts.hostname, local=local)
    except UsageError:
        raise
    except ValueError:
        if parts.hostname == "localhost" and not local:
            raise UsageError(_local("localhost")) from None


def _parts(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        found = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        found = False
    if not found:
        raise UsageError(
            "this is no address of a webhook: give one that begins with https:// or http://, and a host"
        )
    if parts.username is not None or parts.password is not None:
        raise UsageError("an address with a password in it: give it without, what is sent is signed")
    return parts


def _allowed(address: str, *, local: bool) -> None:
    ip = ipaddress.ip_address(address)
    if isinstance(ip, ipaddress.IPv6Address) and ip.ipv4_mapped is not None:
        ip = ip.ipv4_mapped
    if ip.is_link_local or ip.is_multicast or ip.is_unspecified:
        raise UsageError(f"{ip}: nothing is sent to such an address: give another")
    if not ip.is_global and not local:
        raise UsageError(_local(str(ip)))


def _local(what: str) -> str:
    return f"{what} is of this machine or its network: add the webhook with --local if that is meant"


def post(target: Target, delivery: str, said: Mapping[str, Any], now: datetime, *, local: bool) -> Answer:
    """Send ``said`` as JSON; whatever goes wrong is in the answer, without the address."""
    body = json.dumps(said, sort_keys=True).encode()
    at = str(int(now.timestamp()))
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "synopticon",
        "Synopticon-Timestamp": at,
        "Synopticon-Signature": signature(target.secret, at, body),
        "Synopticon-Delivery": delivery,
    }
    try:
        parts = _parts(target.url)
        connection = _connection(parts, local=local)
    except UsageError as error:
        return Answer(False, str(error))
    except (OSError, ValueError) as error:
        return Answer(False, _why(error))
    try:
        path = f"{parts.path or '/'}{f'?{parts.query}' if parts.query else ''}"
        connection.request("POST", path, body, headers)
        answer = connection.getresponse()
        answer.read(_READ)
    except (OSError, http.client.HTTPException, ValueError) as error:
        return Answer(False, _why(error))
    finally:
        connection.close()
    return Answer(200 <= answer.status < 300, f"status {answer.status}")


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """What ``Synopticon-Signature`` says."""
    return f"v1={authentication(secret.encode(), timestamp.encode() + b'.' + body)}"


def _connection(parts: SplitResult, *, local: bool) -> http.client.HTTPConnection:
    """A connection to the first address of the host that is allowed."""
    host = parts.hostname or ""
    port = parts.port or (443 if parts.scheme == "https" else 80)
    found = list(dict.fromkeys(str(a[4][0]) for a in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)))
    for address in found:
        _allowed(address, local=local)
    raw = socket.create_connection((found[0], port), TIMEOUT)
    connection = http.client.HTTPConnection(host, port, timeout=TIMEOUT)
    try:
        if parts.scheme == "https":
            raw = ssl.create_default_context().wrap_socket(raw, server_hostname=host)
    except (OSError, ValueError):
        raw.close()
        raise
    connection.sock = raw
    return connection


def _why(error: Exception) -> str:
    if isinstance(error, TimeoutError):
        return f"no answer within {TIMEOUT:.0f} s"
    if isinstance(error, ssl.SSLCertVerificationError):
        return "its certificate is not trusted"
    if isinstance(error, socket.gaierror):
        return "its host is not known"
    return getattr(error, "strerror", None) or type(error).__name__
