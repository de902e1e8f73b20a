"""Arithmetic on boxes (float32 ``(n, 4)`` xyxy)."""

import numpy as np
from numpy.typing import NDArray

from synopticon.values.detection import Boxes

Matrix = NDArray[np.float64]


def areas(boxes: Boxes) -> NDArray[np.float64]:
    """Area of each box, float64 ``(n,)``."""
    sides = np.maximum(boxes[:, 2:].astype(np.float64) - boxes[:, :2], 0)
    return np.asarray(sides[:, 0] * sides[:, 1])


def overlaps(a: Boxes, b: Boxes) -> Matrix:
    """Area shared by every pair, float64 ``(len(a), len(b))``."""
    low = np.maximum(a[:, None, :2], b[None, :, :2])
    high = np.minimum(a[:, None, 2:], b[None, :, 2:])
    sides = np.maximum(high.astype(np.float64) - low, 0)
    return np.asarray(sides[..., 0] * sides[..., 1])


def iou(a: Boxes, b: Boxes) -> Matrix:
    """Intersection over union of every pair, float64 ``(len(a), len(b))``."""
    shared = overlaps(a, b)
    union = areas(a)[:, None] + areas(b)[None, :] - shared
    return np.asarray(shared / np.maximum(union, 1e-9))


def contained(a: Boxes, b: Boxes) -> Matrix:
    """Shared area over the smaller box of every pair, float64 ``(len(a), len(b))``."""
    shared = overlaps(a, b)
    return np.asarray(shared / np.maximum(np.minimum(areas(a)[:, None], areas(b)[None, :]), 1e-9))


def paired_overlaps(a: Boxes, b: Boxes) -> NDArray[np.float64]:
    """Shared area row by row, float64 ``(n,)``."""
    low = np.maximum(a[:, :2], b[:, :2])
    high = np.minimum(a[:, 2:], b[:, 2:])
    sides = np.maximum(high.astype(np.float64) - low, 0)
    return np.asarray(sides[:, 0] * sides[:, 1])


def paired_iou(a: Boxes, b: Boxes) -> NDArray[np.float64]:
    """Intersection over union row by row, float64 ``(n,)``."""
    shared = paired_overlaps(a, b)
    return np.asarray(shared / np.maximum(areas(a) + areas(b) - shared, 1e-9))


def paired_contained(a: Boxes, b: Boxes) -> NDArray[np.float64]:
    """Shared area over the smaller box row by row, float64 ``(n,)``."""
    return np.asarray(paired_overlaps(a, b) / np.maximum(np.minimum(areas(a), areas(b)), 1e-9))


def centres(boxes: Boxes) -> NDArray[np.float64]:
    """Centres, float64 ``(n, 2)``."""
    return np.asarray((boxes[:, :2].astype(np.float64) + boxes[:, 2:]) / 2)
