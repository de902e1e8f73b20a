"""From foreground pixels to blobs: cleaning, fragments of one body joined, boxes."""

from math import hypot

import numpy as np
from numpy.typing import NDArray

from synopticon.compiled import compiled
from synopticon.values.detection import Boxes
from synopticon.values.frame import Plane
from synopticon.vision.planes import Bools, Floats, Ints, closed, components, opened

SEEDS = 3  # strong pixels that make a blob
OVER = 0.5  # share of the narrower fragment's width that lies over the other, in parts of one body
THIN, LONG = 9.0, 5.0  # what lies, no thicker than so many source pixels and so many times longer, is a tape
CRUMB = 0.05  # a fragment smaller than this share of its neighbour is none of its own


def clean(solid: Bools, strong: Bools) -> Bools:
    """Hysteresis: what holds enough strong pixels, without thin level strips (a tape, a wire)."""
    solid8 = solid.view(np.uint8)
    strips = opened(solid8 & ~opened(solid8, 4, 1), 1, 7).view(np.bool_)
    count, labels = components(closed((solid & ~strips).view(np.uint8), 5, 3))
    held: Bools = _holding(labels, strong & ~strips, count, SEEDS)
    return held


@compiled("boolean[:,::1](int32[:,::1], boolean[:,::1], int64, int64)")
def _holding(labels, seeds, count, least):  # type: ignore[no-untyped-def]
    """The regions (label 0 is none) that hold at least so many seeds."""
    height, width = labels.shape
    found = np.zeros(count, np.int64)
    for y in range(height):
        for x in range(width):
            found[labels[y, x]] += seeds[y, x]
    found[0] = 0
    out = np.empty((height, width), np.bool_)
    for y in range(height):
        for x in range(width):
            out[y, x] = found[labels[y, x]] >= least
    return out


def blobs(mask: Bools, weak: Bools, scale: int, least: float) -> tuple[Plane, Boxes, Floats]:
    """Mask (0 or 255), boxes float32 ``(n, 4)`` xyxy and areas ``(n,)`` in source pixels, left to right.

    ``weak`` is all that differs from the background, shadows too: fragments it connects, one above the other,
    are one body. ``least`` is the smallest area of a blob, source pixels.
    """
    number, labels = components(mask.view(np.uint8))
    if number == 1:
        return mask * np.uint8(255), np.zeros((0, 4), np.float32), np.zeros(0, np.float32)
    _, wider = components(closed((weak | mask).view(np.uint8), 3, 3))
    stats = _fragments(labels, wider, number)
    owner = _owners(stats)
    count = int(owner.max()) + 1
    boxes, areas = _corners(stats, owner, count), np.zeros(count)
    out = np.zeros(mask.shape, np.uint8)
    for i in range(1, count):
        x1, y1, x2, y2 = boxes[i]
        part = (owner == i)[labels[y1:y2, x1:x2]]
        part |= _enclosed(part) & weak[y1:y2, x1:x2]
        areas[i] = np.count_nonzero(part) * scale * scale
        if areas[i] >= least and not _is_tape(x2 - x1, y2 - y1, areas[i] / scale, scale):
            out[y1:y2, x1:x2][part] = 255
        else:
            areas[i] = 0
    keep = np.flatnonzero(areas)
    keep = keep[np.argsort(boxes[keep, 0], kind="stable")]
    return out, (boxes[keep] * scale).astype(np.float32), areas[keep].astype(np.float32)


def _is_tape(width: int, height: int, area: float, scale: int) -> bool:
    """Whether a blob is a lying strip; ``area`` is in analysis pixels times ``scale``."""
    length = hypot(width, height)
    thickness = area / length
    return width > height and thickness <= THIN and length * scale >= LONG * thickness


@compiled("int32[:,::1](int32[:,::1], int32[:,::1], int64)")
def _fragments(labels, wider, count):  # type: ignore[no-untyped-def]
    """For each label x, y, width, height, area, and its region in ``wider``; row 0 is the outside."""
    height, width = labels.shape
    out = np.zeros((count, 6), np.int32)
    out[:, 0], out[:, 1] = width, height
    for y in range(height):
        for x in range(width):
            n = labels[y, x]
            if n:
                out[n, 0] = min(out[n, 0], x)
                out[n, 1] = min(out[n, 1], y)
                out[n, 2] = max(out[n, 2], x + 1)
                out[n, 3] = max(out[n, 3], y + 1)
                out[n, 4] += 1
                out[n, 5] = wider[y, x]
    out[:, 2] -= out[:, 0]
    out[:, 3] -= out[:, 1]
    return out


def _owners(stats: Ints) -> NDArray[np.intp]:
    """For each fragment the number of its blob, 1..n; 0 = no blob."""
    order = np.argsort(-stats[1:, 4], kind="stable") + 1
    owner = np.zeros(len(stats), np.intp)
    heads: list[int] = []
    for i in order:
        near = [h for h in heads if stats[h, 5] == stats[i, 5]]
        joined = next((h for h in near if _one_body(stats[h], stats[i])), None)
        if joined is not None:
            owner[i] = owner[joined]
        elif not any(stats[i, 4] < CRUMB * stats[h, 4] for h in near):
            heads.append(int(i))
            owner[i] = len(heads)
    return owner


def _one_body(a: Ints, b: Ints) -> bool:
    """Whether two fragments (x, y, width, height, area) lie one above the other."""
    over = min(a[0] + a[2], b[0] + b[2]) - max(a[0], b[0])
    between = max(a[1], b[1]) - min(a[1] + a[3], b[1] + b[3])
    return bool(over >= OVER * min(a[2], b[2]) and between <= 0.25 * (a[3] + b[3]))


def _corners(stats: Ints, owner: NDArray[np.intp], count: int) -> NDArray[np.int64]:
    """Corners ``(count, 4)`` of the blobs in analysis pixels; row 0 is none."""
    boxes = np.zeros((count, 4), np.int64)
    for i in range(1, count):
        own = stats[owner == i].astype(np.int64)
        boxes[i, :2] = own[:, :2].min(axis=0)
        boxes[i, 2:] = (own[:, :2] + own[:, 2:4]).max(axis=0)
    return boxes


def _enclosed(part: Bools) -> Bools:
    """Pixels with some of ``part`` to the left, to the right, above and below."""
    ways = (np.maximum.accumulate(part, axis=0), np.maximum.accumulate(part[::-1], axis=0)[::-1])
    across = (np.maximum.accumulate(part, axis=1), np.maximum.accumulate(part[:, ::-1], axis=1)[:, ::-1])
    return ways[0] & ways[1] & across[0] & across[1]
