"""LPD-YuNet: finds number plates, so that they can be masked; it reads none.

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
from synopticon.vision.detect.select import keep_best

_SIDES = {8: (10, 16, 24), 16: (32, 48), 32: (64, 96), 64: (128, 192, 256)}  # of the anchors of each stride
_CORNERS = (4, 5, 6, 7, 10, 11, 12, 13)  # columns of ``loc``: x and y of the four corners
_STEP = 0.1  # of an anchor's side, to which corners are told
_MAX_IOU = 0.3


class PlateFinder:
    """Runs the export with outputs ``loc`` (cells, 14), ``conf`` (cells, 2) and ``iou`` (cells, 1)."""

    def __init__(self, card: ModelCard, path: Path, *, threads: int = 1) -> None:
        self.name = card.name
        self._net = OnnxNet(card, path, threads)
        self._anchors = anchors(self._net.size)

    def find(self, picture: NDArray[np.uint8], score: float) -> Boxes:
        """See ``Finder.find``."""
        shown, across, down = prepare(picture, self._net.size, self._net.form)
        boxes, scores = decoded(self._net.run(shown[None]), self._anchors)
        sure = scores >= score
        return keep_best(boxes[sure], scores[sure], _MAX_IOU) * np.array([across, down] * 2, np.float32)


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
) -> tuple[Boxes, NDArray[np.float32]]:
    """Boxes ``(n, 4)`` xyxy around the four corners of every anchor, and scores ``(n,)``.

    The score is the geometric mean of the class and of how well the box is thought to fit.
    """
    loc, kind, fit = outputs
    moved = loc[:, _CORNERS].reshape(-1, 4, 2)
    corners = about[:, None, :2] + moved * (_STEP * about[:, None, 2:])
    boxes = np.concatenate([corners.min(1), corners.max(1)], 1)
    return boxes, np.sqrt(np.clip(kind[:, 1], 0, 1) * np.clip(fit[:, 0], 0, 1))
