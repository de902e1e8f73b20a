"""Synopsis measures: how long, how crowded, how much newly overlaps, how far out of order.

Formulas and names as in the literature (Pritch, Rav-Acha, Peleg, TPAMI 30(11), 2008; He et al., 2017; Nie
et al., TIP 2019); ``docs/arrange.md`` prints each. All shown tubes count; a tube that is left out counts
nowhere but in ``completeness``.
"""

import numpy as np
from numpy.typing import NDArray

from synopticon.compiled import compiled
from synopticon.values.plan import TubeSet

KEPT = 2  # frames by which the timing of a pair may differ and still count as kept
LOCAL_SECONDS = 600  # pairs nearer than this in the source count for CDRloc
CELL = 4  # pixels, for the covered share of the picture


def measure_plan(tubes: TubeSet, starts: NDArray[np.int64]) -> dict[str, float | None]:
    """All measures of a plan; ``starts`` int64 ``(n,)`` synopsis frames, -1 (or less) = left out.

    Keys: ``L, FR, xcond, CR, ORv, OA, OAnew, CA, badT, CDR, CDRloc, GRP, occ_mean, occ_p95, occ_max,
    worst_pair, completeness``. ``None`` where a measure has no pairs to look at.
    """
    shown = np.flatnonzero(starts >= 0)
    if not len(shown):
        return {"L": 0.0, "completeness": 0.0 if len(tubes) else None}
    begin = starts[shown].astype(np.int64) - int(starts[shown].min())
    source, length = tubes.starts[shown].astype(np.int64), tubes.lengths[shown].astype(np.int64)
    first = tubes.offsets[shown].astype(np.int64)
    boxes = np.array(tubes.boxes, np.float64, order="C")
    frames = int((begin + length).max())
    order = np.argsort(begin, kind="stable")
    covered, twice, present = _cover(order, first, length, begin, boxes, frames, _cells(tubes))
    overlap, new, bad, worst = _overlaps(order, first, length, begin, source, boxes)
    areas = (boxes[:, 2] - boxes[:, 0]) * (boxes[:, 3] - boxes[:, 1])
    area = float(sum(areas[a : a + n].sum() for a, n in zip(first, length, strict=True)))
    wrong, pairs = _local_disorder(
        np.argsort(source, kind="stable"), source, begin, int(LOCAL_SECONDS * tubes.fps)
    )
    grid = _cells(tubes)
    return {
        "L": float(frames),
        "FR": frames / tubes.length,
        "xcond": tubes.length / frames,
        "CR": covered / (grid[0] * grid[1] * frames),
        "ORv": twice / max(covered, 1),
        "OA": overlap / area,
        "OAnew": new / area,
        "CA": 100 * new / frames / (tubes.width * tubes.height),
        "badT": bad / len(shown),
        "CDR": _disorder(source, begin),
        "CDRloc": wrong / max(pairs, 1),
        "GRP": _kept_groups(tubes.groups[shown], source, begin),
        "occ_mean": float(present.mean()),
        "occ_p95": float(np.percentile(present, 95)),
        "occ_max": float(present.max()),
        "worst_pair": worst,
        "completeness": len(shown) / len(tubes),
    }


def _cells(tubes: TubeSet) -> tuple[int, int]:
    """Rows and columns of the grid on which covered pixels are counted."""
    return (tubes.height + CELL - 1) // CELL, (tubes.width + CELL - 1) // CELL


def _kept_groups(
    groups: NDArray[np.int32], source: NDArray[np.int64], begin: NDArray[np.int64]
) -> float | None:
    """Share of neighbouring tubes of a group whose relative timing is kept."""
    order = np.argsort(groups, kind="stable")
    same = (np.diff(groups[order]) == 0) & (groups[order][1:] >= 0)
    if not same.any():
        return None
    moved = np.diff(begin[order]) - np.diff(source[order])
    return float((np.abs(moved[same]) <= KEPT).mean())


def _disorder(source: NDArray[np.int64], begin: NDArray[np.int64]) -> float:
    """Pairs shown in reverse of their source order, over all pairs; equal starts are never reversed."""
    n = len(source)
    ranked = begin[np.lexsort((begin, source))]
    return float(
        _inversions(np.unique(ranked, return_inverse=True)[1].astype(np.int64)) / max(n * (n - 1) / 2, 1)
    )


@compiled()
def _inversions(rank):  # type: ignore[no-untyped-def]
    """Pairs a < b with rank[a] > rank[b], by a Fenwick tree: O(n log n)."""
    n = len(rank)
    tree = np.zeros(n + 1, np.int64)
    count = 0
    for seen in range(n):
        at, below = rank[seen] + 1, 0
        while at > 0:
            below += tree[at]
            at -= at & -at
        count += seen - below
        at = rank[seen] + 1
        while at <= n:
            tree[at] += 1
            at += at & -at
    return count


@compiled()
def _local_disorder(order, source, begin, window):  # type: ignore[no-untyped-def]
    """Reversed pairs, and all pairs, of those whose source starts differ by at most ``window`` frames."""
    wrong, pairs = 0, 0
    for a in range(len(order)):
        i = order[a]
        for b in range(a + 1, len(order)):
            j = order[b]
            if source[j] - source[i] > window:
                break
            pairs += source[j] > source[i]
            wrong += source[j] > source[i] and begin[j] < begin[i]
    return wrong, pairs


@compiled()
def _paint(grid, box, sign):  # type: ignore[no-untyped-def]
    """Count a box into the cells it touches; returns how many became covered once, and twice."""
    once, twice = 0, 0
    rows, columns = grid.shape
    top, left = max(int(box[1] // 4), 0), max(int(box[0] // 4), 0)
    bottom, right = min(int(np.ceil(box[3] / 4)), rows), min(int(np.ceil(box[2] / 4)), columns)
    for y in range(top, bottom):
        for x in range(left, right):
            if sign == 0:
                grid[y, x] = 0
                continue
            grid[y, x] += 1
            once += grid[y, x] == 1
            twice += grid[y, x] == 2
    return once, twice


@compiled()
def _cover(order, first, length, begin, boxes, frames, cells):  # type: ignore[no-untyped-def]
    """Cells covered by at least one, and by at least two boxes, summed over frames; and objects per frame."""
    grid = np.zeros(cells, np.int32)
    present = np.zeros(frames, np.int64)
    active = np.empty(len(order), np.int64)
    count, coming, once, twice = 0, 0, 0, 0
    for t in range(frames):
        while coming < len(order) and begin[order[coming]] <= t:
            active[count] = order[coming]
            count += 1
            coming += 1
        kept = 0
        for k in range(count):
            if begin[active[k]] + length[active[k]] > t:
                active[kept] = active[k]
                kept += 1
        count = kept
        present[t] = count
        for k in range(count):
            more = _paint(grid, boxes[first[active[k]] + t - begin[active[k]]], 1)
            once += more[0]
            twice += more[1]
        for k in range(count):
            _paint(grid, boxes[first[active[k]] + t - begin[active[k]]], 0)
    return once, twice, present


@compiled()
def _pair(boxes, a, b, frames, new):  # type: ignore[no-untyped-def]
    """Overlap of two tubes over their common frames, from rows a and b on; and frames that hide > 10 %."""
    total, hidden = 0.0, 0
    for k in range(frames):
        p, q = boxes[a + k], boxes[b + k]
        w = min(p[2], q[2]) - max(p[0], q[0])
        h = min(p[3], q[3]) - max(p[1], q[1])
        if w > 0 and h > 0:
            total += w * h
            if new:
                smaller = min((p[2] - p[0]) * (p[3] - p[1]), (q[2] - q[0]) * (q[3] - q[1]))
                hidden += w * h > 0.1 * smaller
    return total, hidden


@compiled()
def _area(boxes, first, length):  # type: ignore[no-untyped-def]
    total = 0.0
    for k in range(first, first + length):
        total += (boxes[k, 2] - boxes[k, 0]) * (boxes[k, 3] - boxes[k, 1])
    return total


@compiled()
def _overlaps(order, first, length, begin, source, boxes):  # type: ignore[no-untyped-def]
    """All overlap, new overlap (pixels times frames), bad tubes, and the worst pair's share.

    A pair's overlap is new unless its timing is kept and both were visible together in the source.
    """
    everything, new, worst = 0.0, 0.0, 0.0
    bad = np.zeros(len(order), np.bool_)
    active = np.empty(len(order), np.int64)
    count = 0
    for j in order:
        kept = 0
        for k in range(count):
            i = active[k]
            if begin[i] + length[i] <= begin[j]:
                continue
            active[kept] = i
            kept += 1
            stop = min(begin[i] + length[i], begin[j] + length[j])
            moved = abs((begin[j] - begin[i]) - (source[j] - source[i]))
            true = moved <= 2 and source[i] < source[j] + length[j] and source[j] < source[i] + length[i]
            total, hidden = _pair(boxes, first[i] + begin[j] - begin[i], first[j], stop - begin[j], not true)
            everything += total
            if true or total == 0:
                continue
            new += total
            smaller = min(_area(boxes, first[i], length[i]), _area(boxes, first[j], length[j]))
            worst = max(worst, total / max(smaller, 1e-9))
            if hidden >= 5:
                bad[i] = bad[j] = True
        active[kept] = j
        count = kept + 1
    return everything, new, bad.sum(), worst
