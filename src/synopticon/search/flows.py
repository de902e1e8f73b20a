"""Flows: from which zone to which, within a camera, and between cameras where somebody linked tracks."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from synopticon.search.counts import Counting, Part
from synopticon.search.tables import Table, Tally, counted, together
from synopticon.search.visits import Visits, moments, visits
from synopticon.values.area import Area
from synopticon.values.detection import CLASSES

Link = tuple[str, str]  # ids of two tracks that a person confirmed to be one object, the earlier first


def by_flow(c: Counting, areas: Sequence[Area], links: Sequence[Link] = ()) -> Table:
    """Tracks that went from one zone straight to the next, in the bin in which they reached it, by class.

    A track is in its zones in the order of its first entries. ``links``: from the last zone of one track to
    the first of another, also of another camera; who makes such links combines what cameras saw.
    """
    stays: dict[bytes, _Stays] = {}
    linked = np.array([id_.encode() for link in links for id_ in link], "S48")

    def count(p: Part) -> Tally:
        been = visits(p.rows, areas)
        here = np.flatnonzero(been.row[1:] == been.row[:-1])
        keys = _reached(p, been, here + 1)
        if len(linked):
            stays.update(_of_linked(p, been, linked))
        return counted((*keys[:2], been.area[here], *keys[2:]))

    within = c.tally(count)
    found = together((within, _between(stays, links)))
    names = {area.camera: c.cameras.name(area.camera) for area in areas}
    rows = tuple(
        (
            c.named(start, k),
            names[areas[a].camera],
            areas[a].name,
            c.camera(k),
            areas[b].name,
            CLASSES[label],
            n,
        )
        for (start, k, a, b, label), n in found.items()
    )
    columns = ("time", "from_camera", "from_zone", "to_camera", "to_zone", "class", "tracks")
    return Table("flow", columns, 6, rows)


@dataclass(frozen=True, slots=True)
class _Stays:
    """The first and last zone of a linked track: (bin, camera, area, class) of the one, area of the other."""

    first: tuple[int, ...]
    last: int


def _reached(p: Part, been: Visits, which: NDArray[np.intp]) -> tuple[NDArray[np.generic], ...]:
    """Bin, camera, area, class of some stays."""
    row = been.row[which]
    when = p.bins(row, moments(p.rows, row, been.first[which]))
    return when, p.rows["camera"][row], been.area[which], p.rows["label"][row]


def _of_linked(p: Part, been: Visits, linked: NDArray[np.bytes_]) -> dict[bytes, _Stays]:
    ids = p.rows["ids"]
    rows = np.flatnonzero(np.isin(ids, linked))
    first = np.searchsorted(been.row, rows, "left")
    last = np.searchsorted(been.row, rows, "right") - 1
    some = first <= last
    keys = zip(*(k.tolist() for k in _reached(p, been, first[some])), strict=True)
    places = zip(ids[rows[some]].tolist(), keys, been.area[last[some]].tolist(), strict=True)
    return {id_: _Stays(key, area) for id_, key, area in places}


def _between(stays: dict[bytes, _Stays], links: Sequence[Link]) -> Tally:
    """From the last zone of the first track of each link to the first zone of its second."""
    found = [(stays.get(one.encode()), stays.get(two.encode())) for one, two in links]
    keys = [(*b.first[:2], a.last, *b.first[2:]) for a, b in found if a and b]
    return counted(tuple(np.array(keys, np.int64).reshape(-1, 5).T))
