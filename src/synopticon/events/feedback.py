"""What people decided about events, counted: how often a rule is wrong, and which limit would be better.

Nothing here changes a rule. A proposal says what it would have kept and dropped of what was decided already;
whoever tunes the rule tries it first (``synopticon trial``) and sets it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from synopticon.events.evaluate import Score
from synopticon.values.event import Measured

FEWEST = 5  # accepted events that a proposal rests on


@dataclass(frozen=True, slots=True)
class Judged:
    """An event that may have been decided on. ``verdict``: accepted, rejected, unsure, or new."""

    rule: str
    name: str
    camera: str
    verdict: str
    reason: tuple[Measured, ...] = ()


@dataclass(frozen=True, slots=True)
class Proposal:
    """Another limit for what a rule measures: ``accepted`` events stay, ``dropped`` of ``rejected`` go."""

    what: str
    unit: str
    limit: float
    proposed: float
    accepted: int
    dropped: int
    rejected: int


@dataclass(frozen=True, slots=True)
class Rate:
    """How a rule does at a camera, by what people decided. ``days`` of footage that were looked at.

    ``precision``, and false alarms a day, are of what was decided; ``new`` and ``unsure`` events count in
    neither, so that false alarms a day are at least so many.
    """

    rule: str
    name: str
    camera: str
    accepted: int
    rejected: int
    unsure: int
    new: int
    days: float
    proposal: Proposal | None = None

    def plain(self) -> dict[str, Any]:
        """All of it as JSON values; intervals are of 95 % (Wilson; exact of a Poisson count)."""
        score = Score(self.rule, self.camera, "all", 0, self.accepted, self.rejected, self.days).plain()
        taken = ("precision", "precision_interval", "camera_days", "false_a_day", "false_a_day_interval")
        counts = {n: getattr(self, n) for n in ("accepted", "rejected", "unsure", "new")}
        return {
            "rule": self.rule, "name": self.name, "camera": self.camera, **counts,
            **{n: score[n] for n in taken},
        }  # fmt: skip

    @property
    def says(self) -> str:
        """The figures in one line, as they stand beside events."""
        decided = self.accepted + self.rejected
        if not decided:
            return f"{self.name}: nobody decided on any of {self.new + self.unsure} events yet"
        plain = self.plain()
        low, high = plain["precision_interval"]
        told = f"{self.name}: {self.accepted} of {decided} decided were right [{low:.2f}, {high:.2f}]"
        return f"{told}, {self.rejected} false in {self.days:.3g} days of footage; {self.new} not decided"


def rates(judged: Iterable[Judged], days: dict[str, float]) -> tuple[Rate, ...]:
    """One rate for each rule (by its name) and camera, in order; ``days`` of footage by camera."""
    found: dict[tuple[str, str, str], list[Judged]] = {}
    for one in judged:
        found.setdefault((one.camera, one.rule, one.name), []).append(one)
    return tuple(_rate(events, days.get(camera, 0.0)) for (camera, _, _), events in sorted(found.items()))


def _rate(events: Sequence[Judged], days: float) -> Rate:
    def count(verdict: str) -> int:
        return sum(e.verdict == verdict for e in events)

    one = events[0]
    counts = (count("accepted"), count("rejected"), count("unsure"), count("new"))
    return Rate(one.rule, one.name, one.camera, *counts, days, propose(events))


def propose(events: Sequence[Judged]) -> Proposal | None:
    """The limit that keeps all accepted events and drops the most rejected ones; None: there is no such.

    A limit is moved the way in which all events lie beyond it; where some lie on either side (rules that ask
    for less than a limit of one value and more of another), that value is left alone.
    """
    accepted = [e for e in events if e.verdict == "accepted"]
    rejected = [e for e in events if e.verdict == "rejected"]
    if len(accepted) < FEWEST or not rejected:
        return None
    options = (_moved(m, accepted, rejected) for m in accepted[-1].reason)
    better = [p for p in options if p is not None and p.dropped]
    return max(better, key=lambda p: p.dropped, default=None)


def _moved(of: Measured, accepted: Sequence[Judged], rejected: Sequence[Judged]) -> Proposal | None:
    kept, gone = ([v for e in of_ for v in _values(e, of.what)] for of_ in (accepted, rejected))
    if len(kept) != len(accepted) or len(gone) != len(rejected):
        return None
    if all(v >= of.limit for v in (*kept, *gone)):
        proposed = min(kept)
        dropped = sum(v < proposed for v in gone)
    elif all(v <= of.limit for v in (*kept, *gone)):
        proposed = max(kept)
        dropped = sum(v > proposed for v in gone)
    else:
        return None
    return Proposal(of.what, of.unit, of.limit, proposed, len(kept), dropped, len(gone))


def _values(event: Judged, what: str) -> list[float]:
    return [m.value for m in event.reason if m.what == what]
