"""Detections as a struct of arrays, and the closed list of classes."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Boxes: TypeAlias = NDArray[np.float32]

CLASSES: tuple[str, ...] = (
    "object",  # something that moves and that no model named
    "person",
    "bicycle",
    "motorcycle",
    "car",
    "bus",
    "truck",
    "train",
    "boat",
    "animal",
    "bag",
)
CLASS_INDEX: Mapping[str, int] = {name: i for i, name in enumerate(CLASSES)}
# Classes that a detector confuses with each other share a group; tracking votes inside a group.
CLASS_GROUP: Mapping[str, str] = {
    "object": "object",
    "person": "person",
    "bicycle": "two-wheeler",
    "motorcycle": "two-wheeler",
    "car": "vehicle",
    "bus": "vehicle",
    "truck": "vehicle",
    "train": "vehicle",
    "boat": "vehicle",
    "animal": "animal",
    "bag": "bag",
}


@dataclass(frozen=True, slots=True, eq=False)
class Detections:
    """What a detector found in one picture.

    ``boxes`` float32 ``(n, 4)`` xyxy in pixels of that picture, ``scores`` float32 ``(n,)`` in 0..1,
    ``classes`` int16 ``(n,)`` indices into ``CLASSES``.
    """

    boxes: Boxes
    scores: NDArray[np.float32]
    classes: NDArray[np.int16]

    def __post_init__(self) -> None:
        n = len(self.boxes)
        if self.boxes.shape != (n, 4) or self.scores.shape != (n,) or self.classes.shape != (n,):
            raise ValueError("boxes (n, 4), scores (n,) and classes (n,) must agree")

    def __len__(self) -> int:
        return len(self.boxes)

    def __getitem__(self, index: NDArray[np.bool_] | NDArray[np.intp] | slice) -> "Detections":
        return Detections(self.boxes[index], self.scores[index], self.classes[index])

    @staticmethod
    def empty() -> "Detections":
        """No detection at all."""
        return Detections(np.zeros((0, 4), np.float32), np.zeros(0, np.float32), np.zeros(0, np.int16))

    @staticmethod
    def join(parts: "list[Detections]") -> "Detections":
        """All detections of several parts, in order."""
        if not parts:
            return Detections.empty()
        return Detections(
            np.concatenate([p.boxes for p in parts]),
            np.concatenate([p.scores for p in parts]),
            np.concatenate([p.classes for p in parts]),
        )
