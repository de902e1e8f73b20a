"""Which pixels of a matte must be filled: the own head and plate, and what may be another's.

A neighbour's zone is larger than its head or plate. Filled whole it would leave a patch on the legs of
whoever stands behind; so it is filled only near what was found of the neighbour, unless nothing was found.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import ceil, floor

import cv2
import numpy as np
from cv2.typing import MatLike
from numpy.typing import NDArray

from synopticon.values.detection import Boxes
from synopticon.values.frame import Plane
from synopticon.vision.matte import Crop, smaller

REACH = 0.07  # of a box's height: how near to the neighbour found a pixel may be its head, or plate
LEAST = 3.0  # the same in pixels
UPPER = 0.6  # share of the head zone inside the box in which a head must show
FOUND = 0.012  # share of the box that must have been found there, so that this can be trusted
SEEN = 60  # alpha that shows something
INSIDE = 200  # of the rounded box: the middle of the body


@dataclass(frozen=True, slots=True, eq=False)
class Matte:
    """An object found in one frame, before anything is hidden.

    ``rect`` int32 xyxy, even, and ``box``: where. ``seen`` its clear picture, ``alpha`` and ``shade`` its
    matte. ``core`` ``(h, w)``: its rounded box; ``foreign``: what others have; ``zones``: its heads;
    ``plates``: where its plate may be; ``empty``: the luma of the scene behind it, in the same light.
    """

    rect: NDArray[np.int32]
    box: NDArray[np.float32]
    seen: Crop
    alpha: Plane
    shade: Plane
    core: MatLike
    foreign: MatLike
    zones: Boxes
    plates: Boxes
    empty: Plane


Other = tuple[bool, Matte]  # another object around one, and whether it is nearer to the camera


def heads_in(matte: Matte, others: Sequence[Other]) -> Plane:
    """What must be filled of heads in a sprite: 0 or 255 ``(h, w)`` in blocks of 2 x 2 pixels.

    The own zone reaches to the upper end of the rectangle.
    """
    own = matte.zones.copy()
    own[:, 1] = np.minimum(own[:, 1], matte.rect[1])
    return _hidden(matte, own, [(nearer, other, other.zones) for nearer, other in others], UPPER)


def plates_in(matte: Matte, others: Sequence[Other]) -> Plane | None:
    """What must be filled of plates, as ``heads_in``; None where there is none."""
    theirs = [(nearer, other, other.plates) for nearer, other in others if len(other.plates)]
    return _hidden(matte, matte.plates, theirs, 1.0) if len(matte.plates) or theirs else None


def _hidden(matte: Matte, own: Boxes, others: Sequence[tuple[bool, Matte, Boxes]], share: float) -> Plane:
    """The ``own`` zones, and what of those of others may show here.

    What is farther from the camera than this object is behind its middle and cannot be seen there.
    """
    height, width = matte.core.shape[0] // 2, matte.core.shape[1] // 2
    hidden = np.zeros((height, width), np.uint8)
    if any(len(zones) for _, _, zones in others):
        shown = smaller(matte.alpha)
        body = cv2.resize(matte.core, (width, height), interpolation=cv2.INTER_AREA) > INSIDE
        for nearer, other, zones in others:
            theirs = _may_be(other, zones, share, matte.rect, shown)
            if not nearer:
                theirs[body] = 0
            if cv2.countNonZero(cv2.bitwise_and(theirs, shown)):
                hidden |= theirs
    _fill(hidden, own, matte.rect)
    whole = cv2.resize(hidden, (2 * width, 2 * height), interpolation=cv2.INTER_NEAREST)
    return np.asarray(whole, np.uint8)


def _may_be(other: Matte, zones: Boxes, share: float, rect: NDArray[np.int32], shown: MatLike) -> Plane:
    """Half-size mask in ``rect`` of what of ``other`` may be in its ``zones``, if any is ``shown``."""
    zone = np.zeros(shown.shape, np.uint8)
    _fill(zone, zones, rect)
    near = _near(other, zones, share) if cv2.countNonZero(cv2.bitwise_and(zone, shown)) else None
    if near is not None:
        mask, beyond = near
        zone &= _laid(mask, (other.rect - rect)[:2] // 2 - beyond, zone.shape)
    return zone


def _near(other: Matte, zones: Boxes, share: float) -> tuple[MatLike, int] | None:
    """What is near to what was found in the zones, half size, and how far it goes beyond the rectangle.

    None when nothing was found in their upper ``share``: then it is hidden, or was taken for another's.
    """
    found = np.zeros((other.alpha.shape[0] // 2, other.alpha.shape[1] // 2), np.uint8)
    _fill(found, zones, other.rect)
    found[smaller(other.alpha) < SEEN] = 0
    x1, y1, x2, y2 = other.box.tolist()
    upper = y1 + share * (float(zones[:, 3].max()) - y1) - float(other.rect[1])
    if 4 * cv2.countNonZero(found[: max(ceil(upper / 2), 1)]) < FOUND * (x2 - x1) * (y2 - y1):
        return None
    radius = ceil(max(REACH * (y2 - y1), LEAST) / 2)
    around = cv2.copyMakeBorder(found, radius, radius, radius, radius, cv2.BORDER_CONSTANT, value=(0,))
    return cv2.dilate(around, _disc(radius)), radius


@lru_cache(maxsize=64)
def _disc(radius: int) -> MatLike:
    return cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * radius + 1, 2 * radius + 1))


def _laid(mask: MatLike, corner: NDArray[np.int32], shape: tuple[int, ...]) -> Plane:
    """A half-size mask whose left and top lie at ``corner``, in a picture of ``shape``; 0 outside of it."""
    out = np.zeros(shape, np.uint8)
    left, top = (int(c) for c in corner)
    target = out[max(top, 0) : max(top + mask.shape[0], 0), max(left, 0) : max(left + mask.shape[1], 0)]
    y, x = max(-top, 0), max(-left, 0)
    target[:] = mask[y : y + target.shape[0], x : x + target.shape[1]]
    return out


def _fill(half: Plane, zones: Boxes, rect: NDArray[np.int32]) -> None:
    """Set ``zones`` (source pixels) in a half-size mask of ``rect``; every pixel that a zone touches."""
    left, top = float(rect[0]), float(rect[1])
    for x1, y1, x2, y2 in zones.tolist():
        rows = slice(max(floor((y1 - top) / 2), 0), max(ceil((y2 - top) / 2), 0))
        half[rows, max(floor((x1 - left) / 2), 0) : max(ceil((x2 - left) / 2), 0)] = 255
