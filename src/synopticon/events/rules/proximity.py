"""Two come near each other."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from synopticon.events.event import Event, Measured
from synopticon.events.rule import Rule, box_of, runs
from synopticon.events.scene import VEHICLES, Numbers, Scene, Way
from synopticon.values.query import Point

STEP = 0.25  # seconds


@dataclass(frozen=True, kw_only=True)
class Proximity(Rule):
    """One of ``classes`` and one of ``others`` are nearer than ``metres`` for ``seconds``.

    Without a ground: nearer than ``heights`` times the height of the smaller one.
    """

    kind: ClassVar[str] = "proximity"
    capability: ClassVar[str] = "event.proximity"
    says: ClassVar[str] = "two come near each other, such as a person and a vehicle"
    needs_names: ClassVar[bool] = True

    metres: float = 1.5
    heights: float = 0.9
    seconds: float = 1.0
    zone: tuple[Point, ...] = ()
    classes: tuple[str, ...] = ("person",)
    others: tuple[str, ...] = VEHICLES

    def run(self, scene: Scene) -> Iterable[Event]:
        """See :class:`Rule`."""
        seen: set[frozenset[str]] = set()
        for one in scene.of(self.classes):
            for other in scene.around(one.track.start, one.track.end):
                pair = frozenset((one.track.id, other.track.id))
                if other is one or other.track.label not in self.others or pair in seen:
                    continue
                seen.add(pair)
                yield from self._of_pair(scene, one, other)

    def _of_pair(self, scene: Scene, one: Way, other: Way) -> Iterable[Event]:
        begin, end = max(one.track.start, other.track.start), min(one.track.end, other.track.end)
        if end - begin < self.seconds:
            return
        at = np.arange(begin, end + 1e-9, STEP)
        limit, unit = (self.metres, "m") if scene.ground is not None else (self.heights, "heights")
        apart, inside = _apart(scene, one, other, at), scene.inside(one, self.zone)
        here = inside[np.clip(np.searchsorted(one.track.times, at), 0, len(inside) - 1)]
        for first, last in runs((apart < limit) & here, at, STEP):
            if at[last] - at[first] < self.seconds:
                continue
            boxes = np.concatenate([w.track.at(at[first : last + 1]) for w in (one, other)])
            yield self.event(
                float(at[first]) + self.seconds, float(at[last]), box_of(boxes),
                (one.track.id, other.track.id),
                Measured("nearest", float(np.nanmin(apart[first : last + 1])), limit, unit),
                Measured("seconds near", float(at[last] - at[first]), self.seconds, "s"),
            )  # fmt: skip


def _apart(scene: Scene, one: Way, other: Way, at: Numbers) -> Numbers:
    """How far apart their feet are at some times: metres, or heights of the smaller one."""
    feet = [
        np.stack([np.interp(at, w.track.times, w.foot[:, k]) for k in (0, 1)], axis=1) for w in (one, other)
    ]
    if scene.ground is not None:
        a, b = (scene.ground.metres(scene.share(f)) for f in feet)
        return np.asarray(np.hypot(*(a - b).T))
    tall = min(float(np.median(w.tall)) for w in (one, other))
    return np.asarray(np.hypot(*(feet[0] - feet[1]).T)) / max(tall, 1.0)
