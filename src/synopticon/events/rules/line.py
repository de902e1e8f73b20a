"""Somebody crosses a line."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar, Literal

from synopticon.events.event import Event, Measured
from synopticon.events.rule import Rule, box_of
from synopticon.events.scene import Scene
from synopticon.events.shapes import crossings
from synopticon.values.query import Point

Direction = Literal["in", "out", "both"]
AGAIN = 1.0  # seconds in which a crossing and the way back are none: who stands on the line


@dataclass(frozen=True, kw_only=True)
class LineCrossing(Rule):
    """A track's foot crosses ``line``; in is from the left hand to the right for who walks along it."""

    kind: ClassVar[str] = "line"
    capability: ClassVar[str] = "event.line"
    says: ClassVar[str] = "somebody crosses a line"

    line: tuple[Point, ...]
    direction: Direction = "both"
    classes: tuple[str, ...] = ()

    def run(self, scene: Scene) -> Iterable[Event]:
        """See :class:`Rule`."""
        for way in scene.of(self.classes):
            track = way.track
            step, share, inward = crossings(scene.share(way.foot), self.line)
            at = track.times[step] + share * (track.times[step + 1] - track.times[step])
            for k in _kept(at.tolist(), inward.tolist()):
                if self.direction == "both" or (self.direction == "in") == bool(inward[k]):
                    yield self.event(
                        float(at[k]), float(at[k]), box_of(track.boxes[step[k] : step[k] + 2]), (track.id,),
                        Measured("crossed inward" if inward[k] else "crossed outward", 1, 1),
                    )  # fmt: skip


def _kept(at: list[float], inward: list[bool]) -> list[int]:
    """The crossings that are none of a hover: there and back within a moment is neither."""
    kept: list[int] = []
    for k, (time, way) in enumerate(zip(at, inward, strict=True)):
        if kept and inward[kept[-1]] != way and time - at[kept[-1]] < AGAIN:
            kept.pop()
        else:
            kept.append(k)
    return kept
