"""What is looked for in the very frames that are masked: faces anywhere, plates on vehicles.

Where a face or a plate is, never whose. A spotter looks every so often; what it saw is held before and after.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from synopticon.models.cards import ModelCard
from synopticon.values.detection import Boxes
from synopticon.values.frame import Frame
from synopticon.vision.detect import Finder
from synopticon.vision.look import bgr_crop
from synopticon.vision.mask import READABLE, Margin
from synopticon.vision.masks import MaskPlan, grown

LARGEST = (0.6, 0.35)  # shares of a vehicle's width and height that a plate may have
_NONE = np.zeros((0, 4), np.float32)


class Spotter(Protocol):
    """Looks for what must be filled in the frames it is shown, which come in the order of time."""

    @property
    def linger(self) -> float:
        """Seconds that what it saw is filled before and after."""
        ...

    def look(self, frame: Frame, plan: MaskPlan) -> Boxes:
        """Zones ``(n, 4)`` in a frame, source pixels; none when it is not its turn."""
        ...


@dataclass(frozen=True, slots=True)
class SpotSettings:
    """``every``: seconds between two looks; ``linger``: seconds that a zone is held before and after one.

    ``score``: from which something counts. ``margin`` around it. ``least``: a vehicle that is not this wide,
    in source pixels, shows no plate that could be read.
    """

    every: float = 0.4
    linger: float = 0.45
    score: float = 0.5
    margin: Margin = Margin(0.3, 2.0)  # noqa: RUF009 (frozen)
    least: float = READABLE


PLATES = SpotSettings(every=0.2, linger=0.3, score=0.3)


def of_card(card: ModelCard) -> SpotSettings:
    """How a model looks for faces: what it misses at one look is covered by the looks before and after."""
    return SpotSettings(every=card.every, linger=card.every + 0.05, score=card.certain)


class _Turns:
    """Whether it is time for a look."""

    def __init__(self, every: float) -> None:
        self._every, self._next = every, -np.inf

    def due(self, time: float) -> bool:
        if time < self._next - 1e-6:
            return False
        self._next = time + self._every
        return True


class Faces:
    """Looks for faces in whole frames."""

    def __init__(self, finder: Finder, settings: SpotSettings | None = None) -> None:
        self._finder, self._settings = finder, settings or SpotSettings()
        self._turns = _Turns(self._settings.every)

    @property
    def linger(self) -> float:
        """See ``Spotter``."""
        return self._settings.linger

    def look(self, frame: Frame, plan: MaskPlan) -> Boxes:  # noqa: ARG002 (faces may be where nothing moves)
        """See ``Spotter``."""
        if not self._turns.due(frame.time):
            return _NONE
        height, width = frame.y.shape
        found = self._finder.find(bgr_crop(frame, (0, 0, width, height)), self._settings.score)
        return grown(found, self._settings.margin)


class Plates:
    """Looks for plates inside the boxes of vehicles."""

    def __init__(self, finder: Finder, settings: SpotSettings = PLATES) -> None:
        self._finder, self._settings = finder, settings
        self._turns = _Turns(self._settings.every)

    @property
    def linger(self) -> float:
        """See ``Spotter``."""
        return self._settings.linger

    def look(self, frame: Frame, plan: MaskPlan) -> Boxes:
        """See ``Spotter``."""
        if not self._turns.due(frame.time):
            return _NONE
        height, width = frame.y.shape
        boxes = np.clip(plan.vehicles.at(frame.time), 0, [width, height, width, height])
        found = [_NONE]
        for x1, y1, x2, y2 in boxes.round().astype(int).tolist():
            if x2 - x1 >= self._settings.least and y2 - y1 >= 2:
                crop = bgr_crop(frame, (x1, y1, x2, y2))
                corner = np.array([x1 & ~1, y1 & ~1] * 2, np.float32)
                found.append(plates_in(crop, self._finder, self._settings.score) + corner)
        return grown(np.concatenate(found), self._settings.margin)


def plates_in(vehicle: NDArray[np.uint8], finder: Finder, score: float) -> Boxes:
    """Plates in a picture ``(h, w, 3)`` of a vehicle, ``(n, 4)``: what is too large for it is none."""
    found = finder.find(vehicle, score)
    high, wide = vehicle.shape[:2]
    share = (found[:, 2:] - found[:, :2]) / np.array([wide, high], np.float32)
    return np.asarray(found[(share <= LARGEST).all(1)])


class Together:
    """Several spotters as one."""

    def __init__(self, spotters: Sequence[Spotter]) -> None:
        self._spotters = spotters

    @property
    def linger(self) -> float:
        """The longest of them."""
        return max((s.linger for s in self._spotters), default=0.0)

    def look(self, frame: Frame, plan: MaskPlan) -> Boxes:
        """See ``Spotter``."""
        return np.concatenate([_NONE, *(s.look(frame, plan) for s in self._spotters)])
