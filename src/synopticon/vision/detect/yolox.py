"""YOLOX: Ge et al., "YOLOX: exceeding YOLO series in 2021", arXiv 2107.08430."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from synopticon.models.cards import ModelCard
from synopticon.values.detection import Detections
from synopticon.vision.detect.onnx import OnnxNet
from synopticon.vision.detect.picture import prepare
from synopticon.vision.detect.select import select

_STRIDES = (8, 16, 32)


class YoloxDetector:
    """Runs a YOLOX export whose output ``(1, cells, 5 + classes)`` is raw: grid and stride come in here."""

    def __init__(self, card: ModelCard, path: Path, *, threads: int = 1) -> None:
        self.name = card.name
        self._net = OnnxNet(card, path, threads)
        self._table = card.class_table()
        width, height = self._net.size
        grids = [np.mgrid[: height // s, : width // s].reshape(2, -1)[::-1].T for s in _STRIDES]
        self._grid = np.concatenate(grids).astype(np.float32)
        self._stride = np.repeat(_STRIDES, [len(g) for g in grids]).astype(np.float32)[:, None]

    def detect(self, crops: Sequence[NDArray[np.uint8]]) -> list[Detections]:
        """See ``Detector.detect``."""
        return [self._one(crop) for crop in crops]

    def _one(self, crop: NDArray[np.uint8]) -> Detections:
        picture, across, down = prepare(crop, self._net.size, self._net.form)
        out = self._net.run(picture[None])[0][0]
        rows = np.flatnonzero(out[:, 4] > 0.05)
        out = out[rows]
        centre = (out[:, :2] + self._grid[rows]) * self._stride[rows]
        half = np.exp(out[:, 2:4]) * self._stride[rows] / 2
        boxes = np.concatenate([centre - half, centre + half], 1) * np.array([across, down] * 2, np.float32)
        scores = out[:, 4:5] * out[:, 5:]
        return select(boxes, scores.max(1, initial=0), scores.argmax(1) if len(out) else rows, self._table)
