"""The videos of an answer: who asks is clear, everybody else is filled whole; any telephone plays them."""

from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path

from synopticon.acts.analysis import Progress
from synopticon.acts.chosen import Choice, Chosen, choose
from synopticon.acts.copies import CopySettings, check_unchanged, write_copies
from synopticon.acts.leaving import Recording
from synopticon.acts.redact import spotters_of
from synopticon.acts.workspace import Act, Workspace
from synopticon.governance.demand import Decision
from synopticon.models.cards import find, remedy
from synopticon.vision.masks import kinds
from synopticon.vision.spot import Together

SHORT = 720  # pixels of the shorter side, at most: every telephone plays that
MASK = kinds("people,plates")


@dataclass(frozen=True, slots=True)
class Clip:
    """One video: the file, of which camera, from when to when (UTC)."""

    file: Recording
    camera: str
    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Filmed:
    """The videos and stills; seconds that could not be decoded; what must be known of them."""

    videos: tuple[Clip, ...] = ()
    stills: tuple[Recording, ...] = ()
    unseen: float = 0.0
    notes: tuple[str, ...] = ()


def write_videos(
    workspace: Workspace,
    act: Act,
    decision: Decision,
    folder: Path,
    models_folder: Path | None,
    progress: Progress | None,
) -> Filmed:
    """Write a video of each time that a recording shows the person, and a still of each track, into a folder.

    Raises ``FootageError`` when a recording is gone or changed since ingest, ``StoreError`` without a key.
    """
    tell = progress or (lambda _stage, _share: None)
    spotters = spotters_of(MASK, models_folder)
    chosen = choose(workspace, act.grant, Choice(tracks=decision.ids))
    check_unchanged(chosen, tell)
    spotter = Together([*spotters.values()])
    made = write_copies(workspace, chosen, folder, CopySettings(MASK, True, spotter, SHORT), tell)
    spans = chain.from_iterable(((one, span) for span in one.spans) for one in chosen)
    clips = tuple(_clip(file, *which) for file, which in zip(made.videos, spans, strict=True))
    notes = [] if "detect.face" in spotters else [_NO_FACES]
    if made.bare:
        notes.append(f"something was seen and not filled in {made.bare} frames")
    unseen = sum(gap.end - gap.start for gap in made.gaps)
    return Filmed(clips, tuple(made.stills), unseen, (*notes, "look at the videos before you send them"))


_NO_FACES = f"no model that finds faces: people are filled by their place ({remedy(find('yunet'))})"


def _clip(file: Recording, one: Chosen, span: tuple[float, float]) -> Clip:
    begin = one.footage.start_utc
    assert begin is not None, "a track in a window has its times"
    start, end = (datetime.fromtimestamp(begin + second, UTC) for second in span)
    return Clip(file, one.camera, start, end)
