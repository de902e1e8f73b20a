"""Detectors behind one small protocol: crops in, detections out.

To add a model write its card (``models/NAME.toml``); to add a kind of output write one decoder here and
name it in ``open_detector``.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from synopticon.errors import ModelError
from synopticon.models.cards import ModelCard
from synopticon.values.detection import Detections


class Detector(Protocol):
    """Finds objects in pictures."""

    name: str

    def detect(self, crops: Sequence[NDArray[np.uint8]]) -> list[Detections]:
        """Find objects in BGR crops ``(h, w, 3)`` of any size; one answer a crop, boxes in crop pixels."""
        ...


def open_detector(card: ModelCard, path: Path, *, threads: int = 1) -> Detector:
    """Load the model of a card from ``path`` (its main file; companions lie beside it)."""
    if card.decode == "yolox":
        from synopticon.vision.detect.yolox import YoloxDetector

        return YoloxDetector(card, path, threads=threads)
    if card.decode == "nanodet":
        from synopticon.vision.detect.nanodet import NanodetDetector

        return NanodetDetector(card, path, threads=threads)
    if card.decode == "ssd":
        from synopticon.vision.detect.ssd import SsdDetector

        return SsdDetector(card, path, threads=threads)
    raise ModelError(
        f"model {card.name}: no decoder for {card.decode!r} outputs in this version: use another"
    )
