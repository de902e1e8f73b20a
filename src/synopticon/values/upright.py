"""A ground that is being measured, seen by what it says: a grid of metres, and how tall people are on it.

A ground plane alone has no upright. With square pixels and the lens in the middle of the picture it has: the
two axes of the ground must come out at right angles and of one scale, which gives the focal length, and the
upright is their cross product (Hartley and Zisserman, "Multiple View Geometry in Computer Vision", 2nd
edition, 2004, section 8.8).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from synopticon.values.ground import Ground

Numbers = NDArray[np.float64]
FOCAL = (0.3, 12.0)  # widths of the picture: a lens that a camera may have
LINES = 60  # of a grid, each way, at most
_STEPS = (1, 2, 5, 10, 20, 50, 100)  # metres between lines
_REACH = 3.0  # how far a grid goes beyond the points, in their own size
_PIECES = 48  # of a line


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a grid in the picture, float64 ``(n, 2)`` 0..1; ``fifth``: every fifth of them."""

    points: Numbers
    fifth: bool


@dataclass(frozen=True, slots=True)
class Check:
    """What a ground says. ``heights`` metres ``(n,)`` of people, NaN where nothing can be said.

    ``error``: root mean square of the distances (metres) of points that were measured from where the ground
    has them; with four points it is 0 whatever was typed. ``pixel``: metres that one pixel is, at the nearest
    and the farthest of the points. ``step``: metres between lines.
    """

    lines: tuple[Line, ...]
    step: int
    heights: Numbers
    error: float
    pixel: tuple[float, float]


def check(
    ground: Ground, picture: ArrayLike, metres: ArrayLike, size: tuple[int, int], boxes: ArrayLike
) -> Check:
    """Look at a ground made of points ``(n, 2)`` (0..1) that lie at ``metres``; ``size``: pixels (w, h).

    ``boxes`` ``(m, 4)`` xyxy 0..1: of people who stand or walk.
    """
    here, there = np.asarray(picture, np.float64), np.asarray(metres, np.float64)
    error = float(np.sqrt(np.mean(np.sum((ground.metres(here) - there) ** 2, axis=1))))
    sides = np.linalg.norm(ground.spreads(here) / np.array(size), axis=1).max(axis=1)
    lines, step = grid(ground, there)
    found = heights(ground, size, np.reshape(np.asarray(boxes, np.float64), (-1, 4)))
    return Check(lines, step, found, error, (float(sides.min()), float(sides.max())))


def heights(ground: Ground, size: tuple[int, int], boxes: Numbers) -> Numbers:
    """How tall what stands in boxes ``(n, 4)`` xyxy 0..1 is, metres ``(n,)``; NaN where it cannot be told.

    The feet stand on the ground at the middle of the lower edge, the head is at that of the upper one.
    """
    seen = _upright(ground, size)
    middle = (boxes[:, 0] + boxes[:, 2]) / 2
    if seen is None:
        return np.full(len(boxes), np.nan)
    plane, up = seen
    feet = ground.metres(np.stack([middle, boxes[:, 3]], axis=1))
    at = np.column_stack([feet, np.ones(len(feet))]) @ plane.T
    head = (ground.straight(np.stack([middle, boxes[:, 1]], axis=1)) - 0.5) * np.array(size)
    along = head * up[2] - up[:2]
    tall = (along * (at[:, :2] - head * at[:, 2:])).sum(axis=1) / (along**2).sum(axis=1)
    return np.where(tall > 0, tall, np.nan)


def _upright(ground: Ground, size: tuple[int, int]) -> tuple[Numbers, Numbers] | None:
    """From metres to pixels about the middle ``(3, 3)``, and what one metre up adds to that ``(3,)``."""
    width, height = size
    pixels = np.array([(width, 0, -width / 2), (0, height, -height / 2), (0, 0, 1)])
    plane = pixels @ np.linalg.inv(np.reshape(ground.matrix, (3, 3)))
    (ax, bx), (ay, by), (az, bz) = plane[0, :2], plane[1, :2], plane[2, :2]
    one = np.array([ax * bx + ay * by, ax * ax + ay * ay - bx * bx - by * by])  # times 1 / f^2
    other = np.array([az * bz, az * az - bz * bz])
    square = -float(one @ one) / float(one @ other) if one @ other else np.inf
    if not FOCAL[0] ** 2 < square / width**2 < FOCAL[1] ** 2:
        return None
    lens = np.array([np.sqrt(square), np.sqrt(square), 1.0])
    turned = plane / lens[:, None]
    scale = float(np.linalg.norm(turned[:, :2], axis=0).mean())
    up = np.cross(turned[:, 0], turned[:, 1]) / scale
    if up @ turned[:, 2] > 0:  # the camera is above the ground
        up = -up
    return plane, np.asarray(up * lens)


def grid(ground: Ground, metres: ArrayLike) -> tuple[tuple[Line, ...], int]:
    """Lines of whole metres over the ground around points ``(n, 2)``, and the metres between two of them."""
    there = np.asarray(metres, np.float64)
    reach = float(np.ptp(there, axis=0).max()) * _REACH
    low, high = np.floor(there.min(axis=0) - reach), np.ceil(there.max(axis=0) + reach)
    step = next((s for s in _STEPS if (high - low).max() / s <= LINES), _STEPS[-1])
    found: list[Line] = []
    for axis in (0, 1):
        other = np.linspace(low[1 - axis], high[1 - axis], _PIECES)
        first = int(np.ceil(low[axis] / step))
        for k in range(first, min(int(high[axis] // step), first + 2 * LINES) + 1):
            places = np.zeros((_PIECES, 2))
            places[:, axis], places[:, 1 - axis] = k * step, other
            found += [Line(part, k % 5 == 0) for part in _visible(ground.picture(places))]
    return tuple(found), step


def _visible(points: Numbers) -> Sequence[Numbers]:
    """The stretches of a line that lie in the picture, or near to it."""
    here = ~np.isnan(points).any(axis=1) & (np.abs(points - 0.5) < 0.7).all(axis=1)
    edges = np.flatnonzero(np.diff(here, prepend=False, append=False)).reshape(-1, 2)
    return [points[a:b] for a, b in edges.tolist() if b - a > 1]
