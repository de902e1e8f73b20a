"""The 8 x 8 cells of a picture that something touched, as a 64-bit mask (bit 0 = top left, row by row)."""

import numpy as np
from numpy.typing import NDArray

from synopticon.values.track import Track

CELLS = 8


def visited(t: Track, width: int, height: int) -> int:
    """The cells that a track's boxes touch, what lies between two boxes counted in: a 64-bit mask."""
    boxes = t.boxes.astype(np.float64)
    ends = np.minimum(np.arange(len(boxes)) + 1, len(boxes) - 1)
    low, high = np.minimum(boxes[:, :2], boxes[ends, :2]), np.maximum(boxes[:, 2:], boxes[ends, 2:])
    size = np.array([max(width, 1), max(height, 1)]) / CELLS
    first = np.clip(np.floor(low / size), 0, CELLS - 1).astype(int)
    last = np.clip(np.ceil(high / size) - 1, first, CELLS - 1).astype(int)
    cells = np.arange(CELLS)
    across, down = ((cells >= first[:, k, None]) & (cells <= last[:, k, None]) for k in (0, 1))
    touched = np.einsum("nr,nc->rc", down.astype(int), across.astype(int)) > 0
    return cells_of(touched)


def cells_of(grid: NDArray[np.bool_]) -> int:
    """The mask of an 8 x 8 grid (rows from the top)."""
    return int.from_bytes(np.packbits(grid.ravel(), bitorder="little").tobytes(), "little")
