"""Write a copy of a recording in which heads and plates are masked; the original is never changed."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from math import inf
from pathlib import Path
from typing import Any

from synopticon.acts.analysis import Analysis, AnalysisRequest, Progress, analysing, looked_up, stem_of
from synopticon.acts.originals import check_places
from synopticon.acts.workspace import (
    Act,
    Workspace,
    open_workspace,
    passing,
    refuse_clear,
    singled_out,
)
from synopticon.errors import ModelError, UsageError
from synopticon.evidence.redact import Redacted, RedactSettings, check_sound, redact
from synopticon.evidence.review import Decided, read_review
from synopticon.footage.digest import sha256
from synopticon.governance.capability import Operation
from synopticon.governance.grant import Scope
from synopticon.models.cards import companion, find, remedy, resolve
from synopticon.store.atomic import check_place, make_folder, write_together
from synopticon.values.duration import parse_duration
from synopticon.values.footage import Footage, Gap
from synopticon.values.track import Track
from synopticon.vision.detect import open_finder
from synopticon.vision.mask import MASKED, PLATED, READABLE
from synopticon.vision.masks import Kinds, MaskSettings, Strand, kinds, plan_masks
from synopticon.vision.observations import Observations
from synopticon.vision.pipeline import observed
from synopticon.vision.spot import Faces, Plates, Spotter, Together, of_card

OPERATION = Operation.ALTERATION
UNMASKED = "UNMASKED"
USUAL = "heads,plates"
NOT_ANONYMOUS = "masked is not anonymous: clothes, gait and place remain"


@dataclass(frozen=True, slots=True)
class RedactRequest:
    """What to mask; the fields are the options of ``synopticon redact``. None = the default.

    ``mask`` names one or several, with commas between them; see ``vision.masks.kinds``.
    """

    footage: tuple[str, ...]
    output: Path | None = None
    mask: str = USUAL
    keep: tuple[str, ...] = ()
    reason: str = ""
    begin: str | None = None
    end: str | None = None
    keep_audio: bool = False
    model: str = "auto"
    face_model: str = "auto"
    models_folder: Path | None = None
    unsafe_unknown_model: bool = False
    start: datetime | None = None
    zone: str = ""
    overwrite: bool = False
    workspace: Path | None = None
    workers: int = 0
    case: str | None = None
    apply: Path | None = None  # the file of a review, and what it says, once it is read
    decided: Decided | None = None


@dataclass(frozen=True, slots=True)
class RedactResult:
    """What was written. Times in seconds of the recording; ``exit_code`` 4 = done, with gaps.

    ``bare``: stretches in which somebody or something moving was seen and nothing was masked on it,
    ``bare_frames`` how many frames these are.
    """

    video: Path
    frames: int
    masked_frames: int
    seconds: float
    tracks: int
    kept: tuple[str, ...]
    bare_frames: int
    bare: tuple[tuple[float, float], ...]
    gaps: int
    notes: tuple[str, ...]
    exit_code: int


def make_redacted(request: RedactRequest, progress: Progress | None = None) -> RedactResult:
    """Write the masked copy of footage; see ``RedactRequest``.

    Raises ``RefusedError`` for tracks kept clear without a reason, ``OutputError`` before any work when the
    output exists, ``UsageError`` for times or tracks that are not there, and the errors of the analysis.
    """
    request = _with_review(request)
    output, what = _output(request), kinds(request.mask)
    if request.keep and not request.reason.strip():
        instead = "take the ticks out of the review" if request.decided else "leave --keep out"
        raise refuse_clear(request.workspace, request.case, "keeping somebody clear needs", instead)
    check_place(output, overwrite=request.overwrite)
    footage = looked_up(analysis_of(request), progress, (output,))
    settings = settings_of(request, footage)
    spotters = spotters_of(what, request.models_folder, request.face_model)
    if request.decided:
        request.decided.review.check_footage(footage)
        request.decided.review.check_model(model_digest(request))
    if request.keep_audio:
        check_sound(footage)
    with open_workspace(request.workspace) as workspace, ExitStack() as stack:
        check_places(workspace, {f.path: f.sha256 for f in footage.readable})
        act, sight = stack.enter_context(_permitted(workspace, request, footage))
        with passing(workspace) as files:
            steps = analysing(
                analysis_of(request), progress, (output,), footage=footage, files=files, cut=False
            )
            (analysis,) = steps
            made, tracks = _write(
                analysis, request, settings, Together([*spotters.values()]), output, progress
            )
        if request.keep:
            sight.note(**singled_out(request.keep))
        gaps = _seen_gaps(analysis.gaps, made, settings)
        act.note(
            frames=made.frames, bare_frames=made.bare_frames, gaps=len(gaps),
            made={output.name: sha256(output)},
        )  # fmt: skip
    notes = (*analysis.notes, *_reviewed(request, settings, footage), *_notes(what, tracks, spotters, made))
    return RedactResult(
        output, made.frames, made.masked_frames, made.seconds, len(tracks), request.keep,
        made.bare_frames, made.bare, len(gaps), notes, 4 if gaps else 0,
    )  # fmt: skip


def _with_review(request: RedactRequest) -> RedactRequest:
    """The request with what a review decided, when there is one; raises ``UsageError``."""
    if request.apply is None:
        return request
    decided = read_review(request.apply)
    review = decided.review
    if request.keep:
        raise UsageError("--keep goes without --apply, whose review says who stays clear: choose one")
    if kinds(request.mask) != kinds(review.mask):
        raise UsageError(
            f"{request.apply}: the review is of --mask {review.mask}, and this run of --mask {request.mask}: "
            f"add --mask {review.mask}"
        )
    reason = request.reason or review.reason
    return replace(request, keep=review.keep, reason=reason, decided=decided)


def model_digest(request: RedactRequest) -> str:
    """SHA-256 of the detector's weights, "" where there is none."""
    found = resolve(request.model, request.models_folder, unsafe_unknown_model=request.unsafe_unknown_model)
    return found[0].sha256 if found else ""


def _output(request: RedactRequest) -> Path:
    """Where it goes: with somebody clear in it the name says so."""
    path = request.output or Path(f"{stem_of(request.footage)}.redacted.mp4")
    if path.suffix.lower() != ".mp4":
        raise UsageError(f"{path}: a masked copy is an MP4 video: give a name that ends in .mp4")
    if request.keep and UNMASKED not in path.name:
        path = path.with_name(f"{path.stem}.{UNMASKED}{path.suffix}")
    return path


def settings_of(request: RedactRequest, footage: Footage) -> RedactSettings:
    """The stretch that was asked for, and how it is written; raises ``UsageError``."""
    rate = float(footage.frame_rate)
    start = _seconds(request.begin, rate, 0.0)
    end = _seconds(request.end, rate, inf)
    if not start < end:
        raise UsageError(
            f"--from {request.begin} is not before --to {request.end}: give an end after the start"
        )
    if start >= footage.duration:
        raise UsageError(
            f"--from {request.begin}: the recording ends at {footage.duration:.1f} s: choose an earlier time"
        )
    return RedactSettings(
        start, end, clear=bool(request.keep), in_case=request.case is not None, sound=request.keep_audio
    )


def masks_of(request: RedactRequest, footage: Footage) -> MaskSettings:
    """What is masked, and how far."""
    return MaskSettings(kinds(request.mask), floor=footage.height)


def watched_in(analysis: Analysis) -> tuple[Observations, tuple[Track, ...]]:
    """What was seen, and what was followed: all that masks are planned from."""
    known = analysis.store.load_tracks()
    seen = observed(analysis.footage, analysis.store, analysis.settings)
    return seen, tuple(known[0]) if known else ()


def _seconds(text: str | None, rate: float, default: float) -> float:
    return default if text is None else parse_duration(text).seconds(rate)


def spotters_of(what: Kinds, folder: Path | None, face_model: str = "auto") -> dict[str, Spotter]:
    """What looks for faces and for plates, where it is wanted and there, by its task."""
    found: dict[str, Spotter] = {}
    if what != {"plates"}:
        face = companion("detect.face", folder, face_model)
        if face is not None:
            found["detect.face"] = Faces(open_finder(*face), of_card(face[0]))
        elif what & {"faces"} and not what & {"heads", "people", "all"}:
            raise ModelError(f"faces need a model that finds them: {_get_faces()}, or use --mask heads")
    if "plates" in what and (plate := companion("detect.plate", folder)):
        found["detect.plate"] = Plates(open_finder(*plate))
    return found


def _get_faces() -> str:
    return remedy(find("centerface"))


@contextmanager
def _permitted(workspace: Workspace, request: RedactRequest, footage: Footage) -> Iterator[tuple[Act, Act]]:
    """The permission to redact, and the one under which somebody stays clear."""
    more: dict[str, Any] = {
        "case": request.case,
        "scope": Scope(digests=tuple(f.sha256 for f in footage.readable)),
        "reason": request.reason,
        "payload": {
            "files": {f.sha256: f.path.name for f in footage.readable},
            "unsafe_unknown_model": request.unsafe_unknown_model,
            "mask": request.mask, "from": request.begin, "to": request.end, "masked": not request.keep,
            "audio": request.keep_audio,
            **({"review": request.decided.told()} if request.decided else {}),
        },
    }  # fmt: skip
    with ExitStack() as stack:
        act = sight = stack.enter_context(workspace.act("redact", **more))
        if request.keep:
            sight = stack.enter_context(workspace.act("view.unmasked", within=act, **more))
        yield act, sight


def analysis_of(request: RedactRequest) -> AnalysisRequest:
    """How the footage is analysed."""
    return AnalysisRequest(
        footage=request.footage,
        model=request.model,
        models_folder=request.models_folder,
        unsafe_unknown_model=request.unsafe_unknown_model,
        start=request.start,
        zone=request.zone,
        workspace=request.workspace,
        workers=request.workers,
    )


def _write(
    analysis: Analysis,
    request: RedactRequest,
    settings: RedactSettings,
    spotter: Spotter,
    output: Path,
    progress: Progress | None,
) -> tuple[Redacted, tuple[Track, ...]]:
    seen, tracks = watched_in(analysis)
    added: tuple[Strand, ...] = ()
    if request.decided:
        request.decided.review.check_tracks(analysis.footage, tracks)
        added = request.decided.review.strands(1 / float(analysis.footage.frame_rate))
    if strange := sorted(set(request.keep) - {t.id for t in tracks}):
        raise UsageError(
            f"--keep {', '.join(strange)}: no such track: give ids that 'synopticon tracks' lists"
        )
    plan = plan_masks(seen, tracks, masks_of(request, analysis.footage), request.keep, added)
    make_folder(output.parent)
    tell = progress or (lambda _stage, _share: None)
    with write_together(output, overwrite=request.overwrite) as (aside,):
        made = redact(
            analysis.footage, plan, spotter, aside, settings, lambda share: tell("masking", min(share, 1.0))
        )
    return made, tracks


def _seen_gaps(known: Sequence[Gap], made: Redacted, settings: RedactSettings) -> set[Gap]:
    """Gaps in what was asked for."""
    return {g for g in (*known, *made.gaps) if g.end > settings.start and g.start < settings.end}


def _reviewed(request: RedactRequest, settings: RedactSettings, footage: Footage) -> Iterator[str]:
    if request.decided:
        yield from request.decided.review.lines([(settings.start, min(settings.end, footage.duration))])


def _notes(
    what: Kinds, tracks: Sequence[Track], spotters: Mapping[str, Spotter], made: Redacted
) -> Iterator[str]:
    yield from unsure(what, tracks, spotters)
    if made.bare_frames:
        times = ", ".join(f"{a:.1f}-{b:.1f} s" for a, b in made.bare[:5])
        more = f" and {len(made.bare) - 5} more" if len(made.bare) > 5 else ""
        yield f"something was seen and not masked in {made.bare_frames} frames: look at {times}{more}"
    yield NOT_ANONYMOUS


def unsure(what: Kinds, tracks: Sequence[Track], spotters: Mapping[str, Spotter]) -> Iterator[str]:
    """What is not masked, or not for sure, for want of a model or since it was not asked for."""
    by_place = what & {"heads", "people", "all"}
    if by_place and "detect.face" not in spotters:
        yield f"no model that finds faces: heads are masked by their place alone ({_get_faces()})"
    if "faces" in what and not by_place:
        yield "only faces that were found are masked: heads turned away, small or hidden are not"
    yield from _left(what, tracks, spotters)


def _left(what: Kinds, tracks: Sequence[Track], spotters: Mapping[str, Spotter]) -> Iterator[str]:
    """What stays clear though it was seen."""
    vehicles = sum(t.label in PLATED - MASKED for t in tracks)
    if not what & {"plates", "all"}:
        yield f"not masked: plates ({vehicles} vehicles): --mask {USUAL} masks them"
    elif vehicles and "all" not in what and "detect.plate" not in spotters:
        seen = f"{vehicles} vehicles, where they are {READABLE:.0f} pixels wide"
        yield f"no model that finds plates: the lower part of {seen} is masked ({_get_plates()})"
    unnamed = sum(t.label == "object" for t in tracks)
    if unnamed and {"heads", "plates"} <= what and "all" not in what:
        yield f"no model named {unnamed} objects: their upper ends are masked, and the lower of wide ones"
    if not what & {"heads", "people", "all"} and any(t.label in MASKED for t in tracks):
        yield f"not masked: people: --mask {USUAL} masks their heads"


def _get_plates() -> str:
    return remedy(find("lpd-yunet"))
