"""A few picture operations with plain types: what the vision modules need of OpenCV."""

from typing import TypeAlias, TypeVar

import cv2
import numpy as np
from numpy.typing import NDArray

from synopticon.values.frame import Plane

Floats: TypeAlias = NDArray[np.float32]
Bools: TypeAlias = NDArray[np.bool_]
Ints: TypeAlias = NDArray[np.int32]
Picture = TypeVar("Picture", Floats, Plane)


def shrink(plane: Plane, scale: int) -> Plane:
    """Area average over ``scale`` x ``scale`` pixels, sizes rounded up; ``scale`` is a power of two."""
    while scale > 1:
        height, width = plane.shape
        if height % 2 or width % 2:
            plane = np.pad(plane, ((0, height % 2), (0, width % 2)), mode="edge")
        plane = resized(plane, plane.shape[0] // 2, plane.shape[1] // 2)
        scale //= 2
    return plane


def resized(picture: Picture, height: int, width: int) -> Picture:
    """``picture`` at another size: averaged when smaller, repeated when larger."""
    larger = height > picture.shape[0]
    mode = cv2.INTER_NEAREST if larger else cv2.INTER_AREA
    return cv2.resize(picture, (width, height), interpolation=mode)  # type: ignore[return-value]


def levels(picture: Floats) -> Plane:
    """Grey levels rounded to uint8."""
    return np.asarray(np.clip(np.rint(picture), 0, 255), np.uint8)


def blurred(picture: Floats, size: int = 3) -> Floats:
    """Mean over ``size`` x ``size`` pixels."""
    return cv2.blur(picture, (size, size))  # type: ignore[return-value]


def dilated(picture: Floats, size: int) -> Floats:
    """Maximum over ``size`` x ``size`` pixels."""
    return cv2.dilate(picture, np.ones((size, size), np.uint8))  # type: ignore[return-value]


def distance(a: Floats, b: Floats) -> Floats:
    """Mean absolute difference over 3 x 3 pixels."""
    return cv2.blur(cv2.absdiff(a, b), (3, 3))  # type: ignore[return-value]


def opened(mask: Plane, height: int, width: int) -> Plane:
    """``mask`` without what does not hold a rectangle of ``height`` x ``width`` pixels."""
    return cv2.morphologyEx(mask, cv2.MORPH_OPEN, np.ones((height, width), np.uint8))  # type: ignore[return-value]


def closed(mask: Plane, height: int, width: int) -> Plane:
    """``mask`` with the gaps filled that hold no rectangle of ``height`` x ``width`` pixels."""
    return cv2.morphologyEx(mask, cv2.MORPH_CLOSE, np.ones((height, width), np.uint8))  # type: ignore[return-value]


def filled(mask: Plane) -> Plane:
    """``mask`` (0 or 1) with all holes filled."""
    outlines, _ = cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    return cv2.drawContours(np.zeros_like(mask), outlines, -1, (1.0,), cv2.FILLED)  # type: ignore[return-value]


def components(mask: Plane) -> tuple[int, Ints]:
    """Number of labels (0 is the outside) and labels, int32, of 8-connected regions."""
    count, labels = cv2.connectedComponents(mask, connectivity=8, ltype=cv2.CV_32S)
    return count, labels  # type: ignore[return-value]


def regions(mask: Plane) -> tuple[Ints, Ints]:
    """Labels, and for each label ``x, y, width, height, area``, int32 ``(count, 5)``; 0 is the outside."""
    _, labels, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8, ltype=cv2.CV_32S)
    return labels, stats  # type: ignore[return-value]
