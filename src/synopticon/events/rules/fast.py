"""Somebody goes fast: over the ground in km/h, or a person who runs."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from synopticon.events.event import Event, Measured
from synopticon.events.rule import Rule, box_of, due, runs
from synopticon.events.scene import VEHICLES, Numbers, Scene, Way
from synopticon.values.ground import pace
from synopticon.values.query import Point
from synopticon.vision.movement import movement, speeds

KMH = 3.6
BRIDGE = 0.3  # seconds


@dataclass(frozen=True, kw_only=True)
class Speed(Rule):
    """Something goes faster than ``kmh`` over the ground for ``seconds``; the camera needs a ground.

    The speed must be above the limit by ``sure`` standard errors (see ``values.ground.pace``).
    """

    kind: ClassVar[str] = "speed"
    capability: ClassVar[str] = "event.speed"
    says: ClassVar[str] = "something goes faster than a limit in km/h"
    needs_ground: ClassVar[bool] = True

    kmh: float
    zone: tuple[Point, ...] = ()
    seconds: float = 1.0
    sure: float = 1.0
    classes: tuple[str, ...] = VEHICLES

    def run(self, scene: Scene) -> Iterable[Event]:
        """See :class:`Rule`."""
        for way in scene.of(self.classes):
            rate = over_ground(scene, way) * KMH
            fast = (rate >= self.kmh) & scene.inside(way, self.zone)
            error = None
            for first, last in _lasting(fast, way, self.seconds):
                error = _error(scene, way) * KMH if error is None else error
                usual = float(np.median(rate[first : last + 1]))
                margin = usual - self.kmh
                if margin >= self.sure * error:
                    yield _event(
                        self, way, due(fast, way.track.times, first, last, self.seconds), first, last,
                        Measured("speed", usual, self.kmh, "km/h"),
                        Measured("its standard error", error, margin / max(self.sure, 1e-9), "km/h"),
                    )  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Running(Rule):
    """A person goes faster than ``speed`` m/s, or without a ground ``heights`` of their own a second.

    Who walks goes about .8 heights a second, who runs 1.7 and more.
    """

    kind: ClassVar[str] = "running"
    capability: ClassVar[str] = "event.running"
    says: ClassVar[str] = "a person runs"
    needs_names: ClassVar[bool] = True

    speed: float = 3.0
    heights: float = 1.6
    seconds: float = 1.0
    zone: tuple[Point, ...] = ()

    def run(self, scene: Scene) -> Iterable[Event]:
        """See :class:`Rule`."""
        metric = scene.ground is not None
        limit, unit = (self.speed, "m/s") if metric else (self.heights, "heights/s")
        for way in scene.of(("person",)):
            rate = over_ground(scene, way) if metric else way.speed / float(np.median(way.tall))
            fast = (rate >= limit) & scene.inside(way, self.zone)
            for first, last in _lasting(fast, way, self.seconds):
                usual = float(np.median(rate[first : last + 1]))
                yield _event(
                    self,
                    way,
                    due(fast, way.track.times, first, last, self.seconds),
                    first,
                    last,
                    Measured("speed", usual, limit, unit),
                )


def over_ground(scene: Scene, way: Way) -> Numbers:
    """Metres a second at each box; NaN above the horizon, or without a ground."""
    if scene.ground is None:
        return np.full(len(way.track), np.nan)
    return speeds(scene.ground.metres(scene.share(way.foot)), way.track.times)


def _error(scene: Scene, way: Way) -> float:
    """The standard error of the speed of a track, m/s."""
    assert scene.ground is not None, "speeds are of a ground"
    track = way.track
    path = movement(track, scene.width, scene.height).path[None]
    _, error = pace(
        path, [track.end - track.start], scene.ground, [float(np.median(way.tall)) / scene.height]
    )
    return float(error[0])


def _lasting(holds: np.ndarray, way: Way, seconds: float) -> list[tuple[int, int]]:
    times = way.track.times
    return [(a, b) for a, b in runs(holds, times, BRIDGE) if times[b] - times[a] >= seconds]


def _event(rule: Rule, way: Way, start: float, first: int, last: int, *reason: Measured) -> Event:
    times, boxes = way.track.times, way.track.boxes
    return rule.event(start, float(times[last]), box_of(boxes[first : last + 1]), (way.track.id,), *reason)
