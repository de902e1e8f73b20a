"""Counts of tracks: by hour, camera, class, line and zone; how long, how fast, how many at once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import tzinfo
from math import inf
from typing import Any

import numpy as np
from numpy.typing import NDArray

from synopticon.search.bins import Moments, bins_of, ends_of, name_of
from synopticon.search.rows import zone_of
from synopticon.search.tables import Cell, Table, counted
from synopticon.search.visits import crossed, moments, visits
from synopticon.values.area import Area
from synopticon.values.detection import CLASSES
from synopticon.values.traits import UNTIMED, Traits

# Lower limits of classes of length (seconds) and of speed (picture heights a second; km/h).
DWELLS = (0, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1800)
SPEEDS = (0, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2)
PACES = (0, 2, 4, 6, 8, 12, 20, 30, 50, 70, 90, 130)
_KMH = 3.6


@dataclass(frozen=True, slots=True)
class Cameras:
    """What is known of cameras by their ids: their ``names`` and IANA ``zones``."""

    names: Mapping[str, str]
    zones: Mapping[str, str]

    def name(self, camera: str) -> str:
        """What people call it; its id where it has no name."""
        return self.names.get(camera, camera)

    def zone(self, camera: str) -> tzinfo:
        """Its time zone; UTC where none is known."""
        return zone_of(self.zones.get(camera, ""))


@dataclass(frozen=True, slots=True)
class Seen:
    """A stretch of time that was analysed of a camera, microseconds since 1970 (UTC), ``end`` exclusive."""

    camera: str
    start: int
    end: int


@dataclass(frozen=True, slots=True, eq=False)
class Counting:
    """What is counted: tracks, their cameras, and the size of bins in seconds.

    ``by_start``: whatever a track does is counted in the bin in which it began, so that bins are groups of
    tracks; else in the bin in which it happened.
    """

    traits: Traits
    cameras: Cameras
    size: int = 3600
    by_start: bool = False

    def bins(self, row: NDArray[np.intp] | None = None, at: Moments | None = None) -> Moments:
        """The bin of each track's start; with ``row`` those of what happened to these tracks at ``at``."""
        rows = np.arange(len(self.traits)) if row is None else row
        when = self.traits.start[rows] if at is None or self.by_start else at
        found = np.full(len(rows), UNTIMED, np.int64)
        for k, camera in enumerate(self.traits.cameras):
            here = self.traits.camera[rows] == k
            found[here] = bins_of(when[here], self.cameras.zone(camera), self.size)
        return found

    def named(self, start: int, camera: int) -> str:
        """A bin in the words of a camera's clock."""
        return name_of(start, self.cameras.zone(self.traits.cameras[camera]), self.size)

    def camera(self, index: int) -> str:
        """The name of a camera."""
        return self.cameras.name(self.traits.cameras[index])


def by_hour(c: Counting, seen: Sequence[Seen] | None = None) -> Table:
    """Tracks that began in each bin, by camera and class; ``seen`` adds the share of it that was seen."""
    t = c.traits
    groups, sizes, _ = counted((c.bins(), t.camera, t.label))
    rows: list[tuple[Cell, ...]] = []
    for (start, camera, label), n in zip(groups.tolist(), sizes.tolist(), strict=True):
        row: tuple[Cell, ...] = (c.named(start, camera), c.camera(camera), CLASSES[label], n)
        rows.append(row if seen is None else (*row, _share(c, seen, start, camera)))
    columns = ("time", "camera", "class", "tracks")
    return Table("hour", columns if seen is None else (*columns, "seen"), 3, tuple(rows))


def by_camera(c: Counting) -> Table:
    """Tracks of each camera."""
    groups, sizes, _ = counted((c.traits.camera,))
    rows = tuple((c.camera(k), n) for (k,), n in zip(groups.tolist(), sizes.tolist(), strict=True))
    return Table("camera", ("camera", "tracks"), 1, rows)


def by_class(c: Counting) -> Table:
    """Tracks of each class and camera."""
    t = c.traits
    groups, sizes, _ = counted((t.label, t.camera))
    rows = tuple(
        (CLASSES[label], c.camera(k), n)
        for (label, k), n in zip(groups.tolist(), sizes.tolist(), strict=True)
    )
    return Table("class", ("class", "camera", "tracks"), 2, rows)


def by_line(c: Counting, areas: Sequence[Area]) -> Table:
    """Crossings in and out over each line in each bin, by class."""
    over = crossed(c.traits, areas)
    when = c.bins(over.row, moments(c.traits, over.row, over.at))
    keys = (when, c.traits.camera[over.row], over.area, c.traits.label[over.row])
    groups, _, (inward, outward) = counted(keys, over.inward, ~over.inward)
    rows = tuple(
        (c.named(start, k), c.camera(k), areas[area].name, CLASSES[label], int(i), int(o))
        for (start, k, area, label), i, o in zip(groups.tolist(), inward, outward, strict=True)
    )
    return Table("line", ("time", "camera", "line", "class", "in", "out"), 4, rows)


def by_zone(c: Counting, areas: Sequence[Area], *, stays: bool = True) -> Table:
    """Tracks that entered each zone in each bin, by class; with ``stays`` their mean seconds inside."""
    t, been = c.traits, visits(c.traits, areas)
    when = c.bins(been.row, moments(t, been.row, been.first))
    keys = (when, t.camera[been.row], been.area, t.label[been.row])
    groups, sizes, (inside,) = counted(keys, been.share * t.dwell[been.row])
    rows: list[tuple[Cell, ...]] = []
    for (start, k, area, label), n, seconds in zip(groups.tolist(), sizes.tolist(), inside, strict=True):
        row = (c.named(start, k), c.camera(k), areas[area].name, CLASSES[label], n)
        rows.append((*row, round(float(seconds) / n, 2)) if stays else row)
    columns = ("time", "camera", "zone", "class", "tracks")
    return Table("zone", (*columns, "mean_seconds") if stays else columns, 4, tuple(rows))


def by_dwell(c: Counting) -> Table:
    """How long tracks stayed: their number in classes of seconds, by camera and class."""
    t = c.traits
    return _spread("dwell", c, dwell_class(t), [(a, b, "s") for a, b in _between(DWELLS)])


def by_speed(c: Counting) -> Table:
    """How fast tracks went: km/h where the camera has a ground plane, else picture heights a second."""
    limits = [(a, b, "heights/s") for a, b in _between(SPEEDS)]
    limits += [(a, b, "km/h") for a, b in _between(PACES)]
    return _spread("speed", c, speed_class(c.traits), limits)


def dwell_class(t: Traits) -> NDArray[np.intp]:
    """The class of length of each track, an index into ``DWELLS``."""
    return np.asarray(np.searchsorted(DWELLS, t.dwell, "right") - 1)


def speed_class(t: Traits) -> NDArray[np.intp]:
    """The class of speed of each track: an index into ``SPEEDS``, then ``PACES``."""
    slow = np.searchsorted(SPEEDS, np.maximum(t.speed, 0), "right") - 1
    fast = np.searchsorted(PACES, np.maximum(t.pace, 0) * _KMH, "right") - 1 + len(SPEEDS)
    return np.asarray(np.where(np.isnan(t.pace), slow, fast))


def by_occupancy(c: Counting, seen: Sequence[Seen] | None = None) -> Table:
    """How many were there at once, in each bin and camera: the mean over the bin's time, and the most.

    Time that was not seen counts as empty; ``seen`` adds the share of the bin that was.
    """
    rows: list[tuple[int, int, tuple[Cell, ...]]] = []
    for k, camera in enumerate(c.traits.cameras):
        mine = c.traits.take((c.traits.camera == k) & (c.traits.start != UNTIMED))
        for start, mean, most in _levels(mine.start, mine.end, c.cameras.zone(camera), c.size):
            row: tuple[Cell, ...] = (c.named(start, k), c.camera(k), round(mean, 4), most)
            rows.append((start, k, row if seen is None else (*row, _share(c, seen, start, k))))
    columns = ("time", "camera", "mean", "most")
    whole = columns if seen is None else (*columns, "seen")
    return Table("occupancy", whole, 2, tuple(row for *_, row in sorted(rows, key=lambda r: r[:2])))


def coarse_occupancy(c: Counting) -> Table:
    """The mean number at once from classes alone: the middle of each track's class of length, by its start.

    Of what a table of lengths by bin would tell, and of nothing else.
    """
    t, limits = c.traits, list(_between(DWELLS))
    middles = np.array([a if b is None else (a + b) / 2 for a, b in limits])
    starts = c.bins()
    groups, _, (seconds,) = counted((starts, t.camera), middles[dwell_class(t)])
    rows: list[tuple[Cell, ...]] = []
    for (start, k), total in zip(groups.tolist(), seconds, strict=True):
        if start != UNTIMED:
            zone = c.cameras.zone(t.cameras[k])
            lasts = (int(ends_of(np.array([start]), zone, c.size)[0]) - start) / 1e6
            rows.append((c.named(start, k), c.camera(k), round(float(total) / lasts, 4)))
    return Table("occupancy", ("time", "camera", "mean"), 2, tuple(rows))


def _spread(
    by: str, c: Counting, which: NDArray[np.intp], limits: Sequence[tuple[float, float | None, str]]
) -> Table:
    t = c.traits
    groups, sizes, _ = counted((t.camera, t.label, which))
    rows = tuple(
        (c.camera(k), CLASSES[label], *limits[which], n)
        for (k, label, which), n in zip(groups.tolist(), sizes.tolist(), strict=True)
    )
    return Table(by, ("camera", "class", "from", "to", "unit", "tracks"), 5, rows)


def _between(limits: Sequence[float]) -> list[tuple[float, float | None]]:
    """Each class with both its ends; the last has none."""
    return list(zip(limits, (*limits[1:], None), strict=True))


def _levels(start: Moments, end: Moments, zone: tzinfo, size: int) -> list[tuple[int, float, int]]:
    """Of each bin that somebody was in: its start, the mean number at once, the most."""
    if not len(start):
        return []
    edges = _edges(int(start.min()), int(end.max()), zone, size)
    times = np.concatenate([start, end, edges])
    change = np.repeat([1, -1, 0], [len(start), len(end), len(edges)])
    order = np.lexsort((change, times))  # who leaves goes before who comes
    times, level = times[order], np.cumsum(change[order])
    lasts = np.diff(times, append=times[-1:])
    at = np.searchsorted(edges, times, "right") - 1
    area = np.bincount(at, level * lasts, len(edges))
    most = np.zeros(len(edges), np.int64)
    np.maximum.at(most, at, np.where(lasts > 0, level, 0))
    width = np.diff(edges, append=ends_of(edges[-1:], zone, size))
    found = zip(edges.tolist(), (area / width).tolist(), most.tolist(), strict=True)
    return [row for row in found if row[2]]


def _edges(low: int, high: int, zone: tzinfo, size: int) -> Moments:
    """The starts of all bins that lie in a stretch of time."""
    step = min(size, 3600) * 1_000_000
    moments = np.append(np.arange(low, high, step, dtype=np.int64), high)
    return np.unique(bins_of(moments, zone, size))


def _share(c: Counting, seen: Sequence[Seen], start: int, camera: int) -> float | None:
    """The share of a bin that was seen; None where the clock is unknown."""
    if start == UNTIMED:
        return None
    id_, zone = c.traits.cameras[camera], c.cameras.zone(c.traits.cameras[camera])
    end = int(ends_of(np.array([start]), zone, c.size)[0])
    mine = sorted((max(s.start, start), min(s.end, end)) for s in seen if s.camera == id_)
    covered, reached = 0, start
    for a, b in mine:
        covered += max(b - max(a, reached), 0)
        reached = max(reached, b)
    return round(covered / (end - start), 4)


def limit_text(low: Any, high: Any) -> str:
    """A class as people read it: ``10-20``, ``1800 and more``."""
    return f"{low:g} and more" if high in (None, inf) else f"{low:g}-{high:g}"
