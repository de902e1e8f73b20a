"""One picture of an object, as it was cut: masked, on its own empty scene, as JPEG."""

import cv2
import numpy as np

from synopticon.errors import OutputError
from synopticon.synopsis.blend import OPAQUE, SAME, Planes, blend, shade
from synopticon.values.detection import Boxes
from synopticon.values.frame import Plane
from synopticon.values.scene import Background
from synopticon.values.tube import Sprite, SpriteStore, Tube
from synopticon.vision.colour import from_yuv
from synopticon.vision.tube import sprites

SIDE = 256  # pixels of the longer side
SHAPE = 0.6  # width by height of what is shown at least, so that pictures of people stand side by side
_ROOM = 0.15  # of the box, on each side of it
_QUALITY = 85


def thumbnail(tube: Tube, store: SpriteStore, scene: Background, matrix: str, full_range: bool) -> bytes:
    """The object where it is largest, on ``scene``, a JPEG of ``SIDE`` pixels; raises ``StoreError``."""
    boxes = tube.track.boxes
    sizes = np.prod(boxes[:, 2:] - boxes[:, :2], axis=1) * np.where(tube.track.observed, 1.0, 0.25)
    best = int(np.argmax(sizes))
    sprite = next(sprites(tube, store, first=best))
    height, width = scene.y.shape[0] // 2 * 2, scene.y.shape[1] // 2 * 2
    planes = (
        scene.y[:height, :width].copy(),
        scene.u[: height // 2, : width // 2].copy(),
        scene.v[: height // 2, : width // 2].copy(),
    )
    _lay(planes, sprite, 0 if full_range else 16)
    return _jpeg(planes, around(boxes[best], (width, height)), matrix, full_range, SIDE)


def cutting(
    planes: Planes, box: tuple[int, int, int, int], matrix: str, full_range: bool, side: int
) -> bytes:
    """The part ``box`` (x1, y1, x2, y2) of a picture as JPEG, its longer side ``side`` pixels.

    Raises ``OutputError``.
    """
    return _jpeg(planes, box, matrix, full_range, side)


def around(box: Boxes, size: tuple[int, int]) -> tuple[int, int, int, int]:
    """The part x1, y1, x2, y2 of a picture of this size (width, height) that shows a box ``(4,)``."""
    x1, y1, x2, y2 = (float(value) for value in box)
    tall = max(y2 - y1, 16.0) * (1 + 2 * _ROOM)
    wide = max((x2 - x1) * (1 + 2 * _ROOM), tall * SHAPE)
    left, right = _stretch((x1 + x2) / 2, wide, size[0])
    top, bottom = _stretch((y1 + y2) / 2, max(tall, wide * SHAPE), size[1])
    return left, top, right, bottom


def _stretch(middle: float, length: float, size: int) -> tuple[int, int]:
    """``length`` pixels around ``middle``, moved and cut so that they lie in the picture."""
    first = int(np.clip(middle - length / 2, 0, max(size - length, 0)))
    return first, min(first + int(length) + 1, size)


def _lay(planes: Planes, sprite: Sprite, black: int) -> None:
    corner = (sprite.x, sprite.y0)
    light = np.full(planes[1].shape, 255, np.uint8)
    shade(planes, light, sprite.shadow, corner, OPAQUE, black)
    blend(planes, (sprite.y, sprite.u, sprite.v), sprite.alpha, corner, OPAQUE, SAME)


def _jpeg(planes: Planes, box: tuple[int, int, int, int], matrix: str, full_range: bool, side: int) -> bytes:
    """A part of a picture, its longer side ``side`` pixels, as JPEG."""
    left, top, right, bottom = box
    y = planes[0][top:bottom, left:right]
    chroma: list[Plane] = [
        np.repeat(np.repeat(p, 2, axis=0), 2, axis=1)[top:bottom, left:right] for p in planes[1:]
    ]
    yuv = np.stack([y, *chroma], axis=-1).reshape(-1, 3).astype(np.float32)
    rgb = np.clip(from_yuv(yuv, matrix, full_range) * 255 + 0.5, 0, 255).astype(np.uint8)
    picture = rgb.reshape(*y.shape, 3)[:, :, ::-1]
    scale = side / max(y.shape)
    size = (max(1, round(y.shape[1] * scale)), max(1, round(y.shape[0] * scale)))
    fitted = cv2.resize(picture, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC)
    done, data = cv2.imencode(".jpg", fitted, [cv2.IMWRITE_JPEG_QUALITY, _QUALITY])
    if not done:
        raise OutputError("a picture could not be coded: check the installation of OpenCV")
    return bytes(data)
