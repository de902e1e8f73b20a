"""The clips of a journey: of each linked track a masked working copy of its moment, in true time.

Made from the recordings where they still lie; what is gone is named. Only the time in which the track is in
its picture is shown, which is what the permission covers; the heads of everybody in it are filled.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from synopticon.acts.leaving import called
from synopticon.acts.originals import check_original, located
from synopticon.acts.workspace import Act, Workspace
from synopticon.errors import FootageError, OutputError
from synopticon.footage.digest import sha256
from synopticon.store.atomic import write_together
from synopticon.store.granted import open_granted
from synopticon.store.tracks import TrackRow
from synopticon.synopsis.clips import ClipSettings, write_clips
from synopticon.values.footage import Footage
from synopticon.values.track import Track

_MOMENT = ClipSettings(before=0.0, after=0.0)
_WORK = "work"


@dataclass(frozen=True, slots=True)
class Clips:
    """Names of the files by track, in time; SHA-256 of each file; what could not be shown, and why."""

    names: dict[str, tuple[str, ...]]
    digests: dict[str, str]
    notes: tuple[str, ...]


def write_journey(
    workspace: Workspace, act: Act, tracks: Sequence[TrackRow], folder: Path, *, overwrite: bool = False
) -> Clips:
    """Write the clips of these tracks into a folder, which appears whole; none where there is no clip.

    Names are the place in the journey, the camera and its local time. Raises ``OutputError``,
    ``StoreError``.
    """
    names: dict[str, tuple[str, ...]] = {}
    digests: dict[str, str] = {}
    notes: list[str] = []
    with write_together(folder, overwrite=overwrite) as (aside,):
        aside.mkdir()
        for number, row in enumerate(tracks, 1):
            footage, known = _known(workspace, act, row)
            track = next(t for t in known if t.id == row.id)
            lacking = _lacking(footage, track)
            if lacking:
                notes.append(f"no clip of {row.id}: {lacking}")
                continue
            made = _written(
                footage, track, known, aside, f"{number:02}-{called(workspace, row.camera, row.start)}"
            )
            names[row.id] = tuple(path.name for path in made)
            digests |= {path.name: sha256(path) for path in made}
            if not made:
                notes.append(f"no clip of {row.id}: no picture of that time can be read")
        if not digests:
            aside.rmdir()
    return Clips(names, digests, tuple(notes))


def check_folder(folder: Path, *, overwrite: bool = False) -> None:
    """Raise ``OutputError`` before any work where the folder cannot be made."""
    if folder.exists() and not overwrite:
        raise OutputError(f"{folder}: exists already: choose another name, or pass --overwrite")
    if not folder.parent.is_dir():
        raise OutputError(f"{folder}: there is no folder {folder.parent}: make it, or choose another name")


def _known(workspace: Workspace, act: Act, row: TrackRow) -> tuple[Footage, tuple[Track, ...]]:
    """The recording of a track, and all tracks in it, whose heads are filled."""
    opened = open_granted(
        workspace.engine, workspace.place, workspace.vault, workspace.clock, act.grant, row.footage
    )
    recording = located(workspace, act.grant, row.footage, opened.load_recording())
    return recording, opened.everybody()


def _lacking(footage: Footage, track: Track) -> str:
    """Which file of the track's time is not what it was, and what to do; "" = none."""
    try:
        for index in sorted(set(track.file.tolist())):
            check_original(footage.files[index])
    except FootageError as error:
        return str(error)
    return ""


def _written(
    footage: Footage, track: Track, known: Sequence[Track], folder: Path, name: str
) -> tuple[Path, ...]:
    """The clips of one track in the folder; several where it is long."""
    clips = write_clips(footage, (track,), known, folder / _WORK, _MOMENT)
    made = []
    for n, clip in enumerate(clips, 1):
        target = folder / (f"{name}.mp4" if len(clips) == 1 else f"{name}-{n}.mp4")
        made.append((folder / _WORK / clip.name).rename(target))
    if clips:
        (folder / _WORK).rmdir()
    return tuple(made)
