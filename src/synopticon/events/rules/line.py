"""Somebody crosses a line."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

from synopticon.events.event import Event, Measured
from synopticon.events.rule import Rule, box_of
from synopticon.events.scene import Numbers, Scene, Way
from synopticon.events.shapes import away, crossings
from synopticon.values.query import Point

Direction = Literal["in", "out", "both"]
HOVER = 0.5  # of its width: who comes no farther from a line and goes back has not crossed it


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
        pixels = np.asarray(self.line, np.float64) * (scene.width, scene.height)
        for way in scene.of(self.classes):
            track = way.track
            step, share, inward = crossings(scene.share(way.foot), self.line)
            for k in _crossed(way, pixels, step, inward):
                if self.direction == "both" or (self.direction == "in") == bool(inward[k]):
                    n = int(step[k])
                    at = float(track.times[n] + share[k] * (track.times[n + 1] - track.times[n]))
                    yield self.event(
                        at, at, box_of(track.boxes[n : n + 2]), (track.id,),
                        Measured("crossed inward" if inward[k] else "crossed outward", 1, 1),
                    )  # fmt: skip


def _crossed(way: Way, line: Numbers, step: NDArray[np.intp], inward: NDArray[np.bool_]) -> list[int]:
    """The crossings, without those there and back between which it hardly left the line."""
    kept: list[int] = []
    for k in range(len(step)):
        if kept and inward[kept[-1]] != inward[k]:
            between = way.foot[step[kept[-1]] + 1 : step[k] + 1]
            near = HOVER * float(np.median(way.wide))
            if not len(between) or float(away(between, line).max()) < near:
                kept.pop()
                continue
        kept.append(k)
    return kept
