"""Which tracks came close to others of the same recording at the same time."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from synopticon.compiled import compiled
from synopticon.search.pace import places
from synopticon.search.rows import Rows, World, slices
from synopticon.values.query import Bound
from synopticon.values.traits import PATH_POINTS


def near(
    rows: Rows, world: World, asked: NDArray[np.bool_], others: NDArray[np.bool_], distance: Bound
) -> NDArray[np.bool_]:
    """Which ``asked`` rows were at some moment within ``distance.high`` of one of ``others``.

    Feet go straight from one of the 16 places of a path to the next; compared in metres on the ground (a
    camera without one has no such rows), else in shares of the picture's height.
    """
    found = np.zeros(len(rows), np.bool_)
    for source, part in zip(rows.sources, slices(rows), strict=True):
        mine, theirs = (part.start + np.flatnonzero(which[part]) for which in (asked, others))
        if not (len(mine) and len(theirs)):
            continue
        plane, reach = world.planes.get(source.camera), distance.high
        if distance.unit == "m":
            if plane is None:
                continue
            feet = [places(rows["path"][k], plane) for k in (mine, theirs)]
        else:
            reach = distance.high / 100
            shape = np.array([source.aspect, 1.0]) / 65535
            feet = [rows["path"][k].astype(np.float64) * shape for k in (mine, theirs)]
        spans = [
            np.stack([rows["offset"][k], rows["dwell"][k]], 1).astype(np.float64) for k in (mine, theirs)
        ]
        order = np.argsort(spans[1][:, 0], kind="stable")
        found[mine] = _met(mine, feet[0], spans[0], theirs[order], feet[1][order], spans[1][order], reach)
    return found


@compiled()
def _place(feet: Any, begin: float, lasts: float, at: float) -> tuple[float, float]:
    share = (at - begin) / lasts * (PATH_POINTS - 1) if lasts > 0 else 0.0
    k = min(max(int(share), 0), PATH_POINTS - 2)
    part = min(max(share - k, 0.0), 1.0)
    return (
        feet[k, 0] + part * (feet[k + 1, 0] - feet[k, 0]),
        feet[k, 1] + part * (feet[k + 1, 1] - feet[k, 1]),
    )


@compiled()
def _close(fa: Any, a: Any, fb: Any, b: Any, reach: float) -> bool:
    """Whether two come close while both are there; ``a``, ``b``: begin, seconds.

    Between known places both go straight and evenly, so where they are nearest is exact.
    """
    low, high = max(a[0], b[0]), min(a[0] + a[1], b[0] + b[1])
    times = np.empty(2 * PATH_POINTS + 2)
    times[0], times[1] = low, high
    for k in range(PATH_POINTS):
        share = k / (PATH_POINTS - 1)
        times[2 + 2 * k] = min(max(a[0] + a[1] * share, low), high)
        times[3 + 2 * k] = min(max(b[0] + b[1] * share, low), high)
    times.sort()
    ax, ay = _place(fa, a[0], a[1], low)
    bx, by = _place(fb, b[0], b[1], low)
    px, py = ax - bx, ay - by
    for k in range(1, len(times)):
        ax, ay = _place(fa, a[0], a[1], times[k])
        bx, by = _place(fb, b[0], b[1], times[k])
        qx, qy = ax - bx, ay - by
        dx, dy = qx - px, qy - py
        square = dx * dx + dy * dy
        at = min(max(-(px * dx + py * dy) / square, 0.0), 1.0) if square > 0 else 0.0
        if (px + at * dx) ** 2 + (py + at * dy) ** 2 <= reach * reach:
            return True
        px, py = qx, qy
    return False


@compiled()
def _met(mine: Any, fa: Any, a: Any, theirs: Any, fb: Any, b: Any, reach: float) -> Any:
    """Each of mine against those of theirs (in the order they begin) that are there at the same time."""
    found = np.zeros(len(mine), np.bool_)
    longest = b[:, 1].max()
    for i in range(len(mine)):
        first = np.searchsorted(b[:, 0], a[i, 0] - longest)
        for j in range(first, len(theirs)):
            if b[j, 0] > a[i, 0] + a[i, 1]:
                break
            together = theirs[j] != mine[i] and b[j, 0] + b[j, 1] >= a[i, 0]
            if together and _close(fa[i], a[i], fb[j], b[j], reach):
                found[i] = True
                break
    return found
