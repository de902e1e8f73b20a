"""From raw network outputs to the detections worth keeping."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from synopticon.values.detection import Boxes, Detections
from synopticon.vision.geometry import iou

MIN_SCORE = 0.1
MAX_IOU = 0.6  # of two boxes of one class that overlap more, the surer stays


def select(
    boxes: NDArray[np.floating],
    scores: NDArray[np.floating],
    numbers: NDArray[np.integer],
    table: Mapping[int, int],
) -> Detections:
    """Keep what is scored and of a known class, one box an object.

    ``boxes`` ``(n, 4)`` xyxy, ``scores`` ``(n,)``, ``numbers`` ``(n,)`` the model's class numbers, ``table``
    maps them to indices into ``CLASSES``.
    """
    known = np.array([table.get(int(k), -1) for k in numbers], np.int16)
    good = (known >= 0) & (scores > MIN_SCORE) & (boxes[:, 2] > boxes[:, 0]) & (boxes[:, 3] > boxes[:, 1])
    order = np.flatnonzero(good)[np.argsort(-scores[good], kind="stable")]
    found = Detections(boxes[order].astype(np.float32), scores[order].astype(np.float32), known[order])
    shared = iou(found.boxes, found.boxes) * (found.classes[:, None] == found.classes[None, :])
    return found[_surest(shared, MAX_IOU)]


def keep_best(boxes: Boxes, scores: NDArray[np.float32], most: float) -> Boxes:
    """Boxes ``(n, 4)`` by falling score, without those whose IoU with a better one is above ``most``."""
    return boxes[kept_best(boxes, scores, most)]


def kept_best(boxes: Boxes, scores: NDArray[np.float32], most: float) -> NDArray[np.intp]:
    """Which boxes ``keep_best`` keeps, in its order."""
    order = np.argsort(-scores, kind="stable")
    found = boxes[order]
    return order[_surest(iou(found, found), most)]


def _surest(shared: NDArray[np.floating], most: float) -> NDArray[np.bool_]:
    """Which of n boxes, surest first, stay: none that has more than ``most`` in common with one before."""
    alive = np.ones(len(shared), np.bool_)
    for i in range(len(shared)):
        if alive[i]:
            alive[i + 1 :] &= shared[i, i + 1 :] <= most
    return alive
