"""Which tubes move together, and the rigid units that come of it.

Tubes that walk together, touch or hide each other in the source keep their relative timing, so that their
overlaps stay true (Pritch, Rav-Acha, Peleg, TPAMI 30(11), 2008, and the grouping of later methods).
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from synopticon.compiled import compiled
from synopticon.values.plan import TubeSet

NEAR_SHARE = 0.6  # share of their common time that two tubes must touch ...
WALK_SHARE = 0.85  # ... or be near each other
NEAR_GAP = 0.8  # near: the gap between the boxes is at most this share of their mean side
COMMON_SHARE = 0.3  # the common time must be this share of the shorter tube
LONGEST_CHAIN = 2.0  # a group spans at most this many times its longest tube


class Units(NamedTuple):
    """Rigid units, m of them, over n tubes.

    Unit u owns ``members[offsets[u]:offsets[u+1]]`` (tube indices, in source order), each ``shifts`` frames
    after the unit's start; ``starts`` is its first source frame, ``lengths`` its span in frames, ``frames``
    the sum of its tubes' lengths. All int64.
    """

    offsets: NDArray[np.int64]
    members: NDArray[np.int64]
    shifts: NDArray[np.int64]
    starts: NDArray[np.int64]
    lengths: NDArray[np.int64]
    frames: NDArray[np.int64]


def infer_groups(tubes: TubeSet) -> NDArray[np.int32]:
    """A group number for each tube, int32 ``(n,)``, from who is near whom in the source.

    Two tubes belong together when their boxes are near for at
    least 85 % of their common time, or touch for at least 60 % of it; chains are cut at
    their weakest link where they would span more than twice their longest tube.
    """
    order = np.argsort(tubes.starts, kind="stable").astype(np.int64)
    boxes = np.array(tubes.boxes, np.float32, order="C")
    offsets, starts = np.array(tubes.offsets, np.int64), np.array(tubes.starts, np.int64)
    first, second, strength = _links(order, boxes, offsets, starts, NEAR_GAP)
    strongest = np.lexsort((second, first, -strength))
    groups: NDArray[np.int32] = _chain(
        first[strongest], second[strongest], starts, np.diff(offsets), LONGEST_CHAIN
    )
    return groups


def make_units(tubes: TubeSet, groups: NDArray[np.int32], longest: int) -> Units:
    """Rigid units of the tubes, in source order.

    A negative group stands alone. A group that spans more than ``longest`` frames is cut where it has to be.
    """
    starts, lengths = tubes.starts, tubes.lengths
    alone = groups < 0
    key = np.where(alone, groups.max(initial=0) + 1 + np.arange(len(groups)), groups)
    order = np.lexsort((starts, key))
    cut = _cuts(key[order], starts[order], (starts + lengths)[order], longest)
    return _build(order, cut, starts, lengths)


def take_units(units: Units, part: NDArray[np.int64]) -> Units:
    """Some of the units, by consecutive index."""
    members = slice(int(units.offsets[part[0]]), int(units.offsets[part[-1] + 1]))
    offsets = units.offsets[part[0] : part[-1] + 2] - units.offsets[part[0]]
    return Units(
        np.ascontiguousarray(offsets),
        units.members[members].copy(),
        units.shifts[members].copy(),
        units.starts[part],
        units.lengths[part],
        units.frames[part],
    )


def merge_units(units: Units, tubes: TubeSet) -> Units:
    """Units whose tubes' starts interleave become one, so that whole units can be shown in strict order."""
    last = units.starts + np.maximum.reduceat(units.shifts, units.offsets[:-1])
    open_until = np.maximum.accumulate(last)
    fresh = np.concatenate([[True], units.starts[1:] > open_until[:-1]])
    number = np.repeat(np.cumsum(fresh), np.diff(units.offsets))
    order = units.members[np.lexsort((tubes.starts[units.members], number))]
    number = np.sort(number)
    cut = np.concatenate([[True], number[1:] != number[:-1]])
    return _build(order, cut, tubes.starts, tubes.lengths)


def _build(
    order: NDArray[np.int64], cut: NDArray[np.bool_], starts: NDArray[np.int64], lengths: NDArray[np.int64]
) -> Units:
    """Units from tube indices and the places where a new unit begins, sorted by source start."""
    first = np.flatnonzero(cut)
    number = np.cumsum(cut) - 1
    begin = np.minimum.reduceat(starts[order], first) if len(first) else np.zeros(0, np.int64)
    place = np.argsort(begin, kind="stable")
    rank = np.argsort(place, kind="stable")
    resort = np.lexsort((starts[order], rank[number]))
    members, number = order[resort], rank[number][resort]
    offsets = np.searchsorted(number, np.arange(len(first) + 1)).astype(np.int64)
    begin = begin[place].astype(np.int64)
    shifts = starts[members] - begin[number]
    if not len(first):
        empty = np.zeros(0, np.int64)
        return Units(np.zeros(1, np.int64), empty, empty, empty, empty, empty)
    span = np.maximum.reduceat(shifts + lengths[members], offsets[:-1])
    frames = np.add.reduceat(lengths[members], offsets[:-1])
    return Units(offsets, members.astype(np.int64), shifts.astype(np.int64), begin, span, frames)


@compiled()
def _gap(boxes, a, b):  # type: ignore[no-untyped-def]
    """Gap between two boxes in shares of their mean side; 0 when they touch."""
    across = max(boxes[a, 0], boxes[b, 0]) - min(boxes[a, 2], boxes[b, 2])
    along = max(boxes[a, 1], boxes[b, 1]) - min(boxes[a, 3], boxes[b, 3])
    side = (boxes[a, 2] - boxes[a, 0] + boxes[a, 3] - boxes[a, 1]) / 4
    side += (boxes[b, 2] - boxes[b, 0] + boxes[b, 3] - boxes[b, 1]) / 4
    return max(across, along, 0.0) / max(side, 1e-3)


@compiled()
def _links(order, boxes, offsets, starts, widest):  # type: ignore[no-untyped-def]
    """Pairs of tubes that are near each other long enough, and for how many frames."""
    found = [(np.int64(0), np.int64(0), np.int64(0))]
    active = np.empty(len(order), np.int64)
    count = 0
    for j in order:
        kept = 0
        for k in range(count):
            i = active[k]
            end = starts[i] + offsets[i + 1] - offsets[i]
            if end <= starts[j]:
                continue
            active[kept] = i
            kept += 1
            stop = min(end, starts[j] + offsets[j + 1] - offsets[j])
            together = stop - starts[j]
            if together < COMMON_SHARE * min(offsets[i + 1] - offsets[i], offsets[j + 1] - offsets[j]):
                continue
            near, touch = 0, 0
            for t in range(starts[j], stop):
                gap = _gap(boxes, offsets[i] + t - starts[i], offsets[j] + t - starts[j])
                near += gap <= widest
                touch += gap <= 0
            if near >= WALK_SHARE * together or touch >= NEAR_SHARE * together:
                found.append((np.int64(i), np.int64(j), np.int64(near)))
        active[kept] = j
        count = kept + 1
    links = np.empty((3, len(found) - 1), np.int64)
    for k in range(1, len(found)):
        links[0, k - 1], links[1, k - 1], links[2, k - 1] = found[k]
    return links[0], links[1], links[2]


@compiled()
def _root(parent, i):  # type: ignore[no-untyped-def]
    while parent[i] != i:
        parent[i] = parent[parent[i]]
        i = parent[i]
    return i


@compiled()
def _chain(first, second, starts, lengths, longest):  # type: ignore[no-untyped-def]
    """Join pairs, strongest first, while the group's span stays below ``longest`` times its longest tube."""
    n = len(starts)
    parent, begin, end, tube = np.arange(n), starts.copy(), starts + lengths, lengths.copy()
    for k in range(len(first)):
        a, b = _root(parent, first[k]), _root(parent, second[k])
        if a == b:
            continue
        lo, hi, long = min(begin[a], begin[b]), max(end[a], end[b]), max(tube[a], tube[b])
        if hi - lo <= longest * long:
            parent[b] = a
            begin[a], end[a], tube[a] = lo, hi, long
    groups = np.empty(n, np.int32)
    for i in range(n):
        groups[i] = _root(parent, i)
    return groups


@compiled()
def _cuts(key, starts, ends, longest):  # type: ignore[no-untyped-def]
    """Where a new unit begins among tubes sorted by group and start."""
    cut = np.ones(len(key), np.bool_)
    begin = np.int64(0)
    for i in range(len(key)):
        if i and key[i] == key[i - 1] and ends[i] - begin <= longest:
            cut[i] = False
        else:
            begin = starts[i]
    return cut
