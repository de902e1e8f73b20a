"""Who is who after two were in one blob: their looks and their ways before and after it decide."""

from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from synopticon.vision.live import Items
from synopticon.vision.stitch import Piece, group_of, join_cost

Rows = NDArray[np.intp]
Meeting = tuple[float, float, int, int]  # end and start (s), two tracks

_COMPARED = 3.0  # s before and after a meeting that are compared
_MARGIN = 0.15  # by how much the other way round must be better
_PAUSE = 1.0  # s: after so long it is another meeting


def untangled(tracks: list[Rows], blob: Rows, items: Items, times: NDArray[np.float64]) -> list[Rows]:
    """Tracks (rows of items in time order) that have the same one before and after each shared blob.

    ``blob`` is for each item the blob it is of; a blob of several items is shared. Meetings are looked at in
    time order; where both tracks go better with the other's way on, they are exchanged from there on.
    """
    tracks = list(tracks)
    at = times[items.frame]
    shared = np.bincount(blob, minlength=1)[blob] > 1 if len(blob) else np.zeros(0, np.bool_)
    done: Meeting = (-np.inf, -np.inf, -1, -1)
    while True:
        for meeting in _meetings(tracks, blob, shared, at):
            if meeting <= done:
                continue
            done = meeting
            end, start, i, j = meeting
            sides = [_sides(tracks[k], shared, items, at, (start, end)) for k in (i, j)]
            if _crossed(*sides):
                tracks[i], tracks[j] = _exchanged(tracks[i], tracks[j], at, end)
                break
        else:
            return tracks


def _meetings(
    tracks: list[Rows], blob: Rows, shared: NDArray[np.bool_], at: NDArray[np.float64]
) -> list[Meeting]:
    """When which two tracks were in one blob, by when it ended."""
    inside: dict[int, list[int]] = {}
    when: dict[int, float] = {}
    for number, rows in enumerate(tracks):
        for row in rows[shared[rows]]:
            inside.setdefault(int(blob[row]), []).append(number)
            when[int(blob[row])] = float(at[row])
    together: dict[tuple[int, int], list[float]] = {}
    for key in sorted(inside):
        for pair in combinations(sorted(set(inside[key])), 2):
            together.setdefault(pair, []).append(when[key])
    found = []
    for (i, j), seen in together.items():
        cuts = np.flatnonzero(np.diff(seen) > _PAUSE) + 1
        found += [(float(part[-1]), float(part[0]), i, j) for part in np.split(np.array(seen), cuts)]
    return sorted(found)


def _sides(
    rows: Rows, shared: NDArray[np.bool_], items: Items, at: NDArray[np.float64], span: tuple[float, float]
) -> tuple[Piece | None, Piece | None]:
    """What a track was like, alone, before and after ``span`` (s)."""
    own = rows[~shared[rows]]
    time = at[own]
    before = own[(time < span[0]) & (time >= span[0] - _COMPARED)]
    after = own[(time > span[1]) & (time <= span[1] + _COMPARED)]
    return _piece(before, items, at), _piece(after, items, at)


def _piece(rows: Rows, items: Items, at: NDArray[np.float64]) -> Piece | None:
    if len(rows) < 3:
        return None
    group = group_of(items.classes[rows], items.scores[rows])
    return Piece(rows, at[rows], items.boxes[rows], items.looks[rows], group)


def _crossed(a: tuple[Piece | None, Piece | None], b: tuple[Piece | None, Piece | None]) -> bool:
    """Whether two tracks go better with each other's way on."""
    if a[0] is None or a[1] is None or b[0] is None or b[1] is None:
        return False
    kept = join_cost(a[0], a[1]) + join_cost(b[0], b[1])
    return join_cost(a[0], b[1]) + join_cost(b[0], a[1]) + _MARGIN < kept


def _exchanged(a: Rows, b: Rows, at: NDArray[np.float64], end: float) -> tuple[Rows, Rows]:
    early, late = [rows[at[rows] <= end] for rows in (a, b)], [rows[at[rows] > end] for rows in (a, b)]
    return np.concatenate([early[0], late[1]]), np.concatenate([early[1], late[0]])
