"""What a rule sees of one recording of one camera: tracks and what was kept beside them, no video."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from synopticon.events.shapes import holds
from synopticon.values.area import Area
from synopticon.values.detection import CLASS_GROUP
from synopticon.values.footage import Footage
from synopticon.values.ground import Ground
from synopticon.values.query import Point
from synopticon.values.scene import Bank
from synopticon.values.track import Track
from synopticon.values.tube import Sprite
from synopticon.vision.checks import Checks
from synopticon.vision.movement import STILL, places, speeds, standing
from synopticon.vision.substance import UNKNOWN, Substance

Numbers = NDArray[np.float64]
VEHICLES = tuple(name for name, group in CLASS_GROUP.items() if group in ("vehicle", "two-wheeler"))
THINGS = ("object", "bag")
EDGE = 0.02  # of the picture's side: as near to its border something may come in or leave


class Way:
    """How one track goes; each value is reckoned when it is first asked for.

    ``foot`` float64 ``(n, 2)``: the middle of the lower edge of its box, averaged over a second, source
    pixels; ``tall`` ``(n,)`` heights of its boxes; ``own``: its size, a median over its life; ``speed``
    ``(n,)`` pixels a second; ``stands`` bool ``(n,)``: it stands there.
    """

    def __init__(self, track: Track) -> None:
        self.track = track

    @cached_property
    def _measured(self) -> tuple[Numbers, Numbers]:
        return places(self.track)

    @property
    def foot(self) -> Numbers:
        """Where it stands, pixels."""
        return self._measured[0]

    @property
    def tall(self) -> Numbers:
        """Heights of its boxes, pixels."""
        return np.asarray(self._measured[1][:, 1])

    @property
    def wide(self) -> Numbers:
        """Widths of its boxes, pixels."""
        return np.asarray(self._measured[1][:, 0])

    @cached_property
    def own(self) -> float:
        """Its size, pixels."""
        return max(float(np.median(np.sqrt(self._measured[1].prod(axis=1)))), 1.0)

    @cached_property
    def speed(self) -> Numbers:
        """Pixels a second at each box."""
        return speeds(self.foot, self.track.times)

    @cached_property
    def stands(self) -> NDArray[np.bool_]:
        """Whether it stands at each box."""
        return standing(self.track, self.speed < STILL * self.own, self.own)


@dataclass(frozen=True, eq=False)
class Scene:
    """``width``, ``height`` pixels; ``seconds``: how far the footage was seen; ``tracks``: in any order.

    ``named``: a model named the tracks, so that classes can be told. ``areas``: the zones and lines of the
    camera by name; ``ground``: where its ground lies, or None. What is asked only when a rule needs it:
    ``load_checks`` (see ``vision.checks``), ``load_bank``, the backgrounds, ``load_substances``, what gives
    what a track is made of, and ``sprites``, the pictures of a track's boxes from a sample on; the last two
    give nothing where no tubes were cut.
    """

    width: int
    height: int
    seconds: float
    tracks: Sequence[Track]
    named: bool = True
    areas: Mapping[str, Area] = field(default_factory=dict)
    ground: Ground | None = None
    load_checks: Callable[[], Checks] = lambda: Checks.join([])
    load_bank: Callable[[], Bank | None] = lambda: None
    load_substances: Callable[[], Callable[[Track], Substance]] = lambda: lambda _track: UNKNOWN
    sprites: Callable[[Track, int], Iterator[Sprite]] = lambda _track, _first: iter(())
    footage: Footage | None = None

    @cached_property
    def checks(self) -> Checks:
        """How whole pictures compared with the scene."""
        return self.load_checks()

    @cached_property
    def bank(self) -> Bank | None:
        """The empty scenes, or None where they are not kept or may not be seen."""
        return self.load_bank()

    @cached_property
    def _substances(self) -> Callable[[Track], Substance]:
        return self.load_substances()

    def made_of(self, way: Way) -> Substance:
        """What a track is made of, as far as that is known."""
        return self._substances(way.track)

    @cached_property
    def ways(self) -> tuple[Way, ...]:
        """How each track goes, in the order of their starts."""
        return tuple(Way(t) for t in sorted(self.tracks, key=lambda t: (t.start, t.id)))

    def of(self, classes: Sequence[str]) -> tuple[Way, ...]:
        """The ways of tracks of these classes; () = all. Without a model all count as any class."""
        if not classes or not self.named:
            return self.ways
        return tuple(w for w in self.ways if w.track.label in classes)

    @cached_property
    def _spans(self) -> tuple[Numbers, Numbers]:
        starts = np.array([w.track.start for w in self.ways], np.float64)
        return starts, np.array([w.track.end for w in self.ways], np.float64)

    def around(self, start: float, end: float) -> list[Way]:
        """The ways that have a part in ``start``..``end`` (seconds)."""
        starts, ends = self._spans
        return [self.ways[k] for k in np.flatnonzero((starts <= end) & (ends >= start))]

    def share(self, points: Numbers) -> Numbers:
        """Places ``(n, 2)`` in pixels as 0..1 over the picture."""
        return points / np.array([self.width, self.height], np.float64)

    def inside(self, way: Way, zone: Sequence[Point]) -> NDArray[np.bool_]:
        """Whether each foot of a way is in a zone ``(n,)``; the zone without corners is the whole picture."""
        if not zone:
            return np.ones(len(way.track), np.bool_)
        return holds(self.share(way.foot), zone)

    def utc(self, seconds: float) -> float | None:
        """POSIX seconds of a time of the footage, None where its clock is unknown."""
        return None if self.footage is None else utc_of(self.footage, seconds)

    def at_edge(self, box: NDArray[np.float32]) -> bool:
        """Whether a box (xyxy) lies at the border of the picture."""
        x, y = EDGE * self.width, EDGE * self.height
        return bool(box[0] <= x or box[1] <= y or box[2] >= self.width - x or box[3] >= self.height - y)


def utc_of(footage: Footage, seconds: float) -> float | None:
    """POSIX seconds of a time on a footage's timeline, by the clock of the file it is in; None = unknown."""
    files = footage.readable
    here = [f for f in files if f.offset <= seconds + 1e-6] or list(files[:1])
    start = here[-1].clock.start if here else None
    return None if start is None else start + seconds - here[-1].offset
