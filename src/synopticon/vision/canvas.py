"""Where the sprites of a track lie: chunks of one canvas size, and the place of each sprite.

A pure function of the track, so that every part of a footage cuts a track in the same way.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from synopticon.values.detection import Boxes

BLOCK = 16  # canvases are whole macroblocks, so that no block mixes colour and matte


@dataclass(frozen=True, slots=True, eq=False)
class Canvas:
    """Samples ``first``..``first + len(origins) - 1`` on sprites of ``width`` x ``height`` pixels.

    ``origins`` int32 ``(count, 2)``: top-left corner of each sprite in source pixels, even.
    """

    first: int
    width: int
    height: int
    origins: NDArray[np.int32]

    @property
    def stop(self) -> int:
        """The sample after the last."""
        return self.first + len(self.origins)

    def part(self, first: int, stop: int) -> "Canvas | None":
        """Only samples ``first``..``stop - 1`` of it, or None when there are none."""
        low, high = max(first, self.first), min(stop, self.stop)
        if low >= high:
            return None
        return Canvas(low, self.width, self.height, self.origins[low - self.first : high - self.first])

    def upper(self, rows: float) -> "Canvas":
        """Its upper part that holds ``rows`` rows."""
        height = min(max(-(-int(rows) // BLOCK), 1) * BLOCK, self.height)
        return Canvas(self.first, self.width, height, self.origins)


def enlarged(boxes: Boxes, share: float, pixels: float) -> NDArray[np.int32]:
    """Boxes with a margin of ``share`` of each side and ``pixels``; whole even pixels, int32 ``(n, 4)``."""
    size = boxes[:, 2:] - boxes[:, :2]
    margin = size * np.float32(share) + np.float32(pixels)
    low = np.floor((boxes[:, :2] - margin) / 2) * 2
    high = np.ceil((boxes[:, 2:] + margin) / 2) * 2
    return np.concatenate([low, high], axis=1).astype(np.int32)


def lay_out(crops: NDArray[np.int32], *, growth: float = 3.0, longest: int = 1500) -> tuple[Canvas, ...]:
    """Canvases for crops int32 ``(n, 4)`` (even xyxy): a new one when an object has grown or shrunk a lot.

    ``growth`` is the largest ratio of areas inside a chunk, ``longest`` the most samples of one.
    """
    return tuple(_canvas(crops[a:b], a) for a, b in _stretches(crops, growth, longest))


def _stretches(crops: NDArray[np.int32], growth: float, longest: int) -> Iterator[tuple[int, int]]:
    sizes = (crops[:, 2:] - crops[:, :2]).astype(np.int64)
    areas = np.maximum(sizes[:, 0] * sizes[:, 1], 1)
    first, low, high = 0, areas[0], areas[0]
    for k in range(1, len(areas)):
        low, high = min(low, areas[k]), max(high, areas[k])
        if high > growth * low or k - first >= longest:
            yield first, k
            first, low, high = k, areas[k], areas[k]
    yield first, len(areas)


def _canvas(crops: NDArray[np.int32], first: int) -> Canvas:
    width, height = (-(-int(s) // BLOCK) * BLOCK for s in (crops[:, 2:] - crops[:, :2]).max(axis=0))
    origins = np.empty((len(crops), 2), np.int32)
    for axis, size in enumerate((width, height)):
        origins[:, axis] = _steady(crops[:, axis], crops[:, axis + 2], size)
    return Canvas(first, width, height, origins)


def _steady(low: NDArray[np.int32], high: NDArray[np.int32], size: int) -> NDArray[np.int32]:
    """Even origins that hold ``low``..``high`` in ``size`` pixels and move only when they must.

    An object that stands, its box trembling, keeps its place: its sprite then costs almost nothing.
    """
    centred = (low.astype(np.int64) + high - size) // 4 * 2
    out = np.empty(len(low), np.int32)
    at = int(centred[0])
    for k, best in enumerate(centred):
        if not (at <= low[k] and at + size >= high[k] and abs(at - best) <= 4):
            at = int(best)
        out[k] = at
    return out
