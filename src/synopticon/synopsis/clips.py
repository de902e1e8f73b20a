"""Context clips: short working copies of the footage around the objects that are shown, masked.

Stretches that overlap are one, and every source frame is encoded once; a long stretch is cut where the fewest
objects are. The player goes on from one clip to the next.
"""

import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import cv2
import numpy as np

from synopticon.aside import beside, remove_stale
from synopticon.errors import OutputError
from synopticon.footage.encode import TimedWriter
from synopticon.footage.read import open_reader
from synopticon.store.atomic import translated
from synopticon.synopsis.blend import OPAQUE, Planes, stamp
from synopticon.synopsis.door import masked
from synopticon.synopsis.label import Stamp, letter_height, write
from synopticon.synopsis.zones import Masks
from synopticon.values.footage import Footage, SourceFile
from synopticon.values.frame import Frame, Plane
from synopticon.values.track import Track

MASKED_COPY = "WORKING COPY - MASKED"
CLEAR_COPY = "WORKING COPY - UNMASKED"
_PLAYABLE_CODECS = frozenset({"h264", "av1", "vp9", "vp8"})
_PLAYABLE_ENDS = frozenset({".mp4", ".m4v", ".webm", ".mov"})


@dataclass(frozen=True, slots=True)
class ClipSettings:
    """Seconds ``before`` and ``after`` an object, clips of at most ``longest`` seconds and ``width`` pixels.

    ``hold``: seconds a zone stays filled before its track begins and after it ends. ``clear``: no zone is
    filled, and an original that browsers play is used as it is.
    """

    before: float = 3.0
    after: float = 2.0
    longest: float = 90.0
    width: int = 1280
    hold: float = 0.8
    clear: bool = False
    quality: int = 25
    preset: str = "veryfast"
    overwrite: bool = False


@dataclass(frozen=True, slots=True)
class Clip:
    """A stretch of the timeline, seconds, and the file that shows it.

    ``name`` is a file in the clips folder, or "" when the footage's own file ``original`` is shown. Second
    ``start`` of the timeline is second ``at`` of that file.
    """

    start: float
    end: float
    name: str = ""
    original: int = -1
    at: float = 0.0


def write_clips(
    footage: Footage,
    shown: Sequence[Track],
    tracks: Sequence[Track],
    folder: Path,
    settings: ClipSettings | None = None,
    progress: Callable[[float], None] | None = None,
) -> tuple[Clip, ...]:
    """Write the working copies around every track of ``shown`` into ``folder``, which appears whole.

    ``tracks`` are all that are known, shown or not: the heads of each are filled wherever it is seen. Returns
    the clips in time order; no folder is made when none is needed. ``progress`` gets the share done, 0..1.
    Raises OutputError.
    """
    settings = settings or ClipSettings()
    wanted = stretches(footage, shown, settings)
    originals = [c for s in wanted if settings.clear for c in _originals(footage, s)]
    ready = {(c.start, c.end) for c in originals}
    copies = [s for s in wanted if s not in ready]
    clips = list(originals)
    with _whole_folder(Path(folder), settings.overwrite, needed=bool(copies)) as aside:
        masks = Masks(() if settings.clear else tracks, settings.hold)
        for i, (start, end) in enumerate(copies, 1):
            name = f"{i:04d}{'.UNMASKED' if settings.clear else ''}.mp4"
            first = _copy(footage, (start, end), aside / name, masks, settings)
            if first is not None:
                clips.append(Clip(first, end, name))
            if progress:
                progress(i / len(copies))
    return tuple(sorted(clips, key=lambda c: c.start))


def stretches(
    footage: Footage, shown: Sequence[Track], settings: ClipSettings
) -> tuple[tuple[float, float], ...]:
    """Stretches of the timeline (seconds) that the clips must show, none longer than ``settings.longest``."""
    spans = sorted(
        (max(0.0, t.start - settings.before), min(footage.duration, t.end + settings.after)) for t in shown
    )
    joined: list[list[float]] = []
    for start, end in spans:
        if joined and start <= joined[-1][1]:
            joined[-1][1] = max(joined[-1][1], end)
        else:
            joined.append([start, end])
    return tuple(part for start, end in joined for part in _cut(start, end, spans, settings.longest))


def _cut(
    start: float, end: float, spans: Sequence[tuple[float, float]], longest: float
) -> Iterator[tuple[float, float]]:
    """Cut a long stretch; each cut lies where the fewest spans are, in the second half of what is allowed."""
    inside = np.array([s for s in spans if s[1] > start and s[0] < end]).reshape(-1, 2)
    while end - start > longest:
        options = np.arange(start + longest / 2, min(start + longest, end - 1.0) + 0.5, 1.0)
        crossed = ((inside[:, :1] < options) & (inside[:, 1:] > options)).sum(axis=0)
        best = float(options[len(options) - 1 - int(np.argmin(crossed[::-1]))])
        yield start, best
        start = best
    yield start, end


def _originals(footage: Footage, stretch: tuple[float, float]) -> Iterator[Clip]:
    """The stretch as one clip of an original that browsers play, when it lies in one."""
    for index, file in enumerate(footage.files):
        inside = file.offset - 0.01 <= stretch[0] and stretch[1] <= file.offset + file.duration + 0.01
        if inside and browser_plays(file):
            yield Clip(*stretch, original=index, at=stretch[0] - file.offset)
            return


def browser_plays(file: SourceFile) -> float | None:
    """Whether common browsers play this file as it is."""
    kind = file.path.suffix.lower()
    eight_bit = file.pixel_format in {"", "yuv420p", "yuvj420p"}
    return not file.error and file.codec in _PLAYABLE_CODECS and kind in _PLAYABLE_ENDS and eight_bit


def _copy(
    footage: Footage, stretch: tuple[float, float], path: Path, masks: Masks, settings: ClipSettings
) -> float | None:
    """Encode one stretch; the time of its first frame, or None when not one could be read."""
    size = _size(footage, settings.width)
    mark = write(CLEAR_COPY if settings.clear else MASKED_COPY, letter_height(size[1]))
    first = footage.readable[0]
    with ExitStack() as stack, open_reader(footage, *stretch) as reader:
        writer: TimedWriter | None = None
        start = 0.0
        for frame in reader:
            if writer is None:
                start = frame.time
                writer = stack.enter_context(
                    TimedWriter(
                        path,
                        *size,
                        Fraction(footage.frame_rate),
                        crf=settings.quality,
                        preset=settings.preset,
                        full_range=first.full_range,
                        colour_matrix=first.colour_matrix,
                        metadata={"title": CLEAR_COPY if settings.clear else MASKED_COPY},
                    )
                )
            writer.write(*_picture(frame, masks, size, mark), frame.time - start)
        return None if writer is None else start


def _size(footage: Footage, width: int) -> tuple[int, int]:
    share = min(1.0, width / footage.width)
    return max(2, round(footage.width * share / 2) * 2), max(2, round(footage.height * share / 2) * 2)


def _picture(frame: Frame, masks: Masks, size: tuple[int, int], mark: Stamp) -> Planes:
    """The frame with its zones filled, at the clip's size, marked."""
    planes = masked(frame, np.array(masks.at(frame.time), np.float32).reshape(-1, 4))
    half = (size[0] // 2, size[1] // 2)
    small = (_fit(planes[0], size), _fit(planes[1], half), _fit(planes[2], half))
    if mark.size[0] <= size[0] and mark.size[1] <= size[1]:
        stamp(small, mark.planes, mark.alpha, (0, size[1] - mark.size[1]), OPAQUE)
    return small


def _fit(plane: Plane, size: tuple[int, int]) -> Plane:
    if plane.shape == size[::-1]:
        return plane
    return np.asarray(cv2.resize(plane, size, interpolation=cv2.INTER_AREA), np.uint8)


@contextmanager
def _whole_folder(folder: Path, overwrite: bool, *, needed: bool) -> Iterator[Path]:
    """A folder beside ``folder`` that takes its place on success; removed on any error."""
    if folder.exists() and not overwrite:
        raise OutputError(f"{folder}: exists already: choose another name, or pass --overwrite")
    remove_stale(folder)
    aside, old = beside(folder), beside(folder)
    with translated(folder, aside, old):
        try:
            aside.mkdir()
            yield aside
            if folder.exists():
                os.replace(folder, old)  # noqa: PTH105 (the atomic call, by its name)
            if needed:
                os.replace(aside, folder)  # noqa: PTH105
        finally:
            shutil.rmtree(aside, ignore_errors=True)
            shutil.rmtree(old, ignore_errors=True)
