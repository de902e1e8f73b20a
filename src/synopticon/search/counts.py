"""Counts of tracks: by hour, camera, class, line and zone; how long, how fast, how many at once."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import tzinfo
from math import inf
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from synopticon.search.bins import Moments, bins_of, ends_of, name_of
from synopticon.search.columns import Columns, pieces
from synopticon.search.rows import zone_of
from synopticon.search.tables import Cell, Table, Tally, counted, together
from synopticon.search.visits import crossed, moments, visits
from synopticon.values.area import Area
from synopticon.values.detection import CLASSES
from synopticon.values.ground import Ground, pace_alone
from synopticon.values.traits import UNTIMED

# Lower limits of classes of length (seconds) and of speed (picture heights a second; km/h).
DWELLS = (0, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1800)
SPEEDS = (0, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2)
PACES = (0, 2, 4, 6, 8, 12, 20, 30, 50, 70, 90, 130)
_KMH = 3.6
_AT_ONCE = 16_384  # rows whose way over a ground is reckoned at once


@dataclass(frozen=True, slots=True)
class Cameras:
    """What is known of cameras by their ids: ``names``, IANA ``zones``, ``grounds`` where one was set."""

    names: Mapping[str, str]
    zones: Mapping[str, str]
    grounds: Mapping[str, Ground] = field(default_factory=lambda: MappingProxyType({}))

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

    ``parts``: gives the tracks, some at a time, anew each time that it is called; ``ids``: their cameras.
    ``by_start``: whatever a track does is counted in the bin in which it began, so that bins are groups of
    tracks; else in the bin in which it happened.
    """

    parts: Callable[[], Iterable[Columns]]
    ids: tuple[str, ...]
    cameras: Cameras
    size: int = 3600
    by_start: bool = False

    @staticmethod
    def of(tracks: Columns, cameras: Cameras, size: int = 3600, *, by_start: bool = False) -> "Counting":
        """Tracks that are all at hand."""
        return Counting(lambda: (tracks,), tracks.cameras, cameras, size, by_start)

    def each(self) -> Iterator["Part"]:
        """All tracks, a piece at a time: what is kept of one must be small."""
        for rows in self.parts():
            for piece in pieces(rows, self.ids):
                yield Part(piece, self)

    def tally(self, count: Callable[["Part"], Tally], sums: int = 0) -> Tally:
        """What is counted of each piece, added up."""
        return together((count(part) for part in self.each()), sums)

    def named(self, start: int, camera: int) -> str:
        """A bin in the words of a camera's clock."""
        return name_of(start, self.cameras.zone(self.ids[camera]), self.size)

    def camera(self, index: int) -> str:
        """The name of a camera."""
        return self.cameras.name(self.ids[index])


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """A piece of what is counted; ``rows["camera"]`` counts cameras as ``of.ids`` has them."""

    rows: Columns
    of: Counting

    def bins(self, row: NDArray[np.intp] | None = None, at: Moments | None = None) -> Moments:
        """The bin of each track's start; with ``row`` those of what happened to these tracks at ``at``."""
        rows = slice(None) if row is None else row
        when = self.rows["start"][rows] if at is None or self.of.by_start else at
        cameras = self.rows["camera"][rows]
        found = np.full(len(when), UNTIMED, np.int64)
        for k in np.unique(cameras).tolist():
            here = cameras == k
            found[here] = bins_of(when[here], self.of.cameras.zone(self.of.ids[k]), self.of.size)
        return found

    def dwell(self) -> NDArray[np.intp]:
        """The class of length of each track, an index into ``DWELLS``."""
        return np.asarray(np.searchsorted(DWELLS, self.rows["dwell"], "right") - 1)

    def speed(self) -> NDArray[np.intp]:
        """The class of speed of each track: an index into ``SPEEDS``, then ``PACES``."""
        metres = self._pace()
        slow = np.searchsorted(SPEEDS, np.maximum(self.rows["speed"], 0), "right") - 1
        fast = np.searchsorted(PACES, np.maximum(metres, 0) * _KMH, "right") - 1 + len(SPEEDS)
        return np.asarray(np.where(np.isnan(metres), slow, fast))

    def _pace(self) -> NDArray[np.float64]:
        """Metres a second over the ground of the camera; NaN where it has none."""
        found, cameras = self.rows["pace"].astype(np.float64), self.rows["camera"]
        for k in np.unique(cameras).tolist():
            ground = self.of.cameras.grounds.get(self.of.ids[k])
            here = np.flatnonzero(cameras == k) if ground is not None else np.zeros(0, np.intp)
            for some in np.array_split(here, len(here) // _AT_ONCE + 1) if len(here) else ():
                path, lasts = self.rows["path"][some], self.rows["dwell"][some]
                assert ground is not None, "it has rows only with a ground"
                found[some] = pace_alone(path, lasts, ground)
        return found


def by_hour(c: Counting, seen: Sequence[Seen] | None = None) -> Table:
    """Tracks that began in each bin, by camera and class; ``seen`` adds the share of it that was seen."""
    share = None if seen is None else _Shares(c, seen)
    found = c.tally(lambda p: counted((p.bins(), p.rows["camera"], p.rows["label"])))
    rows: list[tuple[Cell, ...]] = []
    for (start, camera, label), n in found.items():
        row: tuple[Cell, ...] = (c.named(start, camera), c.camera(camera), CLASSES[label], n)
        rows.append(row if share is None else (*row, share.of(start, camera)))
    columns = ("time", "camera", "class", "tracks")
    return Table("hour", columns if seen is None else (*columns, "seen"), 3, tuple(rows))


def by_camera(c: Counting) -> Table:
    """Tracks of each camera."""
    found = c.tally(lambda p: counted((p.rows["camera"],)))
    return Table("camera", ("camera", "tracks"), 1, tuple((c.camera(k), n) for (k,), n in found.items()))


def by_class(c: Counting) -> Table:
    """Tracks of each class and camera."""
    found = c.tally(lambda p: counted((p.rows["label"], p.rows["camera"])))
    rows = tuple((CLASSES[label], c.camera(k), n) for (label, k), n in found.items())
    return Table("class", ("class", "camera", "tracks"), 2, rows)


def by_line(c: Counting, areas: Sequence[Area]) -> Table:
    """Crossings in and out over each line in each bin, by class."""

    def count(p: Part) -> Tally:
        over = crossed(p.rows, areas)
        when = p.bins(over.row, moments(p.rows, over.row, over.at))
        keys = (when, p.rows["camera"][over.row], over.area, p.rows["label"][over.row])
        return counted(keys, over.inward, ~over.inward)

    found = c.tally(count, 2)
    rows = tuple(
        (c.named(start, k), c.camera(k), areas[area].name, CLASSES[label], int(i), int(o))
        for (start, k, area, label), i, o in zip(found.groups.tolist(), *found.sums, strict=True)
    )
    return Table("line", ("time", "camera", "line", "class", "in", "out"), 4, rows)


def by_zone(c: Counting, areas: Sequence[Area], *, stays: bool = True) -> Table:
    """Tracks that entered each zone in each bin, by class; with ``stays`` their mean seconds inside."""

    def count(p: Part) -> Tally:
        been = visits(p.rows, areas)
        when = p.bins(been.row, moments(p.rows, been.row, been.first))
        keys = (when, p.rows["camera"][been.row], been.area, p.rows["label"][been.row])
        return counted(keys, been.share * p.rows["dwell"][been.row])

    found = c.tally(count, 1)
    rows: list[tuple[Cell, ...]] = []
    for ((start, k, area, label), n), seconds in zip(found.items(), found.sums[0], strict=True):
        row = (c.named(start, k), c.camera(k), areas[area].name, CLASSES[label], n)
        rows.append((*row, round(float(seconds) / n, 2)) if stays else row)
    columns = ("time", "camera", "zone", "class", "tracks")
    return Table("zone", (*columns, "mean_seconds") if stays else columns, 4, tuple(rows))


def by_dwell(c: Counting) -> Table:
    """How long tracks stayed: their number in classes of seconds, by camera and class."""
    return _spread("dwell", c, Part.dwell, [(a, b, "s") for a, b in _between(DWELLS)])


def by_speed(c: Counting) -> Table:
    """How fast tracks went: km/h where the camera has a ground plane, else picture heights a second."""
    limits = [(a, b, "heights/s") for a, b in _between(SPEEDS)]
    limits += [(a, b, "km/h") for a, b in _between(PACES)]
    return _spread("speed", c, Part.speed, limits)


def by_occupancy(c: Counting, seen: Sequence[Seen] | None = None) -> Table:
    """How many were there at once, in each bin and camera: the mean over the bin's time, and the most.

    Time that was not seen counts as empty; ``seen`` adds the share of the bin that was.
    """
    share = None if seen is None else _Shares(c, seen)
    rows: list[tuple[int, int, tuple[Cell, ...]]] = []
    for k, (begin, end) in sorted(_stretches(c).items()):
        for start, mean, most in _levels(begin, end, c.cameras.zone(c.ids[k]), c.size):
            row: tuple[Cell, ...] = (c.named(start, k), c.camera(k), round(mean, 4), most)
            rows.append((start, k, row if share is None else (*row, share.of(start, k))))
    columns = ("time", "camera", "mean", "most")
    whole = columns if seen is None else (*columns, "seen")
    return Table("occupancy", whole, 2, tuple(row for *_, row in sorted(rows, key=lambda r: r[:2])))


def by_coverage(c: Counting, seen: Sequence[Seen]) -> Table:
    """What was looked at: of each bin and camera the share that was seen; a bin without any has no row."""
    share, known = _Shares(c, seen), {camera: k for k, camera in enumerate(c.ids)}
    bins: set[tuple[int, int]] = set()
    for s in seen:
        if s.camera in known and s.start < s.end:
            zone = c.cameras.zone(s.camera)
            bins |= {(int(at), known[s.camera]) for at in _edges(s.start, s.end - 1, zone, c.size)}
    rows = tuple((c.named(start, k), c.camera(k), share.of(start, k)) for start, k in sorted(bins))
    return Table("coverage", ("time", "camera", "seen"), 2, rows)


def _stretches(c: Counting) -> dict[int, tuple[Moments, Moments]]:
    """When the tracks of each camera begin and end: all that must be held at once."""
    found: dict[int, list[tuple[Moments, Moments]]] = {}
    for p in c.each():
        cameras, start, end = p.rows["camera"], p.rows["start"], p.rows["end"]
        for k in np.unique(cameras).tolist():
            mine = (cameras == k) & (start != UNTIMED)
            found.setdefault(k, []).append((start[mine], end[mine]))
    return {
        k: (np.concatenate([a for a, _ in parts]), np.concatenate([b for _, b in parts]))
        for k, parts in found.items()
    }


def coarse_occupancy(c: Counting) -> Table:
    """The mean number at once from classes alone: the middle of each track's class of length, by its start.

    Of what a table of lengths by bin would tell, and of nothing else.
    """
    middles = np.array([a if b is None else (a + b) / 2 for a, b in _between(DWELLS)])
    found = c.tally(lambda p: counted((p.bins(), p.rows["camera"]), middles[p.dwell()]), 1)
    rows: list[tuple[Cell, ...]] = []
    for (start, k), total in zip(found.groups.tolist(), found.sums[0], strict=True):
        if start != UNTIMED:
            zone = c.cameras.zone(c.ids[k])
            lasts = (int(ends_of(np.array([start]), zone, c.size)[0]) - start) / 1e6
            rows.append((c.named(start, k), c.camera(k), round(float(total) / lasts, 4)))
    return Table("occupancy", ("time", "camera", "mean"), 2, tuple(rows))


def _spread(
    by: str,
    c: Counting,
    which: Callable[[Part], NDArray[np.intp]],
    limits: Sequence[tuple[float, float | None, str]],
) -> Table:
    found = c.tally(lambda p: counted((p.rows["camera"], p.rows["label"], which(p))))
    rows = tuple((c.camera(k), CLASSES[label], *limits[at], n) for (k, label, at), n in found.items())
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


class _Shares:
    """How much of bins was seen, by camera."""

    def __init__(self, c: Counting, seen: Sequence[Seen]) -> None:
        self._c = c
        self._spans = [_apart([(s.start, s.end) for s in seen if s.camera == id_]) for id_ in c.ids]
        self._known: dict[tuple[int, int], float] = {}

    def of(self, start: int, camera: int) -> float | None:
        """The share of a bin that was seen; None where the clock is unknown."""
        if start == UNTIMED:
            return None
        if (start, camera) not in self._known:
            zone = self._c.cameras.zone(self._c.ids[camera])
            end = int(ends_of(np.array([start]), zone, self._c.size)[0])
            begins, ends = self._spans[camera]
            first, last = bisect_right(ends, start), bisect_left(begins, end)
            inside = zip(begins[first:last], ends[first:last], strict=True)
            covered = sum(min(b, end) - max(a, start) for a, b in inside)
            self._known[start, camera] = round(covered / (end - start), 4)
        return self._known[start, camera]


def _apart(spans: Sequence[tuple[int, int]]) -> tuple[list[int], list[int]]:
    """Begins and ends of the same time in stretches that do not touch, in order."""
    begins: list[int] = []
    ends: list[int] = []
    for a, b in sorted(spans):
        if ends and a <= ends[-1]:
            ends[-1] = max(ends[-1], b)
        elif a < b:
            begins.append(a)
            ends.append(b)
    return begins, ends


def limit_text(low: Any, high: Any) -> str:
    """A class as people read it: ``10-20``, ``1800 and more``."""
    return f"{low:g} and more" if high in (None, inf) else f"{low:g}-{high:g}"
