"""One statistic of tracks: which table, over which bins, and, where only groups count, by which rule."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from synopticon.errors import RefusedError, UsageError
from synopticon.search import counts
from synopticon.search.bins import DAY, Moments, bins_of, ends_of
from synopticon.search.columns import chosen
from synopticon.search.counts import Counting, Part, Seen
from synopticon.search.few import Mask, grouped, shown
from synopticon.search.flows import Link, by_flow
from synopticon.search.heat import HeatMap, by_path, heat, heat_of_groups, heat_table
from synopticon.search.tables import Table, Tally, among, counted
from synopticon.search.visits import ways
from synopticon.values.area import Area
from synopticon.values.counted import By
from synopticon.values.traits import UNTIMED

RULE_GROUPS = "statistics.groups-only"  # what only shows single tracks, or a selection of them
RULE_BINS = "statistics.fixed-bins"  # a window or a bin that is not one of the clock's


@dataclass(frozen=True, slots=True)
class Groups:
    """Only groups may be counted: ``least`` tracks, in bins of ``size`` seconds that ended by ``until``.

    ``until``: microseconds since 1970 (UTC); a bin that still grows would tell of each track that comes.
    ``hours``: stretches (start, end) that may be looked at; a bin that none of them holds whole is left out.
    None = all time.
    """

    least: int
    size: int
    until: int
    hours: tuple[tuple[int, int], ...] | None = None

    def whole(self, starts: Moments, ends: Moments) -> Mask:
        """Which bins have ended, and lie in hours that may be looked at."""
        found: Mask = (starts != UNTIMED) & (ends <= self.until)
        if self.hours is None:
            return found
        inside = [(starts >= a) & (ends <= b) for a, b in self.hours]
        held = np.any(inside, axis=0) if inside else np.zeros(len(starts), np.bool_)
        return np.asarray(found & held, np.bool_)


@dataclass(frozen=True, slots=True, eq=False)
class Statistic:
    """A table, and the maps behind it where it is one of maps."""

    table: Table
    maps: tuple[HeatMap, ...] = ()


def statistic(
    by: By,
    c: Counting,
    areas: Sequence[Area] = (),
    *,
    seen: Sequence[Seen] | None = None,
    links: Sequence[Link] = (),
    groups: Groups | None = None,
) -> Statistic:
    """Count tracks. ``areas``: all zones and lines of the cameras; ``seen``: what was analysed.

    With ``groups`` by the rule of ``synopticon.search.few``; then ``by="path"``, links and bins that are no
    multiple of the rule's raise ``RefusedError``. Raises ``UsageError`` for lines or zones where none is
    drawn.
    """
    _check_areas(by, areas)
    if by == "coverage":  # of no track
        return Statistic(counts.by_coverage(c, seen or ()))
    if groups is None:
        return _free(by, c, areas, seen, links)
    check_groups(by, c.size, groups, selected=bool(links))
    return _of_groups(by, _kept(by, c, areas, groups), areas, seen, groups)


def check_groups(by: By, size: int, groups: Groups, *, selected: bool = False) -> None:
    """Raise ``RefusedError`` for what no group answers: single ways, selections, smaller bins."""
    if by == "path":
        raise RefusedError(
            f"a way is a single track's (rule {RULE_GROUPS}): choose --by heat or --by flow", RULE_GROUPS
        )
    if selected:
        raise RefusedError(
            f"a selection of tracks is compared with all of them (rule {RULE_GROUPS}): "
            "write no QUERY and no links",
            RULE_GROUPS,
        )
    if size % groups.size:
        raise RefusedError(
            f"bins are {groups.size // 60} minutes here (rule {RULE_BINS}): choose --bin as a multiple",
            RULE_BINS,
        )


def check_window(by: By, c: Counting, low: int | None, high: int | None, groups: Groups) -> None:
    """Raise ``RefusedError`` where a window begins or ends inside a bin of some camera's clock.

    Maps are of whole days.
    """
    size = DAY if by == "heat" else groups.size
    for moment in (low, high):
        for camera in c.ids if moment is not None else ():
            at = np.array([moment], np.int64)
            if bins_of(at, c.cameras.zone(camera), size)[0] != moment:
                what = "days" if size == DAY else f"bins of {size // 60} minutes"
                raise RefusedError(
                    f"a window that cuts a bin tells of who is in its rest (rule {RULE_BINS}): "
                    f"choose --from and --to so that whole {what} lie between, by the camera's clock",
                    RULE_BINS,
                )


def began(start: Moments, low: int | None, high: int | None) -> Mask:
    """Which tracks began in ``low <= start < high`` (None = open); without a window untimed ones too."""
    if low is None and high is None:
        return np.ones(len(start), np.bool_)
    inside = start != UNTIMED
    inside &= start >= low if low is not None else True
    inside &= start < high if high is not None else True
    return np.asarray(inside, np.bool_)


def _check_areas(by: By, areas: Sequence[Area]) -> None:
    wanted = {"line": "line", "zone": "zone", "flow": "zone"}.get(by)
    if wanted and not any(a.kind == wanted for a in areas):
        raise UsageError(f"no {wanted} is drawn for these cameras: add one with 'synopticon zones'")


def _free(
    by: By, c: Counting, areas: Sequence[Area], seen: Sequence[Seen] | None, links: Sequence[Link]
) -> Statistic:
    if by == "heat":
        maps = heat(c)
        return Statistic(heat_table(c, maps), maps)
    table: Mapping[By, Callable[[], Table]] = {
        "hour": lambda: counts.by_hour(c, seen),
        "camera": lambda: counts.by_camera(c),
        "class": lambda: counts.by_class(c),
        "line": lambda: counts.by_line(c, areas),
        "zone": lambda: counts.by_zone(c, areas),
        "flow": lambda: by_flow(c, areas, links),
        "dwell": lambda: counts.by_dwell(c),
        "speed": lambda: counts.by_speed(c),
        "occupancy": lambda: counts.by_occupancy(c, seen),
        "path": lambda: by_path(c),
    }
    return Statistic(table[by]())


def _of_groups(
    by: By, c: Counting, areas: Sequence[Area], seen: Sequence[Seen] | None, groups: Groups
) -> Statistic:
    maps: tuple[HeatMap, ...] = ()
    if by == "heat":
        maps = heat_of_groups(c, groups.least)
        table = heat_table(c, maps)
    elif by == "occupancy":
        table = counts.coarse_occupancy(c)
    elif by == "zone":
        table = counts.by_zone(c, areas, stays=False)
    else:
        table = _free(by, c, areas, seen, ()).table
    return Statistic(replace(table, least=groups.least), maps)


def _kept(by: By, c: Counting, areas: Sequence[Area], groups: Groups) -> Counting:
    """The tracks that may be counted in a table: see ``few``. They are read twice."""

    def keys(p: Part) -> tuple[NDArray[Any], ...]:
        """Bin, camera, class: the base cell; and the answer."""
        starts = Part(p.rows, replace(c, size=groups.size)).bins()
        return starts, p.rows["camera"], p.rows["label"], _answer(by, p, areas)

    def count(p: Part) -> Tally:
        found = keys(p)
        over = _ended(c, found[0], found[1], groups)
        return counted([key[over] for key in found])

    tally = c.tally(count)
    shows = np.zeros((0, 4), np.int64)
    if len(tally.sizes):
        shows = tally.groups[shown(grouped(*tally.groups.T[:3]), tally.sizes, groups.least)]
    parts = lambda: (chosen(p.rows, among(keys(p), shows)) for p in c.each())  # noqa: E731
    return replace(c, parts=parts, by_start=True)


def _answer(by: By, p: Part, areas: Sequence[Area]) -> NDArray[np.int64]:
    """What a table would tell of each track beyond its base cell."""
    if by in ("line", "zone", "flow", "heat"):
        return ways(p.rows, areas)
    if by in ("dwell", "occupancy"):
        return p.dwell().astype(np.int64)
    return p.speed().astype(np.int64) if by == "speed" else np.zeros(len(p.rows), np.int64)


def _ended(c: Counting, starts: Moments, cameras: NDArray[np.int32], groups: Groups) -> Mask:
    """Which tracks are of bins that have ended, and that may be looked at."""
    over = np.zeros(len(starts), np.bool_)
    for k in np.unique(cameras).tolist():
        here = cameras == k
        over[here] = groups.whole(starts[here], ends_of(starts[here], c.cameras.zone(c.ids[k]), groups.size))
    return over
