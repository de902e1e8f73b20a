"""What tracks did with the zones and lines of their cameras: the events that are counted."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from synopticon.search.columns import Columns
from synopticon.search.few import Ids, signatures
from synopticon.search.geometry import inside, passages
from synopticon.values.area import Area

Rows = NDArray[np.intp]


@dataclass(frozen=True, slots=True, eq=False)
class Visits:
    """Stays in zones, in the order of tracks and of their entries.

    ``row`` intp, which track; ``area`` intp, which of the areas; ``first``, ``last``, ``share`` float32 of
    the track's time (see ``geometry.Stay``).
    """

    row: Rows
    area: Rows
    first: NDArray[np.float32]
    last: NDArray[np.float32]
    share: NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class Crossed:
    """Crossings of lines, in the order of tracks and of time; ``at`` float32 a share of the track's time."""

    row: Rows
    area: Rows
    at: NDArray[np.float32]
    inward: NDArray[np.bool_]


def visits(tracks: Columns, areas: Sequence[Area]) -> Visits:
    """All stays of tracks in the zones of their cameras."""
    parts = []
    for k, rows in _rows(tracks, areas, "zone"):
        stay = inside(tracks["path"][rows], areas[k].points)
        here = stay.touched
        parts.append((rows[here], k, stay.first[here], stay.last[here], stay.share[here]))
    row, area, first, last, share = _joined(parts, 3)
    order = np.lexsort((area, first, row))
    return Visits(row[order], area[order], first[order], last[order], share[order])


def crossed(tracks: Columns, areas: Sequence[Area]) -> Crossed:
    """All crossings of the lines of the tracks' cameras."""
    parts = []
    for k, rows in _rows(tracks, areas, "line"):
        found = passages(tracks["path"][rows], areas[k].points)
        parts.append((rows[found.row], k, found.at, found.inward.astype(np.float32)))
    row, area, at, inward = _joined(parts, 2)
    order = np.lexsort((at, area, row))
    return Crossed(row[order], area[order], at[order], inward[order] > 0)


def moments(tracks: Columns, row: Rows, at: NDArray[np.float32]) -> NDArray[np.int64]:
    """When something happened at a share of a track's time; ``UNTIMED`` where the clock is unknown."""
    start = tracks["start"][row]
    lasts = tracks["end"][row] - start
    return np.asarray(start + np.where(lasts > 0, at.astype(np.float64) * lasts, 0).astype(np.int64))


def ways(tracks: Columns, areas: Sequence[Area]) -> Ids:
    """One number for each different way through zones and over lines, int64 ``(n,)``.

    Two tracks have the same when they entered the same zones in the same order and crossed the same lines as
    often in and out.
    """
    been, over = visits(tracks, areas), crossed(tracks, areas)
    row = np.concatenate([been.row, over.row])
    area = np.concatenate([been.area, over.area])
    side = np.concatenate([np.full(len(been.row), 2), over.inward.astype(np.int64)])
    at = np.concatenate([np.arange(len(been.row)), _rank(over)])
    order = np.lexsort((at, row))
    return signatures(len(tracks), row[order], (area[order], side[order]))


def _rank(over: Crossed) -> NDArray[np.int64]:
    """An order in which crossings of one line and side stand together, after all stays."""
    return np.asarray(1 << 40) + over.area.astype(np.int64) * 2 + over.inward


def _rows(tracks: Columns, areas: Sequence[Area], kind: str) -> list[tuple[int, Rows]]:
    """The areas of a kind, each with the tracks of its camera."""
    index = {name: k for k, name in enumerate(tracks.cameras)}
    here = [(k, index[a.camera]) for k, a in enumerate(areas) if a.kind == kind and a.camera in index]
    return [(k, np.flatnonzero(tracks["camera"] == camera)) for k, camera in here]


def _joined(parts: Sequence[tuple[Any, ...]], values: int) -> list[NDArray[Any]]:
    """Rows, areas and values of all parts, one after another."""
    rows = [np.asarray(p[0], np.intp) for p in parts]
    area = [np.full(len(r), p[1], np.intp) for r, p in zip(rows, parts, strict=True)]
    columns = [[np.asarray(p[2 + k], np.float32) for p in parts] for k in range(values)]
    none = [np.zeros(0, np.intp)], [np.zeros(0, np.float32)]
    whole = [np.concatenate(rows or none[0]), np.concatenate(area or none[0])]
    return [*whole, *(np.concatenate(c or none[1]) for c in columns)]
