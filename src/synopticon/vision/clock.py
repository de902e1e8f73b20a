"""Finds the clock that is burnt into a picture, and reads it at any time of the recording.

The clock's place is where text stands in the same place of several pictures and says a time: with a date in
the same line or in another beside it. Of several, the one that changes.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

from synopticon.footage.clock_propose import Finding, propose
from synopticon.footage.clock_text import told
from synopticon.footage.read import open_reader
from synopticon.values.detection import Boxes
from synopticon.values.footage import Footage
from synopticon.values.frame import Frame
from synopticon.vision.geometry import contained
from synopticon.vision.look import bgr_crop

LOOKS = 5  # pictures in which the place is looked for
_SHARE = 0.6  # of them in which a clock must be read
_SAME = 0.5  # of the smaller box, covered by the other: the same place
_MARGIN = 0.35  # of a line's height, read around it
_LONG = 1280  # pixels: text is found in a picture of about this size, read in its own
_AHEAD = 2.0  # seconds in which a picture must come

Picture = NDArray[np.uint8]


class TextReader(Protocol):
    """Finds and reads text."""

    def detect_text(self, picture: Picture) -> NDArray[np.float32]:
        """Where text stands in a BGR picture: corners ``(n, 4, 2)`` in its pixels."""

    def read_lines(self, crops: Sequence[Picture]) -> Sequence[tuple[str, Sequence[float]]]:
        """The text of each crop (one line each), with the confidence of each character, 0..1."""


@dataclass(frozen=True, slots=True, eq=False)
class ClockRead:
    """What was found: the proposal, if there is one, and where the clock stands: ``(n, 4)`` xyxy pixels."""

    finding: Finding
    lines: Boxes


def read_clock(footage: Footage, reader: TextReader) -> ClockRead:
    """Look for a burnt-in clock and read it at several times; raises ``UnreadableError``."""
    lines = _place(footage, reader)
    if not len(lines):
        return ClockRead(Finding(None, "no text in the picture reads as a clock", ()), lines)

    def read(time: float) -> tuple[float, str]:
        frame = frame_at(footage, time)
        return (frame.time, _text(frame, lines, reader)) if frame else (time, "")

    return ClockRead(propose(read, footage.duration, float(1 / footage.frame_rate)), lines)


def frame_at(footage: Footage, time: float) -> Frame | None:
    """The first picture at or soon after a time (seconds on the timeline); None in a gap."""
    with open_reader(footage, max(time - 1e-6, 0.0), time + _AHEAD, threads=1, ahead=0) as reader:
        return next((f for f in reader if not f.corrupt), None)


@dataclass(frozen=True, slots=True)
class _Line:
    """Text that stood in one place: its box, and what it said in each picture; "" where it was not found."""

    box: tuple[float, float, float, float]
    texts: tuple[str, ...]


def _place(footage: Footage, reader: TextReader) -> Boxes:
    """Where the lines of the clock stand, ``(n, 4)``, in the order in which they are read; may be empty."""
    times = np.linspace(0.0, max(footage.duration - 1.0, 0.0), LOOKS)
    found = (frame_at(footage, float(t)) for t in times)
    frames = [f for f in found if f is not None]
    places = _joined([_boxes(frame, reader) for frame in frames])
    lines = [_Line(box, tuple(_text(f, np.array([box]), reader) for f in frames)) for box in places]
    options = [
        c for line in lines for c in ((line,), *((line, other) for other in lines if other is not line))
    ]
    best = max(options, key=lambda o: _worth(o, len(frames)), default=())
    if _worth(best, len(frames)) <= (0,):
        return np.zeros((0, 4), np.float32)
    return np.array([line.box for line in best], np.float32)


def _worth(lines: Sequence[_Line], count: int) -> tuple[float, ...]:
    """How much these lines together are a clock: 0 = not at all. One line rather than two; near ones."""
    texts = ["\n".join(t) for t in zip(*(line.texts for line in lines), strict=True)]
    means = [told(text) for text in texts]
    times = sum(bool(m) for m in means)
    if not lines or times < max(_SHARE * count, 1):
        return (0,)
    dated = sum(any(t.dated for t in m) for m in means)
    changes = len({t.shown for m in means for t in m[:1]}) > 1
    (x, y), (u, v) = lines[0].box[:2], lines[-1].box[:2]
    return float(changes), dated, times, -float(len(lines)), -abs(x - u) - abs(y - v)


def _boxes(frame: Frame, reader: TextReader) -> Boxes:
    """Upright boxes around all text of a picture, source pixels."""
    height, width = frame.y.shape
    picture = bgr_crop(frame, (0, 0, width, height))
    scale = _LONG / max(height, width)
    size = (round(picture.shape[1] * scale), round(picture.shape[0] * scale))
    small = cv2.resize(picture, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC)
    corners = np.asarray(reader.detect_text(np.asarray(small, np.uint8)), np.float32)
    corners = corners.reshape(len(corners), -1, 2) / scale
    if not len(corners):
        return np.zeros((0, 4), np.float32)
    return np.concatenate([corners.min(1), corners.max(1)], axis=1).astype(np.float32)


def _joined(found: Sequence[Boxes]) -> list[tuple[float, float, float, float]]:
    """One box for each place in which text was found in most of the pictures."""
    places: list[tuple[NDArray[np.float32], int]] = []
    for boxes in found:
        for box in boxes:
            same = [n for n, (p, _) in enumerate(places) if _covers(p, box) > _SAME]
            joined, seen = box, 1
            for n in reversed(same):
                other, count = places.pop(n)
                joined = np.r_[np.minimum(joined[:2], other[:2]), np.maximum(joined[2:], other[2:])]
                seen = max(seen, count + 1)
            places.append((joined, seen))
    kept = [p for p, seen in places if seen >= _SHARE * len(found)]
    return [(float(p[0]), float(p[1]), float(p[2]), float(p[3])) for p in kept]


def _covers(a: NDArray[np.float32], b: NDArray[np.float32]) -> float:
    return float(max(contained(a[None], b[None])[0, 0], contained(b[None], a[None])[0, 0]))


def _text(frame: Frame, lines: Boxes, reader: TextReader) -> str:
    """What stands in these lines of a picture, a line each."""
    height, width = frame.y.shape
    crops = []
    for x1, y1, x2, y2 in lines.tolist():
        margin = _MARGIN * (y2 - y1)
        left, top = max(x1 - margin, 0), max(y1 - margin / 2, 0)
        right, bottom = min(x2 + margin, width), min(y2 + margin / 2, height)
        crops.append(bgr_crop(frame, (int(left), int(top), int(right), int(bottom))))
    return "\n".join(text for text, _ in reader.read_lines(crops))
