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


@compiled(f"void({_PLANES}, {_PLANES}, {_PLANE}, {_PLANE}, UniTuple(int64, 2), int64, int64, {_PLANE})")
def blend(
    planes: Planes,
    picture: Planes,
    alpha: Plane,
    shadow: Plane,
    corner: tuple[int, int],
    opacity: int,
    black: int,
    luts: Luts,
) -> None:
    """Draw a sprite: the ground is shaded first, then the object is laid over it by its alpha.

    ``planes`` are changed in place. ``picture``, ``alpha``, ``shadow`` are those of a ``values.Sprite``, its
    top-left ``corner`` (x, y) is even and may lie outside. ``opacity`` 0..256 fades all of it, ``black`` is
    the luma of black (16, or 0 in full range), ``luts`` match the object's colours to the ground.
    """
    ground_y, ground_u, ground_v = planes
    own_y, own_u, own_v = picture
    left, top = corner[0] // 2, corner[1] // 2
    height, width = ground_u.shape
    for r in range(max(0, -top), min(shadow.shape[0], height - top)):
        for c in range(max(0, -left), min(shadow.shape[1], width - left)):
            light = 255 - (((255 - shadow[r, c]) * opacity) >> 8)
            cover = 0
            for i in range(4):
                y, x = 2 * r + i // 2, 2 * c + i % 2
                a = (alpha[y, x] * opacity) >> 8
                if a == 0 and light == 255:
                    continue
                cover += a
                ground = black + ((np.int64(ground_y[2 * top + y, 2 * left + x]) - black) * light) // 255
                mixed = ground * (255 - a) + luts[0, own_y[y, x]] * a
                ground_y[2 * top + y, 2 * left + x] = max(0, (mixed + 127) // 255)
            if cover == 0 and light == 255:
                continue
            a = (cover + 2) // 4
            for i in range(2):
                plane = ground_u if i == 0 else ground_v
                own = own_u if i == 0 else own_v
                ground = 128 + ((np.int64(plane[top + r, left + c]) - 128) * light) // 255
                mixed = ground * (255 - a) + luts[i + 1, own[r, c]] * a
                plane[top + r, left + c] = (mixed + 127) // 255


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
            planes[0][top + r, left + c] = (mixed + 127) // 255
    for r in range(alpha.shape[0] // 2):
        for c in range(alpha.shape[1] // 2):
            y, x = 2 * r, 2 * c
            cover = np.int64(alpha[y, x]) + alpha[y, x + 1] + alpha[y + 1, x] + alpha[y + 1, x + 1]
            a = (((cover + 2) // 4) * opacity) >> 8
            for i in range(1, 3):
                mixed = planes[i][top // 2 + r, left // 2 + c] * (255 - a) + picture[i][r, c] * a
                planes[i][top // 2 + r, left // 2 + c] = (mixed + 127) // 255


def fill(planes: Planes, box: tuple[int, int, int, int], luma: int) -> None:
    """Fill the box ``x1, y1, x2, y2`` (pixels, clipped to the picture) with a solid grey."""
    x1, y1, x2, y2 = (max(0, value) for value in box)
    planes[0][y1:y2, x1:x2] = luma
    for plane in planes[1:]:
        plane[y1 // 2 : (y2 + 1) // 2, x1 // 2 : (x2 + 1) // 2] = 128
