"""The collision profiles of all neighbouring units of a block, kept as 16-bit numbers in one pool."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from synopticon.compiled import compiled
from synopticon.synopsis.groups import Units
from synopticon.synopsis.profile import Shapes, unit_profile

STEPS = 65535  # the largest stored number


class Pairs(NamedTuple):
    """Rows of neighbours for the units of a block.

    Row r owns entries ``rows[r]:rows[r+1]``. Entry k says: the row's unit, started e frames after unit ``other[k]``
    (a position in the block), newly overlaps it by ``pool[where[k] + e - low[k]] * scale`` pixels times frames, for
    ``low[k] <= e < low[k] + count[k]``, rounded up; outside of that by nothing.
    """

    rows: NDArray[np.int64]
    other: NDArray[np.int64]
    where: NDArray[np.int64]
    low: NDArray[np.int64]
    count: NDArray[np.int64]
    pool: NDArray[np.uint16]
    scale: float


def make_pairs(
    shapes: Shapes,
    units: Units,
    block: NDArray[np.int64],
    places: NDArray[np.int64],
    reach: int,
    scale: float,
) -> Pairs:
    """Profiles of all pairs of the block whose ``places`` are less than ``reach`` frames plus a length apart.

    ``block`` int64 ``(r,)`` unit indices in order of ``places`` int64 ``(r,)``, their preferred starts.
    """
    capacity = max(1 << 16, 48 * len(block) * len(block))
    pool = np.empty(min(capacity, 1 << 24), np.uint16)
    lists = np.empty((4, 1 << 12), np.int64)
    row, used, found = 0, 0, 0
    widest = int(units.lengths[block].max(initial=1)) * 2 + 32
    work = np.empty((2, widest), np.float32)
    while True:
        row, used, found = _scan_pairs(
            shapes, units, block, places, reach, scale, (row, used, found), pool, lists, work
        )
        if row == len(block):
            break
        pool = np.concatenate([pool, np.empty(max(len(pool), widest * len(block)), np.uint16)])
        lists = np.concatenate([lists, np.empty((4, max(lists.shape[1], 2 * len(block))), np.int64)], axis=1)
    return Pairs(*_mirror(len(block), pool[:used], lists[:, :found]), scale)


@compiled()
def _scan_pairs(shapes, units, block, places, reach, scale, at, pool, lists, work):  # type: ignore[no-untyped-def]
    """Profiles of rows from ``at`` on; stops before a row that might not fit the pool or the lists."""
    row, used, found = at
    n = len(block)
    out, scratch = work[0], work[1]
    while row < n:
        u = block[row]
        need, pairs = np.int64(0), 0
        for other in range(row + 1, n):
            v = block[other]
            if places[other] - places[row] >= reach + units.lengths[u]:
                break
            need += units.lengths[u] + units.lengths[v]
            pairs += 1
        if used + need > len(pool) or found + pairs > lists.shape[1]:
            return row, used, found
        for other in range(row + 1, row + 1 + pairs):
            v = block[other]
            lo, hi = unit_profile(shapes, units, u, v, out, scratch)
            if lo < hi:
                for s in range(lo, hi):
                    pool[used + s - lo] = min(np.ceil(out[s] / scale), 65535.0)
                lists[0, found], lists[1, found] = row, other
                lists[2, found], lists[3, found] = lo - units.lengths[u] - 15, hi - lo
                used += hi - lo
                found += 1
        row += 1
    return row, used, found


@compiled()
def _mirror(n, pool, lists):  # type: ignore[no-untyped-def]
    """Both directions of each pair, row after row."""
    rows = np.zeros(n + 1, np.int64)
    found = lists.shape[1]
    for k in range(found):
        rows[lists[0, k] + 1] += 1
        rows[lists[1, k] + 1] += 1
    for r in range(n):
        rows[r + 1] += rows[r]
    fill = rows[:-1].copy()
    other, where = np.empty(2 * found, np.int64), np.empty(2 * found, np.int64)
    low, count = np.empty(2 * found, np.int64), np.empty(2 * found, np.int64)
    source = np.empty(2 * found, np.int64)
    begin = np.int64(0)
    for k in range(found):
        a, b, lo, size = lists[0, k], lists[1, k], lists[2, k], lists[3, k]
        i, j = fill[a], fill[b]
        fill[a] += 1
        fill[b] += 1
        other[i], low[i], count[i], source[i] = b, lo, size, begin
        other[j], low[j], count[j], source[j] = a, 1 - lo - size, size, -1 - begin
        begin += size
    both = np.empty(2 * len(pool), np.uint16)
    at = np.int64(0)
    for k in range(2 * found):
        where[k] = at
        if source[k] >= 0:
            for s in range(count[k]):
                both[at + s] = pool[source[k] + s]
        else:
            last = -1 - source[k] + count[k] - 1
            for s in range(count[k]):
                both[at + s] = pool[last - s]
        at += count[k]
    return rows, other, where, low, count, both
