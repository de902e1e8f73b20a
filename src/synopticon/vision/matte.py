"""The matte of one object in one frame: how much of each pixel belongs to it, and how much light it takes.

Foreground is what differs from the background in luma or colour, more readily near the middle of the box and
where the object was a moment ago; cleaned, without what belongs to others, with a soft edge. All pictures are
crops of one rectangle with even corners.
"""

from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from synopticon.values.frame import Plane

Mask = NDArray[np.uint8]  # 0 or 255
_CORE_SIZE = 64


@dataclass(frozen=True, slots=True)
class MatteSettings:
    """Thresholds of the matte.

    ``low`` (grey levels) and ``noise`` (times the noise) bound what may be foreground; ``strong`` times that
    is foreground for sure. ``thin`` is the share of the box below which a mask is not believed.
    ``shade`` is the range of frame / background that a cast shadow has.
    """

    low: float = 9.0
    noise: float = 2.6
    chroma: float = 2.2
    strong: float = 2.0
    thin: float = 0.17
    shade: tuple[float, float] = (0.35, 0.95)


@dataclass(frozen=True, slots=True, eq=False)
class Crop:
    """Planes of one rectangle: ``y`` ``(h, w)``, ``u``, ``v`` ``(h/2, w/2)``, uint8, h and w even."""

    y: Plane
    u: Plane
    v: Plane


def difference(seen: Crop, empty: Crop, chroma: float) -> Plane:
    """How far each pixel is from the background, uint8 ``(h, w)``: the larger of luma and weighted colour."""
    luma = cv2.absdiff(seen.y, empty.y)
    colour = cv2.max(cv2.absdiff(seen.u, empty.u), cv2.absdiff(seen.v, empty.v))
    height, width = luma.shape
    colour = cv2.resize(cv2.convertScaleAbs(colour, alpha=chroma), (width, height))
    return np.asarray(cv2.blur(cv2.max(luma, colour), (3, 3)), np.uint8)


def core_of(box: NDArray[np.float32], rect: NDArray[np.int32]) -> Mask:
    """The rounded box (a superellipse) that fills ``box``, drawn into ``rect`` (both xyxy), 0..255 soft."""
    height, width = int(rect[3] - rect[1]), int(rect[2] - rect[0])
    sx, sy = (float(box[2] - box[0]) / _CORE_SIZE, float(box[3] - box[1]) / _CORE_SIZE)
    place = np.array([[sx, 0, float(box[0]) - rect[0]], [0, sy, float(box[1]) - rect[1]]], np.float64)
    return np.asarray(cv2.warpAffine(_rounded(), place, (width, height), flags=cv2.INTER_LINEAR), np.uint8)


@lru_cache(maxsize=1)
def _rounded() -> Mask:
    """A superellipse of exponent 3 on a square: 255 inside, falling to 0 at the sides."""
    axis = np.abs(np.linspace(-1, 1, _CORE_SIZE)) ** 3
    radius = (axis[:, None] + axis[None, :]) ** (1 / 3)
    return np.asarray(np.clip((1.0 - radius) * 4, 0, 1) * 255, np.uint8)


def foreground(
    distance: Plane, core: Mask, before: Mask | None, noise: float, settings: MatteSettings
) -> Mask:
    """Binary foreground: hysteresis with a threshold that knows the box and the mask before, holes filled."""
    base = max(settings.low, settings.noise * noise)
    # Threshold in percent of the base: 130 outside the box, 80 in its middle, less where the object just was.
    level = cv2.convertScaleAbs(core, alpha=-50 / 255, beta=130)
    if before is not None:
        level = cv2.subtract(level, cv2.convertScaleAbs(before, alpha=25 / 255))
    threshold = cv2.convertScaleAbs(level, alpha=base / 100)
    weak = cv2.compare(distance, threshold, cv2.CMP_GT)
    strong = cv2.compare(distance, cv2.convertScaleAbs(threshold, alpha=settings.strong), cv2.CMP_GT)
    size = min(distance.shape)
    reach = 3 if size < 60 else 5 if size < 160 else 7
    closed = cv2.morphologyEx(
        weak, cv2.MORPH_CLOSE, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (reach, reach))
    )
    return _bodies(closed, cv2.bitwise_and(strong, core), core)


def _bodies(mask: Mask, seeds: Mask, core: Mask) -> Mask:
    """The components that are part of the object, their small holes filled."""
    count, labels, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8, ltype=cv2.CV_16U)
    if count < 2:
        return mask
    sure = np.bincount(labels[seeds > 0], minlength=count)
    area = stats[:, cv2.CC_STAT_AREA]
    inside = np.bincount(labels[core > 127], minlength=count)
    keep = (area >= max(12, 0.004 * mask.size)) & (sure >= 3) & (inside >= 0.25 * area)
    keep[0] = False
    if not keep.any():
        return np.zeros_like(mask)
    kept = cv2.LUT(labels.astype(np.uint8), _table(keep)) if count <= 256 else _by_index(keep, labels)
    return _without_holes(kept)


def _table(keep: NDArray[np.bool_]) -> Mask:
    table = np.zeros(256, np.uint8)
    table[: len(keep)] = keep * np.uint8(255)
    return table


def _by_index(keep: NDArray[np.bool_], labels: NDArray[np.uint16]) -> Mask:
    return np.asarray(keep[labels] * np.uint8(255), np.uint8)


def _without_holes(mask: Mask, share: float = 0.06) -> Mask:
    """Fill holes smaller than ``share`` of the rectangle."""
    contours, tree = cv2.findContours(mask, cv2.RETR_CCOMP, cv2.CHAIN_APPROX_SIMPLE)
    limit = share * mask.size
    holes = [
        c for c, node in zip(contours, tree[0], strict=True) if node[3] >= 0 and cv2.contourArea(c) < limit
    ]
    return np.asarray(cv2.drawContours(mask.copy(), holes, -1, 255, cv2.FILLED), np.uint8) if holes else mask


def soften(mask: Mask) -> Plane:
    """A soft edge of about two pixels around a binary mask; its inside stays 255."""
    return np.asarray(cv2.GaussianBlur(cv2.dilate(mask, np.ones((3, 3), np.uint8)), (5, 5), 1.1), np.uint8)


def shadow(seen: Crop, empty: Crop, taken: Plane, settings: MatteSettings) -> Plane:
    """The light left where the object shades the ground: uint8 ``(h/2, w/2)``, 255 = all of it.

    ``taken`` ``(h, w)`` is where no shadow may be: the object itself and others. A shadow darkens the ground
    and leaves its colour (Prati et al., "Detecting moving shadows", TPAMI 25(7), 2003); the ratio is smooth.
    """
    size = (seen.u.shape[1], seen.u.shape[0])
    light = cv2.blur(cv2.resize(seen.y, size, interpolation=cv2.INTER_AREA), (3, 3))
    ground = cv2.blur(cv2.resize(empty.y, size, interpolation=cv2.INTER_AREA), (3, 3))
    ratio = cv2.divide(light, ground, scale=255.0)
    colour = cv2.max(cv2.absdiff(seen.u, empty.u), cv2.absdiff(seen.v, empty.v))
    low, high = (255 * s for s in settings.shade)
    ok = cv2.inRange(ratio, low, high) & cv2.compare(colour, 7, cv2.CMP_LT)
    ok &= cv2.compare(ground, 24, cv2.CMP_GT)
    ok = cv2.morphologyEx(ok, cv2.MORPH_OPEN, np.ones((3, 3), np.uint8))
    free = cv2.resize(taken, size, interpolation=cv2.INTER_AREA) < 64
    # A weighted blur, so that the darkness of the object does not leak into its shadow, nor stop at its edge.
    dark = np.where((ok > 0) & free, 255 - ratio, 0).astype(np.uint8)
    weight = cv2.blur(free.astype(np.float32), (5, 5)) + np.float32(0.05)
    smooth = cv2.blur(dark.astype(np.float32), (5, 5)) / weight
    smooth *= _fade(size)
    return np.asarray(np.clip(255 - smooth, 0, 255), np.uint8)


@lru_cache(maxsize=64)
def _fade(size: tuple[int, int]) -> NDArray[np.float32]:
    """1 inside, falling to 0 at the border of the rectangle: a shadow that is cut ends softly."""
    across, down = (np.clip(np.minimum(np.arange(n), np.arange(n)[::-1]) / 4, 0, 1) for n in size)
    return np.asarray(down[:, None] * across[None, :], np.float32)
