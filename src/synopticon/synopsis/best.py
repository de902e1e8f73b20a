"""Which of a tube's pictures shows its object best: large, sharp and whole. Nobody is compared with anybody.

Candidates are the largest whole samples of a few slices of its time; their sharpness is measured on the
stored pictures: the mean strength of the Laplacian inside the matte (one of the measures that J. L.
Pech-Pacheco and others compare in "Diatom autofocusing in brightfield microscopy", ICPR 2000).
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from synopticon.values.track import Track
from synopticon.values.tube import Sprite, SpriteStore, Tube
from synopticon.vision.tube import sprites

SLICES = 8
LARGE = 150.0  # side of a square in source pixels, from which on a picture is large enough
SHARP = 8.0  # strength of the Laplacian, grey levels, that counts half
_GUESSED = 0.25  # what an interpolated box counts
_CUT = 0.5  # what a box counts that touches the border
_EDGE = 2.0  # pixels from the border within which it does


@dataclass(frozen=True, slots=True)
class Best:
    """The sample that shows an object best; ``quality`` 0..1; its box is ``width`` x ``height`` pixels."""

    sample: int
    quality: float
    width: int
    height: int


def best(tube: Tube, store: SpriteStore, size: tuple[int, int]) -> Best:
    """Choose the sample; ``size``: width and height of the recording's picture. Raises ``StoreError``."""
    track = tube.track
    sizes, whole = _sizes(track), _whole(track, size)
    chosen = _candidates(sizes * whole)
    drawn = zip(chosen, sprites(tube, store, only=set(chosen)), strict=True)
    found = {k: _looks(sprite, track.boxes[k]) for k, sprite in drawn}
    fullest = max(fill for _, fill in found.values()) or 1.0
    marks = {
        k: float((sizes[k] * whole[k] * (fill / fullest) * sharp) ** (1 / 3))
        for k, (sharp, fill) in found.items()
    }
    k = max(marks, key=lambda one: (marks[one], sizes[one], -one))
    x1, y1, x2, y2 = (float(v) for v in track.boxes[k])
    return Best(k, round(marks[k], 3), max(round(x2 - x1), 1), max(round(y2 - y1), 1))


def _sizes(track: Track) -> NDArray[np.float64]:
    """How large each box is, 0..1."""
    sides = np.maximum(track.boxes[:, 2:] - track.boxes[:, :2], 0.0)
    large: NDArray[np.float64] = np.minimum(np.sqrt(np.prod(sides, axis=1)) / LARGE, 1.0).astype(np.float64)
    return large


def _whole(track: Track, size: tuple[int, int]) -> NDArray[np.float64]:
    """How far each box is known to hold the whole object, 0..1."""
    low = (track.boxes[:, :2] <= _EDGE).any(axis=1)
    high = (track.boxes[:, 2:] >= np.array(size) - _EDGE).any(axis=1)
    known: NDArray[np.float64] = np.where(low | high, _CUT, 1.0) * np.where(track.observed, 1.0, _GUESSED)
    return known


def _candidates(score: NDArray[np.float64]) -> list[int]:
    """The best sample of each slice of time, in order."""
    slices = np.array_split(np.arange(len(score)), min(SLICES, len(score)))
    return [int(part[np.argmax(score[part])]) for part in slices]


def _looks(sprite: Sprite, box: NDArray[np.float32]) -> tuple[float, float]:
    """Sharpness inside the matte, 0..1, and the share of the box that the matte fills."""
    inside = sprite.alpha > 200
    area = float(np.prod(np.maximum(box[2:] - box[:2], 1.0)))
    core = cv2.erode(inside.astype(np.uint8), np.ones((3, 3), np.uint8)).astype(bool)
    if not core.any():
        return 0.0, float(inside.sum()) / area
    strength = float(np.abs(cv2.Laplacian(sprite.y, cv2.CV_32F, ksize=1))[core].mean())
    return strength / (strength + SHARP), float(inside.sum()) / area
