"""A track while it is being built, and which boxes of a frame continue which."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import scipy
from numpy.typing import NDArray

from synopticon.values.detection import CLASS_GROUP, CLASSES, Boxes
from synopticon.vision.geometry import iou

_GROUPS = sorted(set(CLASS_GROUP.values()))
_GROUP_OF = np.array([_GROUPS.index(CLASS_GROUP[c]) for c in CLASSES])
_ANY = _GROUPS.index("object")
_GAIN, _FIRST_GAIN = np.array([0.7, 0.7, 0.45, 0.45]), np.full(4, 0.85)
_RATE_GAIN, _FIRST_RATE_GAIN = np.array([0.35, 0.35, 0.1, 0.1]), np.array([0.9, 0.9, 0.1, 0.1])


@dataclass(frozen=True, slots=True, eq=False)
class Items:
    """Boxes to be linked, in frame order; the arrays are as in Observations."""

    frame: NDArray[np.int32]
    boxes: Boxes
    scores: NDArray[np.float32]
    classes: NDArray[np.int16]
    looks: NDArray[np.uint8]

    def __len__(self) -> int:
        return len(self.frame)


@dataclass(frozen=True, slots=True)
class LinkSettings:
    """Limits of the association; times in seconds."""

    certain: float = 0.5  # a score that may begin a track
    uncertain: float = 0.15  # a score that may continue one
    max_lost: float = 1.2  # a track unseen for longer is closed (stitching may still reopen it)
    min_iou: float = 0.2
    min_iou_uncertain: float = 0.35
    look_weight: float = 0.4
    reach: float = 1.0  # how many of its own sizes an object may be away from where it is expected


@dataclass(slots=True)
class Live:
    """A track while it is being built: centre, size, their rates a second, and the items it owns."""

    state: NDArray[np.float64]
    rate: NDArray[np.float64]
    time: float
    look: NDArray[np.float64]
    group: int
    items: list[int] = field(default_factory=list)
    seen: int = 1

    def predict(self, time: float) -> NDArray[np.float64]:
        """Centre and size expected at ``time``; movement is trusted for a second at most."""
        ahead = time - self.time
        moved = self.state + self.rate * min(max(ahead, -1.0), 1.0)
        moved[2:] = np.maximum(moved[2:], 0.5 * self.state[2:])
        return np.asarray(moved)

    def update(self, index: int, box: NDArray[np.float32], look: NDArray[np.uint8], time: float) -> None:
        """Take in one more box."""
        self.nudge(box, time)
        self.look += (look - self.look) * 0.1
        self.items.append(index)

    def nudge(self, box: NDArray[np.float32], time: float) -> None:
        """Follow a box without owning it."""
        expected, seen = self.predict(time), centre_size(box)
        gain = _GAIN if self.seen > 2 else _FIRST_GAIN
        rate_gain = _RATE_GAIN if self.seen > 1 else _FIRST_RATE_GAIN
        self.state = expected + gain * (seen - expected)
        self.rate = self.rate + rate_gain * (seen - expected) / elapsed(self, time)
        self.time = time
        self.seen += 1


def elapsed(track: Live, time: float) -> float:
    """Seconds since a track was seen, negative when followed backwards, never 0."""
    return math.copysign(max(abs(time - track.time), 0.02), time - track.time)


def match(
    live: list[Live], items: Items, rows: NDArray[np.intp], time: float, floor: float, settings: LinkSettings
) -> list[int]:
    """Match rows to live tracks, updating them; returns the rows left over."""
    if not live or not len(rows):
        return [int(k) for k in rows]
    boxes = expected(live, time)
    shared = iou(boxes, items.boxes[rows])
    looks = np.array([t.look for t in live])
    unlike = np.abs(looks[:, None] - items.looks[rows][None].astype(np.float64)).mean(2) / 64
    near = _nearness(boxes, items.boxes[rows], settings.reach)
    likeness = np.maximum(shared, near) - settings.look_weight * np.minimum(unlike, 1)
    groups = np.array([t.group for t in live])
    theirs = _GROUP_OF[items.classes[rows]]
    allowed = (groups[:, None] == theirs) | (groups[:, None] == _ANY) | (theirs == _ANY)
    allowed &= np.maximum(shared, near) >= floor
    cost = np.where(allowed, -likeness, 10.0)
    a, b = scipy.optimize.linear_sum_assignment(cost)
    taken = set()
    for i, j in zip(a, b, strict=True):
        if allowed[i, j]:
            live[i].update(int(rows[j]), items.boxes[rows[j]], items.looks[rows[j]], time)
            taken.add(j)
    return [int(k) for j, k in enumerate(rows) if j not in taken]


def _nearness(a: Boxes, b: Boxes, reach: float) -> NDArray[np.float64]:
    """A stand-in for IoU of small fast boxes: 0.5 at the same place, 0 when ``reach`` box sizes away."""
    ca = (a[:, None, :2].astype(np.float64) + a[:, None, 2:]) / 2
    cb = (b[None, :, :2].astype(np.float64) + b[None, :, 2:]) / 2
    size_a = (a[:, None, 2:].astype(np.float64) - a[:, None, :2]).clip(1)
    size_b = (b[None, :, 2:].astype(np.float64) - b[None, :, :2]).clip(1)
    alike = np.minimum(size_a, size_b).prod(2) / np.maximum(size_a, size_b).prod(2)
    away = np.hypot(*np.moveaxis((ca - cb) / (0.5 * reach * (size_a + size_b)), 2, 0))
    return np.asarray(0.5 * np.clip(1 - away, 0, None) * alike)


def centre_size(box: NDArray[np.float32]) -> NDArray[np.float64]:
    """Middle, width and height of a box."""
    x1, y1, x2, y2 = box.tolist()
    return np.array([(x1 + x2) / 2, (y1 + y2) / 2, x2 - x1, y2 - y1])


def corners(states: NDArray[np.float64]) -> Boxes:
    """Boxes of middles and sizes ``(n, 4)``."""
    half = states[:, 2:] / 2
    return np.concatenate([states[:, :2] - half, states[:, :2] + half], 1).astype(np.float32)


def expected(tracks: Sequence[Live], time: float) -> Boxes:
    """Where tracks are expected at ``time``, ``(n, 4)``: ``Live.predict`` for all at once."""
    if not tracks:
        return np.zeros((0, 4), np.float32)
    state = np.array([t.state for t in tracks])
    ahead = np.clip(time - np.array([t.time for t in tracks]), -1.0, 1.0)
    moved = state + np.array([t.rate for t in tracks]) * ahead[:, None]
    moved[:, 2:] = np.maximum(moved[:, 2:], 0.5 * state[:, 2:])
    return corners(moved)


def begun(items: Items, k: int, time: float) -> Live:
    """A track that begins with item ``k``."""
    look = items.looks[k].astype(np.float64)
    return Live(
        centre_size(items.boxes[k]), np.zeros(4), time, look, int(_GROUP_OF[items.classes[k]]), [int(k)]
    )
