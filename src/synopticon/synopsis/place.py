"""Where the labels go: beside their object, never over it, inside the picture, apart from each other."""

import numpy as np
from numpy.typing import NDArray

from synopticon.compiled import compiled

Ints = NDArray[np.int64]
Floats = NDArray[np.float32]

_GAP = 2.0  # pixels between an object and its label
_CHANGE = 0.5  # price of changing sides, in label areas: a label that jumps is worse than one that touches
_LABEL, _OBJECT, _OWN = 4.0, 0.35, 50.0  # price of covering another label, another object, its own object
# Middle of the label relative to the object's middle, in halves of (object + label): above, below, right,
# left, then above and below but shifted along the object's side.
_SIDES = np.array(
    [(0, -1), (0, 1), (1, 0), (-1, 0), (0.8, -1), (-0.8, -1), (0.8, 1), (-0.8, 1)],
    np.float64,
)
_RANK = 0.03  # price of each place down that list


@compiled("float64(float64[:], float32[:])")
def _shared(a: NDArray[np.float64], b: Floats) -> float:
    """Area that two boxes xyxy share."""
    width = min(a[2], b[2]) - max(a[0], b[0])
    height = min(a[3], b[3]) - max(a[1], b[1])
    return float(max(width, 0.0) * max(height, 0.0))


@compiled("void(float32[:], int64[:], int64, int64[:], float64[:])")
def _spot(box: Floats, size: Ints, side: int, picture: Ints, out: NDArray[np.float64]) -> None:
    """The place of a label on one side: even corners, pushed inside the picture; written to ``out`` xyxy."""
    for axis in range(2):
        middle = (box[axis] + box[axis + 2]) / 2
        reach = (box[axis + 2] - box[axis] + size[axis]) / 2 + _GAP
        low = np.rint((middle + _SIDES[side, axis] * reach - size[axis] / 2) / 2) * 2
        most = max((picture[axis] - size[axis]) // 2 * 2, 0)
        out[axis] = min(max(low, 0.0), most)
        out[axis + 2] = out[axis] + size[axis]


@compiled("void(float32[:, :], int64[:, :], int64[:], int64[:], float32[:, :], int32[:, :])")
def _place(
    objects: Floats, sizes: Ints, sides: Ints, picture: Ints, used: Floats, spots: NDArray[np.int32]
) -> None:
    taken = len(used) - len(objects)
    spot = np.zeros(4)
    for i in range(len(objects)):
        area = max(sizes[i, 0] * sizes[i, 1], 1)
        best, least = 0, np.inf
        for side in range(len(_SIDES)):
            _spot(objects[i], sizes[i], side, picture, spot)
            price = (_OWN - _OBJECT) * _shared(spot, objects[i])
            for j in range(len(objects)):
                price += _OBJECT * _shared(spot, objects[j])
            for j in range(taken + i):
                price += _LABEL * _shared(spot, used[j])
            price = price / area + _RANK * side
            if sides[i] >= 0 and side != sides[i]:
                price += _CHANGE
            if price < least:
                best, least = side, price
        _spot(objects[i], sizes[i], best, picture, spot)
        sides[i] = best
        for axis in range(4):
            used[taken + i, axis] = spot[axis]
            spots[i, axis] = np.int32(spot[axis])


def place(
    objects: Floats, sizes: Ints, last: Ints, picture: tuple[int, int], taken: Floats
) -> tuple[NDArray[np.int32], Ints]:
    """Choose a place for every label, greedily in the order given (put the nearest object first).

    ``objects`` float32 ``(n, 4)`` xyxy boxes, ``sizes`` int64 ``(n, 2)`` width and height of their labels,
    ``last`` int64 ``(n,)`` the side each label had before (-1 = new), ``picture`` (width, height), ``taken``
    float32 ``(m, 4)`` places that are used already. Returns int32 ``(n, 4)`` label boxes with even corners,
    wholly inside the picture (if they fit it at all), and the sides chosen, int64 ``(n,)``.
    """
    spots, sides = np.zeros((len(objects), 4), np.int32), last.copy()
    used = np.concatenate([taken, np.zeros_like(objects)])
    _place(objects, sizes, sides, np.array(picture, np.int64), used, spots)
    return spots, sides
