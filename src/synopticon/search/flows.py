"""Flows: from which zone to which, within a camera, and between cameras where somebody linked tracks."""

from collections.abc import Sequence

import numpy as np

from synopticon.search.counts import Counting
from synopticon.search.tables import Table, counted
from synopticon.search.visits import Visits, moments, visits
from synopticon.values.area import Area
from synopticon.values.detection import CLASSES

Link = tuple[str, str]  # ids of two tracks that a person confirmed to be one object, the earlier first


def by_flow(c: Counting, areas: Sequence[Area], links: Sequence[Link] = ()) -> Table:
    """Tracks that went from one zone straight to the next, in the bin in which they reached it, by class.

    A track is in its zones in the order of its first entries. ``links``: from the last zone of one track to
    the first of another, also of another camera; who makes such links combines what cameras saw.
    """
    been, t = visits(c.traits, areas), c.traits
    here = np.flatnonzero(been.row[1:] == been.row[:-1])
    pairs = np.concatenate([np.stack([here, here + 1], axis=1), _linked(c, been, links)])
    a, b = pairs[:, 0], pairs[:, 1]
    row = been.row[b]
    when = c.bins(row, moments(t, row, been.first[b]))
    keys = (when, t.camera[row], been.area[a], been.area[b], t.label[row])
    groups, sizes, _ = counted(keys)
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
        for (start, k, a, b, label), n in zip(groups.tolist(), sizes.tolist(), strict=True)
    )
    columns = ("time", "from_camera", "from_zone", "to_camera", "to_zone", "class", "tracks")
    return Table("flow", columns, 6, rows)


def _linked(
    c: Counting, been: Visits, links: Sequence[Link]
) -> np.ndarray[tuple[int, int], np.dtype[np.intp]]:
    """For each link, the last stay of its first track and the first stay of its second."""
    rows = {id_.decode(): k for k, id_ in enumerate(c.traits.ids.tolist())} if links else {}
    found = []
    for one, two in links:
        if one in rows and two in rows:
            a = np.searchsorted(been.row, rows[one], "right") - 1
            b = np.searchsorted(been.row, rows[two], "left")
            stays = a >= 0 and b < len(been.row)
            if stays and (been.row[a], been.row[b]) == (rows[one], rows[two]):
                found.append((a, b))
    return np.array(found, np.intp).reshape(-1, 2)
