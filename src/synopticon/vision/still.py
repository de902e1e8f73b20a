"""Reads a picture that somebody gives, PNG or JPEG: its size before its pixels, so that none is a bomb."""

import struct

import cv2
import numpy as np
from numpy.typing import NDArray

from synopticon.errors import UsageError
from synopticon.values.frame import Plane

SIDE = 16_384  # pixels that a side may have
PIXELS = 32_000_000  # of the whole picture
_FRAMES = frozenset({*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC})  # JPEG markers that say a size (T.81, B.2.2)
_BARE = frozenset({0x01, *range(0xD0, 0xD8)})  # markers that nothing follows


def planes_of(data: bytes, side: int) -> tuple[Plane, Plane, Plane]:
    """The picture as planes ``y, u, v`` (BT.601, limited range) of even sides, at most ``side`` pixels.

    Raises ``UsageError`` for what is no PNG or JPEG, or too large.
    """
    width, height = size_of(data)
    if not (0 < width <= SIDE and 0 < height <= SIDE and width * height <= PIXELS):
        raise UsageError(
            f"a picture of {width}x{height} pixels: give one of at most {PIXELS // 1_000_000} million"
        )
    found = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
    if found is None:
        raise _no_picture()
    high, wide = found.shape[:2]
    share = min(1.0, side / max(high, wide))
    size = (max(2, round(wide * share / 2) * 2), max(2, round(high * share / 2) * 2))
    small = found if size == (wide, high) else cv2.resize(found, size, interpolation=cv2.INTER_AREA)
    return _planes(np.asarray(cv2.cvtColor(small, cv2.COLOR_BGR2YUV_I420), np.uint8), *size)


def size_of(data: bytes) -> tuple[int, int]:
    """Width and height that a PNG or JPEG says it has; raises ``UsageError`` for anything else."""
    try:
        if data[1:4] == b"PNG":  # its first chunk is the header (PNG, 11.2.2)
            width, height = struct.unpack(">II", data[16:24])
            return width, height
        if tuple(data[:3]) == (0xFF, 0xD8, 0xFF):
            return _jpeg_size(data)
    except (struct.error, IndexError) as error:
        raise _no_picture() from error
    raise _no_picture()


def _jpeg_size(data: bytes) -> tuple[int, int]:
    at = 2
    while True:
        while data[at] == 0xFF and data[at + 1] == 0xFF:  # fill bytes
            at += 1
        if data[at] != 0xFF:
            raise _no_picture()
        marker = data[at + 1]
        if marker in _FRAMES:
            height, width = struct.unpack(">HH", data[at + 5 : at + 9])
            return width, height
        at += 2 if marker in _BARE else 2 + struct.unpack(">H", data[at + 2 : at + 4])[0]


def _planes(yuv: NDArray[np.uint8], width: int, height: int) -> tuple[Plane, Plane, Plane]:
    flat, half = yuv.reshape(-1), width * height // 4
    shape = (height // 2, width // 2)
    u, v = flat[4 * half : 5 * half].reshape(shape), flat[5 * half : 6 * half].reshape(shape)
    return flat[: 4 * half].reshape(height, width), u, v


def _no_picture() -> UsageError:
    return UsageError("that is no picture that can be read: give a PNG or a JPEG")
