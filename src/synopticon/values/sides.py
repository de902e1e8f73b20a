"""The sides of a picture at which somebody comes into it, or leaves it."""

import numpy as np
from numpy.typing import NDArray

SIDES: tuple[str, ...] = ("left", "right", "top", "bottom")
NEAR = 0.03  # of the picture's width or height: a box as near to the border is at it


def sides_of(box: NDArray[np.float32], width: int, height: int) -> int:
    """The sides that a box (xyxy, pixels) is at, as bits in the order of ``SIDES``; 0 = it is inside."""
    x1, y1, x2, y2 = (float(c) for c in box)
    at = (
        x1 <= NEAR * width,
        x2 >= (1 - NEAR) * width,
        y1 <= NEAR * height,
        y2 >= (1 - NEAR) * height,
    )
    return sum(1 << n for n, here in enumerate(at) if here)


def bit(side: str) -> int:
    """The bit of a side; 0 for "", any side."""
    return 1 << SIDES.index(side) if side else 0
