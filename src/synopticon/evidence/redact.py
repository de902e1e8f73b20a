"""Takes what must not be seen out of a recording: decode, fill, encode, at the very times of the original.

What is filled is one grey. Nothing of what lay there reaches the encoder, so nothing can be brought back; a
mosaic or a blur would keep a part of it.
"""

from collections import deque
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from fractions import Fraction
from math import inf
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from synopticon.errors import FootageError
from synopticon.evidence.risk import stretches
from synopticon.footage.ahead import Ahead
from synopticon.footage.exact import ExactWriter, Sound
from synopticon.footage.read import open_reader
from synopticon.synopsis.blend import OPAQUE, Planes, stamp
from synopticon.synopsis.compose import NO_CASE
from synopticon.synopsis.door import masked
from synopticon.synopsis.label import Stamp, letter_height, stack, write
from synopticon.values.detection import Boxes
from synopticon.values.footage import Footage, Gap
from synopticon.values.frame import Frame, Plane
from synopticon.vision.masks import MaskPlan
from synopticon.vision.planes import resized
from synopticon.vision.spot import Spotter

MASKED_COPY = "WORKING COPY - MASKED"
CLEAR_COPY = "WORKING COPY - UNMASKED IN PART"
_AHEAD = 8  # frames that are looked at while one is encoded
_CLOCK = Fraction(1, 90000)  # time base of a copy of several files, whose own may differ


@dataclass(frozen=True, slots=True)
class RedactSettings:
    """``start`` and ``end``: seconds of the timeline to keep. ``clear``: some tracks stay clear.

    ``in_case``: made in a case. ``sound``: keep the sound. ``crf``: quality of the encoder. ``short``: pixels
    that the shorter side has at most; 0 = as it is.
    """

    start: float = 0.0
    end: float = inf
    clear: bool = False
    in_case: bool = False
    sound: bool = False
    crf: int = 20
    short: int = 0


def check_sound(footage: Footage) -> None:
    """Raise ``FootageError`` unless the sound of footage can be kept; for use before long work."""
    if len(footage.readable) != 1:
        raise FootageError(f"{footage.camera}: sound is kept of one file only: run it without --keep-audio")
    Sound(footage.readable[0].path, Fraction(0), Fraction(0)).close()


@dataclass(frozen=True, slots=True)
class Redacted:
    """What was written: frames, those with a mask, and gaps that decoding met. Times in s.

    ``spotted``: faces and plates that were seen. ``bare``: frames in which somebody or something moving was
    seen and nothing was masked on it, as stretches of the timeline; ``bare_frames`` how many.
    """

    frames: int
    masked_frames: int
    spotted: int
    seconds: float
    bare_frames: int
    bare: tuple[tuple[float, float], ...]
    gaps: tuple[Gap, ...]


def masked_frames(
    frames: Iterator[Frame],
    plan: MaskPlan,
    spotter: Spotter | None,
    found: Callable[[int], None] | None = None,
) -> Iterator[tuple[Frame, Boxes]]:
    """Each frame with the zones to fill in it, float32 ``(n, 4)`` xyxy source pixels.

    A frame is given when all faces and plates are known that may be held over it: those seen later too.
    ``found`` is told of how many were seen each time.
    """
    waiting: deque[Frame] = deque()
    seen: deque[tuple[float, Boxes]] = deque()
    linger = 0.0 if spotter is None else spotter.linger
    for frame in frames:
        waiting.append(frame)
        if spotter is not None:
            zones = _spared(spotter.look(frame, plan), plan.kept.at(frame.time))
            if len(zones):
                seen.append((frame.time, zones))
                if found:
                    found(len(zones))
        while waiting and (spotter is None or waiting[0].time < frame.time - linger):
            yield _ready(waiting.popleft(), plan, seen, linger)
    while waiting:
        yield _ready(waiting.popleft(), plan, seen, linger)


def _ready(
    frame: Frame, plan: MaskPlan, seen: deque[tuple[float, Boxes]], linger: float
) -> tuple[Frame, Boxes]:
    while seen and seen[0][0] < frame.time - linger:
        seen.popleft()
    near = [zones for time, zones in seen if abs(time - frame.time) <= linger]
    return frame, np.concatenate([plan.at(frame.time), *near])


def _spared(zones: Boxes, kept: Boxes) -> Boxes:
    """Faces and plates that are on nobody who stays clear: their middle is in no such box."""
    middle = (zones[:, :2] + zones[:, 2:]) / 2
    inside = (middle[:, None] >= kept[None, :, :2]) & (middle[:, None] <= kept[None, :, 2:])
    on_them: NDArray[np.bool_] = np.logical_or.reduce(inside[..., 0] & inside[..., 1], axis=1)
    return np.asarray(zones[~on_them], np.float32)


def redact(
    footage: Footage,
    plan: MaskPlan,
    spotter: Spotter | None,
    path: Path,
    settings: RedactSettings,
    progress: Callable[[float], None] | None = None,
    show: Callable[[Frame, Planes], None] | None = None,
) -> Redacted:
    """Write the masked copy to ``path``, which must not exist; ``show`` sees each picture as it is written.

    Raises ``OutputError``, and ``FootageError`` where nothing is shown or the size of the picture changes.
    """
    times = _Ticks(footage)
    tally = _Tally(footage, plan, settings, progress)
    with (
        open_reader(footage, settings.start, settings.end) as reader,
        closing(Ahead(masked_frames(iter(reader), plan, spotter, tally.found), _AHEAD)) as ready,
    ):
        first = next(ready, None)
        if first is None:
            raise FootageError(f"{footage.files[0].path}: shows nothing there: give other times")
        with _writer(path, footage, first[0], times, settings) as writer:
            mark = _mark((first[0].y.shape[1], first[0].y.shape[0]), settings)
            for (frame, zones), after in _with_next(first, ready):
                begin = times.of(frame, first[0])
                until = times.of(after[0], first[0]) if after else times.end(settings.end, frame, first[0])
                picture = filled(frame, zones, mark, settings.short)
                writer.write_at(*picture, begin, max(until - begin, 1))
                if show:
                    show(frame, picture)
                tally.add(frame, zones)
        return replace(tally.result(), gaps=reader.gaps)


Pair = tuple[Frame, Boxes]


def _with_next(first: Pair, rest: Iterator[Pair]) -> Iterator[tuple[Pair, Pair | None]]:
    """Each with the one after it."""
    for after in rest:
        yield first, after
        first = after
    yield first, None


class _Ticks:
    """Times in the copy: ticks from its first picture, in the file's own time base when there is one file."""

    def __init__(self, footage: Footage) -> None:
        self._footage = footage
        files = footage.readable
        self.alone = len(files) == 1
        self.base = files[0].time_base if self.alone else _CLOCK

    def of(self, frame: Frame, first: Frame) -> int:
        return frame.pts - first.pts if self.alone else round((frame.time - first.time) / self.base)

    def end(self, end: float, last: Frame, first: Frame) -> int:
        """Where the last picture ends: with its file, or one usual step on when more would follow."""
        file = self._footage.files[last.file]
        step = 1 / file.frame_rate
        if last.time + 1.5 * float(step) < min(end, file.time_of(file.end_pts)):
            return self.of(last, first) + max(1, round(step / self.base))
        until = min(end, file.time_of(file.end_pts))
        if self.alone and end >= file.time_of(file.end_pts):
            return file.end_pts - first.pts
        return self.of(last, first) + max(1, round((until - last.time) / self.base))


def _writer(
    path: Path, footage: Footage, first: Frame, times: _Ticks, settings: RedactSettings
) -> ExactWriter:
    file = footage.files[first.file]
    sound = None
    if settings.sound:
        begin = first.pts * file.time_base
        end = file.end_pts * file.time_base
        if settings.end < file.duration:
            end = begin + Fraction(settings.end - first.time).limit_denominator(90000)
        sound = Sound(file.path, begin, end)
    height, width = _size(first.y, settings.short)
    return ExactWriter(
        path, (width, height), file.frame_rate, times.base, crf=settings.crf,
        full_range=file.full_range, colour_matrix=file.colour_matrix,
        title="; ".join(_texts(settings)), sound=sound,
    )  # fmt: skip


def _size(picture: Plane, short: int) -> tuple[int, int]:
    """Even height and width of a copy whose shorter side has at most ``short`` pixels."""
    height, width = picture.shape
    share = min(1.0, short / min(height, width)) if short else 1.0
    if share == 1.0:
        return height & ~1, width & ~1
    return max(2, round(height * share / 2) * 2), max(2, round(width * share / 2) * 2)


def _sized(planes: Planes, short: int) -> Planes:
    """The filled picture at the size of the copy: what lies under a mask has gone before."""
    height, width = _size(planes[0], short)
    if planes[0].shape == (height, width):
        return planes
    y, u, v = planes
    half = (height // 2, width // 2)
    return resized(y, height, width), resized(u, *half), resized(v, *half)


def _texts(settings: RedactSettings) -> list[str]:
    return [CLEAR_COPY if settings.clear else MASKED_COPY, *([] if settings.in_case else [NO_CASE])]


def _mark(size: tuple[int, int], settings: RedactSettings) -> Stamp | None:
    """What the copy says of itself on the picture; None where the picture is too small for it."""
    cap = letter_height(size[1])
    picture = stack([write(text, cap) for text in _texts(settings)])
    fits = picture.size[0] <= size[0] and 4 * picture.size[1] <= size[1]
    return picture if fits else None


def filled(frame: Frame, zones: Boxes, mark: Stamp | None = None, short: int = 0) -> Planes:
    """The picture with its zones filled, cut to even sides, then made as small as ``short`` asks."""
    height, width = frame.y.shape[0] & ~1, frame.y.shape[1] & ~1
    half = (slice(height // 2), slice(width // 2))
    whole = masked(frame, zones)
    planes = (whole[0][:height, :width], whole[1][half], whole[2][half])
    if mark is not None:
        stamp(planes, mark.planes, mark.alpha, (0, height - mark.size[1]), OPAQUE)
    return _sized(planes, short)


class _Tally:
    """Counts while it is written."""

    def __init__(
        self, footage: Footage, plan: MaskPlan, settings: RedactSettings, tell: Callable[[float], None] | None
    ) -> None:
        self._footage, self._plan, self._tell = footage, plan, tell
        self._start, self._end = settings.start, min(settings.end, footage.duration)
        self._frames = self._masked = self._spotted = 0
        self._first = self._last = 0.0
        self._size: tuple[int, ...] = ()

    def found(self, count: int) -> None:
        self._spotted += count

    def add(self, frame: Frame, zones: Boxes) -> None:
        """Count a frame that was written; raises ``FootageError`` when the size of the picture changes."""
        if self._size and frame.y.shape != self._size:
            path = self._footage.files[frame.file].path
            raise FootageError(f"{path}: the size of the picture changes: give its files one by one")
        self._size = frame.y.shape
        self._first = self._first if self._frames else frame.time
        self._frames, self._last = self._frames + 1, frame.time
        self._masked += bool(len(zones))
        if self._tell:
            self._tell((frame.time - self._start) / max(self._end - self._start, 1e-9))

    def result(self) -> Redacted:
        """What was written so far, without the gaps."""
        inside = (self._plan.bare >= self._first - 1e-6) & (self._plan.bare <= self._last + 1e-6)
        bare = self._plan.bare[inside]
        step = 1 / float(self._footage.frame_rate)
        told = tuple((round(float(c[0]), 3), round(float(c[-1]) + step, 3)) for c in stretches(bare))
        seconds = self._last - self._first + step
        return Redacted(self._frames, self._masked, self._spotted, seconds, len(bare), told, ())
