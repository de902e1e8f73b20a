"""A vehicle came and stands."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from synopticon.events.event import Event, Measured
from synopticon.events.rule import Rule, box_of, due, runs
from synopticon.events.scene import VEHICLES, Scene
from synopticon.values.query import Point

BRIDGE = 1.0  # seconds of creeping that end no stop


@dataclass(frozen=True, kw_only=True)
class StoppedVehicle(Rule):
    """A vehicle that was seen moving stands for ``seconds``, in ``zone`` if one is named.

    ``moved``: it must have gone that many times its own size before, so that what was parked all along is
    none; 0 = no matter.
    """

    kind: ClassVar[str] = "stopped-vehicle"
    capability: ClassVar[str] = "event.stopped-vehicle"
    says: ClassVar[str] = "a vehicle came and stands"
    needs_names: ClassVar[bool] = True

    seconds: float = 30.0
    moved: float = 1.0
    zone: tuple[Point, ...] = ()
    classes: tuple[str, ...] = VEHICLES

    def run(self, scene: Scene) -> Iterable[Event]:
        """See :class:`Rule`."""
        for way in scene.of(self.classes):
            track = way.track
            if track.end - track.start < self.seconds:
                continue
            stands = way.stands & scene.inside(way, self.zone)
            for first, last in runs(stands, track.times, BRIDGE):
                stood = float(track.times[last] - track.times[first])
                went = np.hypot(*(way.foot[: first + 1] - way.foot[first]).T).max() / way.own
                if stood < self.seconds or went < self.moved:
                    continue
                start = due(stands, track.times, first, last, self.seconds)
                yield self.event(
                    start, float(track.times[last]), box_of(track.boxes[first : last + 1]), (track.id,),
                    Measured("seconds that it stood", stood, self.seconds, "s"),
                    Measured("lengths that it had gone", float(went), self.moved),
                )  # fmt: skip
