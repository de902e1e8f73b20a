"""Make a synopsis: analyse, arrange, compose, and write what belongs beside the video."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from synopticon.acts.analysis import (
    Analysis,
    AnalysisRequest,
    Progress,
    analysing,
    code_digest,
    looked_up,
    named,
    stem_of,
)
from synopticon.acts.originals import check_places
from synopticon.acts.search import asked, listed
from synopticon.acts.together import QUICK_RATE
from synopticon.acts.workspace import (
    Act,
    Workspace,
    open_workspace,
    passing,
    refuse_clear,
    singled_out,
)
from synopticon.errors import FootageError, OutputError, RefusedError, UsageError
from synopticon.footage.digest import sha256
from synopticon.governance.capability import Operation
from synopticon.governance.grant import Scope
from synopticon.search.find import tracks_of
from synopticon.search.query import parse
from synopticon.search.rows import Plain, TraitRows, World
from synopticon.store.atomic import check_place, make_folder, write_bytes, write_together
from synopticon.store.place import Files
from synopticon.synopsis.arrange import DENSITY, Knobs, arrange
from synopticon.synopsis.clips import ClipSettings, write_clips
from synopticon.synopsis.compose import ComposeSettings, compose
from synopticon.synopsis.manifest import Manifest, Record, write_manifest
from synopticon.synopsis.player import write_player
from synopticon.synopsis.plot import plot_plan
from synopticon.synopsis.tubeset import tube_set
from synopticon.synopsis.vtt import write_vtt
from synopticon.values.duration import parse_duration
from synopticon.values.footage import Footage
from synopticon.values.plan import Plan
from synopticon.values.tube import Tube

OPERATION = Operation.CONSULTATION
CALMER = (DENSITY, 5.0, 3.0, 2.0, 1.5, 1.0)  # densities tried until objects cover each other little
MOST_OVERLAP = 0.1  # OAnew


@dataclass(frozen=True, slots=True)
class SynopsisRequest:
    """What to make; the fields are the options of ``synopticon synopsis``. None = the default."""

    footage: tuple[str, ...]
    output: Path | None = None
    model: str = "auto"
    models_folder: Path | None = None
    density: float | None = None
    length: str | None = None
    max_collision: float | None = None
    order: Literal["strict", "local", "free"] = "local"
    effort: int | None = None
    quick: bool = False
    progressive: bool = False  # write a first synopsis early, and again each time as much is analysed
    unmasked: bool = False
    reason: str = ""
    colour_match: bool = True
    clips: bool = True
    plot: Path | None = None
    overwrite: bool = False
    workspace: Path | None = None
    start: datetime | None = None
    zone: str = ""
    workers: int = 0
    unsafe_unknown_model: bool = False
    case: str | None = None
    where: str = ""  # a question: only the objects that answer it


@dataclass(frozen=True, slots=True)
class SynopsisResult:
    """What was made. Times in seconds; ``exit_code`` 4 = done, with gaps."""

    video: Path
    manifest: Path
    html: Path
    vtt: Path
    clips: Path
    shown: int
    left_out: int
    length_seconds: float
    source_seconds: float
    condensation: float
    gaps: int
    notes: tuple[str, ...]
    exit_code: int


@dataclass(frozen=True, slots=True)
class Outputs:
    """The files that make one synopsis."""

    video: Path
    manifest: Path
    html: Path
    vtt: Path
    clips: Path
    plot: Path | None

    @staticmethod
    def beside(video: Path, plot: Path | None) -> "Outputs":
        """What belongs to a video, by its name."""
        manifest, html, vtt, clips = (video.with_suffix(s) for s in (".json", ".html", ".vtt", ".clips"))
        return Outputs(video, manifest, html, vtt, clips, plot)

    @property
    def all(self) -> tuple[Path, ...]:
        """The video is the last: where it is, the others are."""
        plot = (self.plot,) if self.plot else ()
        return (*plot, self.clips, self.manifest, self.vtt, self.html, self.video)


def make_synopsis(request: SynopsisRequest, progress: Progress | None = None) -> SynopsisResult:
    """Make a synopsis of footage; see ``SynopsisRequest``.

    Raises ``RefusedError`` for clear pictures without a reason, ``OutputError`` before any work when an
    output exists, and the errors of the analysis.
    """
    outputs = _outputs(request)
    if request.unmasked and not request.reason.strip():
        raise no_reason(request)
    footage = looked_up(analysis_of(request), progress, outputs.all)
    with open_workspace(request.workspace) as workspace, ExitStack() as stack:
        check_places(workspace, {f.path: f.sha256 for f in footage.readable})
        if request.where:
            asked(workspace, request.where, case=request.case)
        scope = Scope(digests=tuple(f.sha256 for f in footage.readable))
        said = {
            "files": {f.sha256: f.path.name for f in footage.readable},
            "unsafe_unknown_model": request.unsafe_unknown_model,
            "where": request.where,
        }
        permission = permitted(workspace, request, scope, said, searched=bool(request.where))
        act, sight = stack.enter_context(permission)
        files = stack.enter_context(passing(workspace))
        made, ids = made_of(request, outputs, footage, progress, files)
        if request.unmasked:
            sight.note(**singled_out(ids))
        act.note(
            track_list=listed(ids),
            shown=made.shown,
            left_out=made.left_out,
            gaps=made.gaps,
            made={path.name: sha256(path) for path in (made.video, made.manifest)},
        )
    return made


def no_reason(request: SynopsisRequest) -> RefusedError:
    """The refusal of clear pictures without a reason, logged."""
    return refuse_clear(request.workspace, request.case, "clear pictures need", "ask for masked ones")


@contextmanager
def permitted(
    workspace: Workspace, request: SynopsisRequest, scope: Scope, said: Mapping[str, Any], *, searched: bool
) -> Iterator[tuple[Act, Act]]:
    """The permission for a synopsis (and the search in it), and the one under which pictures are read."""
    more: dict[str, Any] = {
        "case": request.case, "scope": scope, "reason": request.reason,
        "payload": {**said, "masked": not request.unmasked},
    }  # fmt: skip
    with ExitStack() as stack:
        act = sight = stack.enter_context(workspace.act("synopsis", **more))
        if searched:
            stack.enter_context(workspace.act("search.attributes", within=act, **more))
        if request.unmasked:
            sight = stack.enter_context(workspace.act("view.unmasked", within=act, **more))
        yield act, sight


def made_of(
    request: SynopsisRequest,
    outputs: Outputs,
    footage: Footage,
    progress: Progress | None,
    files: Callable[[str], Files] | None,
) -> tuple[SynopsisResult, tuple[str, ...]]:
    """Make a synopsis under a permission that was given: what was made, and the ids of what it shows."""
    made: SynopsisResult | None = None
    shown: tuple[str, ...] = ()
    steps = analysing(
        analysis_of(request), progress, outputs.all,
        progressive=request.progressive, footage=footage, files=files,
    )  # fmt: skip
    for analysis in steps:
        tubes = _chosen(analysis, request.where)
        if not tubes:
            continue
        footage, speed = analysis.footage, _speed(analysis)
        plan = plan_tubes(tubes, (footage.width, footage.height), analysis.interval, request, speed)
        manifest = _write(analysis, tubes, plan, outputs, request, progress)
        made, shown = _result(outputs, manifest, analysis), tuple(o.id for o in manifest.objects)
        request = replace(request, overwrite=True)  # of what this run itself has written
    if made is None:
        raise _none_asked(analysis, request.where) if request.where else _nothing(analysis)
    return made, shown


def analysis_of(request: SynopsisRequest) -> AnalysisRequest:
    """What must be analysed for a synopsis."""
    return AnalysisRequest(
        footage=request.footage,
        model=request.model,
        models_folder=request.models_folder,
        unsafe_unknown_model=request.unsafe_unknown_model,
        start=request.start,
        zone=request.zone,
        quick=request.quick,
        workspace=request.workspace,
        workers=request.workers,
    )


def _outputs(request: SynopsisRequest) -> Outputs:
    return check_outputs(request.output or Path(f"{stem_of(request.footage)}.synopsis.mp4"), request)


def check_outputs(video: Path, request: SynopsisRequest) -> Outputs:
    """Where all goes that belongs to a video; raises ``UsageError``, ``OutputError`` where it cannot."""
    outputs = Outputs.beside(video, request.plot)
    if outputs.video.suffix.lower() != ".mp4":
        raise UsageError(f"{outputs.video}: a synopsis is an MP4 video: give a name that ends in .mp4")
    if request.plot in outputs.all[1:]:
        raise UsageError(f"{request.plot}: is what the synopsis itself needs: give --plot another name")
    for path in reversed(outputs.all):
        if path.exists() and not request.overwrite:
            raise OutputError(f"{path}: exists already: choose another name with -o, or pass --overwrite")
        if path != outputs.clips:
            check_place(path, overwrite=request.overwrite)
    return outputs


def _nothing(analysis: Analysis) -> FootageError:
    known = analysis.store.load_tracks()
    unsure = len(known[1]) if known else 0
    what, remedy = "nothing moved", "if something did, try another --model"
    if unsure:
        what, remedy = f"{unsure} things moved, none surely enough to be shown", "try another --model"
    return FootageError(f"{named(analysis.footage)}: {what}: no synopsis was made; {remedy}")


def _none_asked(analysis: Analysis, where: str) -> FootageError:
    return FootageError(f"{named(analysis.footage)}: nothing found answers {where!r}: try fewer terms")


def plan_tubes(
    tubes: tuple[Tube, ...],
    size: tuple[int, int],
    interval: float,
    request: SynopsisRequest,
    speed: float = 1.0,
) -> Plan:
    """Arrange tubes by the request's knobs, on a grid of ``interval`` seconds; ``size`` of the picture."""
    fps = 1 / interval
    knobs = Knobs(
        density=request.density,
        length=parse_duration(request.length).frames(fps * speed) if request.length else None,
        max_collision=request.max_collision,
        order=request.order,
        **({} if request.effort is None else {"effort": request.effort}),
    )
    tubes_on_grid = tube_set([t.track for t in tubes], fps, *size)
    if (request.density, request.length, request.max_collision) != (None, None, None):
        return arrange(tubes_on_grid, knobs)
    for density in CALMER:  # where all pass through one spot, the usual density would pile them up
        plan = arrange(tubes_on_grid, replace(knobs, density=density))
        if (plan.measures.get("OAnew") or 0.0) <= MOST_OVERLAP:
            break
    return plan


def _chosen(analysis: Analysis, where: str) -> tuple[Tube, ...]:
    """The tubes that answer a question (all without one); what is known of them is there at the end only."""
    if not where:
        return analysis.store.tubes()
    traits = analysis.store.load_traits()
    if traits is None:
        return ()
    footage = analysis.footage
    zone = footage.readable[0].clock.zone
    rows = TraitRows(traits, Plain("", footage.camera, zone, footage.width / max(footage.height, 1)))
    chosen = tracks_of(parse(where), lambda: (rows,), World({footage.camera: footage.camera}))
    return analysis.store.tubes(chosen.get("", ()))


def _speed(analysis: Analysis) -> float:
    """How much faster than life a synopsis plays: key frames alone are shown ``QUICK_RATE`` a second."""
    return max(1.0, QUICK_RATE * analysis.interval) if analysis.settings.quick else 1.0


def _write(
    analysis: Analysis,
    tubes: tuple[Tube, ...],
    plan: Plan,
    outputs: Outputs,
    request: SynopsisRequest,
    progress: Progress | None,
) -> Manifest:
    tell = progress or (lambda _stage, _share: None)
    footage, store = analysis.footage, analysis.store
    bank, known = store.load_bank(), store.load_tracks()
    assert bank is not None, "an analysis has a background"
    assert known is not None, "an analysis has tracks"
    for path in outputs.all:
        make_folder(path.parent)
    with write_together(*outputs.all, overwrite=request.overwrite) as (*plot, folder, data, vtt, html, video):
        manifest = compose(
            footage, bank, tubes, plan, store, video, _compose_settings(request, _speed(analysis)),
            _record(analysis, request), lambda share: tell("composing the synopsis", share),
        )  # fmt: skip
        shown = [t.track for t in tubes if t.id in plan.starts] if request.clips else []
        tell("making the clips behind the objects", 0.0)
        clips = write_clips(footage, shown, known[0], folder, ClipSettings(clear=request.unmasked))
        write_manifest(manifest, data)
        write_vtt(manifest, vtt)
        write_player(manifest, html, video=outputs.video, clips=clips, folder=outputs.clips)
        for path in plot:
            write_bytes(path, plot_plan(plan, tubes).encode())
    return manifest


def _compose_settings(request: SynopsisRequest, speed: float) -> ComposeSettings:
    return ComposeSettings(
        speed=speed,
        colour_match=request.colour_match,
        clear=request.unmasked,
        reason=request.reason,
        in_case=request.case is not None,
    )


def _record(analysis: Analysis, request: SynopsisRequest) -> Record:
    known = analysis.store.load_tracks()
    card = analysis.card
    return Record(
        gaps=analysis.gaps,
        settings={
            "analysis": analysis.described,
            "model": card.name if card else "none",
            "unsafe_unknown_model": bool(card and card.unsafe),
            "density": request.density,
            "length": request.length,
            "max_collision": request.max_collision,
            "order": request.order,
            "effort": request.effort,
            "quick": request.quick,
            "colour_match": request.colour_match,
            "where": request.where,
        },
        models={card.name: card.sha256} if card else {},
        dropped=known[1] if known else (),
        program={"code": code_digest()},
        tubes=analysis.store.tubes_digest(),
    )


def _result(outputs: Outputs, manifest: Manifest, analysis: Analysis) -> SynopsisResult:
    length = float(manifest.frames / manifest.rate)
    source = analysis.footage.duration
    return SynopsisResult(
        video=outputs.video,
        manifest=outputs.manifest,
        html=outputs.html,
        vtt=outputs.vtt,
        clips=outputs.clips,
        shown=len(manifest.objects),
        left_out=len(manifest.left_out),
        length_seconds=length,
        source_seconds=source,
        condensation=source / length if length else 0.0,
        gaps=len(analysis.gaps),
        notes=analysis.notes,
        exit_code=4 if analysis.gaps else 0,
    )
