"""What the scene looks like without objects, at a time of day."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from synopticon.values.frame import Plane


@dataclass(frozen=True, slots=True, eq=False)
class Background:
    """The empty scene during ``start``..``end`` (seconds on the footage's timeline).

    ``y`` ``(height, width)``, ``u``, ``v`` ``(ceil(height/2), ceil(width/2))`` uint8 at full size. At
    analysis size, ``(height/scale, width/scale)`` rounded up: ``small`` float32, the luma; ``noise`` float32,
    its usual deviation (a robust sigma, grey levels); ``restless`` bool, pixels that change all the time
    without anything passing (a drawn clock, water, leaves).
    """

    start: float
    end: float
    y: Plane
    u: Plane
    v: Plane
    small: NDArray[np.float32]
    noise: NDArray[np.float32]
    restless: NDArray[np.bool_]
    scale: int


@dataclass(frozen=True, slots=True, eq=False)
class Bank:
    """Backgrounds of the whole footage in time order, without holes between them."""

    scenes: tuple[Background, ...]
    moving: float = 0.0  # share of the sampled frames in which the whole picture had moved
    quiet: tuple[tuple[float, float], ...] = ()  # stretches where the key frames show no change

    def at(self, time: float) -> Background:
        """The background of this time (seconds)."""
        for scene in self.scenes:
            if time < scene.end:
                return scene
        return self.scenes[-1]
