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
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from synopticon.search.tables import numbered

Mask = NDArray[np.bool_]
Ids = NDArray[np.int64]


def grouped(*columns: NDArray[np.generic]) -> Ids:
    """One number for each combination of columns, int64 ``(n,)`` from 0."""
    return numbered(columns)


def enough(base: Ids, k: int) -> Mask:
    """Which tracks are in a base cell of at least k."""
    return np.bincount(base)[base] >= k if len(base) else np.zeros(0, np.bool_)


def shared(base: Ids, answer: Ids, k: int) -> Mask:
    """Which tracks give an answer that may be shown; of a base cell under k none does."""
    if not len(base):
        return np.zeros(0, np.bool_)
    group = grouped(base, answer)
    sizes, total = np.bincount(group), np.bincount(base)
    cell = np.zeros(len(sizes), np.int64)
    cell[group] = base
    shown = (sizes >= k) & (total[cell] >= k)
    left_out = total - np.bincount(cell, np.where(shown, sizes, 0), len(total)).astype(np.int64)
    for bare in np.flatnonzero((left_out > 0) & (left_out < k)):
        here = np.flatnonzero((cell == bare) & shown)
        if len(here):
            shown[here[np.argmin(sizes[here])]] = False
    return np.asarray(shown[group])


def signatures(n: int, row: NDArray[np.intp], parts: Sequence[NDArray[np.generic]]) -> Ids:
    """One number for each different list of what happened to a track, int64 ``(n,)``.

    ``row``: whose event it is, ``parts``: what it was; events in the order that counts.
    """
    order = np.argsort(row, kind="stable")
    events = np.stack([np.asarray(p, np.int64)[order] for p in parts], axis=1)
    ends = np.searchsorted(row[order], np.arange(n + 1))
    known: dict[bytes, int] = {}
    said = [events[a:b].tobytes() for a, b in pairwise(ends)]
    return np.array([known.setdefault(text, len(known)) for text in said], np.int64)
