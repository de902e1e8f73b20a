"""Looking where something moved: crops at native resolution, detections in source pixels.

A network sees a small fixed picture. A whole frame shrunk to it loses distant people; crops centred on motion
do not, and cost nothing where nothing moves.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from synopticon.values.detection import CLASS_GROUP, CLASS_INDEX, CLASSES, Boxes, Detections
from synopticon.values.frame import Frame
from synopticon.vision.detect import Detector
from synopticon.vision.geometry import areas, contained, iou
from synopticon.vision.motion import Motion
from synopticon.vision.observations import LOOK

Crop = tuple[int, int, int, int]
_GROUPS = sorted(set(CLASS_GROUP.values()))
_GROUP_OF = np.array([_GROUPS.index(CLASS_GROUP[c]) for c in CLASSES])


@dataclass(frozen=True, slots=True)
class LookSettings:
    """Where the detector looks; sizes in source pixels, shares of a box."""

    min_crop: int = 200
    reach: float = 2.0  # side of a crop / longer side of the blob
    max_share: int = 7  # a blob smaller than 1 / max_share of a crop gets a closer crop of its own
    edge: float = 0.02  # a box this near to the crop's border is cut by it, and another crop sees it whole
    max_iou: float = 0.5
    max_contained: float = 0.75


def plan_crops(boxes: Boxes, width: int, height: int, settings: LookSettings) -> list[Crop]:
    """Square crops (x1, y1, x2, y2) that show each box whole and large; shared where possible."""
    crops: list[Crop] = []
    for i in np.argsort(-areas(boxes), kind="stable"):
        x1, y1, x2, y2 = (float(v) for v in boxes[i])
        long = max(x2 - x1, y2 - y1)
        margin = 0.15 * long + 8
        wanted = (max(x1 - margin, 0), max(y1 - margin, 0), min(x2 + margin, width), min(y2 + margin, height))
        if any(_shows(c, wanted, long, settings) for c in crops):
            continue
        side = max(settings.min_crop, settings.reach * long)
        wide, high = min(side, width), min(side, height)
        left = min(max((x1 + x2 - wide) / 2, 0), width - wide)
        top = min(max((y1 + y2 - high) / 2, 0), height - high)
        # Chroma has half the size: a crop begins at an even pixel.
        crops.append((int(left) & ~1, int(top) & ~1, int(left + wide), int(top + high)))
    return crops


def _shows(
    crop: Crop, wanted: tuple[float, float, float, float], long: float, settings: LookSettings
) -> bool:
    inside = crop[0] <= wanted[0] and crop[1] <= wanted[1] and wanted[2] <= crop[2] and wanted[3] <= crop[3]
    return inside and long * settings.max_share >= crop[2] - crop[0]


def look(frame: Frame, where: Boxes, detector: Detector, settings: LookSettings) -> Detections:
    """Detect objects at the boxes ``where`` (source pixels); boxes in source pixels, one an object."""
    height, width = frame.y.shape
    crops = plan_crops(where, width, height, settings)
    found = detector.detect([bgr_crop(frame, c) for c in crops])
    placed = [_place(d, c, width, height, settings) for d, c in zip(found, crops, strict=True)]
    return merge(Detections.join(placed), settings)


def bgr_crop(frame: Frame, crop: Crop) -> NDArray[np.uint8]:
    """BGR pixels ``(h, w, 3)`` of a crop, the only part of the frame that is converted."""
    x1, y1 = crop[0] & ~1, crop[1] & ~1
    wide, high = (crop[2] - x1) & ~1, (crop[3] - y1) & ~1
    picture = np.empty((high * 3 // 2, wide), np.uint8)
    picture[:high] = frame.y[y1 : y1 + high, x1 : x1 + wide]
    chroma = picture[high:].reshape(2, high // 2, wide // 2)
    for plane, target in zip((frame.u, frame.v), chroma, strict=True):
        target[:] = plane[y1 // 2 : (y1 + high) // 2, x1 // 2 : (x1 + wide) // 2]
    return np.asarray(cv2.cvtColor(picture, cv2.COLOR_YUV2BGR_I420), np.uint8)


def _place(found: Detections, crop: Crop, width: int, height: int, settings: LookSettings) -> Detections:
    """Move detections to the frame; those that the crop's border cuts are dropped."""
    x1, y1, x2, y2 = crop
    edge = max(3.0, settings.edge * (x2 - x1))
    b = found.boxes
    cut = (b[:, 0] < edge) & (x1 > 0) | (b[:, 1] < edge) & (y1 > 0)
    cut |= (b[:, 2] > x2 - x1 - edge) & (x2 < width) | (b[:, 3] > y2 - y1 - edge) & (y2 < height)
    kept = found[~cut]
    moved = kept.boxes + np.array([x1, y1, x1, y1], np.float32)
    limit = np.array([width, height, width, height], np.float32)
    return Detections(np.clip(moved, 0, limit).astype(np.float32), kept.scores, kept.classes)


def merge(found: Detections, settings: LookSettings) -> Detections:
    """One box an object: overlapping boxes, parts of a body, and bags on a person are suppressed."""
    found = found[np.argsort(-found.scores, kind="stable")]
    groups = _GROUP_OF[found.classes]
    same = groups[:, None] == groups[None, :]
    shared, inside = iou(found.boxes, found.boxes), contained(found.boxes, found.boxes)
    size = areas(found.boxes)
    alive = np.ones(len(found), np.bool_)
    for i in range(len(found)):
        if not alive[i]:
            continue
        part = (inside[i] > settings.max_contained) & (
            (size < size[i]) | (found.scores < 0.6 * found.scores[i])
        )
        gone = same[i] & ((shared[i] > settings.max_iou) | part) | (shared[i] > 0.8)
        gone[: i + 1] = False
        alive &= ~gone
    carried = found.classes == CLASS_INDEX["bag"]
    persons = (found.classes == CLASS_INDEX["person"]) & alive
    if carried.any() and persons.any():
        alive &= ~(carried & (inside[:, persons] > 0.6).any(1))
    return found[alive]


def moving_share(motion: Motion, boxes: Boxes) -> NDArray[np.float32]:
    """Share of each box that is foreground, float32 ``(n,)``."""
    sums = cv2.integral(motion.mask)
    high, wide = motion.mask.shape
    grid = np.rint(boxes / motion.scale).astype(np.int64)
    x1, x2 = np.clip(grid[:, 0], 0, wide), np.clip(grid[:, 2], 0, wide)
    y1, y2 = np.clip(grid[:, 1], 0, high), np.clip(grid[:, 3], 0, high)
    inside = (sums[y2, x2] - sums[y1, x2] - sums[y2, x1] + sums[y1, x1]) / 255.0
    return (inside / np.maximum((x2 - x1) * (y2 - y1), 1)).astype(np.float32)


def looks_of(frame: Frame, boxes: Boxes) -> NDArray[np.uint8]:
    """What each box looks like, uint8 ``(n, LOOK)``: its middle shrunk to 2 x 8, luma and chroma."""
    out = np.zeros((len(boxes), LOOK), np.uint8)
    height, width = frame.y.shape
    for row, box in zip(out, boxes, strict=True):
        x1, y1, x2, y2 = (float(v) for v in box)
        inset = 0.2 * (x2 - x1)
        left, right = int(max(x1 + inset, 0)) // 2, int(min(x2 - inset, width)) // 2
        top, bottom = int(max(y1, 0)) // 2, int(min(y2, height)) // 2
        if right - left < 2 or bottom - top < 2:
            continue
        luma = frame.y[2 * top : 2 * bottom, 2 * left : 2 * right]
        parts: Sequence[NDArray[np.uint8]] = (
            luma, frame.u[top:bottom, left:right], frame.v[top:bottom, left:right]
        )  # fmt: skip
        small = [cv2.resize(p, (2, 8), interpolation=cv2.INTER_AREA).ravel() for p in parts]
        row[:] = np.concatenate(small)
    return out
