"""CenterFace: Xu et al., "CenterFace: joint face detection and alignment using face as point", 2020.

Finds where faces are, so that they can be masked; it tells nobody from anybody. Read by OpenCV's dnn: the
file states one small size of picture, and the network takes any.
"""

from math import ceil
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from synopticon.errors import ModelError
from synopticon.models.cards import ModelCard
from synopticon.values.detection import Boxes
from synopticon.vision.detect.select import keep_best

_SIDE = 32  # pixels: sides of what it is shown are multiples of it
_STRIDE = 4  # pixels between two cells of its outputs
_MAX_IOU = 0.3
_OUTPUTS = ("537", "538", "539", "540")  # heat, size, offset; points of the face, which nobody looks at


class CenterFace:
    """Runs the published export, with outputs of a quarter of the picture's size."""

    def __init__(self, card: ModelCard, path: Path, *, threads: int = 1) -> None:
        self.name = card.name
        self._most = card.input.size
        cv2.setNumThreads(threads)
        try:
            self._net = cv2.dnn.readNetFromONNX(str(path))
        except cv2.error as error:
            raise ModelError(f"{path} cannot be loaded: {error.err}: use another model") from error

    def find(self, picture: NDArray[np.uint8], score: float) -> Boxes:
        """See ``Finder.find``."""
        high, wide = picture.shape[:2]
        share = min(1.0, self._most[0] / wide, self._most[1] / high)
        size = (ceil(wide * share / _SIDE) * _SIDE, ceil(high * share / _SIDE) * _SIDE)
        shown = cv2.resize(picture, size, interpolation=cv2.INTER_AREA if share < 1 else cv2.INTER_LINEAR)
        self._net.setInput(cv2.dnn.blobFromImage(shown, swapRB=True))
        heat, extent, offset, _ = (np.asarray(o, np.float32) for o in self._net.forward(_OUTPUTS))
        boxes, scores = decoded(heat[0, 0], extent[0], offset[0], score)
        return keep_best(boxes, scores, _MAX_IOU) * np.array([wide / size[0], high / size[1]] * 2, np.float32)


def decoded(
    heat: NDArray[np.float32], extent: NDArray[np.float32], offset: NDArray[np.float32], score: float
) -> tuple[Boxes, NDArray[np.float32]]:
    """Boxes ``(n, 4)`` xyxy and scores ``(n,)`` of the cells with at least this score.

    ``heat`` ``(h, w)``: how surely a cell is the middle of a face. ``extent`` ``(2, h, w)``: logarithms of
    height and width in cells; ``offset`` ``(2, h, w)``: how far down and to the right the middle lies, from
    the middle of its cell, in cells.
    """
    rows, columns = np.nonzero(heat >= score)
    down, right = offset[:, rows, columns]
    middle = np.stack([columns + right + 0.5, rows + down + 0.5], 1) * _STRIDE
    half = np.exp(extent[::-1, rows, columns].T) * (_STRIDE / 2)
    return np.concatenate([middle - half, middle + half], 1).astype(np.float32), heat[rows, columns]
