"""Faces for masking: a detector on every few frames; where a face is, never whose."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from synopticon.models.cards import ModelCard
from synopticon.values.detection import Boxes
from synopticon.values.frame import Frame
from synopticon.vision.detect.yunet import FaceFinder
from synopticon.vision.look import bgr_crop
from synopticon.vision.mask import Margin
from synopticon.vision.masks import grown

_AROUND = Margin(0.3, 2.0)


@dataclass(frozen=True, slots=True)
class FaceSettings:
    """``every``: seconds between two looks; ``linger``: seconds that a face is held before and after one.

    ``score``: from which a face counts. ``margin`` around it.
    """

    every: float = 0.2
    linger: float = 0.3
    score: float = 0.5
    margin: Margin = _AROUND


class Faces:
    """Looks for faces in the frames it is shown, as often as its settings say."""

    def __init__(self, card: ModelCard, path: Path, settings: FaceSettings | None = None) -> None:
        self._finder = FaceFinder(card, path)
        self.settings = settings or FaceSettings()
        self._next = -np.inf

    def look(self, frame: Frame) -> Boxes:
        """Zones ``(n, 4)`` around the faces of a frame, source pixels; none when it is not its turn."""
        if frame.time < self._next - 1e-6:
            return np.zeros((0, 4), np.float32)
        self._next = frame.time + self.settings.every
        height, width = frame.y.shape
        found = self._finder.find(bgr_crop(frame, (0, 0, width, height)), self.settings.score)
        return grown(found, self.settings.margin)
