"""Where tracks went, as maps: how many passed each cell of a camera's picture, and how they went on."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from synopticon.compiled import compiled
from synopticon.search.bins import DAY
from synopticon.search.counts import Counting, Part
from synopticon.search.tables import Cell, Table, Tally, counted
from synopticon.values.traits import PATH_POINTS

Map = NDArray[np.int64]
GRID = (32, 18)  # cells across and down
WAYS = (8, 8)


@dataclass(frozen=True, slots=True, eq=False)
class HeatMap:
    """Tracks by cell of a camera's picture, int64 ``(rows, columns)``; ``tracks``: of how many.

    ``known`` bool: which cells may be shown; those that may not hold 0.
    """

    camera: str
    counts: Map
    known: NDArray[np.bool_]
    tracks: int


def heat(c: Counting, grid: tuple[int, int] = GRID) -> tuple[HeatMap, ...]:
    """Of each camera with tracks, how many passed each cell with their foot, each counted once a cell."""
    found: dict[int, tuple[Map, int]] = {}
    for p in c.each():
        cameras = p.rows["camera"]
        for k in np.unique(cameras).tolist():
            paths = p.rows["path"][cameras == k]
            before, n = found.get(k, (0, 0))
            found[k] = before + passed(paths, grid), n + len(paths)
    every = np.ones((grid[1], grid[0]), np.bool_)
    return tuple(HeatMap(c.ids[k], counts, every, n) for k, (counts, n) in sorted(found.items()))


def heat_of_groups(c: Counting, least: int, grid: tuple[int, int] = GRID) -> tuple[HeatMap, ...]:
    """The same, day by day, of cells that ``least`` tracks and more of a day passed: see ``guarded``.

    A camera of hidden tracks looks like one of none: there is no map of it.
    """
    days: dict[tuple[int, int], tuple[Map, int]] = {}
    for p in replace(c, size=DAY).each():
        place = np.stack([p.rows["camera"].astype(np.int64), p.bins()], axis=1)
        for k, day in np.unique(place, axis=0).tolist():
            paths = p.rows["path"][(place == (k, day)).all(axis=1)]
            before, n = days.get((k, day), (0, 0))
            days[k, day] = before + passed(paths, grid), n + len(paths)
    maps = []
    for k in sorted({k for k, _ in days}):
        mine = [one for (camera, _), one in days.items() if camera == k]
        total, known = guarded([counts for counts, _ in mine], [n for _, n in mine], least)
        maps.append(HeatMap(c.ids[k], total, known, sum(n for _, n in mine)))
    return tuple(maps)


def passed(path: NDArray[np.uint16], grid: tuple[int, int]) -> Map:
    """How many paths pass each cell, int64 ``(rows, columns)``."""
    counts = np.zeros((grid[1], grid[0]), np.int64)
    _passed(np.ascontiguousarray(path), counts, np.full((grid[1], grid[0]), -1, np.int64))
    return counts


def guarded(groups: Sequence[Map], tracks: Sequence[int], k: int) -> tuple[Map, NDArray[np.bool_]]:
    """Add up the maps of groups of tracks that are shown together only: of each, cells from k tracks on.

    Where fewer than k tracks of a group did not pass a cell, it shows k tracks fewer than the group has.
    """
    total = np.zeros_like(groups[0]) if groups else np.zeros((GRID[1], GRID[0]), np.int64)
    known = np.zeros_like(total, np.bool_)
    for counts, n in zip(groups, tracks, strict=True):
        shown = np.where((counts < n) & (counts > n - k), n - k, counts)
        shown = np.where(shown >= k, shown, 0)
        total, known = total + shown, known | (shown > 0)
    return total, known


def heat_table(c: Counting, maps: Sequence[HeatMap]) -> Table:
    """The cells of maps that somebody passed: ``x``, ``y`` from the top left, of so many."""
    rows = [
        (c.cameras.name(m.camera), x, y, m.counts.shape[1], m.counts.shape[0], int(m.counts[y, x]))
        for m in maps
        for y, x in np.argwhere(m.known & (m.counts > 0)).tolist()
    ]
    return Table("heat", ("camera", "x", "y", "columns", "rows", "tracks"), 5, tuple(rows))


def by_path(c: Counting) -> Table:
    """The usual ways: how many tracks went from which of 8 x 8 cells to which next, by camera."""
    rows: list[tuple[Cell, ...]] = [(c.camera(k), *step, n) for (k, *step), n in c.tally(_steps).items()]
    return Table("path", ("camera", "from_x", "from_y", "to_x", "to_y", "tracks"), 5, tuple(rows))


def _steps(p: Part) -> Tally:
    cells = (p.rows["path"].astype(np.int64) * np.array(WAYS)) >> 16
    a, b = cells[:, :-1].reshape(-1, 2), cells[:, 1:].reshape(-1, 2)
    row = np.repeat(np.arange(len(p.rows)), PATH_POINTS - 1)
    moved = (a != b).any(axis=1)
    row, a, b = row[moved], a[moved], b[moved]
    step = (a[:, 0] * 8 + a[:, 1]) * 64 + b[:, 0] * 8 + b[:, 1]
    once = np.unique(row * 4096 + step, return_index=True)[1]  # each track once a step
    return counted((p.rows["camera"][row[once]], *a[once].T, *b[once].T))


@compiled()
def _passed(path: Any, counts: Any, last: Any) -> None:
    """Count each path once in each cell that its straight pieces go through; ``last``: who was there last."""
    rows, columns = counts.shape
    for i in range(len(path)):
        for k in range(PATH_POINTS - 1):
            x0, y0 = path[i, k, 0] / 65536 * columns, path[i, k, 1] / 65536 * rows
            x1, y1 = path[i, k + 1, 0] / 65536 * columns, path[i, k + 1, 1] / 65536 * rows
            x, y, to_x, to_y = int(x0), int(y0), int(x1), int(y1)
            dx, dy = x1 - x0, y1 - y0
            for _ in range(abs(to_x - x) + abs(to_y - y) + 1):
                if last[y, x] != i:
                    last[y, x] = i
                    counts[y, x] += 1
                if x == to_x and y == to_y:
                    break
                across = ((x + (dx > 0)) - x0) / dx if x != to_x else np.inf
                down = ((y + (dy > 0)) - y0) / dy if y != to_y else np.inf
                if across <= down:
                    x += 1 if dx > 0 else -1
                else:
                    y += 1 if dy > 0 else -1
