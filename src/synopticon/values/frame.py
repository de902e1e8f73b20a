"""A frame: one decoded picture with its exact time."""

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Plane: TypeAlias = NDArray[np.uint8]


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """One picture as it is displayed, 8-bit YUV 4:2:0.

    ``y`` is ``(height, width)``; ``u`` and ``v`` are ``(ceil(height/2), ceil(width/2))``; all uint8, possibly
    with a row stride larger than the width, read-only, and valid as long as the frame lives.
    """

    file: int  # index into Footage.files
    pts: int  # integer time in the file's time_base
    time: float  # seconds on the footage's timeline
    y: Plane
    u: Plane
    v: Plane
    key: bool = False
    corrupt: bool = False
