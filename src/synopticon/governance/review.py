"""The misuse review: patterns in the log that a data protection officer should ask about.

None of them proves anything: each finding names the looks that made it, so that somebody asks why.
Sources: the patterns that the inspections of police file access report year after year (a partner, a
neighbour, a celebrity looked up under unrelated cases; looks outside duty hours; one reason pasted for all).
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TypeVar
from zoneinfo import ZoneInfo

from synopticon.errors import UsageError

K = TypeVar("K")


class Pattern(StrEnum):
    """What the review looks for."""

    SAME_SUBJECT = "the same plate or person in many cases"
    NIGHT = "looks at night"
    SAME_REASON = "identical reasons repeated"
    CLEAR_WITHOUT_EXPORT = "clear views that led to no export"


@dataclass(frozen=True, slots=True)
class Look:
    """One entry of the log, as far as the review needs it. ``at`` is UTC.

    ``subjects``: keyed digests of plates, or ids of tracks that were looked for; never a plate itself.
    """

    entry: int
    at: datetime
    actor: str
    case: str
    capability: str
    reason: str = ""
    subjects: tuple[str, ...] = ()
    tracks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Finding:
    """A pattern, whose it is ("" = several people), and the numbers of the log entries that show it."""

    pattern: Pattern
    actor: str
    what: str
    entries: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class ReviewSettings:
    """When a pattern is told. ``night``: hours of local time, from the first to before the second."""

    cases: int = 2  # a subject in more cases than this
    reasons: int = 5  # one reason in at least so many looks of one actor, over at least two cases
    night: tuple[int, int] = (22, 6)
    night_looks: int = 3  # at least so many
    zone: str = "UTC"


def review(looks: Iterable[Look], settings: ReviewSettings | None = None) -> tuple[Finding, ...]:
    """Find the patterns in some looks (any order); the order of the findings is fixed."""
    chosen = settings or ReviewSettings()
    ordered = sorted(looks, key=lambda look: look.entry)
    return tuple(finding for rule in _RULES for finding in rule(ordered, chosen))


def _same_subject(looks: Sequence[Look], settings: ReviewSettings) -> Iterable[Finding]:
    by_subject = _grouped((subject, look) for look in looks for subject in look.subjects)
    for subject, found in sorted(by_subject.items()):
        cases = {look.case for look in found}
        if len(cases) > settings.cases:
            actors = {look.actor for look in found}
            what = f"{subject} in {len(cases)} cases"
            yield _finding(Pattern.SAME_SUBJECT, actors.pop() if len(actors) == 1 else "", what, found)


def _night(looks: Sequence[Look], settings: ReviewSettings) -> Iterable[Finding]:
    zone = _zone(settings.zone)
    by_actor = _grouped(
        (look.actor, look) for look in looks if _at_night(look.at.astimezone(zone).hour, settings)
    )
    for actor, found in sorted(by_actor.items()):
        if len(found) >= settings.night_looks:
            first, last = settings.night
            what = f"{len(found)} looks between {first:02d}:00 and {last:02d}:00 ({settings.zone})"
            yield _finding(Pattern.NIGHT, actor, what, found)


def _at_night(hour: int, settings: ReviewSettings) -> bool:
    first, last = settings.night
    return first <= hour < last if first <= last else hour >= first or hour < last


def _same_reason(looks: Sequence[Look], settings: ReviewSettings) -> Iterable[Finding]:
    by_reason = _grouped(((look.actor, _folded(look.reason)), look) for look in looks if look.reason.strip())
    for (actor, reason), found in sorted(by_reason.items()):
        if len(found) >= settings.reasons and len({look.case for look in found}) > 1:
            what = f"{reason[:60]!r} given {len(found)} times in {len({look.case for look in found})} cases"
            yield _finding(Pattern.SAME_REASON, actor, what, found)


def _folded(reason: str) -> str:
    """A reason without what is changed to make a copy look new: case, spaces, digits, signs."""
    return " ".join("".join(c if c.isalpha() else " " for c in reason.casefold()).split())


def _clear_without_export(looks: Sequence[Look], settings: ReviewSettings) -> Iterable[Finding]:  # noqa: ARG001
    exported = {look.case for look in looks if look.capability.startswith(("export.", "handover", "request"))}
    clear = (look for look in looks if look.capability == "view.unmasked" and look.case not in exported)
    for (actor, case), found in sorted(_grouped(((look.actor, look.case), look) for look in clear).items()):
        tracks = {track for look in found for track in look.tracks}
        what = f"{len(found)} clear views of {len(tracks)} tracks in {case}, nothing of which was exported"
        yield _finding(Pattern.CLEAR_WITHOUT_EXPORT, actor, what, found)


_RULES: tuple[Callable[[Sequence[Look], ReviewSettings], Iterable[Finding]], ...] = (
    _same_subject,
    _night,
    _same_reason,
    _clear_without_export,
)


def _grouped(pairs: Iterable[tuple[K, Look]]) -> dict[K, list[Look]]:
    groups: dict[K, list[Look]] = defaultdict(list)
    for key, look in pairs:
        groups[key].append(look)
    return groups


def _finding(pattern: Pattern, actor: str, what: str, looks: Sequence[Look]) -> Finding:
    return Finding(pattern, actor, what, tuple(look.entry for look in looks))


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:
        raise UsageError(f"{name!r} is no time zone: give a name such as Europe/Paris") from error
