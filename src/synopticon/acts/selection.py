"""A synopsis of what a workspace holds: of all that answers a question, over any number of cameras.

It is made from the tubes that are kept; no recording is opened. One video a camera (and size of picture).
"""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path
from typing import BinaryIO

from synopticon.acts.analysis import Progress
from synopticon.acts.leaving import safe_name
from synopticon.acts.search import asked, listed, scope_for, views, world_of
from synopticon.acts.synopsis import (
    SynopsisRequest,
    check_outputs,
    no_reason,
    permitted,
    plan_tubes,
)
from synopticon.acts.together import groups_of, interval_of, speed_of
from synopticon.acts.workspace import Act, Workspace, singled_out
from synopticon.errors import FootageError, UsageError
from synopticon.footage.digest import sha256
from synopticon.governance.capability import Operation
from synopticon.governance.grant import Grant
from synopticon.search.find import tracks_of
from synopticon.search.query import text_of
from synopticon.store.atomic import make_folder, write_bytes, write_together
from synopticon.synopsis.compose import ComposeSettings, compose, stream
from synopticon.synopsis.manifest import Manifest, Record, write_manifest
from synopticon.synopsis.merge import Merged
from synopticon.synopsis.player import write_player
from synopticon.synopsis.plot import plot_plan
from synopticon.synopsis.vtt import write_vtt
from synopticon.values.plan import Plan
from synopticon.values.query import Query

OPERATION = Operation.CONSULTATION


@dataclass(frozen=True, slots=True)
class Selected:
    """One video that was made. ``shown``, ``left_out``: objects; times in seconds."""

    camera: str
    video: Path
    html: Path
    manifest: Path
    shown: int
    left_out: int
    length_seconds: float


@dataclass(frozen=True, slots=True)
class SelectionResult:
    """What was made of the hits; ``query`` as it was understood; ``exit_code`` 4 = with gaps."""

    query: str
    videos: tuple[Selected, ...]
    gaps: int
    exit_code: int


def synopsis_of_hits(
    workspace: Workspace, request: SynopsisRequest, progress: Progress | None = None
) -> SelectionResult:
    """Write a synopsis of all that answers ``request.where``, a video and its page for each camera.

    Raises ``RefusedError``, ``UsageError`` when nothing answers, ``OutputError`` before any work.
    """
    if request.output is None:
        raise UsageError("a synopsis of what was ingested needs a name: give --output, or name FOOTAGE")
    query = asked(workspace, request.where, case=request.case).query
    with _permitted(workspace, request, query) as (act, sight):
        grant = sight.grant
        groups = _groups(workspace, grant, query)
        names = [name for name, _ in groups]
        plots = _names(request.plot, names) if request.plot else [None] * len(names)
        places = list(zip(_names(request.output, names), plots, strict=True))
        for output, plot in places:
            check_outputs(output, replace(request, plot=plot))
        made: list[Selected] = []
        for (name, merged), (output, plot) in zip(groups, places, strict=True):
            record = record_of(workspace, grant, merged, request)
            manifest = write_selection(merged, output, replace(request, plot=plot), record, progress)
            made.append(_selected(name, output, manifest))
            act.note(made={path.name: sha256(path) for one in made for path in (one.video, one.manifest)})
        gaps = sum(len(m.footage.gaps) for _, m in groups)
        ids = [t.id for _, m in groups for t in m.tubes]
        act.note(track_list=listed(ids), shown=sum(one.shown for one in made))
        if request.unmasked:
            sight.note(**singled_out(ids))
    return SelectionResult(text_of(query), tuple(made), gaps, 4 if gaps else 0)


def stream_of_hits(workspace: Workspace, request: SynopsisRequest, out: BinaryIO) -> int:
    """The same for one camera, written to an open file while it is drawn; gives the number of frames."""
    query = asked(workspace, request.where, case=request.case).query
    with _permitted(workspace, request, query) as (act, sight):
        grant = sight.grant
        groups = _groups(workspace, grant, query)
        if len(groups) > 1:
            names = ", ".join(name for name, _ in groups)
            raise UsageError(f"the hits are of several cameras ({names}): name one with camera:NAME")
        merged = groups[0][1]
        interval = interval_of(merged.tubes)
        size = (merged.footage.width, merged.footage.height)
        plan = plan_tubes(merged.tubes, size, interval, request, speed_of(interval))
        ids = [t.id for t in merged.tubes]
        act.note(track_list=listed(ids), shown=len(plan.starts))
        if request.unmasked:
            sight.note(**singled_out(ids))
        settings = _settings(request, interval)
        return stream(merged.footage, merged.bank, merged.tubes, plan, merged, out, settings)


def _permitted(
    workspace: Workspace, request: SynopsisRequest, query: Query
) -> AbstractContextManager[tuple[Act, Act]]:
    """The permissions: for a synopsis (and the search in it), and the one under which pictures are read."""
    if request.unmasked and not request.reason.strip():
        raise no_reason(request)
    scope = scope_for(workspace, query, request.case)
    said = {"query": text_of(query)}
    return permitted(workspace, request, scope, said, searched=bool(query.terms))


def _groups(workspace: Workspace, grant: Grant, query: Query) -> list[tuple[str, Merged]]:
    """What answers a question, as it is shown together."""
    chosen = tracks_of(query, lambda: views(workspace, grant), world_of(workspace, grant, query))
    if not chosen:
        raise FootageError(f"nothing in the scope answers {text_of(query)!r}: try fewer terms")
    found = groups_of(workspace, grant, chosen)
    if not found:
        raise FootageError(
            f"what answers {text_of(query)!r} has no stored picture: run 'synopticon ingest' again"
        )
    return found


def _names(path: Path, cameras: Sequence[str]) -> list[Path]:
    """Where each goes: as named if there is one, else with the camera's name in it; all different."""
    if len(cameras) == 1:
        return [path]
    return [path.with_name(f"{path.stem}.{name}{path.suffix}") for name in file_names(cameras)]


def file_names(cameras: Sequence[str]) -> list[str]:
    """What files of cameras are called: as these are, as far as every system takes it; all different."""
    found: dict[str, str] = {}
    for camera in cameras:
        safe = safe_name(camera)
        name = next(n for k in count(1) if (n := f"{safe}{f'-{k}' * (k > 1)}").casefold() not in found)
        found[name.casefold()] = name
    return list(found.values())


def _settings(request: SynopsisRequest, interval: float) -> ComposeSettings:
    return ComposeSettings(
        speed=speed_of(interval), colour_match=request.colour_match, clear=request.unmasked,
        reason=request.reason, in_case=request.case is not None,
    )  # fmt: skip


def write_selection(
    merged: Merged, output: Path, request: SynopsisRequest, record: Record, progress: Progress | None
) -> Manifest:
    """Write the video of a group and what belongs beside it; names are those of ``output``."""
    interval = interval_of(merged.tubes)
    size = (merged.footage.width, merged.footage.height)
    plan = plan_tubes(merged.tubes, size, interval, request, speed_of(interval))
    return write_plan(merged, plan, output, request, record, _settings(request, interval), progress)


def write_plan(
    merged: Merged, plan: Plan, output: Path, request: SynopsisRequest, record: Record,
    settings: ComposeSettings, progress: Progress | None,
) -> Manifest:  # fmt: skip
    """The same of a plan that was made elsewhere; of the request ``plot`` and ``overwrite`` count."""
    tell = progress or (lambda _stage, _share: None)
    paths = [output.with_suffix(end) for end in (".json", ".vtt", ".html")]
    plots = [request.plot] if request.plot else []
    make_folder(output.parent)
    with write_together(*plots, *paths, output, overwrite=request.overwrite) as (
        *plot,
        data,
        vtt,
        html,
        video,
    ):
        manifest = compose(
            merged.footage, merged.bank, merged.tubes, plan, merged, video, settings, record,
            lambda share: tell("composing the synopsis", share),
        )  # fmt: skip
        write_manifest(manifest, data)
        write_vtt(manifest, vtt)
        write_player(manifest, html, video=output)
        for path in plot:
            write_bytes(path, plot_plan(plan, merged.tubes).encode())
    return manifest


def record_of(workspace: Workspace, grant: Grant, merged: Merged, request: SynopsisRequest) -> Record:
    """What the synopsis was made from and with."""
    own = {file.sha256 for file in merged.footage.files}
    known = workspace.footage.known(sorted(own))
    runs = [r for f, r in workspace.footage.runs(grant).items() if f in {k.id for k in known.values()}]
    settings = {
        "where": request.where, "density": request.density, "length": request.length,
        "max_collision": request.max_collision, "order": request.order, "effort": request.effort,
        "colour_match": request.colour_match, "model": ", ".join(sorted({r.model for r in runs})),
        "unsafe_unknown_model": any(r.settings.get("unsafe_unknown_model") for r in runs),
        "quick": any(r.settings.get("quick") for r in runs),
    }  # fmt: skip
    models = {r.model: r.model_digest for r in runs if r.model_digest}
    code = ", ".join(sorted({r.versions.get("code", "") for r in runs}))  # that found the objects
    return Record(gaps=merged.footage.gaps, settings=settings, models=models, program={"code": code})


def _selected(name: str, output: Path, manifest: Manifest) -> Selected:
    html, data = (output.with_suffix(end) for end in (".html", ".json"))
    length = float(manifest.frames / manifest.rate)
    return Selected(name, output, html, data, len(manifest.objects), len(manifest.left_out), length)
