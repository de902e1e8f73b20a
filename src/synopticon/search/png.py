"""Maps as pictures: PNG written with zlib, colours laid over a grey background."""

import struct
import zlib
from typing import Any

import numpy as np
from numpy.typing import NDArray

Picture = NDArray[np.uint8]

# From few to many: dark violet, magenta, orange, light yellow (evenly brighter).
_STOPS = np.array([(38, 12, 84), (126, 30, 120), (214, 64, 88), (248, 146, 58), (252, 235, 150)], float)


def png(picture: Picture) -> bytes:
    """RGB uint8 ``(h, w, 3)`` as PNG (ISO/IEC 15948): one image, no filter, no time."""
    height, width, _ = picture.shape
    rows = np.zeros((height, 1 + width * 3), np.uint8)
    rows[:, 1:] = picture.reshape(height, -1)
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    parts = ((b"IHDR", head), (b"IDAT", zlib.compress(rows.tobytes(), 6)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(*part) for part in parts)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def colours(share: NDArray[np.float64]) -> Picture:
    """The colour of each share 0..1, uint8 with one more axis."""
    at = np.clip(share, 0, 1) * (len(_STOPS) - 1)
    low = np.minimum(at.astype(int), len(_STOPS) - 2)
    part = (at - low)[..., None]
    return np.asarray(np.rint(_STOPS[low] * (1 - part) + _STOPS[low + 1] * part), np.uint8)


def shares(counts: NDArray[np.int64]) -> NDArray[np.float64]:
    """How strong each cell is drawn, 0..1: by the root, so that rare ways are still seen."""
    return np.asarray(np.sqrt(counts / max(int(counts.max(initial=0)), 1)))


def laid_over(
    counts: NDArray[np.int64], size: tuple[int, int], background: NDArray[np.uint8] | None = None
) -> Picture:
    """A map at ``size`` (width, height) over a grey background uint8 ``(h, w)``; plain grey without one.

    Cells with 0 are clear.
    """
    width, height = size
    strong = _stretched(shares(counts), width, height)
    ground: NDArray[Any] = np.full((height, width), 40.0)
    if background is not None:
        ground = _stretched(background, width, height).astype(float) * 0.55
    cover = np.where(strong > 0, 0.35 + 0.6 * strong, 0.0)[..., None]
    return np.asarray(np.rint(ground[..., None] * (1 - cover) + colours(strong) * cover), np.uint8)


def _stretched(values: NDArray[Any], width: int, height: int) -> NDArray[Any]:
    """Values at another size, each cell a flat patch."""
    rows = np.arange(height) * values.shape[0] // height
    columns = np.arange(width) * values.shape[1] // width
    return np.asarray(values[rows[:, None], columns[None, :]])
