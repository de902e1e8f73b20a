"""SSD: Liu et al., "SSD: single shot multibox detector", ECCV 2016; read by OpenCV's dnn."""

import re
from collections.abc import Callable, Sequence
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from synopticon.errors import ModelError
from synopticon.models.cards import ModelCard
from synopticon.values.detection import Detections
from synopticon.vision.detect.picture import prepare
from synopticon.vision.detect.select import MIN_SCORE, select


class SsdDetector:
    """Runs a TensorFlow SSD graph whose output is ``(1, 1, n, 7)``: picture, class, score, box in 0..1."""

    def __init__(self, card: ModelCard, path: Path, *, threads: int = 1) -> None:
        self.name = card.name
        self._form = card.input
        self._table = card.class_table()
        weights, graph = card.paths(path)
        cv2.setNumThreads(threads)
        try:
            self._net = cv2.dnn.readNetFromTensorflow(_bytes(weights), _bytes(graph, _sparing))
        except cv2.error as error:
            raise ModelError(f"{path} cannot be loaded: {error.err}: use another model") from error

    def detect(self, crops: Sequence[NDArray[np.uint8]]) -> list[Detections]:
        """See ``Detector.detect``."""
        return [self._one(crop) for crop in crops]

    def _one(self, crop: NDArray[np.uint8]) -> Detections:
        picture, across, down = prepare(crop, self._form.size, self._form)
        self._net.setInput(picture[None])
        out = np.asarray(self._net.forward(), np.float32).reshape(-1, 7)
        width, height = self._form.size
        boxes = out[:, 3:7] * np.array([width * across, height * down] * 2, np.float32)
        return select(boxes, out[:, 2], out[:, 1].astype(np.int64), self._table)


def _bytes(path: Path, change: Callable[[bytes], bytes] = bytes) -> NDArray[np.uint8]:
    try:
        return np.frombuffer(change(path.read_bytes()), np.uint8)
    except OSError as error:
        raise ModelError(
            f"{path} cannot be read: {error.strerror or error}: check its permissions"
        ) from error


def _sparing(graph: bytes) -> bytes:
    """Raise the graph's own floor (1e-8) to ours: it suppresses thousands of boxes that ``select`` drops."""
    return re.sub(
        rb'(key: "confidence_threshold"\s*value \{\s*f: )[0-9.e+-]+', rb"\g<1>%.3f" % MIN_SCORE, graph
    )
