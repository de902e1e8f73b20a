"""Collision profiles: the exact new overlap of two units for every time shift at once.

The time shift of a tube is one degree of freedom. For units u and v shown with ``e = start(u) - start(v)``,
the profile holds the sum over frames of the area in which their boxes overlap, for every e. Boxes of tube
pairs that keep their source timing (within 2 frames) while both were visible there are the truth and count
as 0.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from synopticon.compiled import compiled
from synopticon.synopsis.groups import Units
from synopticon.values.plan import TubeSet

# Frames whose boxes share one hull: of the first tube of a pair, and of the second. The kernels spell them
# out; loops of 16 are what the compiler turns into vector code.
SHORT, LONG = 8, 16
MARGIN = 16  # room on both sides of a profile for whole chunks


class Shapes(NamedTuple):
    """Boxes laid out for the profile kernels, in chunks of 16 frames and halves of 8.

    Tube i owns chunks ``chunk[i]:chunk[i+1]``; chunk c owns boxes ``16c:16c+16`` of the float32 ``(16n,)``
    arrays ``x1, y1, x2, y2`` (the last chunk of a tube is filled up with boxes that touch nothing), the
    hull ``long[c]``, and the hulls ``short[2c:2c+2]`` of its halves, float32 ``(n, 4)`` and ``(2n, 4)``.
    ``around`` float32 ``(tubes, 4)`` is each tube's hull; ``length`` and ``source`` are its frames and its
    first source frame.
    """

    chunk: NDArray[np.int64]
    length: NDArray[np.int64]
    source: NDArray[np.int64]
    x1: NDArray[np.float32]
    y1: NDArray[np.float32]
    x2: NDArray[np.float32]
    y2: NDArray[np.float32]
    short: NDArray[np.float32]
    long: NDArray[np.float32]
    around: NDArray[np.float32]


class Pairs(NamedTuple):
    """The profiles between the r units of a block, in rows of neighbours.

    Row r owns entries ``rows[r]:rows[r+1]``. Entry k says: the row's unit, started e frames after unit
    ``other[k]`` (a row too), newly overlaps it by ``pool[where[k] + e - low[k]]`` steps of ``scale`` pixels
    times frames, rounded up, for ``low[k] <= e < low[k] + size[k]``; outside of that by nothing.
    ``mirror[k]`` is the entry that says the same from the other side.
    """

    rows: NDArray[np.int64]
    other: NDArray[np.int64]
    where: NDArray[np.int64]
    low: NDArray[np.int64]
    size: NDArray[np.int64]
    mirror: NDArray[np.int64]
    pool: NDArray[np.uint16]


class Half(NamedTuple):
    """Each pair once: ``pool`` uint16; ``table`` int64 ``(4, pairs)``: row, other row, lowest e, size."""

    pool: NDArray[np.uint16]
    table: NDArray[np.int64]


def make_shapes(tubes: TubeSet) -> Shapes:
    """Lay the boxes out in chunks, with their hulls."""
    length = np.array(tubes.lengths, np.int64)
    chunk = np.concatenate([[0], np.cumsum((length + LONG - 1) // LONG)]).astype(np.int64)
    slot = np.arange(int(length.sum())) + np.repeat(LONG * chunk[:-1] - tubes.offsets[:-1], length)
    far = np.finfo(np.float32).max / 4
    edges = [np.full(LONG * int(chunk[-1]), edge, np.float32) for edge in (far, far, -far, -far)]
    for axis, edge in enumerate(edges):
        edge[slot] = tubes.boxes[:, axis]
    short, long = _hulls(edges, SHORT), _hulls(edges, LONG)
    around = np.zeros((len(length), 4), np.float32)
    if len(length):
        around[:, :2] = np.minimum.reduceat(long[:, :2], chunk[:-1])
        around[:, 2:] = np.maximum.reduceat(long[:, 2:], chunk[:-1])
    source = np.array(tubes.starts, np.int64)
    return Shapes(chunk, length, source, edges[0], edges[1], edges[2], edges[3], short, long, around)


def _hulls(edges: list[NDArray[np.float32]], size: int) -> NDArray[np.float32]:
    """The hull of every ``size`` boxes, float32 ``(n, 4)``."""
    x1, y1, x2, y2 = (e.reshape(-1, size) for e in edges)
    return np.stack([x1.min(1), y1.min(1), x2.max(1), y2.max(1)], 1)


def tube_areas(tubes: TubeSet) -> NDArray[np.float64]:
    """Sum of each tube's box areas, pixels times frames, float64 ``(n,)``."""
    sides = (tubes.boxes[:, 2:] - tubes.boxes[:, :2]).astype(np.float64)
    return np.diff(np.concatenate([[0.0], np.cumsum(sides[:, 0] * sides[:, 1])])[tubes.offsets])


def half_pairs(
    shapes: Shapes,
    units: Units,
    block: NDArray[np.int64],
    places: NDArray[np.int64],
    reach: int,
    scale: float,
    known: Half | None = None,
    fresh: int = 0,
) -> tuple[Half, Half]:
    """Profiles of the pairs of a block that can meet, each once.

    ``block`` int64 ``(r,)`` holds units in order of ``places`` int64 ``(r,)``, their preferred starts. A
    pair can meet when its places differ by less than ``reach`` plus the earlier one's length. ``known`` has
    the pairs among the first ``fresh`` rows already. Returns all pairs, and those among the rows from
    ``fresh`` on, renumbered from 0, for the next block.
    """
    pool, table = np.empty(1 << 22, np.uint16), np.empty((4, 1 << 14), np.int64)
    used = found = 0
    if known is not None:
        pool = np.concatenate([known.pool, pool])
        table = np.concatenate([known.table, table], axis=1)
        used, found = len(known.pool), known.table.shape[1]
    widest = 2 * int(units.lengths[block].max(initial=1))
    work = np.empty((2, widest + 2 * MARGIN), np.float32)
    row, mark = 0, (used, found)
    while row < len(block):
        stop = fresh if row < fresh else len(block)
        row, used, found = _scan(
            (shapes, units, block, places), (reach, scale, fresh), (row, stop, used, found), pool, table, work
        )
        if row == fresh:
            mark = (used, found)
        if row < stop:
            pool = np.concatenate([pool, np.empty(max(len(pool), widest * len(block)), np.uint16)])
            table = np.concatenate([table, np.empty((4, table.shape[1] + len(block)), np.int64)], axis=1)
    every = Half(pool[:used], table[:, :found])
    shift = np.array([[fresh], [fresh], [0], [0]])
    return every, Half(pool[mark[0] : used].copy(), table[:, mark[1] : found] - shift)


def both_ways(half: Half, rows: int) -> Pairs:
    """Rows of neighbours for ``rows`` units from pairs known once."""
    return Pairs(*_both_ways(rows, half.pool, half.table))


@compiled()
def _apart(a: NDArray[np.float32], b: NDArray[np.float32]) -> bool:
    """Whether two boxes cannot overlap."""
    return bool(min(a[2], b[2]) <= max(a[0], b[0]) or min(a[3], b[3]) <= max(a[1], b[1]))


@compiled()
def _add_chunks(shapes: Shapes, a: int, b: int, base: int, out: NDArray[np.float32]) -> None:
    """Add the overlap of half chunk a and chunk b; the loops of constant length are what makes it fast."""
    zero = np.float32(0)
    x1, y1 = shapes.x1[16 * b : 16 * b + 16], shapes.y1[16 * b : 16 * b + 16]
    x2, y2 = shapes.x2[16 * b : 16 * b + 16], shapes.y2[16 * b : 16 * b + 16]
    for p in range(8):
        f = 8 * a + p
        ax1, ay1, ax2, ay2 = shapes.x1[f], shapes.y1[f], shapes.x2[f], shapes.y2[f]
        row = out[base - p : base - p + 16]
        for q in range(16):
            w = min(ax2, x2[q]) - max(ax1, x1[q])
            h = min(ay2, y2[q]) - max(ay1, y1[q])
            row[q] += max(w, zero) * max(h, zero)


@compiled()
def _add_tubes(
    shapes: Shapes, i: int, j: int, base: int, band: tuple[int, int], out: NDArray[np.float32]
) -> None:
    """Add the overlap of tubes i and j to ``out[base + q - p]`` for frame p of i and q of j.

    Only for ``q - p`` in ``band``, and where that is cheaper to include.
    """
    short, long, around = shapes.short, shapes.long, shapes.around[j]
    chunks = shapes.chunk[j + 1] - shapes.chunk[j]
    for a in range(2 * shapes.chunk[i], 2 * shapes.chunk[i + 1]):
        if _apart(short[a], around):
            continue
        p = 8 * (a - 2 * shapes.chunk[i])
        first, last = max(0, (band[0] + p) // 16), min(chunks, (band[1] + p + 7) // 16 + 1)
        for k in range(first, last):
            b = shapes.chunk[j] + k
            if min(short[a, 2], long[b, 2]) <= max(short[a, 0], long[b, 0]):
                continue
            if min(short[a, 3], long[b, 3]) <= max(short[a, 1], long[b, 1]):
                continue
            _add_chunks(shapes, a, b, base + 16 * k - p, out)


@compiled()
def _forgive(shapes: Shapes, i: int, j: int, base: int, end: int, out: NDArray[np.float32]) -> None:
    """Overlap that was there in the source, with the same timing, is no new one."""
    si, sj = shapes.source[i], shapes.source[j]
    if si < sj + shapes.length[j] and sj < si + shapes.length[i]:
        kept = base + si - sj
        for s in range(max(base - shapes.length[i] + 1, kept - 2), min(end, kept + 3)):
            out[s] = 0


@compiled()
def unit_profile(
    shapes: Shapes,
    units: Units,
    pair: tuple[int, int],
    band: tuple[int, int],
    out: NDArray[np.float32],
    scratch: NDArray[np.float32],
) -> tuple[int, int]:
    """Fill ``out[15 + lengths[u] + e]`` for the shifts ``e = start(u) - start(v)`` of a pair (u, v).

    Only for ``e`` in ``band``, both ends included, and ``-lengths[u] < e < lengths[v]``; elsewhere it is 0.

    ``out`` and ``scratch`` are float32 of at least ``lengths[u] + lengths[v] + 32``. Returns the range (lo,
    hi) of indices outside of which the profile is 0.
    """
    u, v = pair
    size = units.lengths[u] + units.lengths[v] + 32
    lo, hi = int(size), 0
    alone = units.offsets[u + 1] - units.offsets[u] == 1 and units.offsets[v + 1] - units.offsets[v] == 1
    work = out if alone else scratch
    for k in range(units.offsets[u], units.offsets[u + 1]):
        for m in range(units.offsets[v], units.offsets[v + 1]):
            i, j = units.members[k], units.members[m]
            if _apart(shapes.around[i], shapes.around[j]):
                continue
            if lo > hi:
                out[:size] = 0
            shift = units.shifts[m] - units.shifts[k]
            base = int(15 + shift + units.lengths[u])  # where both tubes start together
            begin, end = int(base - shapes.length[i] + 1), int(base + shapes.length[j])
            if not alone:
                work[begin - 8 : end + 16] = 0
            _add_tubes(shapes, i, j, base, (band[0] - shift, band[1] - shift), work)
            _forgive(shapes, i, j, base, end, work)
            if not alone:
                for s in range(begin, end):
                    out[s] += work[s]
            lo, hi = min(lo, begin), max(hi, end)
    lo, hi = max(lo, 15 + units.lengths[u] + band[0]), min(hi, 16 + units.lengths[u] + band[1])
    while lo < hi and out[lo] == 0:
        lo += 1
    while hi > lo and out[hi - 1] == 0:
        hi -= 1
    return lo, hi


@compiled()
def _room(units, block, places, reach, row, first):  # type: ignore[no-untyped-def]
    """How many rows from ``first`` on can meet this row, and the pool steps they may need."""
    u, need, stop = block[row], np.int64(0), first
    while stop < len(block) and places[stop] - places[row] < reach + units.lengths[u]:
        need += units.lengths[u] + units.lengths[block[stop]]
        stop += 1
    return stop, need


@compiled()
def _scan(what, limits, at, pool, table, work):  # type: ignore[no-untyped-def]
    """Profiles of the rows ``at[0]:at[1]``; stops before a row that might not fit the pool or the table."""
    shapes, units, block, places = what
    reach, scale, fresh = limits
    row, last, used, found = at
    per_step = np.float32(1 / scale)
    out, scratch = work[0], work[1]
    while row < last:
        first = max(row + 1, fresh) if row < fresh else row + 1
        u = block[row]
        stop, need = _room(units, block, places, reach, row, first)
        if used + need > len(pool) or found + stop - first > table.shape[1]:
            return row, used, found
        for other in range(first, stop):
            middle = places[row] - places[other]
            band = (middle - reach, middle + reach)
            lo, hi = unit_profile(shapes, units, (u, block[other]), band, out, scratch)
            if lo >= hi:
                continue
            for s in range(lo, hi):
                steps = min(out[s] * per_step, np.float32(65534))
                whole = np.int32(steps)
                pool[used + s - lo] = whole + (steps > whole)
            table[0, found], table[1, found] = row, other
            table[2, found], table[3, found] = lo - units.lengths[u] - 15, hi - lo
            used += hi - lo
            found += 1
        row += 1
    return row, used, found


@compiled()
def _both_ways(n, pool, table):  # type: ignore[no-untyped-def]
    """See Pairs."""
    found = table.shape[1]
    rows = np.zeros(n + 1, np.int64)
    for k in range(found):
        rows[table[0, k] + 1] += 1
        rows[table[1, k] + 1] += 1
    for r in range(n):
        rows[r + 1] += rows[r]
    fill = rows[:-1].copy()
    other, where, low, size, mirror, source = np.empty((6, 2 * found), np.int64)
    begin = np.int64(0)
    for k in range(found):
        a, b, lo, steps = table[0, k], table[1, k], table[2, k], table[3, k]
        i, j = fill[a], fill[b]
        fill[a] += 1
        fill[b] += 1
        other[i], low[i], size[i], mirror[i], source[i] = b, lo, steps, j, begin
        other[j], low[j], size[j], mirror[j], source[j] = a, 1 - lo - steps, steps, i, -1 - begin
        begin += steps
    both = np.empty(2 * begin, np.uint16)
    at = np.int64(0)
    for k in range(2 * found):
        where[k] = at
        steps = size[k]
        target = both[at : at + steps]
        forward = source[k] >= 0
        origin = (
            pool[source[k] : source[k] + steps] if forward else pool[-1 - source[k] : steps - 1 - source[k]]
        )
        for s in range(steps):
            target[s] = origin[s] if forward else origin[steps - 1 - s]
        at += steps
    return rows, other, where, low, size, mirror, both
