"""Write the page on which a person looks at every mask of a recording; ``redact --apply`` takes it up."""

import shlex
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
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
from synopticon.evidence.found import FoundMasks, find_masks
from synopticon.evidence.review_page import Told
from synopticon.evidence.risk import Watched
from synopticon.footage.digest import sha256
from synopticon.governance.capability import Operation
from synopticon.governance.grant import Scope
from synopticon.store.atomic import check_place, make_folder, write_whole
from synopticon.values.footage import Footage
from synopticon.vision.masks import kinds
from synopticon.vision.spot import Together

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
        found = find_masks(*watched_in(analysis), masks_of(request, footage), watched)
        if unmasked:
            sight.note(**singled_out([t.id for t in found.tracks]))
        told = _told(request, analysis, found, output, "detect.face" in spotters, unmasked)
        make_folder(output.parent)
        with write_whole(output, overwrite=request.overwrite) as aside:
            left = found.write(
                aside,
                told,
                footage,
                Together([*spotters.values()]),
                progress or (lambda *_: None),
                clear=unmasked,
            )
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
    with looking(workspace, more, unmasked=unmasked) as acts:
        yield acts


@contextmanager
def looking(workspace: Workspace, more: dict[str, Any], *, unmasked: bool) -> Iterator[tuple[Act, Act]]:
    """The act of looking at masks, and the one under which heads are shown (the same where they are not).

    ``more``: what ``Workspace.act`` takes besides the capability.
    """
    with ExitStack() as stack:
        act = sight = stack.enter_context(workspace.act("view.masked", **more))
        if unmasked:
            sight = stack.enter_context(workspace.act("view.unmasked", within=act, **more))
        yield act, sight


def _told(
    request: RedactRequest, analysis: Analysis, found: FoundMasks, output: Path, faces: bool, clear: bool
) -> Told:
    name = output.name.removesuffix(output.suffix).removesuffix(f".{UNMASKED}")
    file = f"{name.removesuffix('.review')}.review.json"
    review = found.review(analysis.footage, request.mask, model_digest(request))
    return found.told(
        analysis.footage, review, file=file, command=_command(request, file), faces=faces,
        clear=request.reason if clear else "", in_case=request.case is not None,
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
