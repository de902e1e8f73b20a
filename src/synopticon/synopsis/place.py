"""Where the labels go: beside their object, never over it, inside the picture, apart from each other."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Rect = tuple[int, int, int, int]  # x1, y1, x2, y2

_GAP = 2  # pixels between an object and its label
_CHANGE = 0.5  # price of changing sides, in label areas: a label that jumps is worse than one that touches
_OTHER_LABEL, _OTHER_OBJECT, _OWN_OBJECT = 4.0, 0.35, 50.0
SIDES = 4  # above, below, right, left


def place(
    objects: NDArray[np.float32],
    sizes: Sequence[tuple[int, int]],
    last: Sequence[int],
    picture: tuple[int, int],
    taken: Sequence[Rect] = (),
) -> tuple[NDArray[np.int32], list[int]]:
    """Choose a place for every label, greedily in the order given (put the nearest object first).

    ``objects`` float32 ``(n, 4)`` xyxy boxes, ``sizes`` (width, height) of their labels, ``last`` the side
    each label had before (-1 = new), ``picture`` (width, height), ``taken`` places that are used already.
    Returns int32 ``(n, 4)`` label boxes with even corners, wholly inside the picture, and the sides chosen.
    """
    n = len(objects)
    spots, sides = np.zeros((n, 4), np.int32), []
    used = np.zeros((len(taken) + n, 4), np.float32)
    used[: len(taken)] = np.asarray(taken, np.float32).reshape(-1, 4)
    for i in range(n):
        options = _options(objects[i], sizes[i], picture)
        area = max(sizes[i][0] * sizes[i][1], 1)
        cost = _OTHER_LABEL * _covered(options, used[: len(taken) + i])
        cost += _OTHER_OBJECT * _covered(options, objects)
        cost += _OWN_OBJECT * _covered(options, objects[i : i + 1])
        cost = cost / area + np.arange(SIDES) * 0.02
        if last[i] >= 0:
            cost[np.arange(SIDES) != last[i]] += _CHANGE
        best = int(np.argmin(cost))
        spots[i], used[len(taken) + i] = options[best], options[best]
        sides.append(best)
    return spots, sides


def _options(
    box: NDArray[np.float32], size: tuple[int, int], picture: tuple[int, int]
) -> NDArray[np.float32]:
    """The four places of one label, even corners, pushed inside the picture; float32 ``(4, 4)``."""
    w, h = size
    x1, y1, x2, y2 = (float(value) for value in box)
    middle, centre = (x1 + x2 - w) / 2, (y1 + y2 - h) / 2
    corners = np.array(
        [(middle, y1 - h - _GAP), (middle, y2 + _GAP), (x2 + _GAP, centre), (x1 - w - _GAP, centre)]
    )
    limit = np.array([picture[0] - w, picture[1] - h]) // 2 * 2
    inside = np.clip(np.rint(corners / 2) * 2, 0, np.maximum(limit, 0))
    return np.hstack([inside, inside + np.array(size)]).astype(np.float32)


def _covered(options: NDArray[np.float32], others: NDArray[np.float32]) -> NDArray[np.float64]:
    """Area that each option shares with all others together, float64 ``(4,)``."""
    low = np.maximum(options[:, None, :2], others[None, :, :2])
    high = np.minimum(options[:, None, 2:], others[None, :, 2:])
    side = np.clip(high - low, 0, None)
    return np.asarray((side[..., 0] * side[..., 1]).sum(axis=1), np.float64)
