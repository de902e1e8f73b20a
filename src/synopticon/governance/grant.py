"""The permission for one act. Only ``governance.authority`` makes one; every reader of footage asks for one.

A grant carries a seal: a keyed digest of all its fields, under a secret that this process drew at its start.
A grant made elsewhere, changed, copied with changes, or brought from another process has no valid seal, and
``Grant.check`` refuses it. This stops mistakes and short cuts in our own code, not a program that reads the
memory of this process; against that stand the ciphers (keys of roles) and the log.
"""

import hmac
import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import NoReturn

from synopticon.errors import RefusedError, UsageError
from synopticon.governance.capability import Operation, operation_of

RULE_SEAL = "grant.made-by-authority"
RULE_EXPIRED = "grant.not-expired"
RULE_OTHER = "grant.for-this-act"
_SECRET = secrets.token_bytes(32)  # of this process alone


@dataclass(frozen=True, slots=True, order=True)
class Window:
    """A stretch of time, ``start <= t < end``, both UTC."""

    start: datetime
    end: datetime

    def __post_init__(self) -> None:
        if self.start.tzinfo is None or self.end.tzinfo is None:
            raise UsageError("a window of time has no time zone: add one, such as 2026-11-24T10:00+01:00")
        if self.end <= self.start:
            raise UsageError(f"the window {self} ends before it begins: choose a later end")
        object.__setattr__(self, "start", self.start.astimezone(UTC))
        object.__setattr__(self, "end", self.end.astimezone(UTC))

    def __str__(self) -> str:
        return f"{self.start.isoformat()}/{self.end.isoformat()}"

    def holds(self, other: "Window") -> bool:
        """Whether all of ``other`` lies in this window."""
        return self.start <= other.start and other.end <= self.end


def merged(windows: Iterable[Window]) -> tuple[Window, ...]:
    """Sort windows and join those that touch, so that what lies in their union lies in one of them."""
    done: list[Window] = []
    for window in sorted(windows):
        if done and window.start <= done[-1].end:
            done[-1] = Window(done[-1].start, max(done[-1].end, window.end))
        else:
            done.append(window)
    return tuple(done)


@dataclass(frozen=True, slots=True)
class Scope:
    """What may be looked at: these cameras (ids) in these windows, and footage named by its digest.

    ``digests`` (SHA-256, hexadecimal) is the only way in for footage whose clock is unknown, and for files
    named on the command line. An empty scope covers nothing.
    """

    cameras: tuple[str, ...] = ()
    windows: tuple[Window, ...] = ()
    digests: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "cameras", tuple(sorted(set(self.cameras))))
        object.__setattr__(self, "windows", merged(self.windows))
        object.__setattr__(self, "digests", tuple(sorted(set(self.digests))))

    def __bool__(self) -> bool:
        """Whether it covers anything at all."""
        return bool(self.digests or (self.cameras and self.windows))

    def covers(self, camera: str, start: datetime, end: datetime, uncertainty: float = 0.0) -> bool:
        """Whether ``start``..``end`` (UTC; ``end`` is just after the last frame) of a camera is in scope.

        It is only if the whole interval in which it may have happened is: widened at both ends by the clock's
        ``uncertainty`` (seconds), inside one window.
        """
        if camera not in self.cameras or not uncertainty >= 0:
            return False
        try:
            slack = timedelta(seconds=uncertainty)
            low, high = start - slack, end + slack
        except OverflowError:  # a clock this uncertain is no clock
            return False
        return any(w.start <= low < w.end and low <= high <= w.end for w in self.windows)

    def covers_digest(self, digest: str) -> bool:
        """Whether footage of this digest is in scope by name."""
        return digest in self.digests

    def holds(self, other: "Scope") -> bool:
        """Whether everything that ``other`` covers is in this scope too."""
        return (
            set(other.cameras) <= set(self.cameras)
            and all(any(mine.holds(window) for mine in self.windows) for window in other.windows)
            and set(other.digests) <= set(self.digests)
        )

    def plain(self) -> dict[str, list[str]]:
        """The scope as text, for canonical JSON and the log."""
        return {
            "cameras": list(self.cameras),
            "windows": [str(window) for window in self.windows],
            "digests": list(self.digests),
        }

    @classmethod
    def of_plain(cls, plain: dict[str, list[str]]) -> "Scope":
        """Read what ``plain`` wrote; raises ``UsageError`` for anything else."""
        try:
            ends = [text.split("/") for text in plain["windows"]]
            windows = tuple(Window(datetime.fromisoformat(a), datetime.fromisoformat(b)) for a, b in ends)
            return cls(tuple(plain["cameras"]), windows, tuple(plain["digests"]))
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise UsageError(
                f"a scope cannot be read ({error}): expected cameras, windows, digests"
            ) from error


NOTHING = Scope()


@dataclass(frozen=True, slots=True)
class Grant:
    """The permission for one act, and the rule that gave it.

    ``case`` is None where the profile asks for none. ``scope`` is what may be read, ``expires`` (UTC) until
    when. ``profile`` is the digest of the profile, ``unit`` the actor's unit ("" = a single person).
    """

    case: str | None
    actor: str
    capability: str
    operation: Operation
    scope: Scope
    expires: datetime
    rule: str
    profile: str
    unit: str = ""
    seal: bytes = field(default=b"", repr=False, compare=False)

    def __post_init__(self) -> None:
        if not hmac.compare_digest(self.seal, _seal(self)):
            raise _forged()

    def check(self, now: datetime, *capabilities: str) -> Scope:
        """Return the scope that may be read now; raises ``RefusedError`` with the rule.

        Each reader of footage calls this first, with the capabilities that it serves (none = any).
        """
        if not hmac.compare_digest(self.seal, _seal(self)):
            raise _forged()
        if now >= self.expires:
            text = f"the permission of {self.actor} ended at {self.expires.isoformat()} (rule {RULE_EXPIRED})"
            raise RefusedError(f"{text}: run the act again to ask for a new one", RULE_EXPIRED)
        if capabilities and self.capability not in capabilities:
            text = f"a permission for {self.capability} does not allow this (rule {RULE_OTHER})"
            raise RefusedError(f"{text}: use one for {' or '.join(capabilities)}", RULE_OTHER)
        return self.scope

    def __reduce__(self) -> NoReturn:
        """Refuse to be pickled: a permission is of one process."""
        raise _forged()

    def __copy__(self) -> "Grant":
        return self

    def __deepcopy__(self, memo: object) -> "Grant":
        return self


def _forged() -> RefusedError:
    text = f"this permission was not made by the authority (rule {RULE_SEAL})"
    return RefusedError(f"{text}: use governance.authority.decide in the process that acts", RULE_SEAL)


def _seal(grant: Grant) -> bytes:
    """Keyed digest of all fields but the seal."""
    fields = [getattr(grant, name) for name in _FIELDS]
    return _sealed(*fields)


def _sealed(*fields: object) -> bytes:
    return hmac.digest(_SECRET, repr(fields).encode(), "sha256")


_FIELDS = tuple(name for name in Grant.__slots__ if name != "seal")


def _mint(
    *,
    case: str | None,
    actor: str,
    capability: str,
    scope: Scope,
    expires: datetime,
    rule: str,
    profile: str,
    unit: str,
) -> Grant:
    """Make a grant. Only ``governance.authority`` calls this; a test of the architecture reads all code."""
    operation = operation_of(capability)
    seal = _sealed(case, actor, capability, operation, scope, expires, rule, profile, unit)
    return Grant(case, actor, capability, operation, scope, expires, rule, profile, unit, seal)
