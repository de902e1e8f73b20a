"""A person falls and stays on the ground."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import scipy

from synopticon.events.event import Event, Measured
from synopticon.events.rule import Rule, box_of, due, runs
from synopticon.events.scene import Numbers, Scene, Way
from synopticon.values.query import Point

UPRIGHT = 1.6  # height by width of who stands or walks
BEFORE = 3.0  # seconds in which somebody stood upright
BRIDGE = 0.7  # seconds
STEADY = 0.6  # seconds over which a shape is a median
CREEPS = 0.7  # of the height before: who lies goes no farther


@dataclass(frozen=True, kw_only=True)
class Fall(Rule):
    """A person who was upright is ``flat`` (height by width) or flatter within ``quick`` seconds.

    Its height falls to ``lower`` of what it was, and for ``seconds`` it neither rises nor goes on. Who sits
    or bends stays taller than wide. Who falls toward the camera looks no flatter and is not found.
    """

    kind: ClassVar[str] = "fall"
    capability: ClassVar[str] = "event.person-on-ground"
    says: ClassVar[str] = "a person fell and stays on the ground"
    needs_names: ClassVar[bool] = True

    flat: float = 0.9
    lower: float = 0.6
    quick: float = 2.0
    seconds: float = 5.0
    zone: tuple[Point, ...] = ()

    def run(self, scene: Scene) -> Iterable[Event]:
        """See :class:`Rule`."""
        for way in scene.of(("person",)):
            track = way.track
            if track.end - track.start < self.seconds:
                continue
            shape, tall = steady(way, way.tall / way.wide), steady(way, way.tall)
            lies = (shape <= self.flat) & scene.inside(way, self.zone)
            for first, last in runs(lies, track.times, BRIDGE):
                before = self._before(way, shape, tall, first)
                lay = float(track.times[last] - track.times[first])
                if lay < self.seconds or before is None:
                    continue
                low = float(np.median(tall[first : last + 1]))
                crept = float(np.hypot(*(way.foot[first : last + 1] - way.foot[first]).T).max())
                if low > self.lower * before or crept > CREEPS * before:
                    continue
                yield self.event(
                    due(lies, track.times, first, last, self.seconds), float(track.times[last]),
                    box_of(track.boxes[first : last + 1]), (track.id,),
                    Measured("height by width", float(np.median(shape[first : last + 1])), self.flat),
                    Measured("of its height before", low / before, self.lower),
                    Measured("seconds on the ground", lay, self.seconds, "s"),
                )  # fmt: skip

    def _before(self, way: Way, shape: Numbers, tall: Numbers, first: int) -> float | None:
        """The height of who stood upright until shortly before, pixels; None = nobody did."""
        times = way.track.times
        window = (times >= times[first] - self.quick - BEFORE) & (np.arange(len(times)) < first)
        stood = window & (shape >= UPRIGHT)
        if not stood.any() or times[first] - times[np.flatnonzero(stood)[-1]] > self.quick:
            return None
        return float(np.median(tall[stood]))


def steady(way: Way, values: Numbers) -> Numbers:
    """Values of a track as medians over a moment."""
    times = way.track.times
    step = float(np.median(np.diff(times))) if len(times) > 1 else STEADY
    size = max(1, round(STEADY / max(step, 1e-3))) | 1
    return np.asarray(
        scipy.ndimage.median_filter(values, size=min(size, len(values)), mode="nearest"), np.float64
    )
