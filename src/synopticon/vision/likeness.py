"""What an object looks like: where two touch, a pixel rather belongs to the one that has its colour."""

import numpy as np
from numpy.typing import NDArray

from synopticon.compiled import compiled
from synopticon.values.detection import Boxes
from synopticon.values.frame import Plane
from synopticon.vision.loops import Floats
from synopticon.vision.matte import Crop

LUMA, COLOUR = 16, 8  # bins; those of colour are 6 levels wide, about grey
STRENGTH = 90  # the most that looking alike adds to a claim; half of it where nothing is known yet
KNOWN = 400.0  # blocks of 2 x 2 pixels that must have been seen before it counts fully
MOST = 6000.0  # what was seen before counts half each time that there is more


class Look:
    """Colours of the upper and of the lower half of an object, learnt while it is alone."""

    def __init__(self) -> None:
        self._seen: Floats = np.zeros((2, LUMA * COLOUR * COLOUR), np.float32)
        self._table: Floats | None = None

    def learn(self, seen: Crop, mask: Plane, middle: int) -> None:
        """Add the pixels of ``seen`` inside ``mask`` ``(h, w)``; from row ``middle`` on the lower half."""
        _learn(self._seen, (seen.y, seen.u, seen.v), mask, middle)
        self._table = None

    def likeness(self, seen: Crop, middle: int, step: int) -> NDArray[np.int16]:
        """How much each ``step``-th pixel (1 or 2) looks like the object, int16, 0..``STRENGTH``."""
        if self._table is None:
            self._seen[self._seen.sum(axis=1) > MOST] *= 0.5
            self._table = _weighed(self._seen)
        alike: NDArray[np.int16] = _likeness(self._table, (seen.y, seen.u, seen.v), middle, step)
        return alike


def _weighed(seen: Floats) -> Floats:
    """From how often each colour was seen to what it adds to a claim."""
    total = seen.sum(axis=1, keepdims=True)
    like = np.clip((np.log2((seen + 0.2) / (total + 0.2)) + 10) * (STRENGTH / 8), 0, STRENGTH)
    sure = np.minimum(total / KNOWN, 1)
    return np.asarray(sure * like + (1 - sure) * (STRENGTH / 2), np.float32)


def middle_row(box: Boxes, rect: NDArray[np.int32]) -> int:
    """The row of ``rect`` in which the middle of ``box`` lies."""
    return int((box[1] + box[3]) / 2 - rect[1])


@compiled()
def _bin(y: int, u: int, v: int) -> int:
    first = min(max((u - 104) // 6, 0), 7)
    second = min(max((v - 104) // 6, 0), 7)
    return ((y >> 4) * 8 + first) * 8 + second


@compiled()
def _learn(table: Floats, seen: tuple[Plane, Plane, Plane], mask: Plane, middle: int) -> None:
    y, u, v = seen
    for i in range(u.shape[0]):
        half = 1 if 2 * i >= middle else 0
        for j in range(u.shape[1]):
            if mask[2 * i, 2 * j] and mask[2 * i + 1, 2 * j + 1]:
                table[half, _bin(np.int64(y[2 * i, 2 * j]), np.int64(u[i, j]), np.int64(v[i, j]))] += 1


@compiled()
def _likeness(table: Floats, seen: tuple[Plane, Plane, Plane], middle: int, step: int) -> NDArray[np.int16]:
    """The mean of ``table`` over 3 x 3 blocks of 2 x 2 pixels, so that noise decides nothing."""
    y, u, v = seen
    rows, columns = u.shape
    raw = np.empty((rows, columns), np.float32)
    for i in range(rows):
        half = 1 if 2 * i >= middle else 0
        for j in range(columns):
            raw[i, j] = table[half, _bin(np.int64(y[2 * i, 2 * j]), np.int64(u[i, j]), np.int64(v[i, j]))]
    out = np.empty((rows * 2 // step, columns * 2 // step), np.int16)
    for i in range(rows):
        for j in range(columns):
            total, count = np.float32(0), 0
            for a in range(max(i - 1, 0), min(i + 2, rows)):
                for b in range(max(j - 1, 0), min(j + 2, columns)):
                    total += raw[a, b]
                    count += 1
            mean = np.int16(total / count)
            for a in range(i * 2 // step, (i + 1) * 2 // step):
                for b in range(j * 2 // step, (j + 1) * 2 // step):
                    out[a, b] = mean
    return out
