"""Somebody goes against the way that one goes here."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from synopticon.events.event import Event, Measured
from synopticon.events.rule import Rule, box_of, runs
from synopticon.events.scene import Scene, Way
from synopticon.values.query import Point

BRIDGE = 1.0  # seconds


@dataclass(frozen=True, kw_only=True)
class WrongWay(Rule):
    """A track goes against ``way`` (from its first point to its second), within ``zone`` if one is given.

    It must go ``lengths`` times its own size against it, within ``angle`` degrees of straight against.
    """

    kind: ClassVar[str] = "wrong-way"
    capability: ClassVar[str] = "event.wrong-way"
    says: ClassVar[str] = "somebody goes against the way that one goes here"

    way: tuple[Point, ...]
    zone: tuple[Point, ...] = ()
    lengths: float = 1.0
    angle: float = 60.0
    classes: tuple[str, ...] = ()

    def run(self, scene: Scene) -> Iterable[Event]:
        """See :class:`Rule`."""
        ends = np.asarray(self.way, np.float64) * (scene.width, scene.height)
        along = (ends[-1] - ends[0]) / max(float(np.hypot(*(ends[-1] - ends[0]))), 1e-9)
        for way in scene.of(self.classes):
            track = way.track
            for first, last in runs(scene.inside(way, self.zone), track.times, BRIDGE):
                found = self._against(way, along, first, last)
                if found is None:
                    continue
                at, gone, turned = found
                yield self.event(
                    float(track.times[at]), float(track.times[last]), box_of(track.boxes[first : last + 1]),
                    (track.id,),
                    Measured("lengths that it went against the way", gone, self.lengths),
                    Measured("degrees from straight against", turned, self.angle, "°"),
                )  # fmt: skip

    def _against(self, way: Way, along: np.ndarray, first: int, last: int) -> tuple[int, float, float] | None:
        """At which sample a stay has gone far enough against the way, how far in all, and at which angle."""
        foot = way.foot[first : last + 1]
        ahead = foot @ along
        top = np.maximum.accumulate(ahead)
        back = top - ahead  # how far behind the foremost place it was
        enough = np.flatnonzero(back >= self.lengths * way.own)
        if not len(enough):
            return None
        places = np.maximum.accumulate(np.where(ahead >= top, np.arange(len(ahead)), 0))
        moved = foot[enough] - foot[places[enough]]
        turned = np.degrees(np.arccos(np.clip(-(moved @ along) / np.hypot(*moved.T), -1, 1)))
        straight = np.flatnonzero(turned <= self.angle)
        if not len(straight):
            return None
        k = int(straight[0])
        return first + int(enough[k]), float(back.max()) / way.own, float(turned[k])
