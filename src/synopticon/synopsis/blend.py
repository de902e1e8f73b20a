"""Blending into YUV 4:2:0 planes: integer arithmetic, compiled once, and only where something is drawn."""

import numpy as np
from numpy.typing import NDArray

from synopticon.compiled import compiled
from synopticon.values.frame import Plane

Planes = tuple[Plane, Plane, Plane]  # y (h, w); u, v (h/2, w/2); uint8, h and w even
Luts = NDArray[np.uint8]  # (3, 256): output levels of y, u and v
SAME: Luts = np.tile(np.arange(256, dtype=np.uint8), (3, 1))
OPAQUE = 256

_PLANE = "uint8[:, :]"
_PLANES = f"UniTuple({_PLANE}, 3)"


@compiled(f"void({_PLANES}, {_PLANE}, {_PLANE}, UniTuple(int64, 2), int64, int64)")
def shade(
    planes: Planes, light: Plane, shadow: Plane, corner: tuple[int, int], opacity: int, black: int
) -> None:
    """Let a shadow fall on the ground; where shadows meet the darkest counts, not their product.

    ``planes`` and ``light`` ``(h/2, w/2)``, the light that is left so far (255 = all), are changed in
    place. ``shadow`` as in ``values.Sprite``, its top-left ``corner`` (x, y) is even and may lie outside.
    ``opacity`` 0..256 fades it, ``black`` is the luma of black (16, or 0 in full range).
    """
    left, top = corner[0] // 2, corner[1] // 2
    height, width = light.shape
    for r in range(max(0, -top), min(shadow.shape[0], height - top)):
        for c in range(max(0, -left), min(shadow.shape[1], width - left)):
            now = 255 - (((255 - shadow[r, c]) * opacity) >> 8)
            y, x = top + r, left + c
            before = np.int64(light[y, x])
            if now >= before:
                continue
            light[y, x] = now
            share = (now * 4096) // before
            for i in range(4):
                py, px = 2 * y + i // 2, 2 * x + i % 2
                value = black + (((np.int64(planes[0][py, px]) - black) * share + 2048) >> 12)
                planes[0][py, px] = max(0, value)
            for i in range(1, 3):
                planes[i][y, x] = 128 + (((np.int64(planes[i][y, x]) - 128) * share + 2048) >> 12)


@compiled(f"void({_PLANES}, {_PLANES}, {_PLANE}, UniTuple(int64, 2), int64, {_PLANE})")
def blend(
    planes: Planes, picture: Planes, alpha: Plane, corner: tuple[int, int], opacity: int, luts: Luts
) -> None:
    """Lay an object over the ground by its alpha.

    ``planes`` are changed in place. ``picture`` and ``alpha`` are those of a ``values.Sprite``, its top-left
    ``corner`` (x, y) is even and may lie outside. ``opacity`` 0..256 fades it, ``luts`` match its colours to
    the ground.
    """
    left, top = corner[0] // 2, corner[1] // 2
    height, width = planes[1].shape
    for r in range(max(0, -top), min(alpha.shape[0] // 2, height - top)):
        for c in range(max(0, -left), min(alpha.shape[1] // 2, width - left)):
            cover = 0
            for i in range(4):
                y, x = 2 * r + i // 2, 2 * c + i % 2
                a = (alpha[y, x] * opacity) >> 8
                if a == 0:
                    continue
                cover += a
                py, px = 2 * top + y, 2 * left + x
                mixed = planes[0][py, px] * (255 - a) + luts[0, picture[0][y, x]] * a
                planes[0][py, px] = ((mixed + 127) * 257) >> 16
            if cover == 0:
                continue
            a = (cover + 2) >> 2
            for i in range(1, 3):
                mixed = planes[i][top + r, left + c] * (255 - a) + luts[i, picture[i][r, c]] * a
                planes[i][top + r, left + c] = ((mixed + 127) * 257) >> 16


@compiled(f"void({_PLANE}, {_PLANE}, UniTuple(int64, 2))")
def join(back: Plane, front: Plane, corner: tuple[int, int]) -> None:
    """Let no ground shine through the seam of two objects that were one picture in the source.

    Where soft edges meet, ``back`` (changed in place) gets the alpha with which both together cover what they
    cover in sum, as by Porter and Duff's *plus* ("Compositing digital images", SIGGRAPH 1984). Both are alpha
    planes; ``corner`` (x, y) is where the top-left corner of ``front`` lies in ``back``.
    """
    left, top = corner
    for r in range(max(0, top), min(back.shape[0], top + front.shape[0])):
        for c in range(max(0, left), min(back.shape[1], left + front.shape[1])):
            f = np.int64(front[r - top, c - left])
            if 0 < f < 255 and back[r, c] > 0:
                sum_of_both = (np.int64(back[r, c]) * 255) // (255 - f)
                back[r, c] = 255 if sum_of_both > 255 else sum_of_both


@compiled(f"void({_PLANES}, {_PLANES}, {_PLANE}, UniTuple(int64, 2), int64)")
def stamp(planes: Planes, picture: Planes, alpha: Plane, corner: tuple[int, int], opacity: int) -> None:
    """Lay a small picture with alpha (a label) over ``planes``, in place, wholly inside them.

    ``alpha`` uint8 ``(h, w)``; ``corner`` (x, y) is even; ``opacity`` 0..256.
    """
    left, top = corner
    for r in range(alpha.shape[0]):
        for c in range(alpha.shape[1]):
            a = (alpha[r, c] * opacity) >> 8
            mixed = planes[0][top + r, left + c] * (255 - a) + picture[0][r, c] * a
            planes[0][top + r, left + c] = ((mixed + 127) * 257) >> 16
    for r in range(alpha.shape[0] // 2):
        for c in range(alpha.shape[1] // 2):
            y, x = 2 * r, 2 * c
            cover = np.int64(alpha[y, x]) + alpha[y, x + 1] + alpha[y + 1, x] + alpha[y + 1, x + 1]
            a = (((cover + 2) // 4) * opacity) >> 8
            for i in range(1, 3):
                mixed = planes[i][top // 2 + r, left // 2 + c] * (255 - a) + picture[i][r, c] * a
                planes[i][top // 2 + r, left // 2 + c] = ((mixed + 127) * 257) >> 16


def fill(planes: Planes, box: tuple[int, int, int, int], luma: int) -> None:
    """Fill the box ``x1, y1, x2, y2`` (pixels, clipped to the picture) with a solid grey."""
    x1, y1, x2, y2 = (max(0, value) for value in box)
    planes[0][y1:y2, x1:x2] = luma
    for plane in planes[1:]:
        plane[y1 // 2 : (y2 + 1) // 2, x1 // 2 : (x2 + 1) // 2] = 128
