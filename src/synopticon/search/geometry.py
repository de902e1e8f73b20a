"""Where paths go: into zones, over lines, along ways; exact, for a million tracks at once.

A path is what ``Traits.path`` holds, uint16 ``(n, 16, 2)``: 16 places at times equally apart, straight and at
even speed between two of them. What crosses a zone between two places is seen, too. Areas are points 0..1
over the picture. All is counted in whole numbers on a grid twice as fine as that of paths, with areas on its
odd places, so that no corner of an area ever falls on a place of a path.

Most paths are far from a border: the picture is cut into 64 x 64 cells, and where no cell near a path holds
a border, all of the path is known from one cell (a summed-area table says so in four look-ups).
"""

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from synopticon.compiled import compiled
from synopticon.errors import UsageError
from synopticon.values.cells import CELLS, cells_of
from synopticon.values.query import Point
from synopticon.values.traits import PATH_POINTS

Paths = NDArray[np.uint16]
Corners = NDArray[np.int64]

_FINE = 131072  # the grid that all is counted on: twice that of paths
_GRID = 64  # cells a side
_SHIFT = 11  # from the fine grid to a cell
_SEGMENTS = PATH_POINTS - 1
_NEVER = 9.0
_MANY = 4_000  # rows for each core from which threads are worth their start
STRAY = 1 / 64  # a smoothed foot may leave its boxes' cells by so much: masks of areas are grown by it


@dataclass(frozen=True, slots=True, eq=False)
class Stay:
    """How each of n paths is inside a zone.

    ``share`` float32, of its time; ``first``, ``last`` float32, when it was first and last inside, as shares
    of its time (0 = its first box, 1 = its last), NaN where it never was.
    """

    share: NDArray[np.float32]
    first: NDArray[np.float32]
    last: NDArray[np.float32]

    @property
    def touched(self) -> NDArray[np.bool_]:
        """Which paths were inside at all."""
        return ~np.isnan(self.first)


@dataclass(frozen=True, slots=True, eq=False)
class Passages:
    """Every single crossing of a line, by path and in its order.

    ``row`` intp, which path; ``at`` float32, when, as a share of its time; ``inward`` bool, from the left
    hand to the right.
    """

    row: NDArray[np.intp]
    at: NDArray[np.float32]
    inward: NDArray[np.bool_]


def inside(path: Paths, polygon: Sequence[Point]) -> Stay:
    """How each path is inside a polygon (by the even-odd rule); raises ``UsageError`` under 3 corners."""
    if len(polygon) < 3:
        raise UsageError(f"a zone of {len(polygon)} corners holds nothing: give it 3 or more")
    corners, within, summed = _zone(tuple(polygon))
    found, path = np.empty((len(path), 3), np.float32), _whole(path)
    _in_parts(len(path), lambda part: _stay(path[part], corners, within, summed, found[part]))
    return Stay(found[:, 0], found[:, 1], found[:, 2])


def crossings(path: Paths, line: Sequence[Point]) -> NDArray[np.int32]:
    """How often each path crosses a line, int32 ``(n, 2)``: in, out.

    In is from the left hand to the right for who walks along the line from its first point to its last.
    Raises ``UsageError`` for a line of fewer than 2 points.
    """
    corners, summed = _line(tuple(line))
    counts, path = np.empty((len(path), 2), np.int32), _whole(path)
    _in_parts(len(path), lambda part: _count(path[part], corners, summed, counts[part]))
    return counts


def passages(path: Paths, line: Sequence[Point]) -> Passages:
    """Every crossing of a line with its time; the same ones that ``crossings`` counts."""
    each = crossings(path, line).sum(axis=1)
    rows = np.flatnonzero(each)
    found = np.empty((int(each.sum()), 2), np.float64)
    _pass(path[rows], _corners(line), found)
    row = np.repeat(rows, each[rows])
    order = np.lexsort((found[:, 0], row))
    return Passages(row, found[order, 0].astype(np.float32), found[order, 1] > 0)


def follows(
    path: Paths, way: Sequence[Point], tolerance: float, aspect: float = 16 / 9
) -> NDArray[np.float32]:
    """How far each path stays from a way at most, float32 ``(n,)`` in picture heights; inf beyond tolerance.

    The least distance at which a path passes all points of the way in their order (to within 1/1000 of the
    tolerance). ``aspect``: width by height of the picture; ``tolerance`` in picture heights, above 0.
    """
    if not way or tolerance <= 0:
        raise UsageError("a way needs a point and a tolerance above 0: write path:0.1,0.5>0.9,0.5")
    points = np.array(way, np.float64).reshape(-1, 2) * (aspect, 1.0)
    found, path = np.empty(len(path), np.float32), _whole(path)
    _in_parts(len(path), lambda part: _follow(path[part], points, tolerance, aspect, found[part]))
    return found


@lru_cache(maxsize=1024)
def cells_touched(points: tuple[Point, ...], *, closed: bool) -> int:
    """The 8 x 8 cells that a zone (``closed``) or line touches, as in ``Traits.cells``: a quick first look.

    Grown by ``STRAY``. A track without any of these cells was never there: its boxes did not touch them.
    """
    grown = [(x + dx, y + dy) for x, y in points for dx, dy in _AROUND] if points else []
    touched = np.zeros((CELLS, CELLS), np.bool_)
    for k in range(len(_AROUND)):
        corners = _scaled(grown[k :: len(_AROUND)], CELLS)
        touched |= _crossed(corners, CELLS, 1 << 10, closed)
        if closed:
            touched |= _covered(corners, CELLS, 1 << 10)
    return cells_of(touched)


_AROUND = tuple((dx * STRAY, dy * STRAY) for dx in (-1, 0, 1) for dy in (-1, 0, 1))


def _whole(path: Paths) -> Paths:
    """A path as the loops read it; raises ``ValueError`` for another shape."""
    if path.shape[1:] != (PATH_POINTS, 2) or path.dtype != np.uint16:
        raise ValueError(f"paths of {path.dtype} {path.shape}: expected uint16 (n, {PATH_POINTS}, 2)")
    return np.ascontiguousarray(path)


def _in_parts(n: int, run: Callable[[slice], None]) -> None:
    """Run over n rows, on all cores when they are many; what is compiled holds no lock."""
    cores = os.cpu_count() or 1
    size = -(-n // cores)
    if size < _MANY:
        run(slice(0, n))
        return
    first, *others = (slice(k, k + size) for k in range(0, n, size))
    waited = [_pool(os.getpid()).submit(run, part) for part in others]
    run(first)
    for one in waited:
        one.result()


@lru_cache(maxsize=1)
def _pool(_process: int) -> ThreadPoolExecutor:
    """Threads that stay, of this process (a forked one has none of its parent's)."""
    return ThreadPoolExecutor(os.cpu_count() or 1)


def _scaled(points: Sequence[Point], cells: int) -> Corners:
    """Points on a grid of 1024 steps a cell."""
    return np.rint(np.array(points, np.float64).reshape(-1, 2) * cells * 1024).astype(np.int64)


def _corners(points: Sequence[Point]) -> Corners:
    """Points 0..1 on the odd places of the fine grid; the picture's own border lies around all paths."""
    places = np.rint(np.array(points, np.float64).reshape(-1, 2) * 65535).astype(np.int64)
    return np.where(places <= 0, 2 * places - 1, 2 * places + 1)


@lru_cache(maxsize=1024)
def _zone(polygon: tuple[Point, ...]) -> tuple[Corners, NDArray[np.bool_], NDArray[np.int32]]:
    """Corners, cells whose middle lies in it, and the table of its border."""
    corners = _corners(polygon)
    summed = _summed(_borders(corners, closed=True))
    return corners, _covered(corners, _GRID, _FINE // _GRID), summed


@lru_cache(maxsize=1024)
def _line(line: tuple[Point, ...]) -> tuple[Corners, NDArray[np.int32]]:
    if len(line) < 2:
        raise UsageError(f"a line of {len(line)} points divides nothing: give it 2 or more")
    corners = _corners(line)
    return corners, _summed(_borders(corners, closed=False))


def _borders(corners: Corners, *, closed: bool) -> NDArray[np.bool_]:
    return _crossed(corners, _GRID, _FINE // _GRID, closed)


def _crossed(corners: Corners, cells: int, step: int, closed: bool) -> NDArray[np.bool_]:
    """The cells (rows from the top) that a border touches: corners of a cell lie on both sides, or on it."""
    marks = np.arange(cells + 1, dtype=np.int64) * step
    x, y = np.meshgrid(marks, marks)
    touched = np.zeros((cells, cells), np.bool_)
    ends = np.roll(corners, -1, axis=0) if closed else corners[1:]
    for a, b in zip(corners[: len(ends)], ends, strict=True):
        side = np.sign((b[0] - a[0]) * (y - a[1]) - (b[1] - a[1]) * (x - a[0]))
        four = np.stack([side[:-1, :-1], side[1:, :-1], side[:-1, 1:], side[1:, 1:]])
        near = [
            (marks[:-1] <= max(a[k], b[k])) & (marks[1:] >= min(a[k], b[k])) for k in (0, 1)
        ]  # columns, rows
        touched |= near[1][:, None] & near[0][None, :] & (four.min(axis=0) <= 0) & (four.max(axis=0) >= 0)
    return touched


def _covered(corners: Corners, cells: int, step: int) -> NDArray[np.bool_]:
    """The cells whose middle lies in a polygon."""
    middle = np.arange(cells) * step + step / 2
    x, y = np.meshgrid(middle, middle)
    within = np.zeros((cells, cells), np.bool_)
    for (ax, ay), (bx, by) in zip(corners, np.roll(corners, -1, axis=0), strict=True):
        if ay != by:
            within ^= ((ay > y) != (by > y)) & (x < ax + (y - ay) * (bx - ax) / (by - ay))
    return within


def _summed(borders: NDArray[np.bool_]) -> NDArray[np.int32]:
    """How many cells with a border lie above and left of each corner, int32 ``(65, 65)``."""
    table = np.zeros((_GRID + 1, _GRID + 1), np.int32)
    table[1:, 1:] = borders.cumsum(axis=0).cumsum(axis=1)
    return table


@compiled()
def _clear(summed: Any, x0: int, y0: int, x1: int, y1: int) -> bool:
    """Whether no cell of a block holds a border."""
    x0, y0, x1, y1 = x0 >> _SHIFT, y0 >> _SHIFT, (x1 >> _SHIFT) + 1, (y1 >> _SHIFT) + 1
    return bool(summed[y1, x1] + summed[y0, x0] == summed[y0, x1] + summed[y1, x0])


@compiled()
def _block(places: Any) -> Any:
    """The smallest block of the fine grid around a path."""
    x0, y0 = np.int64(places[0, 0]), np.int64(places[0, 1])
    x1, y1 = x0, y0
    for k in range(1, PATH_POINTS):
        x, y = np.int64(places[k, 0]), np.int64(places[k, 1])
        x0, x1 = min(x0, x), max(x1, x)
        y0, y1 = min(y0, y), max(y1, y)
    return 2 * x0, 2 * y0, 2 * x1, 2 * y1


@compiled()
def _holds(corners: Any, x: int, y: int) -> bool:
    """Whether a polygon holds a place, by the even-odd rule; on an edge as ``_meet`` takes it."""
    held = False
    bx, by = corners[-1, 0], corners[-1, 1]
    for k in range(len(corners)):
        ax, ay = bx, by
        bx, by = corners[k, 0], corners[k, 1]
        if (ay > y) != (by > y) and ((bx - ax) * (y - ay) - (by - ay) * (x - ax) > 0) == (by > ay):
            held = not held
    return held


@compiled()
def _meet(px: int, py: int, qx: int, qy: int, corners: Any, a: int, b: int) -> Any:
    """Where a step p to q meets the edge between corners a and b; ``_NEVER`` = nowhere.

    Its share of the step when it goes from the left hand of the edge to the right, else that less 2 (so
    below 0). A place on the edge counts as left of it, whichever step it belongs to.
    """
    ax, ay, bx, by = corners[a, 0], corners[a, 1], corners[b, 0], corners[b, 1]
    ex, ey = bx - ax, by - ay
    p = ex * (py - ay) - ey * (px - ax)
    q = ex * (qy - ay) - ey * (qx - ax)
    if (p > 0) == (q > 0):
        return _NEVER
    dx, dy = qx - px, qy - py
    if (dx * (ay - py) - dy * (ax - px) > 0) == (dx * (by - py) - dy * (bx - px) > 0):
        return _NEVER
    at = p / (p - q)
    return at if q > 0 else at - 2.0


@compiled()
def _marked(places: Any, k: int, corners: Any, marks: Any) -> int:
    """Put where step k of a path meets a polygon into ``marks``, in order; how many there are."""
    px, py = 2 * np.int64(places[k, 0]), 2 * np.int64(places[k, 1])
    qx, qy = 2 * np.int64(places[k + 1, 0]), 2 * np.int64(places[k + 1, 1])
    count, last = 0, len(corners) - 1
    for j in range(len(corners)):
        at = _meet(px, py, qx, qy, corners, last, j)
        last = j
        if at == _NEVER:
            continue
        at = at if at >= 0 else at + 2.0
        n = count
        while n > 0 and marks[n - 1] > at:
            marks[n] = marks[n - 1]
            n -= 1
        marks[n] = at
        count += 1
    return count


@compiled()
def _walk(places: Any, corners: Any, within: Any, summed: Any, marks: Any) -> tuple[float, float, float]:
    """How a path near a border is inside a polygon: its steps inside, the first and last of them (-1)."""
    total, begin, end = 0.0, -1.0, -1.0
    held = _holds(corners, 2 * np.int64(places[0, 0]), 2 * np.int64(places[0, 1]))
    for k in range(_SEGMENTS):
        px, py = 2 * np.int64(places[k, 0]), 2 * np.int64(places[k, 1])
        qx, qy = 2 * np.int64(places[k + 1, 0]), 2 * np.int64(places[k + 1, 1])
        if _clear(summed, min(px, qx), min(py, qy), max(px, qx), max(py, qy)):
            held = within[py >> _SHIFT, px >> _SHIFT]
            count = 0
        else:
            count = _marked(places, k, corners, marks)
        at = 0.0
        for n in range(count + 1):
            to = marks[n] if n < count else 1.0
            if held and to > at:
                total += to - at
                begin = k + at if begin < 0 else begin
                end = k + to
            held = held != (n < count)
            at = to
    return total, begin, end


@compiled()
def _stay(path: Any, corners: Any, within: Any, summed: Any, found: Any) -> None:
    marks = np.empty(len(corners), np.float64)
    for i in range(len(path)):
        x0, y0, x1, y1 = _block(path[i])
        if _clear(summed, x0, y0, x1, y1):
            held = within[y0 >> _SHIFT, x0 >> _SHIFT]
            found[i, 0] = 1.0 if held else 0.0
            found[i, 1] = 0.0 if held else np.nan
            found[i, 2] = 1.0 if held else np.nan
            continue
        total, begin, end = _walk(path[i], corners, within, summed, marks)
        found[i, 0] = total / _SEGMENTS
        found[i, 1] = begin / _SEGMENTS if end >= 0 else np.nan
        found[i, 2] = end / _SEGMENTS if end >= 0 else np.nan


@compiled()
def _met(places: Any, k: int, corners: Any, j: int) -> Any:
    """``_meet`` for step k of a path and edge j of a line."""
    px, py = 2 * np.int64(places[k, 0]), 2 * np.int64(places[k, 1])
    qx, qy = 2 * np.int64(places[k + 1, 0]), 2 * np.int64(places[k + 1, 1])
    return _meet(px, py, qx, qy, corners, j, j + 1)


@compiled()
def _count(path: Any, corners: Any, summed: Any, counts: Any) -> None:
    for i in range(len(path)):
        counts[i, 0] = 0
        counts[i, 1] = 0
        x0, y0, x1, y1 = _block(path[i])
        if _clear(summed, x0, y0, x1, y1):
            continue
        for k in range(_SEGMENTS):
            for j in range(len(corners) - 1):
                at = _met(path[i], k, corners, j)
                if at != _NEVER:
                    counts[i, 0 if at >= 0 else 1] += 1


@compiled()
def _pass(path: Any, corners: Any, found: Any) -> None:
    n = 0
    for i in range(len(path)):
        for k in range(_SEGMENTS):
            for j in range(len(corners) - 1):
                at = _met(path[i], k, corners, j)
                if at != _NEVER:
                    found[n, 0] = (k + (at if at >= 0 else at + 2.0)) / _SEGMENTS
                    found[n, 1] = 1.0 if at >= 0 else 0.0
                    n += 1


@compiled()
def _earliest(px: float, py: float, qx: float, qy: float, w: Any, reach: float, start: float) -> float:
    """The earliest share from ``start`` on of a step p to q that is within reach of w; 2 = never."""
    dx, dy, ox, oy = qx - px, qy - py, px - w[0], py - w[1]
    square, cross, rest = dx * dx + dy * dy, dx * ox + dy * oy, ox * ox + oy * oy - reach * reach
    if square == 0.0:
        return start if rest <= 0 else 2.0
    root = cross * cross - square * rest
    if root < 0:
        return 2.0
    first = max((-cross - np.sqrt(root)) / square, start)
    return first if first <= min((-cross + np.sqrt(root)) / square, 1.0) else 2.0


@compiled()
def _reaches(places: Any, way: Any, reach: float, aspect: float) -> bool:
    """Whether a path comes within reach of all points of a way in their order: each as early as it can."""
    k, start = 0, 0.0
    for j in range(len(way)):
        while k < _SEGMENTS:
            px, py = places[k, 0] / 65535 * aspect, places[k, 1] / 65535
            qx, qy = places[k + 1, 0] / 65535 * aspect, places[k + 1, 1] / 65535
            at = _earliest(px, py, qx, qy, way[j], reach, start)
            if at <= 1.0:
                start = at
                break
            k, start = k + 1, 0.0
        if k == _SEGMENTS:
            return False
    return True


@compiled()
def _follow(path: Any, way: Any, tolerance: float, aspect: float, found: Any) -> None:
    for i in range(len(path)):
        if not _reaches(path[i], way, tolerance, aspect):
            found[i] = np.inf
            continue
        low, high = 0.0, tolerance
        for _ in range(10):
            middle = (low + high) / 2
            if _reaches(path[i], way, middle, aspect):
                high = middle
            else:
                low = middle
        found[i] = high
