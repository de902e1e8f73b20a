"""Find the situations that rules name: in footage that is named, or in what a camera recorded.

Each kind of event is permitted for itself (``event.line``, ``event.abandoned-object`` ...), and each is an
entry of the log: one look, of which the others are parts. Rules read tracks and what was kept beside them; a
recording that was ingested is not opened again.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter
from typing import Any

from synopticon.acts.analysis import Analysis, AnalysisRequest, Progress, analysing, looked_up
from synopticon.acts.search import scope_for
from synopticon.acts.workspace import Act, Workspace, open_workspace, passing
from synopticon.errors import UsageError
from synopticon.events.catalogue import defaults
from synopticon.events.catalogue import rules as known
from synopticon.events.evaluate import DAY
from synopticon.events.event import Event
from synopticon.events.rule import Rule
from synopticon.events.rules_file import Draft, bound, draft_of, read_rules
from synopticon.events.run import run
from synopticon.events.scene import Scene, utc_of
from synopticon.governance.capability import Operation
from synopticon.governance.grant import Grant, Scope
from synopticon.search.bins import micros_in
from synopticon.search.rows import zone_of
from synopticon.store.cameras import Camera
from synopticon.store.events import NewEvent
from synopticon.store.footage import Stretch
from synopticon.store.granted import GrantedAnalysis, open_several
from synopticon.store.moments import micros
from synopticon.values.area import Area
from synopticon.values.footage import Footage
from synopticon.values.ground import Ground, of_plain
from synopticon.values.query import Query, Term
from synopticon.values.track import Track
from synopticon.values.tube import Sprite
from synopticon.vision.appearance import Glances, substances
from synopticon.vision.checks import Checks
from synopticon.vision.pipeline import checked, glanced
from synopticon.vision.tube import sprites

OPERATION = Operation.CONSULTATION
UNNAMED = ("", "none")  # models of footage in which nothing was named
_GROUP = "event."


@dataclass(frozen=True, slots=True)
class Told:
    """An event, with its camera, its recording ("" = of footage that was named) and UTC where it is known."""

    event: Event
    camera: str
    footage: str = ""
    start_utc: datetime | None = None
    end_utc: datetime | None = None

    def plain(self) -> dict[str, Any]:
        """The event as JSON values: one line of ``events --json``."""
        e = self.event
        return {
            "rule": e.rule,
            "name": e.name,
            "camera": self.camera,
            "footage": self.footage,
            "start": round(e.start, 3),
            "end": round(e.end, 3),
            "start_utc": self.start_utc and self.start_utc.isoformat(),
            "end_utc": self.end_utc and self.end_utc.isoformat(),
            **e.why(),
            "severity": e.severity,
        }


@dataclass(frozen=True, slots=True)
class EventsResult:
    """Events in time order. ``seconds`` of footage that were looked at; ``gaps``: stretches that were not.

    ``notes``: what must be said, a line each; ``took``: seconds that the rules took, tracks read and all;
    ``fresh``: how many were kept that were not known; ``exit_code`` 4 = with gaps.
    """

    events: tuple[Told, ...]
    notes: tuple[str, ...]
    seconds: float
    gaps: int
    took: float
    fresh: int = 0

    @property
    def a_day(self) -> float:
        """Events in a day of footage; 0 where none was looked at."""
        return len(self.events) / (self.seconds / DAY) if self.seconds else 0.0

    @property
    def exit_code(self) -> int:
        """0, or 4 where there are gaps."""
        return 4 if self.gaps else 0


@dataclass(frozen=True, slots=True)
class CameraWish:
    """What of a camera is looked at: events that begin from ``start`` to ``end`` (by the camera's clock).

    ``keep``: what is found is kept, to be decided on.
    """

    camera: str
    start: datetime | None = None
    end: datetime | None = None
    case: str | None = None
    reason: str = ""
    keep: bool = False


@dataclass(frozen=True)
class Rules:
    """The rules that are asked for; none = those that run by default. ``said``: their text, for the log."""

    drafts: tuple[Draft, ...] = ()

    @staticmethod
    def of(path: Path | None) -> "Rules":
        """Those of a file. Raises ``UsageError`` for what is none."""
        return Rules() if path is None else Rules(read_rules(path))

    def at(self, camera: str, areas: Mapping[str, Area]) -> tuple[Rule, ...]:
        """Those that hold at a camera. Raises ``UsageError`` for a mistake in one, or where none is left."""
        found = bound(self.drafts, camera, areas) if self.drafts else defaults()
        if not found:
            raise UsageError(
                f"none of the rules is for {camera or 'this footage'}: check their camera = '...'"
            )
        return found

    def said(self) -> list[dict[str, Any]]:
        """The rules as JSON values."""
        return [{"rule": d.kind, **{k: _plain(v) for k, v in d.values.items()}} for d in self.drafts]


# --- footage that is named ----------------------------------------------------------------------------------


def events_of_footage(
    request: AnalysisRequest,
    rules: Rules,
    *,
    case: str | None = None,
    reason: str = "",
    progress: Progress | None = None,
) -> EventsResult:
    """Analyse footage and run rules over its tracks. Raises ``UsageError`` and the errors of the analysis."""
    made = rules.at(request.camera, {})
    footage = looked_up(request, progress)
    scope = Scope(digests=tuple(f.sha256 for f in footage.readable))
    said = {"files": {f.sha256: f.path.name for f in footage.readable}, "rules": rules.said()}
    with open_workspace(request.workspace) as workspace:
        permitted = _permitted(workspace, made, scope, said, case, reason)
        with permitted as (act, _), passing(workspace) as files:
            (analysis,) = analysing(request, progress, footage=footage, files=files)
            began = perf_counter()
            found = run(made, scene_of(analysis))
            told = tuple(_told(e, footage.camera, "", footage) for e in found.events)
            _note(act, told)
    notes = (*analysis.notes, *found.notes)
    return EventsResult(told, notes, footage.duration, len(analysis.gaps), perf_counter() - began)


def scene_of(analysis: Analysis) -> Scene:
    """What rules see of footage that was analysed."""
    footage, store = analysis.footage, analysis.store
    known = store.load_tracks()
    return Scene(
        footage.width,
        footage.height,
        footage.duration,
        known[0] if known else (),
        named=analysis.card is not None,
        load_checks=lambda: checked(store),
        load_bank=store.load_bank,
        load_substances=lambda: substances(glanced(store)),
        sprites=lambda track, first: _sprites(store.tubes((track.id,)), store, first),
        footage=footage,
    )


def _sprites(tubes: Sequence[Any], store: Any, first: int) -> Iterator[Sprite]:
    for tube in tubes:
        yield from sprites(tube, store, first=first)


# --- what a camera recorded ---------------------------------------------------------------------------------


def events_of_camera(workspace: Workspace, rules: Rules, wish: CameraWish) -> EventsResult:
    """Run rules over what was ingested of a camera, within a grant; nothing is decoded.

    Raises ``UsageError`` for a mistake in a rule, ``RefusedError`` for what is not permitted.
    """
    camera = workspace.cameras.find(wish.camera)
    areas = workspace.areas.of(camera.id)
    scope = scope_for(workspace, Query((Term("camera", (camera.name,)),)), wish.case)
    own = Rules() if rules.drafts else own_rules(workspace, camera, scope, wish.case, wish.reason)
    made = (*rules.at(camera.name, areas), *bound(own.drafts, camera.name, areas))
    said = {
        "camera": camera.id,
        "rules": [*rules.said(), *own.said()],
        "from": wish.start.isoformat() if wish.start else None,
        "to": wish.end.isoformat() if wish.end else None,
        "keep": wish.keep,
    }
    with _permitted(workspace, made, scope, said, wish.case, wish.reason) as (act, grants):
        began = perf_counter()
        seen = _Seen(workspace, act.grant, camera, areas, _window(camera, wish))
        told, notes = [], dict[str, None]()
        for footage, scene in seen.scenes():
            found = run(made, scene)
            notes |= dict.fromkeys(found.notes)
            recording = scene.footage
            assert recording is not None, "an ingested recording was probed"
            told += [_told(e, camera.name, footage, recording) for e in found.events]
        kept = sorted(
            filter(seen.asked, told), key=lambda t: (t.start_utc is None, t.start_utc, t.event.start)
        )
        _note(act, kept)
        took = perf_counter() - began
        fresh = _keep(workspace, act, grants, camera, kept) if wish.keep else 0
        gaps = [g for g in workspace.footage.gaps(act.grant) if g.footage in seen.opened]
    notes |= dict.fromkeys(seen.notes)
    return EventsResult(tuple(kept), tuple(notes), seen.seconds, len(gaps), took, fresh)


def own_rules(workspace: Workspace, camera: Camera, scope: Scope, case: str | None, reason: str) -> Rules:
    """The rules that the camera has of its own, as far as they may be used here."""
    found = []
    for one in workspace.events.rules.of(camera.id):
        kind = known()[one.rule].capability if one.rule in known() else ""
        checks = workspace.explain(kind, case=case, scope=scope, reason=reason or None) if kind else ()
        if kind and all(check.holds for check in checks):
            found.append(draft_of(one.name, {"rule": one.rule, "name": one.name, **one.settings}))
    return Rules(tuple(found))


def _keep(
    workspace: Workspace, act: Act, grants: Mapping[str, Grant], camera: Camera, told: Sequence[Told]
) -> int:
    """Keep what was found, each kind of event by its own permission; gives how many were not known."""
    fresh = 0
    for kind, grant in grants.items():
        mine = [t for t in told if known()[t.event.rule].capability == kind]
        fresh += len(
            workspace.events.keep(grant, [NewEvent(t.event, camera.id, kind, t.footage) for t in mine])
        )
    act.note(kept=fresh)
    return fresh


@dataclass(slots=True)
class _Seen:
    """The recordings of a camera within a grant and a window of times, one scene each.

    ``window``: microseconds since 1970, None = no limit. ``opened``, ``seconds``, ``notes``: filled while the
    scenes are gone through.
    """

    workspace: Workspace
    grant: Grant
    camera: Camera
    areas: Mapping[str, Area]
    window: tuple[int | None, int | None]
    opened: set[str] = field(default_factory=set)
    seconds: float = 0.0
    notes: list[str] = field(default_factory=list)

    def scenes(self) -> Iterator[tuple[str, Scene]]:
        """Each recording, by its id, as its rules see it."""
        work, models = self.workspace, self.workspace.footage.models(self.grant)
        wanted = self._wanted(models)
        plane = work.areas.grounds().get(self.camera.id)
        ground = None if plane is None else of_plain(plane)
        only: dict[str, tuple[str, ...]] = dict.fromkeys(wanted, ())
        for one, opened in open_several(work.engine, work.place, work.vault, work.clock, self.grant, only):
            self.opened.add(one)
            yield one, _granted_scene(opened, models[one], self.areas, ground)

    def _wanted(self, models: Mapping[str, str]) -> tuple[str, ...]:
        found: dict[str, None] = {}
        for stretch in self.workspace.footage.stretches(self.grant):
            if stretch.camera != self.camera.id or not self._overlaps(stretch):
                continue
            if stretch.footage not in models:
                self.notes.append(f"{stretch.name}: not analysed: run 'synopticon ingest' again")
                continue
            found[stretch.footage] = None
            self.seconds += stretch.seconds
        return tuple(found)

    def _overlaps(self, stretch: Stretch) -> bool:
        low, high = self.window
        if low is None and high is None:
            return True
        if stretch.start is None or stretch.end is None:
            self.notes.append(f"{stretch.name}: left out: the time of the recording is unknown")
            return False
        return (low is None or micros(stretch.end) > low) and (high is None or micros(stretch.start) < high)

    def asked(self, told: Told) -> bool:
        """Whether an event begins in the window."""
        low, high = self.window
        if low is None and high is None:
            return True
        if told.start_utc is None:
            return False
        at = micros(told.start_utc)
        return (low is None or at >= low) and (high is None or at < high)


def _window(camera: Camera, wish: CameraWish) -> tuple[int | None, int | None]:
    zone = zone_of(camera.zone)
    low, high = (None if m is None else micros_in(m, zone) for m in (wish.start, wish.end))
    if low is not None and high is not None and high <= low:
        raise UsageError("the time asked for ends before it begins: choose a later --to")
    return low, high


def _granted_scene(
    opened: GrantedAnalysis, model: str, areas: Mapping[str, Area], ground: Ground | None
) -> Scene:
    recording = opened.load_recording()
    tubes = {t.id: t for t in opened.tubes()}

    def pictures(track: Track, first: int) -> Iterator[Sprite]:
        return _sprites([tubes[track.id]], opened, first)

    return Scene(
        recording.width,
        recording.height,
        recording.duration,
        [t.track for t in tubes.values()],
        named=model not in UNNAMED,
        areas=areas,
        ground=ground,
        load_checks=lambda: Checks.join([Checks.of(arrays) for arrays in opened.checked()]),
        load_bank=opened.load_bank,
        load_substances=lambda: substances(Glances.join([*opened.glanced()])),
        sprites=pictures,
        footage=recording,
    )


# --- both ---------------------------------------------------------------------------------------------------


@contextmanager
def _permitted(
    workspace: Workspace,
    rules: Sequence[Rule],
    scope: Scope,
    said: Mapping[str, Any],
    case: str | None,
    reason: str = "",
) -> Iterator[tuple[Act, Mapping[str, Grant]]]:
    """The permission for each kind of event; gives the first act, of which the others are parts, and all."""
    first: Act | None = None
    grants: dict[str, Grant] = {}
    with ExitStack() as stack:
        for kind in sorted({r.capability for r in rules}):
            name = kind.removeprefix(_GROUP)
            act = stack.enter_context(
                workspace.act(
                    f"event.{name}", case=case, scope=scope, reason=reason, payload=said, within=first
                )
            )
            first = first or act
            grants[kind] = act.grant
        assert first is not None, "there is a rule"
        yield first, grants


def _note(act: Act, told: Sequence[Told]) -> None:
    count: dict[str, int] = {}
    for one in told:
        count[one.event.rule] = count.get(one.event.rule, 0) + 1
    act.note(events=dict(sorted(count.items())))


def _told(event: Event, camera: str, footage: str, recording: Footage) -> Told:
    return Told(event, camera, footage, *(_moment(recording, t) for t in (event.start, event.end)))


def _moment(recording: Footage, seconds: float) -> datetime | None:
    known = utc_of(recording, seconds)
    return None if known is None else datetime.fromtimestamp(known, UTC)


def _plain(value: Any) -> Any:
    return value if isinstance(value, str | int | float | list | bool) else str(value)
