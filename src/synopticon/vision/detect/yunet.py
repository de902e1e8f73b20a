"""YuNet: Wu et al., "YuNet: a tiny millisecond-level face detector", Machine Intelligence Research 20, 2023.

Finds where faces are, so that they can be masked; it tells nobody from anybody.
"""

from math import ceil
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from synopticon.models.cards import ModelCard
from synopticon.values.detection import Boxes
from synopticon.vision.detect.onnx import OnnxNet
from synopticon.vision.detect.select import keep_best

_STRIDES = (8, 16, 32)
_MAX_IOU = 0.3


class FaceFinder:
    """Runs a YuNet export with outputs ``cls``, ``obj``, ``bbox`` for each stride."""

    def __init__(self, card: ModelCard, path: Path, *, threads: int = 1) -> None:
        self.name = card.name
        self._net = OnnxNet(card, path, threads)

    def find(self, picture: NDArray[np.uint8], score: float) -> Boxes:
        """See ``Finder.find``."""
        high, wide = picture.shape[:2]
        share = min(1.0, self._net.size[0] / wide, self._net.size[1] / high)
        inner = (max(1, round(wide * share)), max(1, round(high * share)))
        side = _STRIDES[-1]
        shown = np.zeros((ceil(inner[1] / side) * side, ceil(inner[0] / side) * side, 3), np.float32)
        shown[: inner[1], : inner[0]] = cv2.resize(picture, inner, interpolation=cv2.INTER_LINEAR)
        outputs = self._net.run(np.ascontiguousarray(shown.transpose(2, 0, 1))[None])
        boxes, scores = decoded(outputs, (shown.shape[1], shown.shape[0]))
        sure = scores >= score
        back = np.array([wide / inner[0], high / inner[1]] * 2, np.float32)
        return keep_best(boxes[sure], scores[sure], _MAX_IOU) * back


def decoded(outputs: list[NDArray[np.float32]], size: tuple[int, int]) -> tuple[Boxes, NDArray[np.float32]]:
    """Boxes ``(n, 4)`` xyxy and scores ``(n,)`` of all cells; outputs as the model gives them, by stride.

    A cell's centre is moved by the first two numbers of ``bbox``, in strides; the others are logarithms of
    width and height in strides. The score is the geometric mean of class and objectness.
    """
    boxes, scores = [], []
    for n, stride in enumerate(_STRIDES):
        kind, thing, box = outputs[n][0, :, 0], outputs[n + 3][0, :, 0], outputs[n + 6][0]
        rows, columns = np.mgrid[: size[1] // stride, : size[0] // stride].reshape(2, -1)
        centre = (np.stack([columns, rows], 1) + box[:, :2]) * stride
        half = np.exp(box[:, 2:]) * (stride / 2)
        boxes.append(np.concatenate([centre - half, centre + half], 1))
        scores.append(np.sqrt(np.clip(kind, 0, 1) * np.clip(thing, 0, 1)))
    return np.concatenate(boxes).astype(np.float32), np.concatenate(scores).astype(np.float32)
