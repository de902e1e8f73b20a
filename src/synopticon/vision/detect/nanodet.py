"""NanoDet-plus: box sides as distributions (Li et al., "Generalized focal loss", NeurIPS 2020)."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from synopticon.errors import ModelError
from synopticon.models.cards import ModelCard
from synopticon.values.detection import Detections
from synopticon.vision.detect.onnx import OnnxNet
from synopticon.vision.detect.picture import prepare
from synopticon.vision.detect.select import select

_STRIDES = (8, 16, 32, 64)
_BINS = 8


class NanodetDetector:
    """Runs a NanoDet export that gives, for each stride, class scores and box distributions."""

    def __init__(self, card: ModelCard, path: Path, *, threads: int = 1) -> None:
        self.name = card.name
        self._net = OnnxNet(card, path, threads)
        self._table = card.class_table()
        width, height = self._net.size
        sizes = [(-(-height // s), -(-width // s)) for s in _STRIDES]
        self._grid = np.concatenate([np.mgrid[:h, :w].reshape(2, -1)[::-1].T for h, w in sizes]).astype(
            np.float32
        )
        self._stride = np.repeat(_STRIDES, [h * w for h, w in sizes]).astype(np.float32)[:, None]

    def detect(self, crops: Sequence[NDArray[np.uint8]]) -> list[Detections]:
        """See ``Detector.detect``."""
        return [self._one(crop) for crop in crops]

    def _one(self, crop: NDArray[np.uint8]) -> Detections:
        picture, across, down = prepare(crop, self._net.size, self._net.form)
        scores, sides = _split([o.reshape(-1, o.shape[-1]) for o in self._net.run(picture[None])])
        if len(scores) != len(self._grid):
            raise ModelError(
                f"model {self.name}: {len(scores)} cells where {len(self._grid)} were expected: use another"
            )
        best = scores.max(1)
        rows = np.flatnonzero(best > 0.05)
        logits = sides[rows].reshape(-1, 4, _BINS)
        spread = np.exp(logits - logits.max(2, keepdims=True))
        spread /= spread.sum(2, keepdims=True)
        reach = (spread * np.arange(_BINS)).sum(2) * self._stride[rows]
        centre = self._grid[rows] * self._stride[rows]
        boxes = np.concatenate([centre - reach[:, :2], centre + reach[:, 2:]], 1)
        boxes *= np.array([across, down] * 2)
        return select(boxes, best[rows], scores[rows].argmax(1), self._table)


def _split(outputs: list[NDArray[np.float32]]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Class scores and box sides over all strides, whatever the order of the outputs."""
    sides = [o for o in outputs if o.shape[-1] == 4 * _BINS]
    scores = [o for o in outputs if o.shape[-1] != 4 * _BINS]
    by_size = {"key": len, "reverse": True}
    return np.concatenate(sorted(scores, **by_size)), np.concatenate(sorted(sides, **by_size))  # type: ignore[call-overload]
