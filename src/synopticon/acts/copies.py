"""Working copies and still pictures of what is exported: everybody's head is filled, as ``redact`` does it.

The masks are planned from what ingest stored; nothing is analysed again. A still is the very picture of the
working copy in which a track is largest.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from synopticon.acts.analysis import Progress
from synopticon.acts.chosen import Chosen, inside
from synopticon.acts.leaving import Recording, called
from synopticon.acts.originals import check_original
from synopticon.acts.workspace import Workspace
from synopticon.evidence.format import STILL, WORKING, WORKING_CLEAR
from synopticon.evidence.redact import RedactSettings, redact
from synopticon.evidence.review import Review
from synopticon.footage.digest import sha256
from synopticon.synopsis.blend import Planes
from synopticon.synopsis.compose import UNMASKED
from synopticon.synopsis.door import jpeg
from synopticon.synopsis.thumbnail import best_sample
from synopticon.values.footage import Gap, SourceFile
from synopticon.values.frame import Frame
from synopticon.vision.masks import Kinds, MaskPlan, MaskSettings, plan_near
from synopticon.vision.observations import Observations
from synopticon.vision.spot import Spotter


@dataclass(frozen=True, slots=True)
class CopySettings:
    """``mask``: what is filled; ``clear``: tracks that are exported stay clear; ``spotter``: finds faces.

    ``short``: pixels that the shorter side has at most; 0 = as it is. ``reviewed``: what a person decided
    about the masks of a recording, by its id.
    """

    mask: Kinds
    clear: bool = False
    spotter: Spotter | None = None
    short: int = 0
    reviewed: Mapping[str, Review] = field(default_factory=dict)

    def kept(self, one: Chosen) -> tuple[str, ...]:
        """The tracks of a recording that stay clear."""
        review = self.reviewed.get(one.id)
        return (*(one.tracks if self.clear else ()), *(review.keep if review else ()))


def ending(shown: bool) -> str:
    """What the names of files say before their suffix: whether somebody is ``shown`` clear."""
    return f".{UNMASKED}" if shown else ""


@dataclass(slots=True)
class Copies:
    """What was made: files with their place in the package, gaps met, frames with something unmasked."""

    videos: list[Recording] = field(default_factory=list)
    stills: list[Recording] = field(default_factory=list)
    gaps: list[Gap] = field(default_factory=list)
    bare: int = 0


def check_unchanged(chosen: Sequence[Chosen], tell: Progress) -> None:
    """Raise ``FootageError`` unless each file is still the one that was ingested; names both digests."""
    files = {f.sha256: f for one in chosen for f in needed(one)}
    for n, file in enumerate(files.values()):
        tell("checking the recordings", n / len(files))
        check_original(file)


def needed(one: Chosen) -> Iterator[SourceFile]:
    """The files that show what leaves."""
    for file in one.footage.readable:
        if any(file.offset < b and file.offset + file.duration > a for a, b in one.spans):
            yield file


def write_copies(
    workspace: Workspace, chosen: Sequence[Chosen], folder: Path, settings: CopySettings, tell: Progress
) -> Copies:
    """Write a working copy of each stretch, and a still of each track, into a folder.

    Raises ``OutputError``, ``FootageError``.
    """
    made = Copies()
    total = sum(b - a for one in chosen for a, b in one.spans)
    done = 0.0

    def told(part: float, share: float) -> None:
        tell("masking", done + part * min(share, 1.0))

    for one in chosen:
        seen = Observations.join([Observations.of(arrays) for arrays in one.analysis.watched()])
        clear = bool(settings.kept(one))
        stills = _Stills(one, _shots(one), folder, settings, made.stills)
        for span in one.spans:
            part = (span[1] - span[0]) / total
            name = f"{len(made.videos) + 1:03}-{_called(workspace, one, span)}{ending(clear)}.mp4"
            redacted = redact(
                one.footage, _plan(seen, one, span, settings), settings.spotter, folder / name,
                RedactSettings(*span, clear=clear, in_case=True, short=settings.short),
                partial(told, part), stills.take,
            )  # fmt: skip
            done += part
            about = f"{span[0]:.3f} s to {span[1]:.3f} s of {one.footage.readable[0].path.name}, {one.name}"
            role = WORKING_CLEAR if clear else WORKING
            made.videos.append(_made(folder / name, f"working/{name}", role, about))
            made.gaps += redacted.gaps
            made.bare += redacted.bare_frames
    return made


def _called(workspace: Workspace, one: Chosen, span: tuple[float, float]) -> str:
    """The camera and when it begins."""
    start = one.footage.start_utc
    return called(
        workspace, one.camera, None if start is None else datetime.fromtimestamp(start + span[0], UTC)
    )


def _made(file: Path, path: str, role: str, told: str = "") -> Recording:
    return Recording(file, path, file.stat().st_size, sha256(file), role, told=told)


def _plan(seen: Observations, one: Chosen, span: tuple[float, float], settings: CopySettings) -> MaskPlan:
    """The masks of one stretch."""
    masks = MaskSettings(settings.mask, floor=one.footage.height)
    review = settings.reviewed.get(one.id)
    added = review.strands(1 / float(one.footage.frame_rate)) if review else ()
    return plan_near(seen, one.known, masks, span, settings.kept(one), added)


def _shots(one: Chosen) -> Mapping[tuple[int, int], Sequence[str]]:
    """The tracks to be taken by the file and time (pts) of the picture in which each is largest."""
    found: dict[tuple[int, int], list[str]] = {}
    for track in one.known:
        among = inside(track, one.spans)
        if track.id in one.tracks and among.any():
            k = best_sample(track, among)
            found.setdefault((int(track.file[k]), int(track.pts[k])), []).append(track.id)
    return found


@dataclass(frozen=True, slots=True)
class _Stills:
    """Keeps pictures of a working copy as they pass."""

    one: Chosen
    shots: Mapping[tuple[int, int], Sequence[str]]
    folder: Path
    settings: CopySettings
    made: list[Recording]

    def take(self, frame: Frame, picture: Planes) -> None:
        """Write the picture for each track that is largest in it."""
        file = self.one.footage.files[frame.file]
        for track in self.shots.get((frame.file, frame.pts), ()):
            name = f"{track}{ending(bool(self.settings.kept(self.one)))}.jpg"
            (self.folder / name).write_bytes(jpeg(picture, file.colour_matrix, file.full_range))
            told = f"track {track} at {frame.time:.3f} s of {file.path.name}, {self.one.name}"
            self.made.append(_made(self.folder / name, f"stills/{name}", STILL, told))
