"""Where the server listens, under which names, and how it may be reached; refused before it listens."""

import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from synopticon.errors import UsageError

PORT = 8742
_USUAL = {"https": 443, "http": 80}  # ports that browsers do not write


@dataclass(frozen=True, slots=True)
class Access:
    """``host`` and ``port`` to listen on (port 0: a free one); ``names``: as browsers reach it, NAME[:PORT].

    ``proxied``: a proxy of one's own stands before it, which speaks TLS and adds ``X-Forwarded-For``.
    """

    host: str = "127.0.0.1"
    port: int = PORT
    names: tuple[str, ...] = ()
    certificate: Path | None = None
    key: Path | None = None
    proxied: bool = False

    @property
    def secure(self) -> bool:
        """Whether browsers speak TLS with it (or with its proxy)."""
        return self.certificate is not None or self.proxied

    @property
    def scheme(self) -> str:
        """Of the addresses that browsers use."""
        return "https" if self.secure else "http"

    def hosts(self, port: int) -> frozenset[str]:
        """The values of ``Host`` that are answered; any other is an address that somebody else made up."""
        named = {name.lower() for name in self.names}
        if not self.proxied and port != _USUAL[self.scheme]:
            named = {name if ":" in name else f"{name}:{port}" for name in named}
        if is_loopback(self.host) and not self.proxied:
            named |= {f"127.0.0.1:{port}", f"localhost:{port}", f"[::1]:{port}"}
        return frozenset(named)

    def address(self, port: int) -> str:
        """Where a browser finds it."""
        host = self.names[0] if self.names else f"[{self.host}]" if ":" in self.host else self.host
        shown = host if self.proxied or (self.names and ":" in host) else f"{host}:{port}"
        return f"{self.scheme}://{shown}"


def access(
    host: str,
    port: int,
    *,
    names: Sequence[str] = (),
    certificate: Path | None = None,
    key: Path | None = None,
    proxied: bool = False,
) -> Access:
    """Check how the server may be reached; raises ``UsageError`` where passwords would travel in the open."""
    if (certificate is None) != (key is None):
        raise UsageError("a certificate goes with its key: give both --tls-cert and --tls-key")
    for path in (certificate, key):
        if path is not None and not path.is_file():
            raise UsageError(f"{path}: is no file: name the certificate and its key (PEM)")
    if certificate is not None and proxied:
        raise UsageError("TLS ends either here or at the proxy: give --tls-cert, or --behind-proxy")
    made = Access(host, port, tuple(names), certificate, key, proxied)
    if not is_loopback(host) and not made.secure:
        raise UsageError(
            f"{host} can be reached from other machines: add --tls-cert and --tls-key, "
            "or --behind-proxy where a proxy of yours speaks TLS"
        )
    if (proxied or not is_loopback(host)) and not names:
        raise UsageError("browsers reach it under a name: give that with --name, such as review.example.org")
    return made


def is_loopback(host: str) -> bool:
    """Whether only this machine reaches that address."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
