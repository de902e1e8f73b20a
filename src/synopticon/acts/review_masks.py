"""Write the page on which a person looks at every mask of a recording; ``redact --apply`` takes it up."""

import shlex
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from synopticon.acts.analysis import Analysis, Progress, analysing, looked_up, stem_of
from synopticon.acts.redact import (
    NOT_ANONYMOUS,
    UNMASKED,
    USUAL,
    RedactRequest,
    analysis_of,
    masks_of,
    model_digest,
    settings_of,
    spotters_of,
    watched_in,
)
from synopticon.acts.workspace import Act, Workspace, open_workspace, passing, refuse_clear, singled_out
from synopticon.errors import UsageError
from synopticon.evidence.review import Review, tracks_digest
from synopticon.evidence.review_page import Told, write_page
from synopticon.evidence.risk import (
    Reason,
    Risk,
    Watched,
    bare_risks,
    in_order,
    masked_tracks,
    track_risks,
    uncovered_at,
    worst_first,
)
from synopticon.evidence.shots import choose, take
from synopticon.footage.digest import sha256
from synopticon.governance.capability import Operation
from synopticon.governance.grant import Scope
from synopticon.store.atomic import check_place, make_folder, write_whole
from synopticon.values.footage import Footage
from synopticon.values.track import Track
from synopticon.vision.masks import MaskPlan, kinds, plan_masks
from synopticon.vision.observations import Observations
from synopticon.vision.spot import Spotter, Together

OPERATION = Operation.CONSULTATION


@dataclass(frozen=True, slots=True)
class ReviewResult:
    """What was written. ``places``: stretches in which something is bare; ``doubtful``: tracks with a risk.

    ``left_out``: tracks, whole pictures and pictures that the page does not show. ``exit_code`` 4 = gaps.
    """

    page: Path
    places: int
    tracks: int
    doubtful: int
    left_out: tuple[int, int, int]
    gaps: int
    notes: tuple[str, ...]
    exit_code: int


def make_review(
    request: RedactRequest, *, unmasked: bool = False, progress: Progress | None = None
) -> ReviewResult:
    """Write the page of review of footage; ``unmasked``: heads are shown, and masks outlined.

    Raises ``RefusedError`` for clear pictures without a reason, ``OutputError`` before any work when the page
    exists, and the errors of the analysis.
    """
    output, what = _output(request, unmasked), kinds(request.mask)
    if unmasked and not request.reason.strip():
        raise refuse_clear(request.workspace, request.case, "clear pictures need", "leave --unmasked out")
    check_place(output, overwrite=request.overwrite)
    footage = looked_up(analysis_of(request), progress, (output,))
    settings = settings_of(request, footage)
    watched = Watched(settings.start, min(settings.end, footage.duration), (footage.width, footage.height))
    spotters = spotters_of(what, request.models_folder, request.face_model)
    with (
        open_workspace(request.workspace) as workspace,
        _permitted(workspace, request, footage, unmasked) as acts,
        passing(workspace) as files,
    ):
        act, sight = acts
        steps = analysing(analysis_of(request), progress, (output,), footage=footage, files=files, cut=False)
        (analysis,) = steps
        found = _find(analysis, request, watched)
        if unmasked:
            sight.note(**singled_out([t.id for t in found.tracks]))
        told = _told(request, analysis, found, output, "detect.face" in spotters, unmasked)
        left = _write(told, footage, found, Together([*spotters.values()]), output, request, progress)
        gaps = {g for g in analysis.gaps if g.end > watched.start and g.start < watched.end}
        act.note(places=len(found.places), gaps=len(gaps), made={output.name: sha256(output)})
    doubtful = len({risk.track for risk in found.risks} - {""})
    return ReviewResult(
        output, len(found.places), len(found.tracks), doubtful,
        (told.chosen.tracks_left, told.chosen.moments_left, left), len(gaps),
        (*analysis.notes, NOT_ANONYMOUS), 4 if gaps else 0,
    )  # fmt: skip


def _output(request: RedactRequest, unmasked: bool) -> Path:
    path = request.output or Path(f"{stem_of(request.footage)}.review.html")
    if path.suffix.lower() != ".html":
        raise UsageError(f"{path}: a review is a page: give a name that ends in .html")
    if unmasked and UNMASKED not in path.name:
        path = path.with_name(f"{path.stem}.{UNMASKED}{path.suffix}")
    return path


@contextmanager
def _permitted(
    workspace: Workspace, request: RedactRequest, footage: Footage, unmasked: bool
) -> Iterator[tuple[Act, Act]]:
    """The permission to look, and the one under which heads are shown."""
    more: dict[str, Any] = {
        "case": request.case,
        "scope": Scope(digests=tuple(f.sha256 for f in footage.readable)),
        "reason": request.reason,
        "payload": {
            "files": {f.sha256: f.path.name for f in footage.readable},
            "unsafe_unknown_model": request.unsafe_unknown_model,
            "mask": request.mask, "from": request.begin, "to": request.end, "masked": not unmasked,
            "review": True,
        },
    }  # fmt: skip
    with ExitStack() as stack:
        act = sight = stack.enter_context(workspace.act("view.masked", **more))
        if unmasked:
            sight = stack.enter_context(workspace.act("view.unmasked", within=act, **more))
        yield act, sight


@dataclass(frozen=True, slots=True, eq=False)
class _Found:
    """All tracks; those that are masked, the worst first; what may be uncovered, likewise."""

    every: tuple[Track, ...]
    tracks: tuple[Track, ...]
    risks: tuple[Risk, ...]
    plan: MaskPlan
    watched: Watched
    seen: Observations

    @property
    def spared(self) -> tuple[Track, ...]:
        """The tracks that are not masked."""
        masked = {t.id for t in self.tracks}
        return tuple(t for t in self.every if t.id not in masked)

    @property
    def places(self) -> tuple[Risk, ...]:
        """Where something is bare."""
        return tuple(risk for risk in self.risks if risk.reason is Reason.BARE)


def _find(analysis: Analysis, request: RedactRequest, watched: Watched) -> _Found:
    masks = masks_of(request, analysis.footage)
    seen, every = watched_in(analysis)
    plan = plan_masks(seen, every, masks)
    here = [t for t in every if t.end >= watched.start and t.start < watched.end]
    masked = masked_tracks(plan, here, masks.what)
    risks = [r for t in masked for r in track_risks(t, plan, masks.what, watched)]
    ordered = in_order([*bare_risks(plan, watched), *risks])
    return _Found(every, worst_first(masked, ordered), ordered, plan, watched, seen)


def _told(
    request: RedactRequest, analysis: Analysis, found: _Found, output: Path, faces: bool, clear: bool
) -> Told:
    footage, watched = analysis.footage, found.watched
    name = output.name.removesuffix(output.suffix).removesuffix(f".{UNMASKED}")
    file = f"{name.removesuffix('.review')}.review.json"
    return Told(
        review=Review(
            tuple(f.sha256 for f in footage.readable), request.mask, model_digest(request),
            tracks_digest(footage, found.every), round(watched.start, 3), round(watched.end, 3),
        ),
        tracks=found.tracks, risks=found.risks,
        chosen=choose(found.tracks, found.risks, found.plan.bare, watched),
        uncovered=partial(uncovered_at, found.seen, found.plan, found.spared),
        name=", ".join(f.path.name for f in footage.readable[:4]), file=file,
        command=_command(request, file), size=watched.size,
        duration=footage.duration, faces=faces, clear=request.reason if clear else "",
        in_case=request.case is not None,
    )  # fmt: skip


def _command(request: RedactRequest, file: str) -> str:
    """What makes the masked copy, with the options on which the tracks and the masks depend."""
    words = ["synopticon", "redact", *request.footage, "--apply", file]
    chosen = {
        "--mask": request.mask if request.mask != USUAL else None,
        "--model": request.model if request.model != "auto" else None,
        "--face-model": request.face_model if request.face_model != "auto" else None,
        "--models-folder": request.models_folder, "--workspace": request.workspace, "--case": request.case,
        "--start": request.start.isoformat() if request.start else None, "--zone": request.zone or None,
        "--from": request.begin, "--to": request.end,
    }  # fmt: skip
    words += [word for option, value in chosen.items() if value is not None for word in (option, str(value))]
    return shlex.join([*words, *(["--unsafe-unknown-model"] if request.unsafe_unknown_model else [])])


def _write(
    told: Told, footage: Footage, found: _Found, spotter: Spotter, output: Path, request: RedactRequest,
    progress: Progress | None,
) -> int:  # fmt: skip
    tell = progress or (lambda _stage, _share: None)
    make_folder(output.parent)
    with write_whole(output, overwrite=request.overwrite) as aside:
        return write_page(
            aside,
            told,
            take(
                footage, found.plan, spotter, told.chosen.shots, found.watched, clear=bool(told.clear),
                progress=lambda share: tell("taking pictures", min(share, 1.0)),
            ),
        )  # fmt: skip
