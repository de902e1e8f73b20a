"""LPD-YuNet: finds number plates, so that they can be masked, or read by another; it reads none.

A single-shot detector (Liu et al., "SSD: single shot multibox detector", ECCV 2016) that tells the four
corners of a plate instead of a box; from the OpenCV zoo.
"""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from synopticon.models.cards import ModelCard
from synopticon.values.detection import Boxes
from synopticon.vision.detect.onnx import OnnxNet
from synopticon.vision.detect.picture import prepare
from synopticon.vision.detect.select import keep_best, kept_best

_SIDES = {8: (10, 16, 24), 16: (32, 48), 32: (64, 96), 64: (128, 192, 256)}  # of the anchors of each stride
_CORNERS = (4, 5, 6, 7, 10, 11, 12, 13)  # columns of ``loc``: x and y of the four corners
_STEP = 0.1  # of an anchor's side, to which corners are told
_MAX_IOU = 0.3
_FILLED = 0.55  # share of the box around them that corners fill at least, even of a plate seen from the side


class PlateFinder:
    """Runs the export with outputs ``loc`` (cells, 14), ``conf`` (cells, 2) and ``iou`` (cells, 1)."""

    def __init__(self, card: ModelCard, path: Path, *, threads: int = 1) -> None:
        self.name = card.name
        self._net = OnnxNet(card, path, threads)
        self._anchors = anchors(self._net.size)

    def find(self, picture: NDArray[np.uint8], score: float) -> Boxes:
        """See ``Finder.find``."""
        corners, scores = self._corners(picture, score)
        return keep_best(around(corners), scores, _MAX_IOU)

    def quads(
        self, picture: NDArray[np.uint8], score: float
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Corners ``(n, 4, 2)`` of the plates, clockwise from the top left, in its pixels, and their scores.

        The surest first. On steep plates two corners fall into the middle: there it is the box around them.
        """
        corners, scores = self._corners(picture, score)
        boxes = around(corners)
        kept = kept_best(boxes, scores, _MAX_IOU)
        corners, boxes = corners[kept], boxes[kept]
        return np.where(whole(corners)[:, None, None], corners, corners_of(boxes)), scores[kept]

    def _corners(
        self, picture: NDArray[np.uint8], score: float
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        shown, across, down = prepare(picture, self._net.size, self._net.form)
        corners, scores = decoded(self._net.run(shown[None]), self._anchors)
        sure = scores >= score
        return corners[sure] * np.array([across, down], np.float32), scores[sure]


def around(corners: NDArray[np.float32]) -> Boxes:
    """Boxes ``(n, 4)`` xyxy around corners ``(n, 4, 2)``."""
    return np.concatenate([corners.min(1), corners.max(1)], 1)


def corners_of(boxes: Boxes) -> NDArray[np.float32]:
    """Corners ``(n, 4, 2)`` of boxes xyxy, clockwise from the top left."""
    return boxes[:, [[0, 1], [2, 1], [2, 3], [0, 3]]]


def whole(corners: NDArray[np.float32]) -> NDArray[np.bool_]:
    """Which corners ``(n, 4, 2)`` are a plate's: they go round, and fill most of the box around them."""
    x, y = corners[..., 0], corners[..., 1]
    area = ((x * np.roll(y, -1, 1)) - (np.roll(x, -1, 1) * y)).sum(1) / 2
    sides = corners.max(1) - corners.min(1)
    return np.asarray(area > _FILLED * np.maximum(sides.prod(1), 1e-6))


def anchors(size: tuple[int, int]) -> NDArray[np.float32]:
    """Middle (x, y) and side of every anchor ``(n, 3)``, pixels of a picture of ``size`` (width, height)."""
    found = []
    for stride, sides in _SIDES.items():
        rows, columns, side = np.meshgrid(
            np.arange(size[1] // stride), np.arange(size[0] // stride), sides, indexing="ij"
        )
        found.append(np.stack([(columns + 0.5) * stride, (rows + 0.5) * stride, side], -1).reshape(-1, 3))
    return np.concatenate(found).astype(np.float32)


def decoded(
    outputs: list[NDArray[np.float32]], about: NDArray[np.float32]
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """The four corners ``(n, 4, 2)`` of every anchor, clockwise from the top left, and scores ``(n,)``.

    The score is the geometric mean of the class and of how well the box is thought to fit.
    """
    loc, kind, fit = outputs
    moved = loc[:, _CORNERS].reshape(-1, 4, 2)
    corners = about[:, None, :2] + moved * (_STEP * about[:, None, 2:])
    return corners, np.sqrt(np.clip(kind[:, 1], 0, 1) * np.clip(fit[:, 0], 0, 1))
