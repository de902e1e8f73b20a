"""What an export is of: recordings, the stretches of them that leave, and the tracks in those."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from math import inf
from typing import Any

import numpy as np

from synopticon.acts.leaving import moment_of, seconds_of
from synopticon.acts.originals import located
from synopticon.acts.plate_search import check_no_plates
from synopticon.acts.search import asked, views, world_of
from synopticon.acts.workspace import Workspace
from synopticon.errors import FootageError, UsageError
from synopticon.footage.clock import posix
from synopticon.governance.grant import Grant, Scope
from synopticon.search.find import tracks_of
from synopticon.store.footage import Stretch
from synopticon.store.granted import GrantedAnalysis, open_several
from synopticon.store.tracks import Wanted
from synopticon.synopsis.clips import ClipSettings, stretches
from synopticon.values.duration import parse_duration
from synopticon.values.footage import Footage, Gap
from synopticon.values.track import Track

_AROUND = ClipSettings(longest=inf)  # seconds before and after a track, as context clips have them
Spans = tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """What is exported: tracks (ids), what answers a question, or a time (of cameras, by name)."""

    tracks: tuple[str, ...] = ()
    where: str = ""
    since: str = ""  # a moment, or a time into the one recording; "" = from its beginning
    until: str = ""
    cameras: tuple[str, ...] = ()

    def check(self) -> None:
        """Raise ``UsageError`` unless exactly one of the three ways is chosen, with times that are times.

        Questions about plates are none of them.
        """
        check_no_plates(self.where)
        timed = bool(self.since or self.until)
        if (bool(self.tracks), bool(self.where), timed).count(True) != 1:
            raise UsageError(
                "nothing says what is exported, or too much does: give one of --tracks, --where, or --from "
                "and --until"
            )
        if self.cameras and not timed:
            raise UsageError(
                "--camera goes with --from and --until: give those, or ask for camera:NAME in the question"
            )
        for text in filter(None, (self.since, self.until)):
            if _is_moment(text):
                moment_of(text)

    def plain(self) -> dict[str, Any]:
        """What was asked for, for the log."""
        return {
            "tracks": list(self.tracks), "where": self.where, "from": self.since, "until": self.until,
            "cameras": list(self.cameras),
        }  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class Chosen:
    """A recording of which something leaves.

    ``camera``: id, ``name``: of the camera; ``footage``: with its files where they are now; ``known``: every
    track in it, ``tracks``: ids of those that are exported; ``spans``: seconds of its timeline that leave,
    all of them in the scope; ``gaps``: what of those was not seen.
    """

    id: str
    camera: str
    name: str
    footage: Footage
    analysis: GrantedAnalysis
    known: tuple[Track, ...]
    tracks: tuple[str, ...]
    spans: Spans
    gaps: tuple[Gap, ...]


def choose(workspace: Workspace, grant: Grant, choice: Choice) -> tuple[Chosen, ...]:
    """What a choice is in what a grant covers, in the order of cameras and time.

    Raises ``RefusedError`` for tracks out of its reach, ``FootageError`` when nothing is chosen.
    """
    wanted = _wanted(workspace, grant, choice)
    cameras = {row.id: row.camera for row in workspace.footage.reached(grant)}
    gaps = workspace.footage.timeline_gaps(grant)
    found: list[Chosen] = []
    for footage, opened in open_several(
        workspace.engine, workspace.place, workspace.vault, workspace.clock, grant,
        {footage: ids for footage, ids in wanted.items() if footage in cameras},
    ):  # fmt: skip
        one = _chosen(workspace, grant, choice, footage, cameras[footage], wanted[footage], opened)
        within = [g for g in gaps.get(footage, ()) for a, b in one.spans if g.start < b and g.end > a]
        found.append(replace(one, gaps=tuple(dict.fromkeys(within))))
    found = [one for one in found if one.spans]
    if not found:
        raise FootageError("nothing was recorded in the case's scope then: check the times and the cameras")
    return tuple(sorted(found, key=lambda c: (c.name, c.footage.start_utc or 0.0, c.id)))


def undated(workspace: Workspace, grant: Grant, choice: Choice) -> tuple[str, ...]:
    """Names of recordings that were left out since nobody knows when they were made."""
    if not any(text and _is_moment(text) for text in (choice.since, choice.until)):
        return ()
    cameras = {workspace.cameras.find(name).id for name in choice.cameras}
    reached = workspace.footage.stretches(grant)
    return tuple(s.name for s in reached if s.start is None and (not cameras or s.camera in cameras))


def ids_of(chosen: Sequence[Chosen]) -> tuple[str, ...]:
    """The tracks that are exported, sorted."""
    return tuple(sorted(t for one in chosen for t in one.tracks))


def reach(workspace: Workspace, grant: Grant, tracks: Sequence[str]) -> None:
    """Raise ``RefusedError`` unless a grant covers each of these tracks."""
    there = {row.id for row in workspace.tracks.find(grant, Wanted(ids=tuple(tracks)))}
    for missing in [t for t in tracks if t not in there][:1]:
        workspace.tracks.one(grant, missing)


def covered(scope: Scope, camera: str, footage: Footage) -> Spans:
    """The stretches of a recording (seconds of its timeline) of which every frame is in a scope for sure."""
    if all(scope.covers_digest(f.sha256) for f in footage.readable):
        return ((0.0, footage.duration),)
    start = footage.start_utc
    if start is None or camera not in scope.cameras:
        return ()
    slack = max(f.clock.uncertainty for f in footage.readable)
    ends = ((w.start.timestamp() + slack - start, w.end.timestamp() - slack - start) for w in scope.windows)
    return _both(tuple(ends), ((0.0, footage.duration),))


def _wanted(workspace: Workspace, grant: Grant, choice: Choice) -> Mapping[str, Sequence[str]]:
    """The tracks asked for by their footage; for a time: the footage of it, no track named."""
    if choice.tracks:
        reach(workspace, grant, choice.tracks)
        named: dict[str, list[str]] = {}
        for row in workspace.tracks.find(grant, Wanted(ids=choice.tracks)):
            named.setdefault(row.footage, []).append(row.id)
        return named
    if choice.where:
        query = asked(workspace, choice.where, case=grant.case).query
        hits = tracks_of(query, lambda: views(workspace, grant), world_of(workspace, grant, query))
        if answers := {footage: ids for footage, ids in hits.items() if ids}:
            return answers
        raise FootageError(f"nothing in the case's scope answers {choice.where!r}: try fewer terms")
    found = dict.fromkeys(_touched(workspace, grant, choice))
    if len(found) > 1 and not all(_is_moment(text) for text in (choice.since, choice.until) if text):
        raise UsageError(
            f"a time into a recording fits one, and {len(found)} are in the scope: name a --camera, or give "
            "moments (2024-05-01T08:30:00+02:00)"
        )
    return dict.fromkeys(found, ())


def _touched(workspace: Workspace, grant: Grant, choice: Choice) -> Iterator[str]:
    """The footage in the scope that shows some of the time asked for."""
    zones = {c.id: c.zone for c in workspace.cameras.all()}
    cameras = {workspace.cameras.find(name).id for name in choice.cameras}
    for stretch in workspace.footage.stretches(grant):
        if cameras and stretch.camera not in cameras:
            continue
        if _meets(stretch, choice, zones.get(stretch.camera, "")):
            yield stretch.footage


def _meets(stretch: Stretch, choice: Choice, zone: str) -> bool:
    since, until = choice.since, choice.until
    moments = [text for text in (since, until) if text and _is_moment(text)]
    if not moments:
        return True
    if stretch.start is None or stretch.end is None:
        return False
    begin = posix(moment_of(since), zone) if since in moments else -inf
    end = posix(moment_of(until), zone) if until in moments else inf
    return stretch.start.timestamp() < end and stretch.end.timestamp() > begin


def _chosen(
    workspace: Workspace,
    grant: Grant,
    choice: Choice,
    footage: str,
    camera: str,
    named: Sequence[str],
    opened: GrantedAnalysis,
) -> Chosen:
    """What of one recording is exported; no spans where the time asked for is not in it."""
    by = next((c for c in workspace.cameras.all() if c.id == camera), None)
    recording, known = located(workspace, grant, footage, opened.load_recording()), opened.everybody()
    zone = (by.zone if by else "") or recording.readable[0].clock.zone
    tracks = tuple(sorted(named))
    if tracks:
        spans: Spans = stretches(recording, [t for t in known if t.id in tracks], _AROUND)
    else:
        begin = seconds_of(recording, choice.since, zone, 0.0)
        spans = ((begin, seconds_of(recording, choice.until, zone, recording.duration)),)
    spans = _both(spans, covered(grant.scope, camera, recording))
    if not tracks:
        mine = {row.id for row in workspace.tracks.find(grant, Wanted(footages=(footage,)))}
        tracks = tuple(sorted(t.id for t in known if t.id in mine and inside(t, spans).any()))
    name = by.name if by else camera
    return Chosen(footage, camera, name, recording, opened, known, tracks, spans, ())


def inside(track: Track, spans: Spans) -> "np.ndarray[Any, np.dtype[np.bool_]]":
    """Which samples of a track lie in these stretches, bool ``(n,)``."""
    found = np.zeros(len(track), np.bool_)
    for begin, end in spans:
        found |= (track.times >= begin) & (track.times < end)
    return found


def _both(some: Spans, others: Spans) -> Spans:
    """What lies in both."""
    cut = ((max(a, c), min(b, d)) for a, b in some for c, d in others)
    return tuple(sorted((a, b) for a, b in cut if a < b))


def _is_moment(text: str) -> bool:
    """Whether a time is a moment, and not a time into a recording."""
    if text.strip() in ("0", "0s"):
        return False
    try:
        parse_duration(text)
    except UsageError:
        return True
    return False
