"""Many are in one place."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from synopticon.events.event import Event, Measured
from synopticon.events.rule import Rule, box_of, runs, whole
from synopticon.events.scene import Numbers, Scene
from synopticon.events.shapes import holds
from synopticon.values.query import Point

STEP = 0.5  # seconds between two counts


@dataclass(frozen=True, kw_only=True)
class Density(Rule):
    """``people`` or more are in ``zone`` (none: the picture) at once for ``seconds``.

    ``per_square_metre`` above 0: so many or more on each square metre of the zone, too; that needs a ground.
    """

    kind: ClassVar[str] = "density"
    capability: ClassVar[str] = "event.density"
    says: ClassVar[str] = "many are in one place (density, occupancy)"

    people: int = 20
    zone: tuple[Point, ...] = ()
    seconds: float = 3.0
    per_square_metre: float = 0.0
    classes: tuple[str, ...] = ("person",)

    def lacks(self, scene: Scene) -> str:
        """See :class:`Rule`; square metres need a ground."""
        no_ground = self.per_square_metre > 0 and scene.ground is None
        return (
            "the camera has no ground (see 'synopticon zones ground')" if no_ground else super().lacks(scene)
        )

    def run(self, scene: Scene) -> Iterable[Event]:
        """See :class:`Rule`."""
        limit = float(self.people)
        if self.per_square_metre:
            limit = float(np.maximum(limit, self.per_square_metre * square_metres(scene, self.zone)))
        at, count = counted(scene, self.zone, self.classes)
        for first, last in runs(count >= limit, at, 2 * STEP):
            if at[last] - at[first] < self.seconds:
                continue
            start, end = float(at[first]) + self.seconds, float(at[last])
            here = [w for w in scene.of(self.classes) if w.track.end >= start and w.track.start <= end]
            box = box_of(np.concatenate([w.track.boxes for w in here])) if here else whole(scene)
            yield self.event(
                start, end, box, [w.track.id for w in here],
                Measured("most at once", float(count[first : last + 1].max()), limit),
            )  # fmt: skip


def counted(
    scene: Scene, zone: tuple[Point, ...] = (), classes: tuple[str, ...] = ("person",)
) -> tuple[Numbers, NDArray[np.int64]]:
    """Times (s) two a second, and how many are in a zone then, int64 ``(n,)``."""
    at = np.arange(0.0, scene.seconds + STEP, STEP)
    count = np.zeros(len(at), np.int64)
    for way in scene.of(classes):
        track = way.track
        first, last = np.searchsorted(at, (track.start, track.end + 1e-9))
        if first == last:
            continue
        boxes = track.at(at[first:last]).astype(np.float64)
        feet = np.stack([(boxes[:, 0] + boxes[:, 2]) / 2, boxes[:, 3]], axis=1)
        count[first:last] += holds(scene.share(feet), zone) if zone else 1
    return at, count


def square_metres(scene: Scene, zone: tuple[Point, ...]) -> float:
    """The area of a zone on the ground; NaN (no limit is ever reached) where a corner has no place on it."""
    corners = zone or ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0))
    if scene.ground is None:
        return float("nan")
    x, y = scene.ground.metres(corners).T
    return float(abs(np.dot(x, np.roll(y, -1)) - np.dot(y, np.roll(x, -1)))) / 2
