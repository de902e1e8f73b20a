"""The videos of an answer: who asks is clear, everybody else is filled whole; any telephone plays them."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from synopticon.acts.analysis import Progress
from synopticon.acts.redact import UNMASKED
from synopticon.acts.workspace import Act, Workspace
from synopticon.errors import FootageError, UsageError
from synopticon.evidence.redact import Redacted, RedactSettings, redact
from synopticon.footage.digest import sha256
from synopticon.governance.demand import Decision, Shown
from synopticon.governance.grant import Scope
from synopticon.models.cards import companion, find, remedy
from synopticon.store.footage import StoredFile
from synopticon.store.granted import open_granted
from synopticon.synopsis.clips import ClipSettings, stretches
from synopticon.values.footage import Footage, SourceFile
from synopticon.values.track import Track
from synopticon.vision.faces import Faces
from synopticon.vision.masks import MaskPlan, MaskSettings, plan_masks
from synopticon.vision.observations import Observations

SHORT = 720  # pixels of the shorter side, at most: every telephone plays that
_AROUND = ClipSettings(before=1.0, after=1.0, longest=600.0)


@dataclass(frozen=True, slots=True)
class Clip:
    """One video: where it is, of which camera, from when to when (UTC)."""

    path: Path
    camera: str
    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Filmed:
    """The videos; seconds of their time that could not be decoded; what must be known of them."""

    videos: tuple[Clip, ...] = ()
    unseen: float = 0.0
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Recording:
    """A recording that shows the person: its camera, the files as they lie now, what is filled when."""

    camera: str
    footage: Footage
    kept: tuple[Track, ...]
    plan: MaskPlan

    @property
    def begin(self) -> float:
        """When its first picture was taken, POSIX seconds."""
        found = self.footage.start_utc
        assert found is not None, "a track in a window has its times"
        return found


def write_videos(
    workspace: Workspace,
    act: Act,
    decision: Decision,
    folder: Path,
    models_folder: Path | None,
    progress: Progress | None,
) -> Filmed:
    """Write a video of each time that a recording shows the person, a second around, into ``folder``.

    Raises ``FootageError`` when a recording is gone or is not what was analysed, ``StoreError``.
    """
    found = companion("detect.face", models_folder)
    faces = Faces(*found) if found else None
    notes = (
        []
        if faces
        else [f"no model that finds faces: people are filled by their place ({remedy(find('yunet'))})"]
    )
    tell = progress or (lambda _stage, _share: None)
    clips: list[Clip] = []
    unseen = 0.0
    for shown in _by_footage(decision.tracks):
        recording = _opened(workspace, act, shown)
        for span in _spans(recording, act.grant.scope):
            path = folder / f"{len(clips) + 1:02}-{_safe(workspace, recording.camera)}.{UNMASKED}.mp4"
            made = _write(recording, span, path, faces, lambda share: tell("masking", min(share, 1.0)))
            clips.append(_clip(recording, path, span))
            unseen += sum(min(g.end, span[1]) - max(g.start, span[0]) for g in made.gaps)
            if made.bare_frames:
                notes.append(f"{path.name}: something was seen and not filled in {made.bare_frames} frames")
    return Filmed(tuple(clips), unseen, (*notes, "look at the videos before you send them"))


def _by_footage(tracks: Sequence[Shown]) -> list[list[Shown]]:
    found: dict[str, list[Shown]] = {}
    for one in sorted(tracks, key=lambda one: (one.start, one.track)):
        found.setdefault(one.footage, []).append(one)
    return list(found.values())


def _opened(workspace: Workspace, act: Act, shown: Sequence[Shown]) -> _Recording:
    """A recording with all that was seen in it, so that nobody else stays clear."""
    first, ids = shown[0], {one.track for one in shown}
    opened = open_granted(
        workspace.engine, workspace.place, workspace.vault, workspace.clock, act.grant, first.footage
    )
    tracks = opened.everybody()
    if lost := ids - {t.id for t in tracks}:
        raise UsageError(f"{min(lost)}: was analysed anew since the decision: use a new request")
    footage = _located(opened.load_recording(), workspace.footage.files(act.grant, first.footage))
    seen = Observations.join([Observations.of(arrays) for arrays in opened.watched()])
    plan = plan_masks(seen, tracks, MaskSettings(what="people"), ids)
    return _Recording(first.camera, footage, tuple(t for t in tracks if t.id in ids), plan)


def _located(footage: Footage, stored: Sequence[StoredFile]) -> Footage:
    """The footage with the places where its files lie now; each must still be what was analysed."""
    paths = {file.digest: Path(file.path) for file in stored}
    return replace(footage, files=tuple(_unchanged(file, paths) for file in footage.files))


def _unchanged(file: SourceFile, paths: dict[str, Path]) -> SourceFile:
    if file.error:
        return file
    path = paths.get(file.sha256, file.path)
    if not path.is_file():
        raise FootageError(f"{path}: is gone: put the recording back where it was")
    if (now := sha256(path)) != file.sha256:
        raise FootageError(
            f"{path}: changed since it was taken in (then {file.sha256}, now {now}): put back the original"
        )
    return replace(file, path=path)


def _write(
    recording: _Recording,
    span: tuple[float, float],
    path: Path,
    faces: Faces | None,
    tell: Callable[[float], None],
) -> Redacted:
    settings = RedactSettings(*span, clear=True, in_case=True, crf=23, short=SHORT)
    return redact(recording.footage, recording.plan, faces, path, settings, tell)


def _spans(recording: _Recording, scope: Scope) -> Iterator[tuple[float, float]]:
    """When the person is there, a second around, on the recording's timeline; never outside the window."""
    begin = recording.begin
    for start, end in stretches(recording.footage, recording.kept, _AROUND):
        for window in scope.windows:
            first = max(start, window.start.timestamp() - begin)
            last = min(end, window.end.timestamp() - begin)
            if first < last:
                yield first, last


def _clip(recording: _Recording, path: Path, span: tuple[float, float]) -> Clip:
    start, end = (datetime.fromtimestamp(recording.begin + second, UTC) for second in span)
    return Clip(path, recording.camera, start, end)


def _safe(workspace: Workspace, camera: str) -> str:
    names = {c.id: c.name for c in workspace.cameras.all()}
    return "".join(c if c.isalnum() or c in "-_" else "_" for c in names.get(camera, camera))
