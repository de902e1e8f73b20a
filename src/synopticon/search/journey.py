"""What may be the same thing on another camera: by its look, by time and ways, by direction, by class.

Times are intervals: a clock that is uncertain by some seconds moves all that it times, so what lies between
two tracks of two cameras is known only so far. What cannot be is left out; what may be is ranked, and a
person decides.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import inf

import numpy as np
from numpy.typing import NDArray

from synopticon.search.similar import Floats, Found, first
from synopticon.values.sides import SIDES, bit

Numbers = NDArray[np.float64]

DOUBTFUL = 0.95  # of the score, where only a clock's error lets the time fit
ASTRAY = 0.7  # of the score, where it passes another side of the picture than the way does


@dataclass(frozen=True, slots=True)
class Limits:
    """A way from one camera's picture to another's: seconds, and the side of each picture, "" = any."""

    low: float = -inf
    high: float = inf
    here: str = ""
    there: str = ""

    @property
    def least(self) -> float:
        """The shortest time between two pictures; from 0 on they may share a place, and time overlap."""
        return self.low if self.low > 0 else -inf


@dataclass(frozen=True, slots=True)
class Moving:
    """When a track is in its picture (seconds UTC, NaN = clock unknown), and where it comes and goes.

    ``slack``: by so many seconds its clock may err; ``enters``, ``leaves``: sides, as bits.
    """

    start: float
    end: float
    slack: float
    enters: int
    leaves: int


@dataclass(frozen=True, slots=True, eq=False)
class Movers:
    """Candidates, columns of n rows; see ``Moving``. ``camera`` int: index into the cameras of the limits."""

    camera: NDArray[np.int32]
    start: Numbers
    end: Numbers
    slack: Numbers
    enters: NDArray[np.uint8]
    leaves: NDArray[np.uint8]

    def one(self, row: int) -> Moving:
        """One row by itself."""
        start, end, slack = (float(c[row]) for c in (self.start, self.end, self.slack))
        return Moving(start, end, slack, int(self.enters[row]), int(self.leaves[row]))


@dataclass(frozen=True, slots=True)
class Between:
    """Seconds from the end of the earlier to the start of the later, as far as the clocks tell.

    Below 0 they are in both pictures at once; NaN: a clock is unknown. ``after``: the second is the later
    one.
    """

    low: float
    high: float
    after: bool

    @property
    def known(self) -> bool:
        """Whether both clocks are known."""
        return not np.isnan(self.low)

    def says(self) -> str:
        """The same in words, with what the clocks leave open."""
        if not self.known:
            return "a clock is unknown: the time between them was not checked"
        middle, error = (self.low + self.high) / 2, (self.high - self.low) / 2
        about = f" (clocks: ± {error:.1f} s)" if error else ""
        if self.high < 0:
            return f"both at once for {-middle:.1f} s{about}"
        when = "later" if self.after else "earlier"
        if self.low < 0:
            return f"{middle:.1f} s {when}{about}; they may overlap, or come in the other order"
        return f"{middle:.1f} s {when}{about}"

    def fits(self, way: Limits | None) -> str:
        """Whether the time fits a way, in words; "" where none was set or a clock is unknown."""
        if way is None or not self.known:
            return ""
        takes = f"the way takes {way.low:g} to {way.high:g} s"
        if self.high < way.least or self.low > way.high:
            return f"{takes}: it does not fit, one of the two was misread or is another vehicle"
        sure = way.least <= self.low and self.high <= way.high
        return takes if sure else f"{takes}: it fits only if the clocks err"


def between(a: Moving, b: Moving, *, one_clock: bool = False) -> Between:
    """What lies between two tracks; ``one_clock``: its error moves both alike, so that it does not count."""
    forward, backward = b.start - a.end, a.start - b.end
    gap, error = max(forward, backward), 0.0 if one_clock else a.slack + b.slack
    if np.isnan(forward):
        return Between(float("nan"), float("nan"), after=True)
    return Between(gap - error, gap + error, after=b.start + b.end >= a.start + a.end)


def candidates(
    of: Moving,
    likeness: Floats,
    movers: Movers,
    ways: Mapping[int, Limits],
    allowed: NDArray[np.bool_],
    limit: int,
) -> tuple[Found, ...]:
    """The best ``limit`` candidates; ``ways`` from the track's camera to others, by their index."""
    count = int(movers.camera.max(initial=-1)) + 1
    known = [ways.get(k, Limits()) for k in range(count)]
    after = movers.start + movers.end >= of.start + of.end
    possible, time = _in_time(of, movers, known)
    here, there = (
        np.array([bit(s) for s in sides], np.uint8)[movers.camera]
        for sides in ([w.here for w in known], [w.there for w in known])
    )
    mine = np.where(after, of.leaves, of.enters).astype(np.uint8)
    theirs = np.where(after, movers.enters, movers.leaves).astype(np.uint8)
    way = np.where(_astray(mine, here) | _astray(theirs, there), ASTRAY, 1.0)
    return first(np.asarray(likeness * time * way, np.float32), allowed & possible, limit)


def _in_time(of: Moving, movers: Movers, known: Sequence[Limits]) -> tuple[NDArray[np.bool_], Numbers]:
    """Which candidates the ways let be, and what of their score is left where only an error lets them."""
    gap = np.maximum(movers.start - of.end, of.start - movers.end)
    error, untimed = of.slack + movers.slack, np.isnan(gap)
    low = np.array([w.least for w in known])[movers.camera]
    high = np.array([w.high for w in known])[movers.camera]
    possible = untimed | ((gap + error >= low) & (gap - error <= high))
    surely = untimed | ((gap - error >= low) & (gap + error <= high))
    return possible, np.where(surely, 1.0, DOUBTFUL)


def reasons(of: Moving, candidate: Moving, limits: Limits | None) -> tuple[str, ...]:
    """What time, way and direction say of a candidate, in words."""
    found = between(of, candidate)
    said = [found.says()]
    if limits is None:
        return (*said, "no way is set between these cameras: the time was not used")
    if not found.known:
        return tuple(said)
    said.append(found.fits(limits))
    mine, theirs = (of.leaves, candidate.enters) if found.after else (of.enters, candidate.leaves)
    for sides, wanted, whose in ((mine, limits.here, "the track"), (theirs, limits.there, "the candidate")):
        if wanted and sides:
            fits = "as the way does" if sides & bit(wanted) else f"the way leads {wanted}"
            said.append(f"{whose} passes {' and '.join(_named(sides))}: {fits}")
    return tuple(said)


def _astray(sides: NDArray[np.uint8], wanted: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """Whether it passes a side, and not the wanted one; who begins or ends inside tells nothing."""
    return np.asarray((wanted > 0) & (sides > 0) & ((sides & wanted) == 0))


def _named(sides: int) -> list[str]:
    return [name for n, name in enumerate(SIDES) if sides >> n & 1]
