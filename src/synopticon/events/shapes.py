"""Zones and lines against exact paths: every box counts, not sixteen places of a track.

Points are 0..1 over the picture. (``search.geometry`` answers the same questions for a million short paths.)
"""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from synopticon.values.query import Point

Numbers = NDArray[np.float64]


def holds(points: Numbers, zone: Sequence[Point]) -> NDArray[np.bool_]:
    """Whether each of points ``(n, 2)`` lies in a polygon, by the even-odd rule; bool ``(n,)``."""
    x, y = points[:, 0], points[:, 1]
    inside = np.zeros(len(points), np.bool_)
    corners = np.asarray(zone, np.float64)
    for (ax, ay), (bx, by) in zip(corners, np.roll(corners, -1, axis=0), strict=True):
        if ay != by:
            inside ^= ((ay > y) != (by > y)) & (x < ax + (y - ay) * (bx - ax) / (by - ay))
    return inside


def area(zone: Sequence[Point]) -> float:
    """The area of a polygon, as a share of the picture."""
    x, y = np.asarray(zone, np.float64).T
    return float(abs(np.dot(x, np.roll(y, -1)) - np.dot(y, np.roll(x, -1)))) / 2


def crossings(points: Numbers, line: Sequence[Point]) -> tuple[NDArray[np.intp], Numbers, NDArray[np.bool_]]:
    """Where a path ``(n, 2)`` crosses a line, in its order.

    Gives for each crossing the step (from point k to k + 1), the share of the step, and whether it goes in:
    from the left hand to the right for who walks along the line.
    """
    steps, shares, inward = [], [], []
    p, q = points[:-1], points[1:]
    corners = np.asarray(line, np.float64)
    for a, b in pairwise(corners):
        from_side, to_side = _side(a, b, p), _side(a, b, q)
        over = (from_side > 0) != (to_side > 0)
        k = np.flatnonzero(over)
        k = k[(_side(p[k], q[k], a) > 0) != (_side(p[k], q[k], b) > 0)]
        steps.append(k)
        shares.append(from_side[k] / (from_side[k] - to_side[k]))
        inward.append(to_side[k] > 0)
    step, share = np.concatenate(steps), np.concatenate(shares)
    order = np.lexsort((share, step))
    return step[order], share[order], np.concatenate(inward)[order]


def _side(a: Numbers, b: Numbers, p: Numbers) -> Numbers:
    """Above 0 where p lies to the right of a to b (y grows downward)."""
    d, e = b - a, p - a
    return np.asarray(d[..., 0] * e[..., 1] - d[..., 1] * e[..., 0])


def away(points: Numbers, line: Sequence[Sequence[float]] | Numbers) -> Numbers:
    """How far each of points ``(n, 2)`` is from a line, in the unit of both; ``(n,)``."""
    corners = np.asarray(line, np.float64)
    nearest = np.full(len(points), np.inf)
    for a, b in pairwise(corners):
        d = b - a
        share = np.clip(((points - a) @ d) / max(float(d @ d), 1e-12), 0, 1)
        nearest = np.minimum(nearest, np.hypot(*(points - a - share[:, None] * d).T))
    return nearest
