"""The median over chosen pictures, block by block: the one hot loop of pass 0."""

import numpy as np
from numpy.typing import NDArray

from synopticon.compiled import compiled
from synopticon.values.frame import Plane

MOST = 25  # pictures that a median looks at; more change nothing that can be seen


def block_median(stack: Plane, members: NDArray[np.bool_], block: int) -> Plane:
    """Per-pixel median of ``stack`` uint8 ``(k, h, w)`` over the pictures chosen for each block of pixels.

    ``members`` bool ``(k, rows, columns)``, at least one true in each block; at most ``MOST`` of them, evenly
    spread, are looked at.
    """
    out = np.empty(stack.shape[1:], np.uint8)
    _block_median(np.ascontiguousarray(stack), np.ascontiguousarray(members), block, out)
    return out


def median(stack: Plane) -> Plane:
    """Per-pixel median of ``stack`` uint8 ``(k, h, w)`` over all (at most ``MOST``) pictures."""
    return block_median(stack, np.ones((len(stack), 1, 1), np.bool_), max(stack.shape[1:]))


@compiled("void(uint8[:,:,::1], boolean[:,:,::1], int64, uint8[:,::1])")
def _block_median(stack, members, block, out):  # type: ignore[no-untyped-def]
    count, height, width = stack.shape
    chosen = np.empty(count, np.int64)
    values = np.empty(MOST, np.uint8)
    for row in range(members.shape[1]):
        for column in range(members.shape[2]):
            found = 0
            for k in range(count):
                if members[k, row, column]:
                    chosen[found] = k
                    found += 1
            used = min(found, MOST)
            for y in range(row * block, min((row + 1) * block, height)):
                for x in range(column * block, min((column + 1) * block, width)):
                    for i in range(used):  # insertion sort: the values are few and mostly alike
                        value = stack[chosen[i * found // used], y, x]
                        j = i
                        while j > 0 and values[j - 1] > value:
                            values[j] = values[j - 1]
                            j -= 1
                        values[j] = value
                    out[y, x] = values[used // 2]
