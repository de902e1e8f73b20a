"""One picture of an object, as it was cut: masked, on its own empty scene, as JPEG."""

import numpy as np
from numpy.typing import NDArray

from synopticon.synopsis.blend import OPAQUE, SAME, Planes, blend, shade
from synopticon.synopsis.door import jpeg
from synopticon.values.detection import Boxes
from synopticon.values.scene import Background
from synopticon.values.track import Track
from synopticon.values.tube import Sprite, SpriteStore, Tube
from synopticon.vision.tube import sprites

SIDE = 256  # pixels of the longer side
SHAPE = 0.6  # width by height of what is shown at least, so that pictures of people stand side by side
_ROOM = 0.15  # of the box, on each side of it


def thumbnail(tube: Tube, store: SpriteStore, scene: Background, matrix: str, full_range: bool) -> bytes:
    """The object where it is largest, on ``scene``, a JPEG of ``SIDE`` pixels; raises ``StoreError``."""
    return still(tube, best_sample(tube.track), store, scene, (matrix, full_range))


def still(
    tube: Tube,
    sample: int,
    store: SpriteStore,
    scene: Background,
    coding: tuple[str, bool],
    *,
    side: int = SIDE,
    clear: bool = False,
) -> bytes:
    """The object at a sample of its track, on ``scene``, a JPEG of ``side`` pixels; raises ``StoreError``.

    ``coding``: the recording's colour matrix, and whether its range is full. ``clear``: with what masks hide,
    which the store gives only to a permission for it.
    """
    matrix, full_range = coding
    sprite = next(sprites(tube, store, clear=clear, first=sample))
    height, width = scene.y.shape[0] // 2 * 2, scene.y.shape[1] // 2 * 2
    planes = (
        scene.y[:height, :width].copy(),
        scene.u[: height // 2, : width // 2].copy(),
        scene.v[: height // 2, : width // 2].copy(),
    )
    _lay(planes, sprite, 0 if full_range else 16)
    box = around(tube.track.boxes[sample], (width, height))
    return jpeg(planes, matrix, full_range, box=box, side=side)


def around(box: Boxes, size: tuple[int, int]) -> tuple[int, int, int, int]:
    """The part x1, y1, x2, y2 of a picture of this size (width, height) that shows a box ``(4,)``."""
    x1, y1, x2, y2 = (float(value) for value in box)
    tall = max(y2 - y1, 16.0) * (1 + 2 * _ROOM)
    wide = max((x2 - x1) * (1 + 2 * _ROOM), tall * SHAPE)
    left, right = _stretch((x1 + x2) / 2, wide, size[0])
    top, bottom = _stretch((y1 + y2) / 2, max(tall, wide * SHAPE), size[1])
    return left, top, right, bottom


def best_sample(track: Track, among: NDArray[np.bool_] | None = None) -> int:
    """The sample in which the object is largest, rather one in which it was seen than guessed.

    ``among`` ``(n,)``: of these samples, at least one.
    """
    sizes = np.prod(track.boxes[:, 2:] - track.boxes[:, :2], axis=1) * np.where(track.observed, 1.0, 0.25)
    return int(np.argmax(sizes if among is None else np.where(among, sizes, -1.0)))


def _stretch(middle: float, length: float, size: int) -> tuple[int, int]:
    """``length`` pixels around ``middle``, moved and cut so that they lie in the picture."""
    first = int(np.clip(middle - length / 2, 0, max(size - length, 0)))
    return first, min(first + int(length) + 1, size)


def _lay(planes: Planes, sprite: Sprite, black: int) -> None:
    corner = (sprite.x, sprite.y0)
    light = np.full(planes[1].shape, 255, np.uint8)
    shade(planes, light, sprite.shadow, corner, OPAQUE, black)
    blend(planes, (sprite.y, sprite.u, sprite.v), sprite.alpha, corner, OPAQUE, SAME)
