"""The misuse review: patterns in the log that a data protection officer should ask about.

None of them proves anything: each finding names the looks that made it, so that somebody asks why.
Sources: the patterns that the inspections of police file access report year after year (a partner, a
neighbour, a celebrity looked up under unrelated cases; looks outside duty hours; one reason pasted for all).
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import TypeVar
from zoneinfo import ZoneInfo

from synopticon.errors import UsageError
from synopticon.governance.canonical import digest
from synopticon.governance.capability import Operation, operation_of

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

    ``subjects``: keyed digests of plates, or ids of tracks that were looked for or shown clear; never a
    plate itself. ``part``: of another look, which counts; only what it shows is its own.
    """

    entry: int
    at: datetime
    actor: str
    case: str
    capability: str
    reason: str = ""
    subjects: tuple[str, ...] = ()
    part: bool = False


@dataclass(frozen=True, slots=True)
class Finding:
    """A pattern, whose it is ("" = several people), and the numbers of the log entries that show it."""

    pattern: Pattern
    actor: str
    what: str
    entries: tuple[int, ...]

    @property
    def id(self) -> str:
        """SHA-256 of what it shows: another look makes another finding, which nobody has seen yet."""
        return digest({"pattern": self.pattern, "actor": self.actor, "entries": list(self.entries)})


@dataclass(frozen=True, slots=True)
class ReviewSettings:
    """When a pattern is told. ``night``: hours of local time, from the first to before the second."""

    cases: int = 2  # a subject in more cases than this
    reasons: int = 5  # one reason in at least so many looks of one actor, over at least two cases
    night: tuple[int, int] = (22, 6)
    night_looks: int = 3  # at least so many
    zone: str = "UTC"


def review(looks: Iterable[Look], settings: ReviewSettings | None = None) -> tuple[Finding, ...]:
    """Find the patterns in some looks (any order); the order of the findings is fixed.

    The looks are taken one by one: of each only its number is kept, once for each group that it is in.
    """
    chosen = settings or ReviewSettings()
    seen = _Seen(chosen, _zone(chosen.zone))
    for look in looks:
        seen.take(look)
    return (*seen.same_subject(), *seen.night(), *seen.same_reason(), *seen.clear_without_export())


@dataclass(slots=True)
class _Group:
    """Looks that have something in common."""

    entries: list[int] = field(default_factory=list)
    actors: set[str] = field(default_factory=set)
    cases: set[str] = field(default_factory=set)
    subjects: set[str] = field(default_factory=set)

    def take(self, look: Look) -> None:
        self.entries.append(look.entry)
        self.actors.add(look.actor)
        self.cases.add(look.case)
        self.subjects.update(look.subjects)

    def finding(self, pattern: Pattern, what: str) -> Finding:
        actor = next(iter(self.actors)) if len(self.actors) == 1 else ""
        return Finding(pattern, actor, what, tuple(sorted(self.entries)))


_Groups = dict[K, _Group]


@dataclass(slots=True)
class _Seen:
    """What is known of the looks taken so far."""

    settings: ReviewSettings
    zone: ZoneInfo
    by_subject: _Groups[str] = field(default_factory=lambda: defaultdict(_Group))
    at_night: _Groups[str] = field(default_factory=lambda: defaultdict(_Group))
    by_reason: _Groups[tuple[str, str]] = field(default_factory=lambda: defaultdict(_Group))
    clear: _Groups[tuple[str, str]] = field(default_factory=lambda: defaultdict(_Group))
    exported: set[str] = field(default_factory=set)  # cases

    def take(self, look: Look) -> None:
        """Note a look, in the order of the log."""
        for subject in look.subjects:
            self.by_subject[subject].take(look)
        if not look.part:
            self.take_whole(look)
        if look.capability == "view.unmasked":
            self.clear[look.actor, look.case].take(look)
        if operation_of(look.capability) is Operation.DISCLOSURE:
            self.exported.add(look.case)

    def take_whole(self, look: Look) -> None:
        """What is asked of a look once, however many permissions it took."""
        if _at_night(look.at.astimezone(self.zone).hour, self.settings):
            self.at_night[look.actor].take(look)
        if look.reason.strip():
            self.by_reason[look.actor, _folded(look.reason)].take(look)

    def same_subject(self) -> Iterator[Finding]:
        for subject, group in sorted(self.by_subject.items()):
            if len(group.cases) > self.settings.cases:
                yield group.finding(Pattern.SAME_SUBJECT, f"{subject} in {len(group.cases)} cases")

    def night(self) -> Iterator[Finding]:
        first, last = self.settings.night
        for _, group in sorted(self.at_night.items()):
            if (count := len(group.entries)) >= self.settings.night_looks:
                hours = f"{first:02d}:00 and {last:02d}:00 ({self.settings.zone})"
                yield group.finding(Pattern.NIGHT, f"{count} looks between {hours}")

    def same_reason(self) -> Iterator[Finding]:
        for (_, reason), group in sorted(self.by_reason.items()):
            count, cases = len(group.entries), len(group.cases)
            if count >= self.settings.reasons and cases > 1:
                what = f"{reason[:60]!r} given {count} times in {cases} cases"
                yield group.finding(Pattern.SAME_REASON, what)

    def clear_without_export(self) -> Iterator[Finding]:
        for (_, case), group in sorted(self.clear.items()):
            if case not in self.exported:
                views = f"{len(group.entries)} clear views of {len(group.subjects)} tracks"
                what = f"{views} in {case or 'no case'}, nothing of which was exported"
                yield group.finding(Pattern.CLEAR_WITHOUT_EXPORT, what)


def _at_night(hour: int, settings: ReviewSettings) -> bool:
    first, last = settings.night
    return first <= hour < last if first <= last else hour >= first or hour < last


def _folded(reason: str) -> str:
    """A reason without what is changed to make a copy look new: case, spaces, digits, signs."""
    return " ".join("".join(c if c.isalpha() else " " for c in reason.casefold()).split())


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:
        raise UsageError(f"{name!r} is no time zone: give a name such as Europe/Paris") from error
