"""Somebody comes into a zone, or is in it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from synopticon.events.event import Event, Measured
from synopticon.events.rule import Rule, box_of, due, runs
from synopticon.events.scene import Scene, Way
from synopticon.values.query import Point

BRIDGE = 1.0  # seconds outside that end no stay


@dataclass(frozen=True, kw_only=True)
class ZoneEntry(Rule):
    """A track's foot comes into ``zone``: one event for each stay.

    ``seconds``: it must stay for so long; ``born``: a track that begins inside has come in, too.
    """

    kind: ClassVar[str] = "zone"
    capability: ClassVar[str] = "event.forbidden-zone"
    says: ClassVar[str] = "somebody comes into a zone"

    zone: tuple[Point, ...]
    classes: tuple[str, ...] = ()
    seconds: float = 0.0
    born: bool = True

    def run(self, scene: Scene) -> Iterable[Event]:
        """See :class:`Rule`."""
        for way in scene.of(self.classes):
            inside = scene.inside(way, self.zone)
            for first, last in runs(inside, way.track.times, BRIDGE):
                times = way.track.times
                stayed = float(times[last] - times[first])
                if stayed < self.seconds or (first == 0 and not self.born):
                    continue
                yield self.event(
                    due(inside, times, first, last, self.seconds), float(times[last]),
                    box_of(way.track.boxes[first : last + 1]), (way.track.id,),
                    Measured("seconds in the zone", stayed, self.seconds, "s"),
                )  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Presence(Rule):
    """Somebody is in ``zone``: one event from the first who comes to the last who goes.

    ``pause``: seconds without anybody that end it.
    """

    kind: ClassVar[str] = "presence"
    capability: ClassVar[str] = "event.forbidden-zone"
    says: ClassVar[str] = "somebody is in a zone: one event, however many they are"

    zone: tuple[Point, ...]
    classes: tuple[str, ...] = ()
    pause: float = 5.0

    def run(self, scene: Scene) -> Iterable[Event]:
        """See :class:`Rule`."""
        found = [
            (float(w.track.times[a]), float(w.track.times[b]), w, a, b)
            for w in scene.of(self.classes)
            for a, b in stays(scene, w, self.zone)
        ]
        found.sort(key=lambda stay: stay[:2])
        for group in _joined(found, self.pause):
            boxes = np.concatenate([w.track.boxes[a : b + 1] for _, _, w, a, b in group])
            ids = dict.fromkeys(w.track.id for _, _, w, _, _ in group)
            yield self.event(
                group[0][0], max(end for _, end, *_ in group), box_of(boxes), tuple(ids),
                Measured("tracks in the zone", len(ids), 1),
            )  # fmt: skip


_Stay = tuple[float, float, Way, int, int]


def stays(scene: Scene, way: Way, zone: tuple[Point, ...]) -> list[tuple[int, int]]:
    """The stays of a track in a zone, as first and last sample."""
    return runs(scene.inside(way, zone), way.track.times, BRIDGE)


def _joined(found: list[_Stay], pause: float) -> Iterator[list[_Stay]]:
    """Stays in order, in groups with no more than a pause between them."""
    group: list[_Stay] = []
    end = -np.inf
    for stay in found:
        if group and stay[0] - end > pause:
            yield group
            group = []
        group.append(stay)
        end = max(end, stay[1])
    if group:
        yield group
