"""Where only groups may be counted: tracks that too few others are like are left out, of everything.

The rule, for a smallest group of k tracks and bins of time fixed on the clock:

1. A *base cell* is a camera, a bin (of a track's start, over when it is counted) and a class. Tracks of a
   base cell with fewer than k tracks are left out of every table, total and map. An empty base cell and one
   with k - 1 tracks look the same.
2. A *question* divides the tracks of a base cell by their answer: the zones and lines they passed, how long
   they stayed, how fast they went. Answers that fewer than k of a base cell share are left out; and where
   fewer than k are left out of a base cell in all, the smallest answer that is left goes too, so that the
   size of the cell less what is shown is nobody or at least k.
3. Every table is a sum over what is left, so every difference of tables of one question is a sum of groups of
   at least k.

So tables do not change at all when a track comes into, or goes from, a base cell that has fewer than k with
it. It is no differential privacy: a cell of k or more tells its true number, one track may bring a cell to
k, and areas that are drawn anew, or recordings that come later, are another question (see
docs/statistics.md).
"""

from collections.abc import Sequence
from hashlib import blake2b
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from synopticon.search.tables import numbered

Mask = NDArray[np.bool_]
Ids = NDArray[np.int64]


def grouped(*columns: NDArray[np.generic]) -> Ids:
    """One number for each combination of columns, int64 ``(n,)`` from 0."""
    return numbered(columns)


def shared(base: Ids, answer: Ids, k: int) -> Mask:
    """Which tracks give an answer that may be shown; of a base cell under k none does."""
    if not len(base):
        return np.zeros(0, np.bool_)
    group = grouped(base, answer)
    sizes = np.bincount(group)
    cell = np.zeros(len(sizes), np.int64)
    cell[group] = base
    return np.asarray(shown(cell, sizes, k)[group])


def shown(cell: Ids, sizes: Ids, k: int) -> Mask:
    """Which answers may be shown: of each its base cell (numbers from 0), and how many tracks gave it."""
    total = np.bincount(cell, sizes).astype(np.int64)
    found = (sizes >= k) & (total[cell] >= k)
    left_out = total - np.bincount(cell, np.where(found, sizes, 0), len(total)).astype(np.int64)
    order = np.argsort(cell, kind="stable")
    edges = np.searchsorted(cell[order], np.arange(len(total) + 1))
    for bare in np.flatnonzero((left_out > 0) & (left_out < k)).tolist():
        mine = order[edges[bare] : edges[bare + 1]]
        here = mine[found[mine]]
        if len(here):
            found[here[np.argmin(sizes[here])]] = False
    return np.asarray(found, np.bool_)


def signatures(n: int, row: NDArray[np.intp], parts: Sequence[NDArray[np.generic]]) -> Ids:
    """One number for each different list of what happened to a track, int64 ``(n,)``: 0 for nothing.

    ``row``: whose event it is, ``parts``: what it was; events in the order that counts. The number is a
    digest (BLAKE2b), so that it depends on nobody else's way.
    """
    order = np.argsort(row, kind="stable")
    events = np.stack([np.asarray(p, np.int64)[order] for p in parts], axis=1)
    found = np.zeros(n, np.int64)
    some, first = np.unique(row[order], return_index=True)
    edges = [*first.tolist(), len(row)]
    for k, (a, b) in zip(some.tolist(), pairwise(edges), strict=True):
        found[k] = int.from_bytes(blake2b(events[a:b].tobytes(), digest_size=8).digest(), signed=True)
    return found
