"""Detectors behind one small protocol: crops in, detections out.

To add a model write its card (``models/NAME.toml``); to add a kind of output write one decoder here and
name it in ``open_detector``.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray

from synopticon.errors import ModelError
from synopticon.models.cards import ModelCard
from synopticon.values.detection import Boxes, Detections

if TYPE_CHECKING:
    from synopticon.vision.detect.lpd import PlateFinder
    from synopticon.vision.detect.pp_ocr import TextNets


class Detector(Protocol):
    """Finds objects in pictures."""

    name: str

    def detect(self, crops: Sequence[NDArray[np.uint8]]) -> list[Detections]:
        """Find objects in BGR crops ``(h, w, 3)`` of any size; one answer a crop, boxes in crop pixels."""
        ...


class Finder(Protocol):
    """Finds what must be masked, of one kind, in pictures: faces, or plates. It names and reads none."""

    name: str

    def find(self, picture: NDArray[np.uint8], score: float) -> Boxes:
        """What a BGR picture ``(h, w, 3)`` shows with at least this score, ``(n, 4)`` xyxy in its pixels."""
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
    raise _unread(card)


def open_finder(card: ModelCard, path: Path, *, threads: int = 1) -> Finder:
    """Load the model of a card for faces or plates from ``path``."""
    if card.decode == "yunet":
        from synopticon.vision.detect.yunet import FaceFinder

        return FaceFinder(card, path, threads=threads)
    if card.decode == "centerface":
        from synopticon.vision.detect.centerface import CenterFace

        return CenterFace(card, path, threads=threads)
    if card.decode == "lpd-yunet":
        from synopticon.vision.detect.lpd import PlateFinder

        return PlateFinder(card, path, threads=threads)
    raise _unread(card)


def open_plate_finder(card: ModelCard, path: Path, *, threads: int = 1) -> "PlateFinder":
    """Load a model that tells the corners of plates."""
    if card.decode == "lpd-yunet":
        from synopticon.vision.detect.lpd import PlateFinder

        return PlateFinder(card, path, threads=threads)
    raise _unread(card)


def open_text(card: ModelCard, path: Path, *, threads: int = 1) -> "TextNets":
    """Load the networks that find and read lines of text."""
    if card.decode == "pp-ocr":
        from synopticon.vision.detect.pp_ocr import TextNets

        return TextNets(card, path, threads=threads)
    raise _unread(card)


def _unread(card: ModelCard) -> ModelError:
    return ModelError(
        f"model {card.name}: no decoder for {card.decode!r} outputs in this version: use another"
    )
