"""Cuts people and vehicles out of a recording, to be pasted into composed footage.

Only stretches where an object moves alone and whole in the picture are taken: what is cut out must be the
object and nothing else. The mask is the difference from the median background.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from synopticon.values.detection import Boxes
from synopticon.values.frame import Frame, Plane

_EDGE = 4  # px: nearer to the picture's edge an object is not whole
_PAD = 6  # px around a box that is cut out with it
_DIFFERENCE = 22  # grey levels from the background that make a pixel the object's
_MIN_SIDE = 14  # px
_MIN_SECONDS = 1.2
_MIN_TRAVEL = 0.8  # heights or widths that an object must cover
_MAX_GROWTH = 1.35  # of the box area from one frame to the next; more is a merge or a split
_MAX_SPREAD = 2.2  # of the box area within one actor; more is somebody half hidden
_PERSON_SHAPE = (1.9, 4.5)  # height by width of one person; a pair is wider
_SOLID = (0.86, 0.55)  # share of its convex hull that a vehicle, a person must fill
_MIN_VEHICLE = 40  # px
_VEHICLE_SHAPE = 2.6  # the longer by the shorter side


@dataclass(frozen=True, slots=True, eq=False)
class Cutout:
    """One picture of an object: ``y``, ``alpha`` uint8 ``(h, w)`` with even sides, ``u``, ``v`` half of that.

    ``x``, ``y0``: where its top-left corner lay in the source, even pixels.
    """

    x: int
    y0: int
    y: Plane
    u: Plane
    v: Plane
    alpha: Plane


@dataclass(frozen=True, slots=True, eq=False)
class Actor:
    """An object that walks or drives alone: one cutout a frame, and its boxes, float32 ``(n, 4)`` xyxy.

    After the last cutout it goes on with the first, ``travel`` (x, y) px further: a gait goes round and
    round. What does not change its shape has one cutout.
    """

    name: str
    label: str
    fps: float
    size: tuple[int, int]  # of the source picture: width, height
    cutouts: tuple[Cutout, ...]
    boxes: Boxes
    travel: tuple[float, float]


@dataclass(frozen=True, slots=True, eq=False)
class Scene:
    """A picture of an empty place: ``y`` ``(h, w)``, ``u``, ``v`` ``(h/2, w/2)`` uint8, even sizes."""

    y: Plane
    u: Plane
    v: Plane


@dataclass(slots=True)
class _Run:
    """A stretch in which one object is alone: first frame index and its boxes."""

    first: int
    boxes: list[NDArray[np.float32]]


def empty_scene(frames: Sequence[Frame], count: int = 61) -> Scene:
    """The median of ``count`` frames spread over a clip, cut to even sizes."""
    chosen = [frames[i] for i in np.unique(np.linspace(0, len(frames) - 1, count).astype(int))]
    h, w = (n - n % 2 for n in chosen[0].y.shape)
    y = np.median([f.y[:h, :w] for f in chosen], axis=0).astype(np.uint8)
    u = np.median([f.u[: h // 2, : w // 2] for f in chosen], axis=0).astype(np.uint8)
    v = np.median([f.v[: h // 2, : w // 2] for f in chosen], axis=0).astype(np.uint8)
    return Scene(y, u, v)


def resize_scene(scene: Scene, width: int, height: int) -> Scene:
    """The scene at another (even) size."""
    y = cv2.resize(scene.y, (width, height), interpolation=cv2.INTER_CUBIC)
    u, v = (cv2.resize(p, (width // 2, height // 2)) for p in (scene.u, scene.v))
    return Scene(y.astype(np.uint8), u.astype(np.uint8), v.astype(np.uint8))


def find_actors(
    frames: Sequence[Frame], fps: float, label: str, name: str, boxes: Sequence[Boxes] | None = None
) -> tuple[Actor, ...]:
    """Everything in a short clip that moves alone, as actors.

    ``boxes`` gives the boxes of each frame where they are known, row k of one frame being anybody's; without
    them, whatever differs from the median background is taken for an object.
    """
    scene = empty_scene(frames)
    masks = [_difference(f, scene) for f in frames]
    found = boxes if boxes is not None else [_blobs(m) for m in masks]
    h, w = scene.y.shape
    pieces = [
        piece
        for run in _runs(found, (w, h))
        for piece in (_walks(run, fps) if label == "person" else _drives(run))
    ]
    actors = []
    for number, (piece, travel) in enumerate(pieces, 1):
        span = range(piece.first, piece.first + len(piece.boxes))
        cutouts = tuple(_cut(frames[k], masks[k], box) for k, box in zip(span, piece.boxes, strict=True))
        if all(_solidity(c.alpha) >= _SOLID[label == "person"] for c in cutouts):
            boxes_ = np.array(piece.boxes, np.float32)
            actors.append(Actor(f"{name}#{number}", label, fps, (w, h), cutouts, boxes_, travel))
    return tuple(actors)


def _difference(frame: Frame, scene: Scene) -> Plane:
    """How far each pixel is from the background, 0..255, after the exposure is made equal."""
    h, w = scene.y.shape
    y = frame.y[:h, :w]
    gain = float(np.median(scene.y[::8, ::8])) / max(float(np.median(y[::8, ::8])), 1.0)
    light = cv2.absdiff(cv2.convertScaleAbs(y, alpha=gain), scene.y)
    colour = np.maximum(
        cv2.absdiff(np.ascontiguousarray(frame.u[: h // 2, : w // 2]), scene.u),
        cv2.absdiff(np.ascontiguousarray(frame.v[: h // 2, : w // 2]), scene.v),
    )
    wide = cv2.resize(colour, (w, h), interpolation=cv2.INTER_LINEAR)
    both = cv2.max(light, cv2.convertScaleAbs(wide, alpha=2.5))
    return cv2.medianBlur(both, 3).astype(np.uint8)


def _blobs(difference: Plane) -> Boxes:
    """Boxes of what differs, pieces of one object joined; float32 ``(n, 4)``."""
    mask: Any = (difference > _DIFFERENCE).astype(np.uint8)
    mask = cv2.morphologyEx(mask, cv2.MORPH_OPEN, np.ones((3, 3), np.uint8))
    mask = cv2.dilate(mask, np.ones((17, 9), np.uint8))
    _, _, stats, _ = cv2.connectedComponentsWithStats(mask)
    left, top, width, height = stats[1:, :4].T
    h, w = difference.shape
    boxes = np.stack([left, top, left + width, top + height], axis=1).astype(np.float32)
    # Undo the dilation, but not at the picture's edge: what touches it must still be seen to.
    boxes[:, :2] += np.where(boxes[:, :2] > 0, (4, 8), 0)
    boxes[:, 2:] -= np.where(boxes[:, 2:] < (w, h), (4, 8), 0)
    large: Boxes = boxes[(boxes[:, 2:] - boxes[:, :2]).min(axis=1) >= _MIN_SIDE]
    return large


def _runs(found: Sequence[Boxes], size: tuple[int, int]) -> list[_Run]:
    """Follow every box that is whole and alone from frame to frame until it is not."""
    open_runs: list[_Run] = []
    closed: list[_Run] = []
    for k, boxes in enumerate(found):
        alone = boxes[_alone(boxes, size)]
        going = []
        for run in open_runs:
            match = _follow(run.boxes[-1], alone)
            if match < 0:
                closed.append(run)
                continue
            run.boxes.append(alone[match])
            alone = np.delete(alone, match, axis=0)
            going.append(run)
        open_runs = going + [_Run(k, [box]) for box in alone]
    return closed + open_runs


def _alone(boxes: Boxes, size: tuple[int, int]) -> NDArray[np.bool_]:
    """Which boxes are whole in the picture and touch no other, ``(n,)``."""
    whole = (boxes[:, :2] >= _EDGE).all(axis=1) & (boxes[:, 2:] <= np.array(size) - _EDGE).all(axis=1)
    low = np.maximum(boxes[:, None, :2], boxes[None, :, :2]) - _PAD
    high = np.minimum(boxes[:, None, 2:], boxes[None, :, 2:]) + _PAD
    touching = ((high > low).all(axis=2)).sum(axis=1) > 1
    free: NDArray[np.bool_] = whole & ~touching
    return free


def _follow(last: NDArray[np.float32], boxes: Boxes) -> int:
    """Index of the one box that continues ``last``, -1 when none or more than one does, or it jumps."""
    if not len(boxes):
        return -1
    side = np.clip(np.minimum(boxes[:, 2:], last[2:]) - np.maximum(boxes[:, :2], last[:2]), 0, None)
    area, before = np.prod(boxes[:, 2:] - boxes[:, :2], axis=1), np.prod(last[2:] - last[:2])
    near = np.flatnonzero(side.prod(axis=1) > 0.3 * before)
    if len(near) != 1:
        return -1
    growth = float(area[near[0]] / before)
    return int(near[0]) if 1 / _MAX_GROWTH < growth < _MAX_GROWTH else -1


def _walks(run: _Run, fps: float, seconds: float = 4.0) -> Iterator[tuple[_Run, tuple[float, float]]]:
    """Pieces of a run that are one person who walks on, roughly straight, with the way of each."""
    step = round(seconds * fps)
    for first in range(0, len(run.boxes), step):
        piece = _Run(run.first + first, run.boxes[first : first + step])
        if len(piece.boxes) < _MIN_SECONDS * fps or not _one_person(piece):
            continue
        feet = np.array([_foot(b) for b in piece.boxes])
        way = feet[-1] - feet[0]
        travel = float(np.linalg.norm(way))
        path = np.linalg.norm(np.diff(feet[:: max(len(feet) // 6, 1)], axis=0), axis=1).sum()
        width = piece.boxes[0][2] - piece.boxes[0][0]
        if travel > _MIN_TRAVEL * width and travel > 0.7 * path:
            scale = len(feet) / (len(feet) - 1)
            yield piece, (float(way[0] * scale), float(way[1] * scale))


def _drives(run: _Run) -> Iterator[tuple[_Run, tuple[float, float]]]:
    """The largest view of a vehicle that moves: one picture of it and its way in one frame."""
    if len(run.boxes) < 3:
        return
    areas = [float(np.prod(b[2:] - b[:2])) for b in run.boxes]
    best = int(np.argmax(areas))
    near = slice(max(best - 2, 0), best + 3)
    feet = np.array([_foot(b) for b in run.boxes[near]])
    way = (feet[-1] - feet[0]) / (len(feet) - 1)
    box = run.boxes[best]
    width, height = box[2:] - box[:2]
    whole = min(width, height) >= _MIN_VEHICLE and 1 / _VEHICLE_SHAPE < width / height < _VEHICLE_SHAPE
    if whole and np.linalg.norm(way) >= 0.01 * min(width, height):
        yield _Run(run.first + best, [box]), (float(way[0]), float(way[1]))


def _foot(box: NDArray[np.float32]) -> tuple[float, float]:
    return float(box[0] + box[2]) / 2, float(box[3])


def _one_person(run: _Run) -> bool:
    sides = np.array([b[2:] - b[:2] for b in run.boxes])
    shape, areas = np.median(sides[:, 1] / sides[:, 0]), sides.prod(axis=1)
    steady = areas.max() < _MAX_SPREAD * areas.min()
    return bool(steady and _PERSON_SHAPE[0] <= shape <= _PERSON_SHAPE[1])


def _cut(frame: Frame, difference: Plane, box: NDArray[np.float32]) -> Cutout:
    h, w = (n - n % 2 for n in difference.shape)
    x1, y1 = (max(int(v) - _PAD, 0) // 2 * 2 for v in box[:2])
    x2, y2 = (min(int(v) + _PAD + 1, n) // 2 * 2 for v, n in zip(box[2:], (w, h), strict=True))
    rows, columns = slice(y1, y2), slice(x1, x2)
    half = slice(y1 // 2, y2 // 2), slice(x1 // 2, x2 // 2)
    alpha = _matte(difference[rows, columns])
    return Cutout(x1, y1, frame.y[rows, columns].copy(), frame.u[half].copy(), frame.v[half].copy(), alpha)


def _matte(difference: Plane) -> Plane:
    """The object's soft mask: one filled shape with a soft edge, uint8 ``(h, w)``."""
    size = max(3, difference.shape[0] // 12 | 1)
    solid: Any = (difference > _DIFFERENCE).astype(np.uint8)
    solid = cv2.morphologyEx(solid, cv2.MORPH_CLOSE, np.ones((size, size), np.uint8))
    shape: Any = np.zeros_like(difference)
    outline = _outline(solid)
    if outline is not None:
        cv2.fillPoly(shape, [outline], (255,))
    return np.asarray(cv2.GaussianBlur(shape, (5, 5), 0), np.uint8)


def _solidity(alpha: Plane) -> float:
    """Share of its convex hull that a shape fills; a shape that leaves a third of its height empty has 0."""
    outline = _outline((alpha > 127).astype(np.uint8))
    if outline is None or cv2.boundingRect(outline)[3] < 0.66 * alpha.shape[0]:
        return 0.0
    return float(cv2.contourArea(outline) / max(cv2.contourArea(cv2.convexHull(outline)), 1.0))


def _outline(solid: Any) -> Any:
    """The contour of the largest shape, or None."""
    outlines, _ = cv2.findContours(solid, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    return max(outlines, key=cv2.contourArea) if outlines else None
