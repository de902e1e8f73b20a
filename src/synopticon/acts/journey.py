"""Follow something from camera to camera: candidates, ranked; a person confirms or rejects; a timeline.

It joins what several cameras saw (directive 2016/680 art. 25: combination), within one case. Nothing is
linked by the program: it ranks, by look, time, way, direction and class, and a human decides each link.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

import numpy as np

from synopticon.acts.analysis import Progress
from synopticon.acts.describing import Looks, looks, wanted
from synopticon.acts.journey_clips import check_folder, write_journey
from synopticon.acts.search import listed
from synopticon.acts.similar import LIMIT, Sighting, check_limit, of_tracks, sightings
from synopticon.acts.workspace import Act, Workspace, singled_out
from synopticon.errors import UsageError
from synopticon.governance.authority import Reason
from synopticon.governance.capability import Operation
from synopticon.search.journey import Between, Limits, Movers, Moving, between, candidates, reasons
from synopticon.search.similar import Floats, Found, comparable, explained, likeness
from synopticon.store.descriptors import Source
from synopticon.store.journeys import CONFIRMED, REJECTED, Link, Place, Way
from synopticon.store.moments import SECOND
from synopticon.store.tracks import TrackRow, Wanted
from synopticon.values.sides import SIDES

OPERATION = Operation.COMBINATION
LONGEST = 7 * 86400.0  # seconds: a way that takes longer is none
Verdict = Literal["confirmed", "rejected"]
NOTE = (
    "ranked by clothing, time, way and direction: nobody is recognised, and each link is for a person to "
    "decide"
)


# --- ways --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class WayInfo:
    """A way as it is shown: names of the cameras; seconds; the side of each picture, "" = any."""

    first: str
    second: str
    low: float
    high: float
    first_side: str
    second_side: str


def set_way(
    workspace: Workspace, first: str, second: str, low: float, high: float, sides: tuple[str, str] = ("", "")
) -> WayInfo:
    """Say how long one takes from one camera's picture into another's, either way (seconds).

    ``low`` 0: the pictures touch or share a place. ``sides``: where one passes the border of each picture,
    of ``SIDES``. Raises ``UsageError``.
    """
    a, b = (workspace.cameras.find(name) for name in (first, second))
    if a.id == b.id:
        raise UsageError(f"{a.name}: a way leads to another camera: give two")
    if not 0 <= low < high <= LONGEST:
        raise UsageError(f"a way of {low:g} to {high:g} s: give 0 s or more, then longer, at most 7 days")
    if strange := [side for side in sides if side and side not in SIDES]:
        raise UsageError(f"{strange[0]!r} is no side of a picture: give {', '.join(SIDES)}")
    way = Way(a.id, b.id, low, high, *sides)
    said = {"cameras": [a.id, b.id], "seconds": [low, high], "sides": list(sides)}
    with workspace.act("camera.set", about=a.id, payload={"way": said}):
        workspace.ways.set(way)
    return _shown(way, {a.id: a.name, b.id: b.name})


def list_ways(workspace: Workspace) -> tuple[WayInfo, ...]:
    """All ways between cameras."""
    with workspace.act("camera.read") as act:
        names = {c.id: c.name for c in workspace.cameras.all()}
        found = tuple(_shown(way, names) for way in workspace.ways.all())
        act.note(ways=len(found))
    return found


def _shown(way: Way, names: Mapping[str, str]) -> WayInfo:
    first, second = (names.get(c, c) for c in (way.first, way.second))
    return WayInfo(first, second, way.low, way.high, way.first_side, way.second_side)


# --- candidates --------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Candidate:
    """A track of another camera that may be the same thing: 0..1, and why."""

    seen: Sighting
    score: float
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NextResult:
    """The likeliest first. ``compared``: tracks of other cameras; ``decided``: left out, decided before.

    ``exit_code`` 4: something of the scope was not seen.
    """

    of: Sighting
    candidates: tuple[Candidate, ...]
    compared: int
    decided: int
    gap_seconds: float
    notes: tuple[str, ...]
    exit_code: int


def follow(
    workspace: Workspace,
    track: str,
    *,
    case: str | None,
    reason: str = "",
    limit: int = LIMIT,
    progress: Progress | None = None,
) -> NextResult:
    """The ``limit`` tracks of other cameras that are likeliest the same thing as ``track``.

    Where links of it were confirmed, the look of all these tracks counts. Raises ``RefusedError``,
    ``UsageError`` for a track that cannot be compared.
    """
    check_limit(limit)
    why, said = Reason(reason, (track,)), {"step": "follow", "of": track, "limit": limit}
    said |= singled_out([track])
    with workspace.act("journey", case=case, reason=why, payload=said) as act:
        seen = looks(workspace, act, progress)
        row = wanted(workspace, act, seen, track)
        chain = _Chain.of(workspace.journeys.links(act.grant), track)
        others = seen.cameras != seen.source(row).camera
        decided = np.isin(seen.rows.ids, [t.encode() for t in chain.decided])
        allowed = comparable(seen.rows.label, int(seen.rows.label[row])) & others & ~decided
        found, texts = _ranked(workspace, seen, row, chain, allowed, limit)
        act.note(shown=len(found), candidates=[seen.id(f.row) for f in found])
        shown = sightings(workspace, act, seen, [row, *(f.row for f in found)])
        gaps = sum(g.seconds for g in workspace.footage.gaps(act.grant))
        made = tuple(Candidate(shown[f.row], round(f.score, 4), texts[f.row]) for f in found)
        return NextResult(
            shown[row], made, int(others.sum()), int((others & decided).sum()), round(gaps, 3), (NOTE,),
            4 if gaps else 0,
        )  # fmt: skip


def _ranked(
    workspace: Workspace, seen: Looks, row: int, chain: "_Chain", allowed: np.ndarray, limit: int
) -> tuple[tuple[Found, ...], dict[int, tuple[str, ...]]]:
    """The best candidates, and the reasons of each."""
    cameras = sorted({s.camera for s in seen.sources.values()})
    movers = _movers(seen, cameras)
    limits = _limits(workspace.ways.all(), seen.source(row).camera)
    ways = {cameras.index(c): way for c, way in limits.items() if c in cameras}
    own = [r for r in (seen.row(t) for t in sorted(chain.tracks)) if r is not None] or [row]
    found = candidates(movers.one(row), _most_alike(seen, own), movers, ways, allowed, limit)
    vectors, texts = seen.rows.vectors, {}
    for f in found:
        nearest = max(own, key=lambda r: float(likeness(vectors[f.row : f.row + 1], vectors[r])[0]))
        way = ways.get(int(movers.camera[f.row]))
        said = reasons(movers.one(row), movers.one(f.row), way)
        texts[f.row] = (explained(vectors[nearest], vectors[f.row]), *said)
    return found, texts


def _most_alike(seen: Looks, own: Sequence[int]) -> Floats:
    """How alike each row and the nearest of ``own`` are: one thing may look different from two sides."""
    vectors = seen.rows.vectors
    return np.asarray(np.max([likeness(vectors, vectors[r]) for r in own], axis=0), np.float32)


def _movers(seen: Looks, cameras: Sequence[str]) -> Movers:
    """When and where each row passes, in seconds UTC."""
    rows = seen.rows
    of = [seen.sources[name] for name in rows.footages]
    start = np.array([np.nan if s.start is None else s.start.timestamp() for s in of])
    slack = np.array([s.uncertainty for s in of])
    camera = np.array([cameras.index(s.camera) for s in of], np.int32)
    at = start[rows.footage]
    return Movers(
        camera[rows.footage], at + rows.start / SECOND, at + rows.end / SECOND, slack[rows.footage],
        rows.enters, rows.leaves,
    )  # fmt: skip


def _limits(ways: Iterable[Way], camera: str) -> dict[str, Limits]:
    """The ways from a camera, by the camera that they lead to."""
    turned = (
        way if way.first == camera else way.turned() for way in ways if camera in (way.first, way.second)
    )
    return {w.second: Limits(w.low, w.high, w.first_side, w.second_side) for w in turned}


def ways_between(ways: Iterable[Way]) -> dict[tuple[str, str], Limits]:
    """The limits of each way, by its two cameras in either order."""
    both = [turned for way in ways for turned in (way, way.turned())]
    return {(w.first, w.second): Limits(w.low, w.high, w.first_side, w.second_side) for w in both}


# --- decisions ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Decision:
    """What was decided about two tracks; ``between``: what lies between them, in words."""

    first: Sighting
    second: Sighting
    verdict: str
    by: str
    at: datetime
    note: str
    between: str


def decide(
    workspace: Workspace, tracks: tuple[str, str], verdict: Verdict, *, case: str | None, reason: str = ""
) -> Decision:
    """Confirm or reject that two tracks are the same thing; ``reason`` is kept with the link.

    Raises ``RefusedError`` when one is out of scope, ``UsageError`` for a track and itself.
    """
    if tracks[0] == tracks[1]:
        raise UsageError(f"{tracks[0]}: a link is between two tracks: give another")
    said = {"step": verdict, **singled_out(tracks)}
    with workspace.act("journey", case=case, reason=Reason(reason, tracks), payload=said) as act:
        rows = [workspace.tracks.one(act.grant, t) for t in tracks]
        sources = {s.footage: s for s in workspace.descriptors.sources(act.grant)}
        _check_pictures(rows, sources)
        seen = of_tracks(workspace, act, sources, tracks)
        first, second = (Place(r.id, r.camera, r.part) for r in rows)
        link = Link(first, second, verdict, workspace.actor.id, workspace.clock(), reason)
        workspace.journeys.decide(act.grant, link)
        lies = between_tracks(rows[0], rows[1], sources)
        act.note(verdict=verdict, between=lies.says())
    a, b = (seen[t] for t in tracks)
    return Decision(a, b, verdict, workspace.actor.name, link.at, reason, lies.says())


def _check_pictures(rows: Iterable[TrackRow], sources: Mapping[str, Source]) -> None:
    """Raise ``UsageError`` for tracks of which nobody could see what they are."""
    if bare := [t.id for t in rows if t.footage not in sources]:
        raise UsageError(f"{bare[0]}: no picture of its recording is kept: run 'synopticon ingest' again")


def between_tracks(a: TrackRow, b: TrackRow, sources: Mapping[str, Source]) -> Between:
    """What lies between two tracks whose footage is among ``sources``."""
    return between(_moving(a, sources), _moving(b, sources), one_clock=a.footage == b.footage)


def _moving(t: TrackRow, sources: Mapping[str, Source]) -> Moving:
    if t.start is None or t.end is None:
        return Moving(float("nan"), float("nan"), 0.0, 0, 0)
    return Moving(t.start.timestamp(), t.end.timestamp(), sources[t.footage].uncertainty, 0, 0)


@dataclass(frozen=True, slots=True)
class _Chain:
    """The tracks that confirmed links join to one, it too; those rejected beside any of them; their links."""

    tracks: frozenset[str]
    rejected: frozenset[str]
    links: tuple[Link, ...]

    @property
    def decided(self) -> frozenset[str]:
        """What need not be asked again."""
        return self.tracks | self.rejected

    @staticmethod
    def of(links: Sequence[Link], track: str) -> "_Chain":
        """All that confirmed links join to a track, by way of others too, and what was rejected of it."""
        joined, before = {track}, set[str]()
        pairs = [(link, link.first.track, link.second.track) for link in links]
        while joined != before:
            before = set(joined)
            for link, a, b in pairs:
                if link.verdict == CONFIRMED and (a in joined or b in joined):
                    joined |= {a, b}
        out = {
            b if a in joined else a for link, a, b in pairs if link.verdict == REJECTED and {a, b} & joined
        }
        own = tuple(link for link, a, b in pairs if a in joined and b in joined)
        return _Chain(frozenset(joined), frozenset(out), own)


def confirmed(
    workspace: Workspace, outer: Act, *, case: str | None, reason: str = ""
) -> tuple[tuple[str, str], ...]:
    """The pairs of tracks that were confirmed in a case, the earlier first, for an act that counts them.

    None where the case does not hold journeys.
    """
    asked: dict[str, Any] = {"case": case, "scope": outer.grant.scope, "reason": reason}
    if case is None or not all(check.holds for check in workspace.explain("journey", **asked)):
        return ()
    with workspace.act("journey", payload={"step": "flows"}, within=outer, **asked) as act:
        found = [link for link in workspace.journeys.links(act.grant) if link.verdict == CONFIRMED]
        ids = tuple(sorted({place.track for link in found for place in (link.first, link.second)}))
        begin = {t.id: t.start for t in workspace.tracks.find(act.grant, Wanted(ids=ids)) if t.start}
        pairs = [(link.first.track, link.second.track) for link in found]
        timed = [pair for pair in pairs if all(track in begin for track in pair)]
        act.note(links=len(timed), track_list=listed([track for pair in timed for track in pair]))
    return tuple((a, b) if begin[a] <= begin[b] else (b, a) for a, b in timed)


# --- the timeline ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Stop:
    """A stretch of the journey: a track, and the clip that shows it.

    ``recording``: name of the recording; ``from_seconds``, ``to_seconds``: of its timeline, None where the
    clock is unknown. ``before``: what lies between it and the one before, "" for the first. ``clips``: names
    of the files that show it, where they were asked for.
    """

    seen: Sighting
    recording: str
    from_seconds: float | None
    to_seconds: float | None
    before: str
    clips: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Timeline:
    """A journey in true time; what has no known clock comes last. ``outside``: tracks out of the scope."""

    stops: tuple[Stop, ...]
    links: int
    outside: int
    notes: tuple[str, ...]


def timeline(
    workspace: Workspace,
    track: str,
    *,
    case: str | None,
    reason: str = "",
    clips: Path | None = None,
    overwrite: bool = False,
) -> Timeline:
    """All that confirmed links join to a track, in true time, clocks and their errors shown.

    ``clips``: a folder for masked working copies of their moments (see ``journey_clips``). Raises
    ``RefusedError`` when the track is out of scope, ``UsageError`` when no picture of it is kept,
    ``OutputError``.
    """
    if clips is not None:
        check_folder(clips, overwrite=overwrite)
    why, said = Reason(reason, (track,)), {"step": "timeline", "of": track, **singled_out([track])}
    with workspace.act("journey", case=case, reason=why, payload=said) as act:
        own = workspace.tracks.one(act.grant, track)
        chain = _Chain.of(workspace.journeys.links(act.grant), track)
        sources = {s.footage: s for s in workspace.descriptors.sources(act.grant)}
        _check_pictures([own], sources)
        found = workspace.tracks.find(act.grant, Wanted(ids=tuple(sorted(chain.tracks))))
        rows = tuple(t for t in found if t.footage in sources)
        shown = of_tracks(workspace, act, sources, tuple(t.id for t in rows))
        timed = sorted((t for t in rows if t.start is not None), key=_middle)
        order = [*timed, *(t for t in rows if t.start is None)]
        stops = tuple(
            _stop(t, shown[t.id], sources, order[n - 1] if n else None) for n, t in enumerate(order)
        )
        act.note(**singled_out([t.id for t in order]), links=len(chain.links))
        notes = (*_doubts(order, chain, sources, workspace.ways.all()), NOTE)
        if clips is not None:
            made = write_journey(workspace, act, order, clips, overwrite=overwrite)
            act.note(made=made.digests, lacking=list(made.notes))
            stops = tuple(replace(s, clips=made.names.get(s.seen.track, ())) for s in stops)
            notes = (*made.notes, *notes)
    return Timeline(stops, len(chain.links), len(chain.tracks) - len(rows), notes)


def _middle(t: TrackRow) -> tuple[float, str]:
    assert t.start is not None, "what has no time is not sorted by it"
    return t.start.timestamp() + t.seconds / 2, t.id


def _stop(t: TrackRow, seen: Sighting, sources: Mapping[str, Source], before: TrackRow | None) -> Stop:
    source = sources[t.footage]
    at = None
    if t.start is not None and source.start is not None:
        at = round((t.start - source.start).total_seconds(), 3)
    end = None if at is None else round(at + t.seconds, 3)
    return Stop(seen, source.name, at, end, between_tracks(before, t, sources).says() if before else "")


def _doubts(
    order: Sequence[TrackRow], chain: _Chain, sources: Mapping[str, Source], ways: Sequence[Way]
) -> tuple[str, ...]:
    """What speaks against the links of a journey."""
    shared = {frozenset((w.first, w.second)) for w in ways if w.low == 0}
    said = []
    for n, a in enumerate(order):
        for b in order[n + 1 :]:
            lies, cameras = between_tracks(a, b, sources), frozenset((a.camera, b.camera))
            if lies.known and lies.high < 0 and cameras not in shared:
                where = "twice in one picture" if len(cameras) == 1 else "on two cameras"
                said.append(f"{a.id} and {b.id}: {where} at once: a link or a clock may be wrong")
    said += [
        f"{link.first.track} and {link.second.track}: rejected, and yet linked through others"
        for link in chain.links
        if link.verdict == REJECTED
    ]
    return tuple(said)
