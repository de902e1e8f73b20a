"""PP-OCR: finds lines of text in a picture, and reads one as chances of A-Z and 0-9 along it.

Lines come from a map of how surely each pixel is text (Liao et al., "Real-time scene text detection with
differentiable binarization", AAAI 2020); the reader gives chances for each eighth pixel (connectionist
temporal classification: Graves et al., ICML 2006).
"""

from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from synopticon.models.cards import ModelCard
from synopticon.vision.detect.onnx import OnnxNet

Picture = NDArray[np.uint8]
Floats = NDArray[np.float32]

SIGNS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
BLANK, OTHER = 0, len(SIGNS) + 1  # columns of the chances: nothing new here; a sign that no plate has
COLUMNS = OTHER + 1
HIGH = 48  # pixels of a line that is read
_STEP = 32  # sides of the picture that is searched are multiples of it
_WIDEST = 384  # pixels of a line that is read
_TEXT, _SURE = 0.3, 0.5  # chance from which a pixel is text, and the mean from which a line is one
_GROWN = 1.6  # the map shows the core of a line: area over perimeter, times this, lies around it
_THIN = 3  # pixels: a line that is not this high is none
_MOST = 8  # lines that are read at once


class TextNets:
    """Both networks of a card: ``files[0]`` reads, ``files[1]`` finds."""

    def __init__(self, card: ModelCard, path: Path, *, threads: int = 1) -> None:
        self.name = card.name
        reads, finds = card.paths(path)
        self._reader, self._finder = OnnxNet(card, reads, threads), OnnxNet(card, finds, threads)
        self._fold = folding(self._reader.note("character").split("\n"))

    def lines(self, picture: Picture) -> tuple[Floats, Floats]:
        """Corners ``(n, 4, 2)`` of the lines of text in a BGR picture, and how surely each is one."""
        high, wide = picture.shape[:2]
        size = (max(round(wide / _STEP), 1) * _STEP, max(round(high / _STEP), 1) * _STEP)
        shown = picture if size == (wide, high) else cv2.resize(picture, size)
        (found,) = self._finder.run(_values(shown)[None])
        corners, scores = lines_of(found[0, 0])
        return corners * np.array([wide / size[0], high / size[1]], np.float32), scores

    def read(self, crops: Sequence[Picture]) -> list[Floats]:
        """Of each crop (BGR, one line) the chances ``(t, COLUMNS)`` along it: blank, ``SIGNS``, other."""
        out: list[Floats] = []
        for first in range(0, len(crops), _MOST):
            shown = [_line(crop) for crop in crops[first : first + _MOST]]
            widest = max(s.shape[2] for s in shown)
            batch = np.zeros((len(shown), 3, HIGH, widest), np.float32)
            for row, line in zip(batch, shown, strict=True):
                row[:, :, : line.shape[2]] = line
            (chances,) = self._reader.run(batch)
            out += [self._folded(c) for c in chances]
        return out

    def _folded(self, chances: Floats) -> Floats:
        upper, lower = self._fold
        signs = chances[:, upper] + np.where(lower > 0, chances[:, lower], 0)
        blank = chances[:, :1]
        rest = np.clip(1 - blank - signs.sum(1, keepdims=True), 0, 1)
        return np.concatenate([blank, signs, rest], 1).astype(np.float32)


def folding(signs: Sequence[str]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """The reader's columns of ``SIGNS``, and of their small letters (0 = has none); column 0 is its blank."""
    place = {sign: n for n, sign in enumerate(signs, 1)}
    upper = [place[s] for s in SIGNS]
    lower = [place.get(s.lower(), 0) if s.isalpha() else 0 for s in SIGNS]
    return np.array(upper, np.intp), np.array(lower, np.intp)


def lines_of(found: Floats) -> tuple[Floats, Floats]:
    """Corners ``(n, 4, 2)``, clockwise from the top left, and scores of lines in a map of text ``(h, w)``."""
    mask = cv2.dilate((found > _TEXT).astype(np.uint8), np.ones((2, 2), np.uint8))
    contours, _ = cv2.findContours(mask, cv2.RETR_LIST, cv2.CHAIN_APPROX_SIMPLE)
    corners, scores = [], []
    for contour in contours:
        middle, (wide, high), angle = cv2.minAreaRect(contour)
        if min(wide, high) < _THIN:
            continue
        inside = np.zeros(found.shape, np.uint8)
        cv2.drawContours(inside, [contour], -1, 1, -1)
        score = float(cv2.mean(found, inside)[0])
        if score >= _SURE:
            around = _GROWN * wide * high / (wide + high)
            box = cv2.boxPoints((middle, (wide + around, high + around), angle))
            corners.append(ordered(np.asarray(box, np.float32)))
            scores.append(score)
    return np.array(corners, np.float32).reshape(-1, 4, 2), np.array(scores, np.float32)


def ordered(corners: NDArray[np.floating]) -> Floats:
    """Four corners ``(4, 2)`` clockwise from the top left."""
    by_x = corners[np.argsort(corners[:, 0], kind="stable")]
    left, right = (side[np.argsort(side[:, 1], kind="stable")] for side in (by_x[:2], by_x[2:]))
    return np.array([left[0], right[0], right[1], left[1]], np.float32)


def _line(crop: Picture) -> Floats:
    high, wide = crop.shape[:2]
    width = min(max(int(np.ceil(HIGH * wide / max(high, 1) / 8)) * 8, 16), _WIDEST)
    return _values(cv2.resize(crop, (width, HIGH), interpolation=cv2.INTER_CUBIC))


def _values(picture: NDArray[np.uint8] | cv2.typing.MatLike) -> Floats:
    return np.ascontiguousarray(picture.transpose(2, 0, 1), np.float32) / np.float32(127.5) - np.float32(1)
