"""Count what passed: tables and pictures of tracks, nobody told apart.

Under a profile that counts groups only (its table ``[statistics]``), see ``synopticon.search.few``; then
nothing is shown behind a map.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from synopticon.acts.journey import confirmed
from synopticon.acts.scenes import scene_planes
from synopticon.acts.search import asked, views, world_of
from synopticon.acts.workspace import Act, Workspace
from synopticon.errors import RefusedError, UsageError
from synopticon.governance.capability import Operation
from synopticon.governance.grant import NOTHING, Grant, Scope
from synopticon.search.bins import check_size, micros_in
from synopticon.search.charts import chart
from synopticon.search.columns import Columns, chosen
from synopticon.search.counts import Cameras, Counting, Seen
from synopticon.search.find import check_names
from synopticon.search.flows import Link
from synopticon.search.match import match
from synopticon.search.png import laid_over, png
from synopticon.search.statistics import (
    Groups,
    Statistic,
    began,
    check_groups,
    check_window,
    statistic,
)
from synopticon.search.tables import WRITERS, plain
from synopticon.store.atomic import check_place, make_folder, write_bytes
from synopticon.store.cameras import Camera
from synopticon.store.moments import micros
from synopticon.values.area import Area
from synopticon.values.counted import By
from synopticon.values.ground import Ground, of_plain
from synopticon.values.query import Query
from synopticon.values.traits import UNTIMED

OPERATION = Operation.CONSULTATION
_HOUR = 3600
_MAP = (960, 540)  # pixels of a map without a background


@dataclass(frozen=True, slots=True)
class Supply:
    """Where tracks come from, within a grant: some at a time, ``cameras`` of them are ids.

    ``areas``: all zones and lines that are drawn. ``seen``: what was analysed, None = not known. ``grounds``:
    by the camera's id, where one was set. ``links``: of tracks that people confirmed to be one object.
    ``background``: a grey picture uint8 ``(h, w)`` of a camera's scene, or None, shown within an act; never
    asked for where only groups are counted.
    """

    tracks: Callable[[Grant], Iterable[Columns]]
    areas: Callable[[], Sequence[Area]] = tuple
    seen: Callable[[Grant], Sequence[Seen]] | None = None
    background: Callable[[Act, str], NDArray[np.uint8] | None] | None = None
    grounds: Callable[[], Mapping[str, Ground]] = dict
    links: Callable[[Act], Sequence[Link]] | None = None


@dataclass(frozen=True, slots=True)
class StatisticsRequest:
    """What to count. ``start``, ``end``: of tracks that began then, by the camera's clock.

    ``cameras``: names; none = all. ``output``: ``.csv .json .parquet .svg .png``; None = no file.
    ``size``: seconds of a bin. ``query``: only tracks that answer it, which takes the permission to search.
    """

    by: By
    cameras: tuple[str, ...] = ()
    start: datetime | None = None
    end: datetime | None = None
    size: int = _HOUR
    output: Path | None = None
    overwrite: bool = False
    case: str | None = None
    reason: str = ""
    scope: Scope = NOTHING
    query: str = ""
    links: tuple[Link, ...] = ()


@dataclass(frozen=True, slots=True)
class StatisticsResult:
    """What was counted: the table as JSON knows it, and the file it was written to."""

    path: Path | None
    table: dict[str, Any]
    notes: tuple[str, ...] = field(default=())


@dataclass(frozen=True, slots=True)
class StatisticsFile:
    """What was counted, as a file: its name and its bytes."""

    name: str
    data: bytes


def make_statistics(workspace: Workspace, request: StatisticsRequest, supply: Supply) -> StatisticsResult:
    """Count, and write the table or picture whole or not at all.

    Raises ``UsageError``, ``OutputError``, and ``RefusedError`` for what the profile does not count.
    """
    _check_output(request)
    with _counted(workspace, request, supply) as made:
        if request.output is not None:
            data = made.file(request.output)
            make_folder(request.output.parent)
            write_bytes(request.output, data, overwrite=request.overwrite)
            made.act.note(made=request.output.name)
        return StatisticsResult(request.output, plain(made.statistic.table), made.notes)


def statistics_file(
    workspace: Workspace, request: StatisticsRequest, supply: Supply, kind: str
) -> StatisticsFile:
    """Count, and give it as a file of this kind (``.csv``); raises as ``make_statistics``."""
    place = Path(f"statistics-{request.by}{kind}")
    _check_kind(place, request.by)
    with _counted(workspace, request, supply) as made:
        data = made.file(place)
        made.act.note(made=place.name, sha256=hashlib.sha256(data).hexdigest())
        return StatisticsFile(place.name, data)


@dataclass(frozen=True, slots=True)
class _Counted:
    """What was counted under an act, what must be said of it, and what makes a file of it."""

    act: Act
    statistic: Statistic
    notes: tuple[str, ...]
    file: Callable[[Path], bytes]


@contextmanager
def _counted(workspace: Workspace, request: StatisticsRequest, supply: Supply) -> Iterator[_Counted]:
    """Count, under the permission for it."""
    check_size(request.size)
    found = [workspace.cameras.find(name) for name in request.cameras] or list(workspace.cameras.all())
    groups = _groups(workspace)
    if groups is not None:
        _check(workspace, request, groups)
    said = {
        "by": request.by,
        "cameras": [c.id for c in found],
        "from": request.start.isoformat() if request.start else None,
        "to": request.end.isoformat() if request.end else None,
        "query": request.query,
        "groups": groups.least if groups else None,
    }
    scope = request.scope
    if scope == NOTHING and request.case is None:
        scope = Scope(digests=workspace.footage.digests())
    with _permitted(workspace, request, scope, said) as act:
        made = _made(workspace, request, supply, act, found, groups)
        act.note(rows=len(made.statistic.table.rows))
        yield made


@contextmanager
def _permitted(
    workspace: Workspace, request: StatisticsRequest, scope: Scope, said: Mapping[str, Any]
) -> Iterator[Act]:
    """The permission to count, within the one to search where only what answers a question is counted."""
    more: dict[str, Any] = {
        "case": request.case, "scope": scope, "reason": request.reason, "payload": said,
    }  # fmt: skip
    with ExitStack() as stack:
        outer = None
        if request.query.strip():
            outer = stack.enter_context(workspace.act("search.attributes", **more))
        yield stack.enter_context(workspace.act("statistics", within=outer, **more))


def _made(
    workspace: Workspace,
    request: StatisticsRequest,
    supply: Supply,
    act: Act,
    found: Sequence[Camera],
    groups: Groups | None,
) -> _Counted:
    grant = act.grant
    grounds = supply.grounds() if request.by == "speed" else {}
    cameras = Cameras({c.id: c.name for c in found}, {c.id: c.zone for c in found}, grounds)
    tracks = _Asked(supply, grant, cameras, (request.start, request.end))
    counting = Counting(tracks, tuple(cameras.names), cameras, request.size)
    if groups is not None:
        groups = _within(groups, grant.scope)
        _check_windows(workspace, request, counting, groups)
    seen = _in_window(supply.seen(grant), cameras, tracks.window) if supply.seen else None
    areas = [a for a in supply.areas() if a.camera in cameras.names]
    links = request.links
    if not links and supply.links is not None and request.by == "flow" and groups is None:
        links = tuple(supply.links(act))
    made = statistic(request.by, counting, areas, seen=seen, links=links, groups=groups)
    made = replace(made, maps=tuple(replace(m, camera=cameras.name(m.camera)) for m in made.maps))
    notes = tuple(_notes(tracks.untimed, seen, groups))

    def file(place: Path) -> bytes:
        return _file(place, made, {} if groups else _backgrounds(request, supply, act, cameras))

    return _Counted(act, made, notes, file)


def _in_window(
    seen: Sequence[Seen], cameras: Cameras, window: tuple[datetime | None, datetime | None]
) -> list[Seen]:
    """What was seen of the window, by the clock of each camera."""
    found = []
    for s in seen:
        low, high = (None if m is None else micros_in(m, cameras.zone(s.camera)) for m in window)
        start = s.start if low is None else max(s.start, low)
        end = s.end if high is None else min(s.end, high)
        if s.camera in cameras.names and start < end:
            found.append(Seen(s.camera, start, end))
    return found


@dataclass(slots=True)
class _Asked:
    """Gives the tracks that are asked for, each camera by its own clock, some at a time.

    ``untimed``: how many of them had no known time, when they were gone through last.
    """

    supply: Supply
    grant: Grant
    cameras: Cameras
    window: tuple[datetime | None, datetime | None]
    untimed: int = 0

    def __call__(self) -> Iterator[Columns]:
        self.untimed = 0
        for rows in self.supply.tracks(self.grant):
            found = self._within(rows)
            self.untimed += int((found["start"] == UNTIMED).sum())
            yield found

    def _within(self, rows: Columns) -> Columns:
        asked, of = np.zeros(len(rows), np.bool_), rows["camera"]
        for k, camera in enumerate(rows.cameras):
            if camera in self.cameras.names:
                zone = self.cameras.zone(camera)
                ends = (None if m is None else micros_in(m, zone) for m in self.window)
                here = np.flatnonzero(of == k)
                asked[here] = began(rows["start"][here], *ends)
        return chosen(rows, asked)


def _groups(workspace: Workspace) -> Groups | None:
    """The rule of the profile: None where it sets none."""
    limits = workspace.profile.limits
    if not limits.tracks_per_cell:
        return None
    return Groups(limits.tracks_per_cell, (limits.bin_minutes or 60) * 60, micros(workspace.clock()))


def _within(groups: Groups, scope: Scope) -> Groups:
    """Only bins that lie whole in the hours of the grant."""
    hours = tuple((micros(w.start), micros(w.end)) for w in scope.windows)
    return Groups(groups.least, groups.size, groups.until, hours if scope.windows else None)


def _check(workspace: Workspace, request: StatisticsRequest, groups: Groups) -> None:
    selected = bool(request.query or request.links)
    try:
        check_groups(request.by, request.size, groups, selected=selected)
    except RefusedError as error:
        raise workspace.refuse("statistics", error, scope=request.scope, case=request.case) from None


def _check_windows(
    workspace: Workspace, request: StatisticsRequest, counting: Counting, groups: Groups
) -> None:
    """Windows on the bins of every camera's clock, whether it saw a track or not."""
    for camera in counting.ids:
        zone = counting.cameras.zone(camera)
        ends = [None if m is None else micros_in(m, zone) for m in (request.start, request.end)]
        try:
            check_window(request.by, replace(counting, ids=(camera,)), ends[0], ends[1], groups)
        except RefusedError as error:
            raise workspace.refuse("statistics", error, scope=request.scope, case=request.case) from None


def _check_output(request: StatisticsRequest) -> None:
    if request.output is not None:
        _check_kind(request.output, request.by)
        check_place(request.output, overwrite=request.overwrite)


def _check_kind(place: Path, by: By) -> None:
    """Raise ``UsageError`` for a kind of file that is not written, or not of this."""
    kinds = (*WRITERS, ".svg", ".png")
    if place.suffix not in kinds:
        raise UsageError(f"{place}: no such kind of file: choose one of {', '.join(kinds)}")
    if place.suffix == ".png" and by != "heat":
        raise UsageError(f"{place}: only --by heat is a picture of dots: choose .svg")


def _backgrounds(
    request: StatisticsRequest, supply: Supply, act: Act, cameras: Cameras
) -> dict[str, NDArray[np.uint8]]:
    """The scenes behind maps, by the camera's name."""
    if supply.background is None or request.by not in ("heat", "path"):
        return {}
    found = {name: supply.background(act, id_) for id_, name in cameras.names.items()}
    return {name: picture for name, picture in found.items() if picture is not None}


def _file(output: Path, made: Statistic, backgrounds: Mapping[str, NDArray[np.uint8]]) -> bytes:
    if output.suffix in WRITERS:
        return WRITERS[output.suffix](made.table)
    if output.suffix == ".svg":
        return chart(made.table, made.maps, backgrounds).encode()
    if not made.maps:
        raise UsageError(f"{output}: there is nobody to draw: choose other times, or .svg")
    if len(made.maps) != 1:
        raise UsageError(
            f"{output}: {len(made.maps)} cameras in one PNG: name one with --camera, or choose .svg"
        )
    (one,) = made.maps
    ground = backgrounds.get(one.camera)
    size = _MAP if ground is None else (ground.shape[1], ground.shape[0])
    return png(laid_over(one.counts, size, ground))


def _notes(untimed: int, seen: Sequence[Seen] | None, groups: Groups | None) -> Iterable[str]:
    """What a reader must know of the numbers."""
    if groups:
        yield f"only groups of {groups.least} tracks and more; what is missing may be nobody, or fewer"
    elif untimed:
        yield f"{untimed} tracks are of recordings whose clock is unknown"
    if seen is not None:
        hours = sum(s.end - s.start for s in seen) / 3.6e9
        yield f"counted in {hours:.1f} h that were analysed; what was not seen is not counted"


def supply_of(workspace: Workspace, request: StatisticsRequest) -> Supply:
    """What the workspace keeps: tracks that answer the query, areas, analysed stretches, empty scenes.

    Raises ``QueryError``, and ``RefusedError`` for what must not be asked, which is logged.
    """
    query = asked(workspace, request.query, case=request.case).query
    return Supply(
        tracks=lambda grant: _answering(workspace, grant, query),
        areas=workspace.areas.all,
        seen=lambda grant: _stretches(workspace, grant),
        background=lambda act, camera: _scene(workspace, request, act, camera),
        links=lambda act: confirmed(workspace, act, case=request.case, reason=request.reason),
        grounds=lambda: {c: of_plain(found) for c, found in workspace.areas.grounds().items()},
    )


def _answering(workspace: Workspace, grant: Grant, query: Query) -> Iterator[Columns]:
    world = world_of(workspace, grant, query)
    check_names(query, world)
    for view in views(workspace, grant):
        yield chosen(view, match(query, view, world).score > 0) if query.terms else view


def _stretches(workspace: Workspace, grant: Grant) -> list[Seen]:
    """What was analysed of each camera, less what of it was not seen."""
    analysed = workspace.footage.models(grant)
    blind: dict[str, list[tuple[int, int]]] = {}
    for gap in workspace.footage.gaps(grant):
        if gap.start and gap.end:
            blind.setdefault(gap.footage, []).append((micros(gap.start), micros(gap.end)))
    found: list[Seen] = []
    for s in workspace.footage.stretches(grant):
        if s.start and s.end and s.footage in analysed:
            at = micros(s.start)
            for start, end in (*sorted(blind.get(s.footage, ())), (micros(s.end), micros(s.end))):
                if at < min(start, micros(s.end)):
                    found.append(Seen(s.camera, at, min(start, micros(s.end))))
                at = max(at, end)
    return found


def _scene(
    workspace: Workspace, request: StatisticsRequest, act: Act, camera: str
) -> NDArray[np.uint8] | None:
    """The empty scene of a camera, where pictures may be seen too."""
    more: dict[str, Any] = {"case": request.case, "scope": act.grant.scope, "reason": request.reason}
    if not all(check.holds for check in workspace.explain("view.masked", **more)):
        return None
    said = {"camera": camera, "what": "the empty scene"}
    with workspace.act("view.masked", payload=said, within=act, **more) as seen:
        planes = scene_planes(workspace, seen.grant, camera)
        return None if planes is None else planes[0]
