"""Ask a question of what was recorded: hits with their reasons, and how much of it was really looked at."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from time import perf_counter
from types import MappingProxyType
from typing import TypeVar

from synopticon.acts.event_search import events_asked
from synopticon.acts.plate_search import check_no_plates, plates_asked, told, typed
from synopticon.acts.workspace import Act, Workspace
from synopticon.errors import OutputError, RefusedError
from synopticon.events.catalogue import rules
from synopticon.governance.capability import Operation
from synopticon.governance.grant import Grant, Scope, Window
from synopticon.search.find import Found, find
from synopticon.search.match import hours_of
from synopticon.search.measured import Measured, measured
from synopticon.search.page import Told, page
from synopticon.search.plain import Understood, understand
from synopticon.search.plates import PlatesFound, safe
from synopticon.search.query import Names, parse, text_of
from synopticon.search.rows import DAY, Noted, World, zone_of
from synopticon.store.atomic import check_place, make_folder, write_bytes
from synopticon.store.footage import Blind, Stretch
from synopticon.store.granted import GrantedAnalysis, open_several
from synopticon.store.tracks import RULE_RESTRICTED
from synopticon.store.traits import TraitView
from synopticon.synopsis.merge import grey
from synopticon.synopsis.thumbnail import thumbnail
from synopticon.values import ground
from synopticon.values.footage import SourceFile
from synopticon.values.query import Days, Query
from synopticon.values.scene import Background, Bank
from synopticon.values.tube import Tube

OPERATION = Operation.CONSULTATION
_BARRED = f"their use is restricted, as persons filmed asked (rule {RULE_RESTRICTED})"


@dataclass(frozen=True, slots=True)
class Coverage:
    """How much of the scope was looked at, seconds of all cameras together.

    ``asked``: of the scope's hours, None where recordings are named; ``recorded``: what there is of it;
    ``seen``: what was analysed of that. ``share``: seen by asked (by recorded where that is None).
    """

    asked: float | None
    recorded: float
    seen: float

    @property
    def share(self) -> float:
        """0..1; 0 where nothing was asked for."""
        of = self.recorded if self.asked is None else self.asked
        return min(self.seen / of, 1.0) if of else 0.0


@dataclass(frozen=True, slots=True)
class Answer:
    """Hits and what must be said of them. ``query``: as it was understood; ``ignored``: words that were not.

    ``measured``: how much of such a question is found on labelled footage; ``seconds``: what finding took.
    """

    query: str
    asked: Query
    found: Found
    coverage: Coverage
    gaps: tuple[Blind, ...]
    measured: Measured
    cameras: dict[str, str]
    ignored: tuple[str, ...] = ()
    seconds: float = 0.0
    thumbnails: dict[str, str] = field(default_factory=dict)  # track -> path

    @property
    def facts(self) -> str:
        """What was found, in one line."""
        g = self.found.grades
        listed = ", ".join(f"{n} {name}" for name, n in g.items() if n) or "none"
        return f"{self.found.total} hits ({listed}) in {self.found.looked_at} tracks"

    def worth(self) -> tuple[str, ...]:
        """What must be said of the answer, a line each: what was seen, what could not be told, how sure."""
        c, f = self.coverage, self.found
        of = f"{c.recorded:.0f} s recorded" if c.asked is None else f"{c.asked:.0f} s asked for"
        lines = [f"coverage {c.share:.1%}: {c.seen:.0f} s were looked at of {of}; {len(self.gaps)} gaps"]
        lines += [f"{n} tracks could not be judged: {why}" for why, n in sorted(f.unknown.items())]
        if f.unnamed:
            lines.append(f"{f.unnamed} tracks have no class (no model named them): ask for 'object'")
        lines += [str(figure) for figure in self.measured.figures]
        lines += [f"not measured: {what}" for what in self.measured.lacking]
        return (*lines, "footage like yours: not measured")


@dataclass(frozen=True, slots=True)
class Wishes:
    """What is written besides: a page with all hits, and their masked pictures as files into a folder."""

    page: Path | None = None
    thumbnails: Path | None = None
    overwrite: bool = False


def search(
    workspace: Workspace,
    text: str,
    *,
    case: str | None = None,
    reason: str = "",
    plain: bool = False,
    limit: int | None = None,
    wishes: Wishes = Wishes(),
) -> Answer:
    """Find the tracks that answer ``text``, in the query language or (``plain``) in plain words.

    Without a case (one's own workspace) all recordings are looked at. Raises ``QueryError`` for what cannot
    be understood, ``RefusedError`` with the rule, and logs that.
    """
    understood = asked(workspace, text, case=case, plain=plain, plates=True)
    query = understood.query if limit is None else replace(understood.query, limit=limit)
    scope, why = scope_for(workspace, query, case), told(reason, query)
    said = {"query": text_of(safe(query)), "typed": typed(text, query, plain), "plain": plain}
    check_wishes(wishes)
    with workspace.act("search.attributes", case=case, scope=scope, reason=why, payload=said) as act:
        plates = plates_asked(workspace, act, query, reason=why)
        return answered(workspace, act, query, wishes, understood.ignored, plates)


def check_wishes(wishes: Wishes) -> None:
    """Raise ``OutputError`` before any work where what is wished for cannot be written."""
    if wishes.page is not None:
        check_place(wishes.page, overwrite=wishes.overwrite)
    if wishes.thumbnails is not None and wishes.thumbnails.exists() and not wishes.thumbnails.is_dir():
        raise OutputError(f"{wishes.thumbnails}: is a file: name a folder for the pictures")


def answered(
    workspace: Workspace,
    act: Act,
    query: Query,
    wishes: Wishes,
    ignored: tuple[str, ...],
    plates: Mapping[str, PlatesFound] = MappingProxyType({}),
) -> Answer:
    """The answer within the permission of an act, noted in its outcome; with what is wished besides.

    ``plates``: what ``plates_asked`` found, for a question about plates.
    """
    answer = replace(_answer(workspace, act.grant, query, plates), ignored=ignored)
    answer = _written(workspace, act.grant, answer, wishes)
    tracks = answer.found.hits.tracks
    act.note(hits=answer.found.total, shown=len(tracks), track_list=listed(tracks))
    return answer


def _answer(workspace: Workspace, grant: Grant, query: Query, plates: Mapping[str, PlatesFound]) -> Answer:
    began = perf_counter()
    world = replace(world_of(workspace, grant, query), plates=plates)
    found = find(query, lambda: views(workspace, grant), world)
    if barred := workspace.tracks.restricted(grant):
        found = replace(found, unknown={**found.unknown, _BARRED: barred})
    covered, gaps, models = covering(workspace, grant, query)
    took = perf_counter() - began
    cameras = {c.id: c.name for c in workspace.cameras.all()}
    return Answer(
        text_of(safe(query)), query, found, covered, gaps, measured(query, models), cameras, (), took
    )


def _written(workspace: Workspace, grant: Grant, answer: Answer, wishes: Wishes) -> Answer:
    """The page and the pictures, each whole or not at all."""
    if wishes.page is None and wishes.thumbnails is None:
        return answer
    pictures = thumbnails_of(workspace, grant, {h.track: h.footage for h in answer.found.hits})
    if wishes.page is not None:
        told = Told(answer.query, answer.facts, _marks(answer), answer.worth())
        text = page(told, answer.found, answer.cameras, pictures)
        write_bytes(wishes.page, text.encode(), overwrite=wishes.overwrite)
    if wishes.thumbnails is None:
        return answer
    folder = make_folder(wishes.thumbnails)
    for track, picture in pictures.items():
        write_bytes(folder / f"{track}.jpg", picture, overwrite=wishes.overwrite)
    return replace(answer, thumbnails={track: str(folder / f"{track}.jpg") for track in pictures})


def _marks(answer: Answer) -> list[str]:
    marks = ["every hit is a proposal: a person decides", "masked is not anonymous: clothes, gait, place"]
    return [*marks, f"{len(answer.gaps)} gaps in what was looked at"] if answer.gaps else marks


def thumbnails_of(workspace: Workspace, grant: Grant, tracks: Mapping[str, str]) -> dict[str, bytes]:
    """A masked picture (JPEG) of each track (with its footage) that has a stored one."""
    by_footage: dict[str, list[str]] = {}
    for track, footage in tracks.items():
        by_footage.setdefault(footage, []).append(track)
    return {
        tube.id: thumbnail(tube, opened, scene, file.colour_matrix, file.full_range)
        for tube, opened, scene, file in opened_tubes(workspace, grant, by_footage)
    }


def opened_tubes(
    workspace: Workspace, grant: Grant, wanted: Mapping[str, Sequence[str]]
) -> Iterator[tuple[Tube, GrantedAnalysis, Background, SourceFile]]:
    """Tubes by their footage, each with its store, its empty scene and a file that says how it is coded."""
    for _, opened in open_several(
        workspace.engine, workspace.place, workspace.vault, workspace.clock, grant, wanted
    ):
        recording = opened.load_recording()
        bank = opened.load_bank() or Bank((grey(recording),))
        for tube in opened.tubes():
            scene = bank.at((tube.track.start + tube.track.end) / 2)
            yield tube, opened, scene, recording.readable[0]


def listed(tracks: Sequence[str]) -> str:
    """Digest of a list of tracks, as the log keeps it."""
    return hashlib.sha256("\n".join(sorted(tracks)).encode()).hexdigest()


def views(workspace: Workspace, grant: Grant) -> Iterator[TraitView]:
    """What a search reads within a grant."""
    return workspace.traits.views(grant)


def asked(
    workspace: Workspace,
    text: str,
    *,
    case: str | None,
    plain: bool = False,
    capability: str = "search.attributes",
    plates: bool = False,
) -> Understood:
    """The question; what it must not ask is refused and logged, as of this capability.

    ``plates``: it may ask for plates; where it may not, ``UsageError`` is raised for one that does.
    """
    names = names_of(workspace)
    try:
        if plain:
            read = understand(text, _local_now(workspace), names=names)
        else:
            query = parse(text, names)
            read = Understood(query, text_of(query))
    except RefusedError as error:
        raise workspace.refuse(capability, error, case=case) from error
    if not plates:
        check_no_plates(read.text)
    return read


def _local_now(workspace: Workspace) -> datetime:
    """Now, as the clock on the wall by the cameras has it (the first camera's, where they differ)."""
    zones = [c.zone for c in workspace.cameras.all() if c.zone]
    return workspace.clock().astimezone(zone_of(zones[0]) if zones else None)


def names_of(workspace: Workspace) -> Names:
    """What a question may name in this workspace."""
    areas = workspace.areas.all()
    return {
        "camera": tuple(c.name for c in workspace.cameras.all()),
        "zone": tuple(sorted({a.name for a in areas if a.kind == "zone"})),
        "line": tuple(sorted({a.name for a in areas if a.kind == "line"})),
        "event": (*rules(), *workspace.events.rules.names()),
    }


def world_of(workspace: Workspace, grant: Grant, query: Query) -> World:
    """What the names in a question are; notes only where it asks for them."""
    notes = {}
    if query.of("is") or query.of("tag"):
        notes = {m.track: Noted(m.verdict, m.tags) for m in workspace.marks.read(grant)}
    return World(
        cameras={c.name: c.id for c in workspace.cameras.all()},
        areas={(a.camera, a.name): a for a in workspace.areas.all()},
        planes={camera: ground.of_plain(found) for camera, found in workspace.areas.grounds().items()},
        notes=notes,
        events=events_asked(workspace, grant, query),
    )


def scope_for(workspace: Workspace, query: Query, case: str | None) -> Scope:
    """What a question looks at: no more than the cameras and, give or take a day, the days that it names.

    In a case, of its scope; a camera or days outside it are asked for as they are, and refused. Recordings
    that a case names by their digest stay in. Without a case: the recordings of the workspace, by digest.
    """
    named = [str(v) for t in query.of("camera") if not t.negated for v in t.values]
    asked = {workspace.cameras.find(name).id for name in named}
    if case is None:
        return Scope(digests=workspace.footage.digests(sorted(asked)))
    given = workspace.scope_of(case)
    owners = {r.camera for r in workspace.footage.known(given.digests).values()}
    cameras = (asked & set(given.cameras)) | (asked - owners) if asked else set(given.cameras)
    return Scope(tuple(cameras), _within(workspace, query, given), given.digests)


def _within(workspace: Workspace, query: Query, given: Scope) -> tuple[Window, ...]:
    """The part of a scope's windows that lies on the days asked for, or a day from them.

    A track lies in a window as a whole, its clock's error and all: hence the day more on both sides.
    """
    days = _days(workspace, query)
    near = [Window(d.start - timedelta(days=1), d.end + timedelta(days=1)) for d in days]
    both = [cut for a in near for b in given.windows if (cut := _both(a, b))]
    if not days or both or given.digests:
        return tuple(both) if both else given.windows
    return days


def _days(workspace: Workspace, query: Query) -> tuple[Window, ...]:
    """The days that a question names, in the zones of the cameras."""
    days = [v for t in query.of("on") if not t.negated for v in t.values if isinstance(v, Days)]
    if not days:
        return ()
    begin, length = hours_of(query)
    night = timedelta(microseconds=max(0, begin + length - DAY))  # of hours that pass midnight
    zones = {zone_of(c.zone) for c in workspace.cameras.all()} or {UTC}
    return tuple(
        Window(
            min(datetime.combine(d.first, time(), z) for z in zones),
            max(datetime.combine(d.last + timedelta(days=1), time(), z) for z in zones) + night,
        )
        for d in days
    )


def _both(a: Window, b: Window) -> Window | None:
    """What lies in two windows."""
    start, end = max(a.start, b.start), min(a.end, b.end)
    return Window(start, end) if start < end else None


@dataclass(frozen=True, slots=True)
class Reach:
    """What a question reaches. ``stretches``: recordings, cut to what may be looked at and was asked for.

    ``gaps``: what of it was not seen; ``models``: what looked at each footage that was analysed.
    """

    coverage: Coverage
    stretches: tuple[Stretch, ...]
    gaps: tuple[Blind, ...]
    models: Mapping[str, str]


def covering(
    workspace: Workspace, grant: Grant, query: Query
) -> tuple[Coverage, tuple[Blind, ...], tuple[str, ...]]:
    """How much of what was asked for was looked at, what was not seen of it, and with which models."""
    reach = reach_of(workspace, grant, query)
    used = {reach.models[s.footage] for s in reach.stretches if s.footage in reach.models}
    return reach.coverage, reach.gaps, tuple(sorted(used))


def reach_of(workspace: Workspace, grant: Grant, query: Query) -> Reach:
    """What of the recordings a question reaches within a permission."""
    days, models = _days(workspace, query), workspace.footage.models(grant)
    stretches = _on(workspace.footage.stretches(grant), days)
    gaps = _on(workspace.footage.gaps(grant), days)
    missing = [
        Blind(s.footage, s.camera, s.start, s.end, s.seconds, "not analysed")
        for s in stretches
        if s.footage not in models
    ]
    recorded = sum(s.seconds for s in stretches)
    unseen = sum(part.seconds for part in (*missing, *(g for g in gaps if g.footage in models)))
    found = Coverage(_asked(grant.scope, days), recorded, max(recorded - unseen, 0.0))
    return Reach(found, stretches, (*gaps, *missing), models)


def _asked(scope: Scope, days: Sequence[Window]) -> float | None:
    """Seconds of all cameras that were asked for; None where recordings are named."""
    if scope.digests:
        return None
    cut = [both for d in days for w in scope.windows if (both := _both(d, w))] if days else scope.windows
    return sum((w.end - w.start).total_seconds() for w in cut) * len(scope.cameras)


_Part = TypeVar("_Part", Stretch, Blind)


def _on(parts: tuple[_Part, ...], days: Sequence[Window]) -> tuple[_Part, ...]:
    """What of stretches lies on the days asked for; all of it if none are; none of unknown time."""
    return tuple(cut for part in parts for cut in _cut(part, days)) if days else parts


def _cut(part: _Part, days: Sequence[Window]) -> Iterator[_Part]:
    if part.start is not None and part.end is not None:
        for day in days:
            start, end = max(part.start, day.start), min(part.end, day.end)
            if start < end:
                yield replace(part, start=start, end=end, seconds=(end - start).total_seconds())
