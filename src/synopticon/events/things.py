"""Things that stand where there was nothing: who was there when they came, and who has gone.

The analysis gives a thing that is left a track of its own, which begins where it was put down and does not
move (the background does not take it in for a long time). A thing that was taken away has one, too, that
ends where it stood; or, where the background learned it as a part of the scene, one that begins when it is
gone. The outline tells these two apart: it is drawn in the picture that holds the thing. Light, which is not
put down and puts nothing down, is told by what shows through it (see ``vision.substance``).
"""

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from synopticon.events.rule import runs
from synopticon.events.rules.camera import states
from synopticon.events.scene import THINGS, Scene, Way
from synopticon.values.detection import Boxes

PEOPLE = ("person", "object", "bicycle", "motorcycle")
AWAY = 0.5  # of its own size: as far its foot may be from where it stands
BEFORE, AFTER = 8.0, 1.5  # seconds around its coming (or going) in which somebody must have been there
GROWN = 0.3  # of somebody's box: as near counts as touching
DRAWN = 0.1  # of the outline: less tells nothing
SETTLED = 2.0  # seconds after which a picture that was disturbed is as it was


def still(way: Way) -> bool:
    """Whether a track of a thing stands in one place from its first box to its last."""
    if way.track.label not in THINGS:
        return False
    boxes = way.track.boxes
    foot = np.stack([(boxes[:, 0] + boxes[:, 2]) / 2, boxes[:, 3]], axis=1)
    size = np.sqrt(np.prod(np.median(boxes[:, 2:] - boxes[:, :2], axis=0)))
    return bool(np.hypot(*(foot - np.median(foot, axis=0)).T).max() <= AWAY * max(size, 1.0))


def things(scene: Scene, seconds: float) -> Iterator[Way]:
    """The still things of a scene that stand for so long, away from the border of the picture.

    What comes or goes just when the picture is disturbed (covered, blurred, moved) is none: it only became
    visible, or ceased to be. Nor is light.
    """
    disturbed = _disturbed(scene)
    for way in scene.of(THINGS):
        if _near(disturbed, way.track.start) or _near(disturbed, way.track.end):
            continue
        track = way.track
        if track.end - track.start < seconds or not still(way) or scene.at_edge(usual(way)):
            continue
        if not scene.made_of(way).light:
            yield way


def _disturbed(scene: Scene) -> NDArray[np.float64]:
    """The seconds in which the picture as a whole does not look like its scene, in order."""
    c = scene.checks
    return np.asarray(c.time[states(c) != "fine"])


def _near(times: NDArray[np.float64], moment: float) -> bool:
    k = int(np.searchsorted(times, moment - SETTLED))
    return k < len(times) and bool(times[k] <= moment + SETTLED)


def usual(way: Way) -> NDArray[np.float32]:
    """The median box of a still thing, xyxy."""
    return np.median(way.track.boxes, axis=0).astype(np.float32)


def visitors(scene: Scene, way: Way, moment: float) -> tuple[Way, ...]:
    """Who was at the place of a still thing around a moment: larger than it, no still thing and no light."""
    box = usual(way)
    size = float(np.prod(box[2:] - box[:2]))
    found = []
    for other in scene.around(moment - BEFORE, moment + AFTER):
        if other is way or not _somebody(scene, other) or still(other):
            continue
        near = touching(other, box)
        near &= (other.track.times >= moment - BEFORE) & (other.track.times <= moment + AFTER)
        if near.any() and size <= float(np.median((other.tall * other.wide)[near])):
            found.append(other)
    return tuple(found)


def _somebody(scene: Scene, way: Way) -> bool:
    """Whether a track may be somebody, and is no light.

    What has no name although a model looked must be known to be none. Nor is it somebody whom the empty
    scene holds: there something was uncovered, or the light of the whole place is another.
    """
    if way.track.label not in PEOPLE or (way.track.label == "object" and in_the_scene(scene, way)):
        return False
    light = scene.made_of(way).light
    return light is False or (light is None and (way.track.label != "object" or not scene.named))


def in_the_scene(scene: Scene, way: Way) -> bool:
    """Whether the empty scene holds a thing, by its outline; not where that is unknown."""
    return scene.made_of(way).drawn < -DRAWN


def touching(other: Way, box: NDArray[np.float32]) -> NDArray[np.bool_]:
    """At which of its samples somebody's box, grown a little, meets a box (xyxy); bool ``(n,)``."""
    boxes = other.track.boxes
    grown = (boxes[:, 2:] - boxes[:, :2]) * np.float32(GROWN)
    low, high = boxes[:, :2] - grown, boxes[:, 2:] + grown
    return np.asarray(((low < box[2:]) & (high > box[:2])).all(axis=1))


def apart(boxes: Boxes, box: NDArray[np.float32]) -> NDArray[np.float32]:
    """Pixels between each of some boxes ``(n, 4)`` and a box; 0 where they touch."""
    gap = np.maximum(np.maximum(box[:2] - boxes[:, 2:], boxes[:, :2] - box[2:]), 0)
    return np.asarray(np.hypot(gap[:, 0], gap[:, 1]))


def alone_from(
    people: Sequence[Way], box: NDArray[np.float32], begin: float, end: float, near: float, alone: float
) -> float | None:
    """When a thing began to be alone for ``alone`` seconds, from ``begin`` on; None = never until ``end``.

    Somebody is with it who is nearer than ``near`` of their own height.
    """
    busy: list[tuple[float, float]] = []
    for one in people:
        times = one.track.times
        with_it = apart(one.track.boxes, box) < near * np.median(one.tall)
        busy += [(float(times[a]), float(times[b])) for a, b in runs(with_it, times)]
    at = begin
    for first, last in sorted(busy):
        if first - at >= alone:
            break
        at = max(at, last)
    return at if end - at >= alone else None
