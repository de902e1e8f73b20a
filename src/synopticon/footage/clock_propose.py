"""Proposes when a recording begins from the clock that is burnt into it. It only proposes: a person decides.

The text is read at times spread over the recording, then where it tells most: on both sides of a jump, and
where the clock ticks from one second to the next, each found by halving.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import pairwise
from typing import TypeAlias

from synopticon.footage.clock_fit import Bounds, Course, Reading, course, pieces
from synopticon.footage.clock_text import DATES, DAY, TIMES, Told, told

LOOKS = 24  # readings spread over the recording
ENOUGH = 5  # readings that must agree, and
MOST_AGREE = 0.5  # their share of those in which a clock was read
_CHANGES = 3  # different texts that show that it goes
_HALVINGS = 14
_TICKS = 7  # that are looked for in each stretch without a jump, and
_NEAR = (0.0, 1.37, 3.0)  # how far from where each is, in what a text is shown for: some cannot be read
_DENSER = 6  # readings more beside one that fits no line: a jump may be there


@dataclass(frozen=True, slots=True)
class Shown:
    """One reading: the text at a time (seconds on the timeline); ``shown`` None = it fits no course."""

    time: float
    text: str
    shown: float | None = None


@dataclass(frozen=True, slots=True)
class Jump:
    """The clock was set between two times on the timeline (seconds), by ``size`` seconds."""

    after: float
    before: float
    size: Bounds


@dataclass(frozen=True, slots=True)
class Proposal:
    """What the clock in the picture says of the recording.

    ``start``: what it shows at time 0 of the timeline: seconds since 1970 as if it showed UTC; seconds of the
    day without a date. ``drift``: seconds a day that it gains on the recording's own times. ``others``:
    formats that mean another day and are not ruled out. ``agree``: how many readings this explains.
    """

    format: str
    dated: bool
    start: Bounds
    drift: Bounds
    jumps: tuple[Jump, ...]
    agree: int
    others: tuple[str, ...] = ()

    @property
    def moment(self) -> datetime | None:
        """What the clock shows at time 0, without zone; None without a date."""
        return datetime(1970, 1, 1) + timedelta(seconds=self.start.value) if self.dated else None

    def within(self, duration: float) -> float:
        """Seconds by which one start for the whole recording may be off: uncertainty, drift and jumps."""
        drift = abs(self.drift.value) + self.drift.uncertainty
        return self.start.uncertainty + drift * duration / DAY + sum(abs(j.size.value) for j in self.jumps)


@dataclass(frozen=True, slots=True)
class Finding:
    """The proposal, or why there is none; all readings, in time order."""

    proposal: Proposal | None
    why: str
    readings: tuple[Shown, ...]


# Reads the clock in the first picture at or after a time: the picture's own time, and the text, "" for none.
Read: TypeAlias = Callable[[float], tuple[float, str]]


def propose(read: Read, duration: float, frame: float = 0.04) -> Finding:
    """Read the clock where it tells most, and say what follows.

    ``duration``: seconds of the recording's timeline; ``frame``: of one picture.
    """
    looks = _Looks(read, max(duration - frame, 0.0), frame)
    looks.spread(0.0, looks.end, LOOKS)
    if not looks.means:
        return looks.finding(None, "no text in the picture reads as a clock")
    best = _best(looks)
    if best is None:
        return looks.finding(None, "a text reads as a clock, but does not go on with the recording")
    _refine(looks, best)
    best = _best(looks) or best
    return _judged(looks, best, frame)


@dataclass(frozen=True, slots=True)
class _Guess:
    """All readings by one format, and which of them make stretches."""

    format: str
    dated: bool
    readings: tuple[Reading, ...]
    parts: tuple[tuple[int, ...], ...]

    @property
    def agree(self) -> int:
        return sum(map(len, self.parts))

    @property
    def rank(self) -> tuple[int, int]:
        return self.agree, -len(self.parts)

    def part(self, number: int) -> list[Reading]:
        return [self.readings[i] for i in self.parts[number]]


class _Looks:
    """The readings so far: each time is read once."""

    def __init__(self, read: Read, end: float, frame: float) -> None:
        self._read, self.end, self.frame = read, end, frame
        self._asked: dict[float, float] = {}  # the time of the picture that was read for each
        self.texts: dict[float, str] = {}
        self.means: dict[float, tuple[Told, ...]] = {}  # only those that are a clock

    def at(self, time: float) -> float:
        """Read the first picture at or after a time; gives its own time."""
        if time not in self._asked:
            own, text = self._read(time)
            self._asked[time] = own
            if own not in self.texts:
                self.texts[own] = text
                if found := told(text):
                    self.means[own] = found
        return self._asked[time]

    def spread(self, low: float, high: float, count: int) -> None:
        for time in _evenly(low, high, count):
            self.at(time)

    def shown(self, time: float, like: _Guess) -> Reading | None:
        """What was shown, by the format of a guess; None where it cannot be read."""
        own = self.at(time)
        found = next((t for t in self.means.get(own, ()) if t.format == like.format), None)
        if found is None:
            return None
        return _unwrapped(Reading(own, found.shown, found.every), found.dated, like.readings[0])

    def guess(self, format_: str) -> _Guess:
        """What the readings of one format say, each unwrapped onto the days of the first."""
        rows: list[Reading] = []
        dated = False
        for time in sorted(self.means):
            for one in self.means[time]:
                if one.format == format_:
                    row, dated = Reading(time, one.shown, one.every), one.dated
                    rows.append(_unwrapped(row, dated, rows[0] if rows else row))
        return _Guess(format_, dated, tuple(rows), pieces(rows))

    def finding(self, guess: _Guess | None, why: str, proposal: Proposal | None = None) -> Finding:
        kept = [r for n in range(len(guess.parts)) for r in guess.part(n)] if guess else []
        shown = {r.time: r.shown for r in kept}
        rows = tuple(Shown(t, self.texts[t], shown.get(t)) for t in sorted(self.texts))
        return Finding(proposal, why, rows)


def _unwrapped(row: Reading, dated: bool, first: Reading) -> Reading:
    """A time of day goes on after midnight."""
    if dated:
        return row
    days = round((first.shown - first.time - row.shown + row.time) / DAY)
    return replace(row, shown=row.shown + days * DAY)


def _order(guess: _Guess) -> int:
    return _ORDER.index(guess.format)


_ORDER = [f"{date} {time}" for date in DATES for time in TIMES] + list(TIMES)


def _guesses(looks: _Looks) -> list[_Guess]:
    names = {t.format for means in looks.means.values() for t in means}
    return sorted((looks.guess(name) for name in names), key=_order)


def _best(looks: _Looks) -> _Guess | None:
    """The format that explains most, with fewest jumps; one with a date unless that explains far less."""
    found = [g for g in _guesses(looks) if g.parts]
    dated = max((g for g in found if g.dated), key=lambda g: g.rank, default=None)
    bare = max((g for g in found if not g.dated), key=lambda g: g.rank, default=None)
    if dated is None or bare is None:
        return dated or bare
    return dated if dated.agree >= 0.6 * bare.agree else bare


def _refine(looks: _Looks, guess: _Guess) -> None:
    """Read where it tells most: beside strange readings, at jumps, at ticks all along each stretch."""
    strange = sorted(set(range(len(guess.readings))).difference(*guess.parts))
    times = [r.time for r in guess.readings]
    if len(strange) <= LOOKS // 4:
        for i in strange:
            looks.spread(times[max(i - 1, 0)], times[min(i + 1, len(times) - 1)], _DENSER)
    guess = looks.guess(guess.format)
    for a, b in pairwise(range(len(guess.parts))):
        _locate(looks, guess, guess.part(a)[-1], guess.part(b)[0])
    guess = looks.guess(guess.format)
    for n in range(len(guess.parts)):
        first, last = guess.part(n)[0].time, guess.part(n)[-1].time
        every = guess.part(n)[0].every
        latest = last - every
        for number, start in enumerate(_evenly(first, latest, _TICKS)):
            inwards = every if 2 * number < _TICKS else -every
            near = (start + step * inwards for step in _NEAR)
            _tick(looks, guess, [t for t in near if first <= t <= latest])


def _evenly(low: float, high: float, count: int) -> Iterator[float]:
    return (low + (high - low) * n / (count - 1) for n in range(count))


def _locate(looks: _Looks, guess: _Guess, low: Reading, high: Reading) -> None:
    """Halve the time in which a clock was set."""
    for _ in range(_HALVINGS):
        if high.time - low.time <= looks.frame * 1.5:
            return
        for share in (0.5, 0.35, 0.65):  # one that cannot be read is passed by
            row = looks.shown(low.time + share * (high.time - low.time), guess)
            if row is None or not low.time < row.time < high.time:
                continue  # no picture lies there, or it cannot be read
            ahead = row.shown - row.time
            from_low, from_high = abs(ahead - low.shown + low.time), abs(ahead - high.shown + high.time)
            if min(from_low, from_high) <= 2 * row.every:
                break
        else:
            return
        low, high = (row, high) if from_low < from_high else (low, row)


def _tick(looks: _Looks, guess: _Guess, starts: Sequence[float]) -> None:
    """Find the moment, to a frame, at which the clock goes on; from the first start that can be read."""
    for start in starts:
        low = looks.shown(start, guess)
        high = looks.shown(start + low.every, guess) if low else None
        if low is None or high is None or high.shown != low.shown + low.every:
            continue
        while high.time - low.time > looks.frame:
            row = looks.shown((low.time + high.time) / 2, guess)
            if row is None or not low.time < row.time < high.time:
                return
            if row.shown not in (low.shown, high.shown):
                break
            low, high = (row, high) if row.shown == low.shown else (low, row)
        else:
            return


def _judged(looks: _Looks, best: _Guess, frame: float) -> Finding:
    shown = {best.readings[i].shown for part in best.parts for i in part}
    if best.agree < max(ENOUGH, MOST_AGREE * len(looks.means)) or len(shown) < _CHANGES:
        why = f"{best.agree} of {len(looks.means)} readings agree on {len(shown)} times: too few to tell"
        return looks.finding(best, why)
    found = course(best.readings, best.parts, frame)
    if found is None:
        return looks.finding(best, "what was read of the clock contradicts itself")
    proposal = _proposal(best, found, _others(looks, best))
    return looks.finding(best, "", proposal)


def _proposal(best: _Guess, found: Course, others: tuple[str, ...]) -> Proposal:
    edges = [(best.part(a)[-1].time, best.part(b)[0].time) for a, b in pairwise(range(len(best.parts)))]
    jumps = tuple(
        Jump(a, b, s) for (a, b), s in zip(edges, found.steps, strict=True) if s.low > 0 or s.high < 0
    )
    drift = Bounds(*(x * DAY for x in (found.drift.value, found.drift.low, found.drift.high)))
    start = found.start
    if not best.dated:
        days = start.value // DAY * DAY
        start = Bounds(start.value - days, start.low - days, start.high - days)
    return Proposal(best.format, best.dated, start, drift, jumps, best.agree, others)


def _others(looks: _Looks, best: _Guess) -> tuple[str, ...]:
    """Formats that explain as much, and mean another day."""
    if not best.dated:
        return ()
    day = best.part(0)[0].shown
    same = [g for g in _guesses(looks) if g.dated and g.parts and g.rank >= best.rank]
    return tuple(g.format for g in same if abs(g.part(0)[0].shown - day) >= DAY / 2)
