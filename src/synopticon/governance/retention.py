"""When recordings must be destroyed: pure rules on values, no store and no clock of its own.

What is destroyed together is a *part*: all footage of one camera and day, which shares one data key (footage
of an unknown time is a part by itself). A part is due as soon as its oldest picture is: nothing is ever kept
longer than the rule, some hours of a day go a little earlier. Unknown times count from ingest.
Sources: CSI L252-5 (one month, longer only for a judicial inquiry), GDPR 5(1)(e) and 18, directive
2016/680 art. 16(3).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Literal

from synopticon.errors import RefusedError, UsageError
from synopticon.governance.grant import Scope

GRACE = timedelta(hours=24)  # a daily run is soon enough; later than this is overdue
RULE_HOLD = "retention.hold-needs-a-reference"
RULE_LONGER = "retention.not-longer-than-the-profile"
RULE_RELEASED = "retention.hold-is-released-once"
State = Literal["kept", "due", "overdue", "held"]


class HoldKind(StrEnum):
    """Why destruction waits. A private reason is none: the law names these two."""

    INQUIRY = "inquiry"  # a judicial inquiry; its number is the reference
    REQUEST = "request"  # of a person who was filmed; its number is the reference


@dataclass(frozen=True, slots=True)
class Hold:
    """A stop to destruction: of a camera from ``start`` to ``end`` (UTC), or of footage by its digests."""

    id: str
    kind: HoldKind
    reference: str
    by: str
    placed: datetime
    camera: str = ""
    start: datetime | None = None
    end: datetime | None = None
    digests: tuple[str, ...] = ()
    released: datetime | None = None

    def touches(self, kept: "Kept") -> bool:
        """Whether it stops the destruction of this footage; any doubt about the time is for the hold."""
        if self.released is not None:
            return False
        if set(self.digests) & set(kept.digests):
            return True
        if self.camera != kept.camera or self.start is None or self.end is None:
            return False
        if not kept.clock_known:
            return True  # it may lie in the window
        return kept.first < self.end and self.start < kept.last


@dataclass(frozen=True, slots=True)
class Tie:
    """A case whose scope footage may lie in, and when it was closed (UTC; None: it was not)."""

    case: str
    scope: Scope
    closed: datetime | None = None

    def touches(self, kept: "Kept") -> bool:
        """Whether the case reaches this footage; an unknown time is reached by its digest only."""
        if set(self.scope.digests) & set(kept.digests):
            return True
        if kept.camera not in self.scope.cameras or not kept.clock_known:
            return False
        return any(w.start < kept.last and kept.first < w.end for w in self.scope.windows)


@dataclass(frozen=True, slots=True)
class Erasing:
    """A camera's day that is due since an erasure was granted; the request's own hold does not stop that."""

    reference: str
    camera: str
    part: str
    since: datetime


@dataclass(frozen=True, slots=True)
class Kept:
    """Footage that is there. ``first``..``last`` (UTC): when it may have been taken, or when it came in."""

    footage: str
    camera: str
    part: str
    first: datetime
    last: datetime
    digests: tuple[str, ...]
    clock_known: bool = True


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is to become of a part. ``due`` is None where no rule sets an end; ``holds`` are ids."""

    camera: str
    part: str
    state: State
    due: datetime | None
    days: int | None
    holds: tuple[str, ...]
    footage: tuple[str, ...]


def place_hold(hold: Hold) -> Hold:
    """Check a new hold; raises ``RefusedError`` without a reference, ``UsageError`` when it holds nothing."""
    if not any(c.isdigit() for c in hold.reference):
        raise RefusedError(
            f"a hold needs the number of its {hold.kind.value} (rule {RULE_HOLD}): give --reference NUMBER",
            RULE_HOLD,
        )
    if not hold.digests and (not hold.camera or hold.start is None or hold.end is None):
        raise UsageError("a hold names no footage: give a camera with a start and an end, or a digest")
    if hold.start is not None and hold.end is not None and hold.end <= hold.start:
        raise UsageError(f"the hold ends at {hold.end}, before it begins: give a later end")
    return replace(hold, reference=hold.reference.strip())


def release_hold(hold: Hold, now: datetime) -> Hold:
    """The hold, ended; raises ``RefusedError`` when it was before."""
    if hold.released is not None:
        when = hold.released.date().isoformat()
        text = f"{hold.id} was released on {when} (rule {RULE_RELEASED})"
        raise RefusedError(f"{text}: see 'retention report'", RULE_RELEASED)
    return replace(hold, released=now)


def days_of(camera: int | None, profile: int | None) -> int | None:
    """Days that a camera's footage is kept: the shorter of its own rule and the profile's; None = no end."""
    known = [days for days in (camera, profile) if days is not None]
    return min(known) if known else None


def check_days(camera: int | None, profile: int | None) -> None:
    """Raise when a camera's rule is no number of days, or longer than the profile lets it be."""
    if camera is not None and camera < 1:
        raise UsageError(f"retention of {camera} days: expected 1 day or more")
    if camera is not None and profile is not None and camera > profile:
        raise RefusedError(
            f"retention of {camera} days is longer than the profile's {profile} (rule {RULE_LONGER}): "
            f"give at most {profile}",
            RULE_LONGER,
        )


def judge(
    kept: Iterable[Kept],
    days: Mapping[str, int | None],
    holds: Sequence[Hold],
    now: datetime,
    ties: Sequence[Tie] = (),
    erasing: Sequence[Erasing] = (),
    grace: timedelta = GRACE,
) -> tuple[Verdict, ...]:
    """Judge each part, in the order of camera and part. ``days``: rule of each camera, from ``days_of``.

    ``ties``: the cases, where the profile has footage erased when its case closes (CPP 230-22): a part that
    cases reach is due when the last of them is closed. ``erasing``: what granted requests have erased.
    """
    parts: dict[tuple[str, str], list[Kept]] = {}
    for item in kept:
        parts.setdefault((item.camera, item.part), []).append(item)
    return tuple(
        _verdict(key, parts[key], days.get(key[0]), (holds, ties, erasing), now.astimezone(UTC), grace)
        for key in sorted(parts)
    )


def _verdict(
    key: tuple[str, str],
    items: Sequence[Kept],
    days: int | None,
    bound: tuple[Sequence[Hold], Sequence[Tie], Sequence[Erasing]],
    now: datetime,
    grace: timedelta,
) -> Verdict:
    holds, ties, erasing = bound
    granted = {one.reference: one.since for one in erasing if (one.camera, one.part) == key}
    ends = [_closed(items, ties), *granted.values()]
    ends += [] if days is None else [min(k.first for k in items) + timedelta(days=days)]
    due = min((end for end in ends if end is not None), default=None)
    others = [h for h in holds if h.reference not in granted]
    holding = tuple(sorted(h.id for h in others if any(h.touches(k) for k in items)))
    state: State = "kept"
    if due is not None and now >= due:
        state = "held" if holding else "overdue" if now > due + grace else "due"
    return Verdict(*key, state, due, days, holding, tuple(sorted(k.footage for k in items)))


def _closed(items: Sequence[Kept], ties: Sequence[Tie]) -> datetime | None:
    """When the last case that reaches these items was closed; None while one stands, or none ever did."""
    ends = [tie.closed for tie in ties if any(tie.touches(item) for item in items)]
    known = [end for end in ends if end is not None]
    return max(known) if known and len(known) == len(ends) else None
