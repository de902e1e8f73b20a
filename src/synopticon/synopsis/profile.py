"""Collision profiles: the exact new overlap of two units for every time shift at once.

The time shift of a tube is one degree of freedom. For units u and v shown with ``e = start(u) - start(v)``, the
profile holds the sum over frames of the area in which their boxes overlap, for every e. Boxes of tube pairs that keep
their source timing (within 2 frames) while both were visible there are the truth and count as 0.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from synopticon.compiled import compiled
from synopticon.synopsis.groups import Units
from synopticon.values.plan import TubeSet

CHUNK = 8  # frames whose boxes share one hull
KEPT = 2  # frames by which timing may differ and still count as kept


class Shapes(NamedTuple):
    """Boxes laid out for the profile kernel, in chunks of 8 frames.

    Tube i owns chunks ``chunk[i]:chunk[i+1]``; chunk c owns boxes ``8c:8c+8`` of the float32 ``(8n,)`` arrays ``x1, y1,
    x2, y2`` (the last chunk of a tube is filled up with boxes that touch nothing) and the hull ``hull[c]``, float32
    ``(n, 4)``. ``length`` and ``source`` are each tube's frames and first source frame.
    """

    chunk: NDArray[np.int64]
    length: NDArray[np.int64]
    source: NDArray[np.int64]
    x1: NDArray[np.float32]
    y1: NDArray[np.float32]
    x2: NDArray[np.float32]
    y2: NDArray[np.float32]
    hull: NDArray[np.float32]


def make_shapes(tubes: TubeSet) -> Shapes:
    """Lay the boxes out in chunks of 8 frames, with their hulls."""
    length = np.array(tubes.lengths, np.int64)
    chunk = np.concatenate([[0], np.cumsum((length + CHUNK - 1) // CHUNK)]).astype(np.int64)
    slot = np.arange(int(length.sum())) + np.repeat(CHUNK * chunk[:-1] - tubes.offsets[:-1], length)
    far = np.finfo(np.float32).max / 4
    x1, y1, x2, y2 = (np.full(CHUNK * int(chunk[-1]), edge, np.float32) for edge in (far, far, -far, -far))
    for axis, edge in enumerate((x1, y1, x2, y2)):
        edge[slot] = tubes.boxes[:, axis]
    rows = [e.reshape(-1, CHUNK) for e in (x1, y1, x2, y2)]
    hull = np.stack([rows[0].min(1), rows[1].min(1), rows[2].max(1), rows[3].max(1)], 1)
    return Shapes(chunk, length, np.array(tubes.starts, np.int64), x1, y1, x2, y2, np.ascontiguousarray(hull))


def unit_areas(units: Units, tubes: TubeSet) -> NDArray[np.float64]:
    """Sum of the box areas of each unit, pixels times frames, float64 ``(m,)``."""
    sides = (tubes.boxes[:, 2:] - tubes.boxes[:, :2]).astype(np.float64)
    area = np.concatenate([[0.0], np.cumsum(sides[:, 0] * sides[:, 1])])
    total = np.diff(area[tubes.offsets])
    if not len(units.starts):
        return np.zeros(0)
    return np.asarray(np.add.reduceat(total[units.members], units.offsets[:-1]))


@compiled()
def _add_tubes(shapes, i, j, base, out):  # type: ignore[no-untyped-def]
    """Add the overlap of tubes i and j to ``out[base + q - p]`` for frame p of i and q of j."""
    hull = shapes.hull
    for a in range(shapes.chunk[i], shapes.chunk[i + 1]):
        for b in range(shapes.chunk[j], shapes.chunk[j + 1]):
            if min(hull[a, 2], hull[b, 2]) <= max(hull[a, 0], hull[b, 0]):
                continue
            if min(hull[a, 3], hull[b, 3]) <= max(hull[a, 1], hull[b, 1]):
                continue
            _add_chunks(shapes, a, b, base + 8 * (b - shapes.chunk[j] - a + shapes.chunk[i]), out)


@compiled()
def _add_chunks(shapes, a, b, base, out):  # type: ignore[no-untyped-def]
    """Add the overlap of two chunks; the loop of constant length is what makes it fast."""
    zero = np.float32(0)
    x1, y1 = shapes.x1[8 * b : 8 * b + 8], shapes.y1[8 * b : 8 * b + 8]
    x2, y2 = shapes.x2[8 * b : 8 * b + 8], shapes.y2[8 * b : 8 * b + 8]
    for p in range(8):
        f = 8 * a + p
        ax1, ay1, ax2, ay2 = shapes.x1[f], shapes.y1[f], shapes.x2[f], shapes.y2[f]
        row = out[base - p : base - p + 8]
        for q in range(8):
            w = min(ax2, x2[q]) - max(ax1, x1[q])
            h = min(ay2, y2[q]) - max(ay1, y1[q])
            row[q] += max(w, zero) * max(h, zero)


@compiled()
def unit_profile(shapes, units, u, v, out, scratch):  # type: ignore[no-untyped-def]
    """Fill ``out[16 + e + lengths[u] - 1]`` for ``e = start(u) - start(v)`` in ``-lengths[u] < e < lengths[v]``.

    ``out`` and ``scratch`` are float32 of at least ``lengths[u] + lengths[v] + 32``. Returns the range (lo, hi) of
    indices outside of which the profile is 0.
    """
    size = units.lengths[u] + units.lengths[v] + 32
    out[:size] = 0
    lo, hi = size, np.int64(0)
    alone = units.offsets[u + 1] - units.offsets[u] == 1 and units.offsets[v + 1] - units.offsets[v] == 1
    work = out if alone else scratch
    for k in range(units.offsets[u], units.offsets[u + 1]):
        for m in range(units.offsets[v], units.offsets[v + 1]):
            i, j = units.members[k], units.members[m]
            base = 15 + units.shifts[m] - units.shifts[k] + units.lengths[u]  # index of equal tube starts
            begin, end = base - shapes.length[i] + 1, base + shapes.length[j]
            if not alone:
                work[begin - 8 : end + 8] = 0
            _add_tubes(shapes, i, j, base, work)
            _forgive(shapes, i, j, base, begin, end, work)
            if not alone:
                for s in range(begin, end):
                    out[s] += work[s]
            lo, hi = min(lo, begin), max(hi, end)
    while lo < hi and out[lo] == 0:
        lo += 1
    while hi > lo and out[hi - 1] == 0:
        hi -= 1
    return lo, hi


@compiled()
def _forgive(shapes, i, j, base, begin, end, out):  # type: ignore[no-untyped-def]
    """Overlap that was there in the source, with the same timing, is no new one."""
    si, sj = shapes.source[i], shapes.source[j]
    if si < sj + shapes.length[j] and sj < si + shapes.length[i]:
        kept = base + si - sj
        for s in range(max(begin, kept - 2), min(end, kept + 3)):
            out[s] = 0
