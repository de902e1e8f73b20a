"""Ask a question of what was recorded: hits with their reasons, and how much of it was really looked at."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from time import perf_counter

from synopticon.acts.workspace import Workspace
from synopticon.errors import RefusedError
from synopticon.governance.capability import Operation
from synopticon.governance.grant import Grant, Scope, Window
from synopticon.search.find import Found, Hit, find
from synopticon.search.measured import Measured, measured
from synopticon.search.page import Told, page
from synopticon.search.plain import Understood, understand
from synopticon.search.query import Names, parse, text_of
from synopticon.search.rows import Noted, World, zone_of
from synopticon.store.atomic import check_place, make_folder, write_bytes
from synopticon.store.footage import Blind, Stretch
from synopticon.store.granted import open_granted
from synopticon.store.traits import TraitView
from synopticon.synopsis.merge import grey
from synopticon.synopsis.thumbnail import thumbnail
from synopticon.values import ground
from synopticon.values.query import Days, Query
from synopticon.values.scene import Bank

OPERATION = Operation.CONSULTATION


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
        if f.unnamed and "class" in self.query_fields:
            lines.append(f"{f.unnamed} tracks have no class (no model named them): ask for 'object'")
        lines += [str(figure) for figure in self.measured.figures]
        lines += [f"not measured: {what}" for what in self.measured.lacking]
        return (*lines, "footage like yours: not measured")

    @property
    def query_fields(self) -> frozenset[str]:
        """The fields that were asked for."""
        return frozenset(t.field for t in self.asked.terms)


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
    understood = _understood(workspace, text, plain, case)
    query = understood.query if limit is None else replace(understood.query, limit=limit)
    scope = scope_for(workspace, query, case)
    said = {"query": text_of(query), "typed": text, "plain": plain}
    for path in filter(None, (wishes.page, wishes.thumbnails)):
        check_place(path, overwrite=wishes.overwrite)
    with workspace.act("search.attributes", case=case, scope=scope, reason=reason, payload=said) as act:
        answer = _answer(workspace, act.grant, query)
        answer = replace(answer, ignored=understood.ignored)
        answer = _written(workspace, act.grant, answer, wishes)
        hits = answer.found.hits
        act.note(hits=answer.found.total, shown=len(hits), tracks=listed([h.track for h in hits]))
    return answer


def _answer(workspace: Workspace, grant: Grant, query: Query) -> Answer:
    began = perf_counter()
    found = find(query, lambda: views(workspace, grant), world_of(workspace, grant, query))
    covered, gaps, models = covering(workspace, grant)
    took = perf_counter() - began
    cameras = {c.id: c.name for c in workspace.cameras.all()}
    return Answer(text_of(query), query, found, covered, gaps, measured(query, models), cameras, (), took)


def _written(workspace: Workspace, grant: Grant, answer: Answer, wishes: Wishes) -> Answer:
    """The page and the pictures, each whole or not at all."""
    if wishes.page is None and wishes.thumbnails is None:
        return answer
    pictures = thumbnails_of(workspace, grant, answer.found.hits)
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


def thumbnails_of(workspace: Workspace, grant: Grant, hits: Sequence[Hit]) -> dict[str, bytes]:
    """A masked picture (JPEG) of each hit that has a stored one."""
    by_footage: dict[str, list[str]] = {}
    for hit in hits:
        by_footage.setdefault(hit.footage, []).append(hit.track)
    made: dict[str, bytes] = {}
    for footage_id, tracks in by_footage.items():
        opened = open_granted(
            workspace.engine, workspace.place, workspace.vault, workspace.clock, grant, footage_id, tracks
        )
        recording = opened.load_recording()
        bank = opened.load_bank() or Bank((grey(recording),))
        file = recording.readable[0]
        for tube in opened.tubes():
            scene = bank.at((tube.track.start + tube.track.end) / 2)
            made[tube.id] = thumbnail(tube, opened, scene, file.colour_matrix, file.full_range)
    return made


def listed(tracks: Sequence[str]) -> str:
    """Digest of a list of tracks, as the log keeps it."""
    return hashlib.sha256("\n".join(sorted(tracks)).encode()).hexdigest()


def views(workspace: Workspace, grant: Grant) -> Iterator[TraitView]:
    """What a search reads within a grant."""
    return workspace.traits.views(grant)


def _understood(workspace: Workspace, text: str, plain: bool, case: str | None) -> Understood:
    """The question; what it must not ask is refused and logged."""
    names = names_of(workspace)
    try:
        if plain:
            return understand(text, _local_now(workspace), names=names)
        query = parse(text, names)
        return Understood(query, text_of(query))
    except RefusedError as error:
        raise workspace.refuse("search.attributes", error, case=case) from error


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
    )


def scope_for(workspace: Workspace, query: Query, case: str | None) -> Scope:
    """What a question looks at: no more of the case than the cameras and days that it names.

    Without a case: every recording of the workspace, by its digest.
    """
    if case is None:
        return Scope(digests=workspace.footage.digests())
    given = workspace.scope_of(case)
    asked = [str(v) for t in query.of("camera") if not t.negated for v in t.values]
    cameras = tuple(workspace.cameras.find(name).id for name in asked) or given.cameras
    return Scope(
        cameras, _within(workspace, query, cameras, given.windows), given.digests if not asked else ()
    )


def _within(
    workspace: Workspace, query: Query, cameras: Sequence[str], windows: Sequence[Window]
) -> tuple[Window, ...]:
    """The part of the windows that lies on the days asked for; the days themselves where that is none."""
    days = [v for t in query.of("on") if not t.negated for v in t.values if isinstance(v, Days)]
    if not days:
        return tuple(windows)
    zones = {zone_of(c.zone) for c in workspace.cameras.all() if c.id in cameras} or {UTC}
    wanted = [
        Window(
            min(datetime.combine(d.first, time(), z) for z in zones),
            max(datetime.combine(d.last + timedelta(days=1), time(), z) for z in zones),
        )
        for d in days
    ]
    both = [
        Window(max(a.start, b.start), min(a.end, b.end))
        for a in wanted
        for b in windows
        if max(a.start, b.start) < min(a.end, b.end)
    ]
    return tuple(both or wanted)


def covering(workspace: Workspace, grant: Grant) -> tuple[Coverage, tuple[Blind, ...], tuple[str, ...]]:
    """How much of a grant's scope was looked at, what was not seen of it, and with which models."""
    stretches, gaps = workspace.footage.stretches(grant), workspace.footage.gaps(grant)
    models = workspace.footage.models(grant)
    seen = sum(s.seconds for s in stretches if s.footage in models) - sum(
        g.seconds for g in gaps if g.footage in models
    )
    scope = grant.scope
    hours = sum((w.end - w.start).total_seconds() for w in scope.windows) * len(scope.cameras)
    asked = None if scope.digests else hours
    used = tuple(sorted(set(models.values())))
    return Coverage(asked, _length(stretches), max(seen, 0.0)), (*gaps, *_unseen(stretches, models)), used


def _length(stretches: Sequence[Stretch]) -> float:
    return sum(s.seconds for s in stretches)


def _unseen(stretches: Sequence[Stretch], models: dict[str, str]) -> list[Blind]:
    """Recordings that were registered and not analysed to their end."""
    return [
        Blind(s.footage, s.camera, s.start, s.end, s.seconds, "not analysed")
        for s in stretches
        if s.footage not in models
    ]
