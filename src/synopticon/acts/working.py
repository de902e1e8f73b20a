"""Working copies of what is handed over: masked videos that play in a browser and on a phone.

A copy is for looking; the recording is the original beside it. It is part of the act that hands the original
out, which is clear, and needs no permission of its own.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from synopticon.acts.analysis import AnalysisRequest, Progress, analysing
from synopticon.acts.leaving import Recording
from synopticon.acts.redact import USUAL, spotters_of, unsure, watched_in
from synopticon.acts.workspace import Workspace, passing
from synopticon.errors import FootageError
from synopticon.evidence.format import WORKING
from synopticon.evidence.redact import RedactSettings, redact
from synopticon.footage.digest import sha256
from synopticon.footage.probe import probe
from synopticon.synopsis.clips import browser_plays
from synopticon.values.duration import format_duration
from synopticon.values.footage import Footage
from synopticon.vision.masks import MaskSettings, kinds, plan_masks
from synopticon.vision.spot import Together

PLAYS = "plays in common browsers as it is: no working copy was made"


@dataclass(frozen=True, slots=True)
class CopyWish:
    """Of what copies are made: of ``every`` recording, of none (False), or (None) where browsers need one.

    ``model`` finds objects (``none``: motion alone); ``in_case``: made in a case.
    """

    every: bool | None = None
    model: str = "auto"
    models_folder: Path | None = None
    in_case: bool = False


@dataclass(slots=True)
class Working:
    """What was made, and of which recording (its path in the package) there is no copy, and why."""

    copies: list[Recording] = field(default_factory=list)
    without: dict[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()  # what is not sure to be masked

    def lines(self) -> Iterator[str]:
        """What the receipt says of recordings without a copy."""
        for path, why in self.without.items():
            yield f"{path}: {why}"


def make_working(
    workspace: Workspace, recordings: Sequence[Recording], folder: Path, wish: CopyWish, tell: Progress
) -> Working:
    """Write the copies into a folder; a recording that cannot be copied is told of, and left as it is.

    Raises ``ModelError`` and ``OutputError``.
    """
    made = Working()
    if wish.every is False:
        return made
    paths = _paths([r.path for r in recordings])
    for n, (one, path) in enumerate(zip(recordings, paths, strict=True), 1):
        try:
            footage = probe([one.file])
            if wish.every is None and browser_plays(footage.files[0]):
                made.without[one.path] = PLAYS
                continue
            file = folder / f"copy-{n}.mp4"
            length = format_duration(footage.duration)
            stage = f"working copy {n} of {len(recordings)} ({length}; --no-working-copy leaves it out)"
            tell(stage, 0.0)
            told, notes = _write(workspace, footage, file, wish, partial(_tell, tell, stage))
            made.notes = tuple(dict.fromkeys((*made.notes, *notes)))
        except FootageError as error:  # the original leaves all the same
            made.without[one.path] = f"no working copy: {str(error).removeprefix(f'{one.file}: ')}"
            continue
        about = f"of {one.path}; {told}"
        made.copies.append(Recording(file, path, file.stat().st_size, sha256(file), WORKING, told=about))
    return made


def _tell(tell: Progress, stage: str, what: str, share: float) -> None:
    tell(f"{stage}: {what}", share)


def _paths(originals: Sequence[str]) -> Iterator[str]:
    """A path for the copy of each: its name with another ending, or with one more where two would be one."""
    taken: set[str] = set()
    for original in originals:
        name = Path(original).name
        path = f"working-copy/{Path(name).stem}.mp4"
        path = f"working-copy/{name}.mp4" if path.casefold() in taken else path
        taken.add(path.casefold())
        yield path


def _write(
    workspace: Workspace, footage: Footage, file: Path, wish: CopyWish, tell: Progress
) -> tuple[str, tuple[str, ...]]:
    """Analyse and mask one recording; what is to be said of the copy, and what is not sure in it."""
    request = AnalysisRequest(
        (str(footage.files[0].path),), model=wish.model, models_folder=wish.models_folder,
        workspace=workspace.folder,
    )  # fmt: skip
    what = kinds(USUAL)
    spotters = spotters_of(what, wish.models_folder)
    with passing(workspace) as files:
        (analysis,) = analysing(request, tell, footage=footage, files=files, cut=False)
        seen, tracks = watched_in(analysis)
        plan = plan_masks(seen, tracks, MaskSettings(what, floor=footage.height))
        done = redact(
            analysis.footage, plan, Together([*spotters.values()]), file,
            RedactSettings(in_case=wish.in_case),
            lambda share: tell("masking", min(share, 1.0)),
        )  # fmt: skip
    gaps = len({*analysis.gaps, *done.gaps})
    bare = f"; something was seen and not masked in {done.bare_frames} frames" if done.bare_frames else ""
    told = f"{done.frames} pictures at their times, no sound{bare}{f'; gaps: {gaps}' if gaps else ''}"
    return told, tuple(unsure(what, tracks, spotters))
