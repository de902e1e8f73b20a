"""Things that stand where there was nothing: who was there when they came, and who has gone.

The analysis gives a thing that is left a track of its own, which begins where it was put down and does not
move (the background does not take it in for a long time). A thing that was taken away has one, too, that
ends where it stood; or, where the background learned it as a part of the scene, one that begins when it is
gone. The outline tells these two apart: it is drawn in the picture that holds the thing (see
``vision.lasting``).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from synopticon.events.rule import runs
from synopticon.events.rules.camera import states
from synopticon.events.scene import THINGS, Scene, Way
from synopticon.values.detection import Boxes
from synopticon.vision.lasting import outlined

PEOPLE = ("person", "object", "bicycle", "motorcycle")
AWAY = 0.5  # of its own size: as far its foot may be from where it stands
BEFORE, AFTER = 8.0, 1.5  # seconds around its coming (or going) in which somebody must have been there
GROWN = 0.3  # of somebody's box: as near counts as touching
MASKED = 0.32  # of a box, from its top: it may be hidden in what is stored (docs/tubes.md)
DRAWN = 0.1  # of the outline: less tells nothing
SETTLED = 2.0  # seconds after which a picture that was disturbed is as it was
_PICTURES = 3  # sprites that are looked at


@dataclass(frozen=True, eq=False)
class Thing:
    """A still thing, and who was at its place when it came (or went), with when they were near (bool)."""

    way: Way
    box: NDArray[np.float32]  # xyxy
    people: tuple[Way, ...]


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
    visible, or ceased to be.
    """
    disturbed = _disturbed(scene)
    for way in scene.of(THINGS):
        if _near(disturbed, way.track.start) or _near(disturbed, way.track.end):
            continue
        track = way.track
        if track.end - track.start >= seconds and still(way) and not scene.at_edge(usual(way)):
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
    """Who was at the place of a still thing around a moment: larger than it, and no still thing."""
    box = usual(way)
    size = float(np.prod(box[2:] - box[:2]))
    found = []
    for other in scene.around(moment - BEFORE, moment + AFTER):
        if other is way or other.track.label not in PEOPLE or still(other):
            continue
        near = touching(other, box)
        near &= (other.track.times >= moment - BEFORE) & (other.track.times <= moment + AFTER)
        if near.any() and size <= float(np.median((other.tall * other.wide)[near])):
            found.append(other)
    return tuple(found)


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


def holder(scene: Scene, way: Way) -> float:
    """Above 0: the thing is in the pictures of its track; below: in the empty scene; 0: it cannot be told."""
    bank = scene.bank
    if bank is None:
        return 0.0
    n = len(way.track)
    first = n // 2
    found = []
    for k, sprite in enumerate(islice(scene.sprites(way.track, first), _PICTURES), first):
        behind = bank.at(float(way.track.times[k])).y
        height, width = sprite.y.shape
        y0, x0 = max(sprite.y0, 0), max(sprite.x, 0)
        y1, x1 = min(sprite.y0 + height, behind.shape[0]), min(sprite.x + width, behind.shape[1])
        part = (slice(y0 - sprite.y0, y1 - sprite.y0), slice(x0 - sprite.x, x1 - sprite.x))
        alpha = sprite.alpha[part].astype(np.float32) / 255
        scene_there = behind[y0:y1, x0:x1].astype(np.float32)
        seen = scene_there + alpha * (sprite.y[part].astype(np.float32) - scene_there)
        box = way.track.boxes[k]
        low = int(max(box[1] + MASKED * (box[3] - box[1]) - y0, 0))
        region = alpha > 0.5
        if low < region.shape[0] - 4 and region[low:].any():
            found.append(outlined(seen[low:], scene_there[low:], region[low:]))
    return float(np.median(found)) if found else 0.0
