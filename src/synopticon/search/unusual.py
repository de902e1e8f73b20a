"""How rare a track is for its camera: its hour, direction, speed, dwell and path beside all the others.

It ranks and never alerts. For each feature the tracks of a camera are counted in bins; a track is as rare as
the share of tracks that lie in bins as full as its own or emptier (a p-value of the discrete distribution).
The rarest of its features decides and is its reason.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from synopticon.search.rows import DAY, Rows, local
from synopticon.values.traits import UNTIMED

FEATURES = ("hour", "direction", "speed", "dwell", "path")
FEWEST = 20  # tracks of a camera below which nothing is called rare
_BINS = {"hour": 25, "direction": 9, "speed": 33, "dwell": 33, "path": 64}
_Counts = dict[str, dict[str, NDArray[np.int64]]]


@dataclass(frozen=True, slots=True, eq=False)
class Usual:
    """Of each camera and feature how many tracks lie in each bin; ``path``: how many touched each cell."""

    counts: Mapping[str, Mapping[str, NDArray[np.int64]]]
    tracks: Mapping[str, int]

    def rarity(self, rows: Rows) -> tuple[NDArray[np.float32], NDArray[np.uint8]]:
        """Of each row how unusual it is, 0..1 (.99 = rarer than 99 % of its camera's), and which feature."""
        best = np.ones(len(rows), np.float64)
        why = np.zeros(len(rows), np.uint8)
        binned = {name: _bins(name, rows) for name in FEATURES if name != "path"}
        for index, camera in enumerate(rows.cameras):
            here = np.flatnonzero(rows["camera"] == index)
            if self.tracks.get(camera, 0) < FEWEST:
                continue
            for k, name in enumerate(FEATURES):
                counts = self.counts[camera][name]
                found = (
                    _rarest_cell(rows["cells"][here], counts, self.tracks[camera])
                    if name == "path"
                    else _tail(counts)[binned[name][here]]
                )
                rarer = found < best[here]
                best[here[rarer]], why[here[rarer]] = found[rarer], k
        return (1 - best).astype(np.float32), why


def usual(views: Iterable[Rows]) -> Usual:
    """Count what tracks of each camera do."""
    counts: _Counts = {}
    tracks: dict[str, int] = {}
    for rows in views:
        binned = {name: _bins(name, rows) for name in FEATURES if name != "path"}
        for index, camera in enumerate(rows.cameras):
            here = rows["camera"] == index
            own = counts.setdefault(camera, {n: np.zeros(_BINS[n], np.int64) for n in FEATURES})
            tracks[camera] = tracks.get(camera, 0) + int(here.sum())
            for name, column in binned.items():
                own[name] += np.bincount(column[here], minlength=_BINS[name])
            own["path"] += _touched(rows["cells"][here])
    return Usual(counts, tracks)


def _bins(name: str, rows: Rows) -> NDArray[np.intp]:
    """The bin of each row; the last bin is of those for whom it cannot be told."""
    if name == "hour":
        hours = (local(rows) % DAY) // (DAY // 24)
        return np.where(rows["start"] == UNTIMED, 24, hours).astype(np.intp)
    if name == "direction":
        heading = rows["heading"]
        eighth = np.floor((np.nan_to_num(heading) + 22.5) % 360 / 45)
        return np.where(np.isnan(heading), 8, np.minimum(eighth, 7)).astype(np.intp)
    column = np.nan_to_num(rows[name].astype(np.float64))
    base = {"speed": 1e-3, "dwell": 0.1}[name]
    place = np.clip(np.floor(2 * np.log2(np.maximum(column, base) / base)), 0, 32)
    return np.asarray(place, np.intp)


def _tail(counts: NDArray[np.int64]) -> NDArray[np.float64]:
    """For each bin the share of tracks in bins no fuller than it."""
    order = np.argsort(counts, kind="stable")
    summed = np.cumsum(counts[order])
    last = np.searchsorted(counts[order], counts, side="right") - 1
    share: NDArray[np.float64] = summed[last] / max(int(counts.sum()), 1)
    return share


def _touched(cells: NDArray[np.uint64]) -> NDArray[np.int64]:
    bits = (cells[:, None] >> np.arange(64, dtype=np.uint64)) & np.uint64(1)
    return np.asarray(bits.sum(axis=0), np.int64)


def _rarest_cell(cells: NDArray[np.uint64], counts: NDArray[np.int64], tracks: int) -> NDArray[np.float64]:
    """Of each row the share of tracks that touched the least visited of its cells."""
    out = np.ones(len(cells), np.float64)
    for k in np.argsort(-counts, kind="stable").tolist():
        out[(cells >> np.uint64(k)) & np.uint64(1) == 1] = counts[k] / tracks
    return out
