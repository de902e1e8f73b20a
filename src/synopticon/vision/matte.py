"""The matte of one object in one frame: how much of each pixel belongs to it, and how much light it takes.

Foreground is what differs from the background in luma or colour, more readily near the middle of the box and
where the object was a moment ago; cleaned, without what belongs to others, with a soft edge. All pictures are
crops of one rectangle with even corners; masks are uint8, 0 or 255.
"""

from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np
from cv2.typing import MatLike
from numpy.typing import NDArray

from synopticon.values.frame import Plane
from synopticon.vision.loops import exceeding, nearness_of, shaded_where, tallied

_REACH = 1.5  # how far from its middle a box reaches, where 1 is its border


@dataclass(frozen=True, slots=True)
class MatteSettings:
    """Thresholds of the matte.

    ``low`` (grey levels) and ``noise`` (times the noise) bound what may be foreground; ``strong`` times
    that is foreground for sure. ``chroma`` weighs colour against luma. ``thin`` is the share of the box below
    which a mask is not believed. ``shade`` is the range of frame / background that a cast shadow has,
    ``shade_body`` and ``shade_feet`` its lower end inside the box above and below ``feet`` (share of the
    rectangle from the top); ``tint`` (levels of U, V) and ``rough`` (of the ratio) bound its change.
    """

    low: float = 9.0
    noise: float = 2.6
    chroma: float = 2.2
    strong: float = 2.0
    thin: float = 0.17
    shade: tuple[float, float] = (0.4, 0.985)
    shade_body: float = 0.94
    shade_feet: float = 0.75
    feet: float = 0.72
    tint: float = 4.0
    rough: float = 0.05


@dataclass(frozen=True, slots=True, eq=False)
class Crop:
    """Planes of one rectangle: ``y`` ``(h, w)``, ``u``, ``v`` ``(h/2, w/2)``, uint8, h and w even."""

    y: Plane
    u: Plane
    v: Plane

    def copy(self) -> "Crop":
        """The same in its own memory, so that the frame it was cut from can go."""
        return Crop(self.y.copy(), self.u.copy(), self.v.copy())


@dataclass(frozen=True, slots=True, eq=False)
class Change:
    """How a crop differs from the empty scene.

    ``distance`` uint8: the larger of luma and weighted colour, 0 where only the light changed.
    ``ratio`` float32 ``(h/2, w/2)``: frame / background luma. ``shaded`` bool ``(h/2, w/2)``: looks like
    ground in a cast shadow.
    """

    distance: MatLike
    ratio: NDArray[np.float32]
    shaded: NDArray[np.bool_]


def compare(seen: Crop, empty: Crop, core: MatLike, settings: MatteSettings) -> Change:
    """Compare a crop with the empty scene; ``core`` (:func:`core_of`) makes shadows unlikely inside a box.

    A ``core`` of half size asks for a distance of half size. A shadow darkens the ground smoothly and scales
    its colour (Prati et al., "Detecting moving shadows", TPAMI 25(7), 2003).
    """
    height, width = core.shape[:2]
    now, then = smaller(seen.y), smaller(empty.y)
    fine = seen.y.shape == core.shape
    distance = cv2.absdiff(seen.y, empty.y) if fine else cv2.absdiff(now, then)
    colour = cv2.max(cv2.absdiff(seen.u, empty.u), cv2.absdiff(seen.v, empty.v))
    colour = cv2.convertScaleAbs(colour, alpha=settings.chroma)
    distance = cv2.max(distance, cv2.resize(colour, (width, height)) if fine else colour)
    distance = cv2.blur(distance, (3, 3)) if fine else distance
    ratio, shaded = _shaded(seen, empty, (now, then), smaller(core) if fine else core, settings)
    lit = cv2.resize(1 - shaded, (width, height), interpolation=cv2.INTER_NEAREST) if fine else 1 - shaded
    return Change(cv2.multiply(distance, lit), ratio, shaded > 0)


def _shaded(
    seen: Crop, empty: Crop, luma: tuple[MatLike, MatLike], core: MatLike, settings: MatteSettings
) -> tuple[NDArray[np.float32], MatLike]:
    """The ratio of luma, and where (0 or 1) it looks like a cast shadow; everything at half size.

    Above the feet, inside the box, nearly nothing passes for a shadow: there it is grey clothes.
    """
    now, then = luma
    low, high = settings.shade
    lowest = core * _lowest(len(core), settings) + np.float32(low)
    bounds = np.array((high, settings.rough**2, settings.tint), np.float32)
    ratio, shaded = shaded_where((now, seen.u, seen.v), (then, empty.u, empty.v), lowest, bounds)
    return ratio, cv2.morphologyEx(shaded, cv2.MORPH_OPEN, _square(3))


@lru_cache(maxsize=256)
def _lowest(rows: int, settings: MatteSettings) -> NDArray[np.float32]:
    """How much a core of 255 raises the lowest ratio of a shadow, float32 ``(rows, 1)``, divided by 255."""
    inside = np.full((rows, 1), settings.shade_feet - settings.shade[0], np.float32)
    inside[: round(settings.feet * rows)] = settings.shade_body - settings.shade[0]
    return inside / np.float32(255)


def smaller(plane: MatLike) -> MatLike:
    """Half size by area average; of a mask: not 0 where any of the four pixels is set."""
    return cv2.resize(plane, (plane.shape[1] // 2, plane.shape[0] // 2), interpolation=cv2.INTER_AREA)


def nearness(box: NDArray[np.float32], rect: NDArray[np.int32]) -> Plane:
    """How near each pixel of ``rect`` is to the middle of ``box`` (both xyxy): uint8 ``(h, w)``.

    255 in the middle, 128 on the rounded box (a superellipse) that fills the box, 0 at one and a half of it.
    """
    near: Plane = nearness_of(box, rect, _REACH, _NEARNESS)
    return near


def core_of(near: Plane) -> Plane:
    """The rounded box itself from :func:`nearness`: 255 inside, a soft border, 0 outside."""
    return np.asarray(cv2.LUT(near, _CORE), np.uint8)


_CORE = np.clip((np.arange(256) - 120) * 8, 0, 255).astype(np.uint8)


_NEARNESS = (np.clip(1.5 - np.cbrt(np.arange(512) * (_REACH**3 / 255)), 0, 1) * 255).astype(np.uint8)


def foreground(
    distance: MatLike, core: MatLike, before: MatLike | None, noise: float, settings: MatteSettings
) -> MatLike:
    """Binary foreground: hysteresis with a threshold that knows the box and the mask before, holes filled."""
    base = max(settings.low, settings.noise * noise) / 100
    # Threshold in percent of the base: 130 outside the box, 80 in its middle, less where the object just was.
    level = cv2.convertScaleAbs(core, alpha=-50 / 255, beta=130)
    if before is not None:
        level = cv2.subtract(level, cv2.convertScaleAbs(before, alpha=25 / 255))
    weak, sure = exceeding(distance, level, _scaled(base), _scaled(base * settings.strong))
    size = min(distance.shape)
    reach = 3 if size < 60 else 5 if size < 160 else 7
    closed = cv2.morphologyEx(weak, cv2.MORPH_CLOSE, _disc(reach))
    return _bodies(closed, sure, core)


@lru_cache(maxsize=64)
def _scaled(factor: float) -> Plane:
    """A table: ``factor`` times the level."""
    return np.asarray(np.clip(np.rint(np.arange(256) * factor), 0, 255), np.uint8)


def _bodies(mask: MatLike, sure: MatLike, core: MatLike) -> MatLike:
    """The components that are part of the object, their small holes filled."""
    count, labels = cv2.connectedComponents(mask, connectivity=8, ltype=cv2.CV_16U)
    if count < 2:
        return mask
    area, seeds, inside = tallied(labels, count, sure, core).T
    keep = (area >= max(12, 0.004 * mask.size)) & (seeds >= 3) & (inside >= 0.25 * area)
    if count == 2:
        return _without_holes(mask) if keep[1] else np.zeros_like(mask)
    return _without_holes((keep * np.uint8(255))[labels])


def _without_holes(mask: MatLike, share: float = 0.06) -> MatLike:
    """Fill holes smaller than ``share`` of the rectangle."""
    contours, tree = cv2.findContours(mask, cv2.RETR_CCOMP, cv2.CHAIN_APPROX_SIMPLE)
    limit = share * mask.size
    for i, contour in enumerate(contours):
        if tree[0, i, 3] >= 0 and cv2.contourArea(contour) < limit:
            cv2.drawContours(mask, contours, i, (255,), cv2.FILLED)
    return mask


def trimmed(mask: MatLike, distance: MatLike) -> MatLike:
    """The mask without the pixels at its border that differ much less than what is next to them.

    Those are ground under the blur of the lens, the ringing of the camera's sharpening, and coarse colour.
    """
    most = cv2.dilate(distance, _square(7))
    clear = cv2.compare(distance, cv2.convertScaleAbs(most, alpha=0.3), cv2.CMP_GE)
    return cv2.bitwise_and(mask, cv2.bitwise_or(cv2.erode(mask, _square(5)), clear))


def soften(mask: MatLike) -> MatLike:
    """Alpha of a binary mask: its outline smoothed, its inside 255, its rim three pixels wide."""
    return cv2.LUT(cv2.GaussianBlur(mask, (7, 7), 1.5), _OUTSIDE)


_OUTSIDE = np.clip(np.rint((np.arange(256) - 12) * (255 / 116)), 0, 255).astype(np.uint8)


def shadow(change: Change, taken: MatLike) -> Plane:
    """The light left where the object shades the ground: uint8 ``(h/2, w/2)``, 255 = all of it.

    ``taken`` ``(h, w)`` is where no shadow may be: the object itself and others.
    """
    free = (smaller(taken) < 64).astype(np.float32)
    # A weighted blur, so that the darkness of the object does not leak into its shadow, nor stop at its edge.
    dark = np.where(change.shaded, np.float32(1) - change.ratio, np.float32(0)) * free
    weight = cv2.blur(free, (5, 5)) + np.float32(0.05)
    smooth = cv2.blur(dark, (5, 5)) / weight * _fade(dark.shape)
    return np.asarray(cv2.convertScaleAbs(np.maximum(smooth, 0), alpha=-255, beta=255), np.uint8)


@lru_cache(maxsize=256)
def _fade(shape: tuple[int, ...]) -> NDArray[np.float32]:
    """1 inside, falling to 0 at the border of the rectangle: a shadow that is cut ends softly."""
    down, across = (np.clip(np.minimum(np.arange(n), np.arange(n)[::-1]) / 4, 0, 1) for n in shape)
    return (down[:, None] * across[None, :]).astype(np.float32)


@lru_cache(maxsize=8)
def _disc(size: int) -> MatLike:
    return cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size))


@lru_cache(maxsize=8)
def _square(size: int) -> Plane:
    return np.ones((size, size), np.uint8)
