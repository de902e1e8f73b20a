"""Somebody stays for long."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

from synopticon.events.event import Event, Measured
from synopticon.events.rule import Rule, box_of, due, runs
from synopticon.events.scene import Scene
from synopticon.values.query import Point


@dataclass(frozen=True, kw_only=True)
class Dwell(Rule):
    """A track stays in ``zone`` (none: in the picture) for ``seconds``; ``away``: so long out ends no stay.

    It counts one track: who is lost and found again under another id begins anew.
    """

    kind: ClassVar[str] = "dwell"
    capability: ClassVar[str] = "event.dwell"
    says: ClassVar[str] = "somebody stays for long (loitering)"

    zone: tuple[Point, ...] = ()
    seconds: float = 60.0
    away: float = 3.0
    classes: tuple[str, ...] = ("person",)

    def run(self, scene: Scene) -> Iterable[Event]:
        """See :class:`Rule`."""
        for way in scene.of(self.classes):
            track = way.track
            if track.end - track.start < self.seconds:
                continue
            inside = scene.inside(way, self.zone)
            for first, last in runs(inside, track.times, self.away):
                stayed = float(track.times[last] - track.times[first])
                if stayed >= self.seconds:
                    yield self.event(
                        due(inside, track.times, first, last, self.seconds), float(track.times[last]),
                        box_of(track.boxes[first : last + 1]), (track.id,),
                        Measured("seconds that it stayed", stayed, self.seconds, "s"),
                    )  # fmt: skip
