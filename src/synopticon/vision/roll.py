"""A roll: the sprite videos of one chunk while they are being written, the masked one and the clear one."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from synopticon.footage.encode import SpriteWriter
from synopticon.values.frame import Plane
from synopticon.vision.canvas import Canvas
from synopticon.vision.matte import Crop, Mask

GREY = 128  # of fills, and of what nobody sees
SEAM = 2  # pixels by which a clear patch is larger than the fill it covers
BLEED = 3  # pixels around what is seen that keep their colour, so that the flat rest does not bleed in

Colour = tuple[int, int, int]


@dataclass(frozen=True, slots=True, eq=False)
class Cut:
    """What was cut from one frame in ``rect`` (int32 xyxy, even).

    ``seen`` is the clear picture there; ``alpha`` ``(h, w)``, ``shade`` ``(h/2, w/2)`` the matte; ``hidden``
    ``(h, w)``, 0 or 255 in blocks of 2 x 2, is what must be filled.
    """

    rect: NDArray[np.int32]
    seen: Crop
    alpha: Plane
    shade: Plane
    hidden: Mask


class Stream:
    """One sprite video on a canvas: colour on top, matte below, one picture for each sample."""

    def __init__(self, canvas: Canvas, *, crf: int, preset: str) -> None:
        self._canvas = canvas
        self._writer = SpriteWriter(canvas.width, 2 * canvas.height, crf=crf, preset=preset)
        self._flat: Colour | None = None

    @property
    def count(self) -> int:
        """Sprites written."""
        return self._writer.count

    def write(
        self, rect: NDArray[np.int32], seen: Crop, keep: Mask, matte: Plane, shade: Plane | None
    ) -> None:
        """Add a sprite: the colours of ``seen`` where ``keep``, flat elsewhere; the matte as it is."""
        x, y = (int(c) for c in self._canvas.origins[self.count])
        left, top = int(rect[0]) - x, int(rect[1]) - y
        half = _half(keep)
        self._flat = self._flat or _mean(seen, keep, half)
        luma, first, second = self._empty(self._flat)
        _put(luma, seen.y, top, left, keep)
        _put(first, seen.u, top // 2, left // 2, half)
        _put(second, seen.v, top // 2, left // 2, half)
        _put(luma, matte, top + self._canvas.height, left)
        if shade is not None:
            _put(first, shade, (top + self._canvas.height) // 2, left // 2)
        self._writer.write(luma, first, second)

    def skip_to(self, count: int) -> None:
        """Add sprites of which nothing is seen until there are ``count``."""
        while self.count < count:
            self._writer.write(*self._empty(self._flat or (GREY, GREY, GREY)))

    def finish(self) -> bytes:
        """The bytes of the whole stream."""
        return self._writer.finish()

    def _empty(self, flat: Colour) -> tuple[Plane, Plane, Plane]:
        width, height = self._canvas.width, self._canvas.height
        y = np.zeros((2 * height, width), np.uint8)
        u = np.full((height, width // 2), 255, np.uint8)
        v = np.full((height, width // 2), GREY, np.uint8)
        y[:height], u[: height // 2], v[: height // 2] = flat
        return y, u, v


class Roll:
    """A chunk being written: the masked picture, and the clear patches once there are any."""

    def __init__(self, canvas: Canvas, *, crf: int, preset: str) -> None:
        self.canvas = canvas
        self.pixels = 0
        self._crf, self._preset = crf, preset
        self._picture = Stream(canvas, crf=crf, preset=preset)
        self._clear: Stream | None = None

    def write(self, index: int, cut: Cut) -> None:
        """Add sprite ``index`` of the chunk; indices must grow, missing ones become empty sprites."""
        self._picture.skip_to(index)
        keep = np.asarray(cv2.dilate(cut.alpha, np.ones((2 * BLEED + 1, 2 * BLEED + 1), np.uint8)), np.uint8)
        filled = _filled(cut.seen, cut.hidden)
        self._picture.write(cut.rect, filled, keep, cut.alpha, cut.shade)
        self.pixels += int(np.count_nonzero(cut.alpha))
        valid = cv2.bitwise_and(cut.hidden, keep)
        if cv2.countNonZero(valid):
            self._write_clear(index, cut, np.asarray(valid, np.uint8))

    def _write_clear(self, index: int, cut: Cut, valid: Mask) -> None:
        if self._clear is None:
            self._clear = Stream(self.canvas, crf=self._crf, preset=self._preset)
        self._clear.skip_to(index)
        patch = cv2.dilate(valid, np.ones((2 * SEAM + 1, 2 * SEAM + 1), np.uint8))
        around = cv2.dilate(patch, np.ones((2 * SEAM + 1, 2 * SEAM + 1), np.uint8))
        self._clear.write(cut.rect, cut.seen, np.asarray(around, np.uint8), np.asarray(patch, np.uint8), None)

    def finish(self) -> tuple[bytes, bytes]:
        """The masked stream and the clear one (empty when nothing was hidden), of equal counts."""
        self._picture.skip_to(len(self.canvas.origins))
        if self._clear is None:
            return self._picture.finish(), b""
        self._clear.skip_to(len(self.canvas.origins))
        return self._picture.finish(), self._clear.finish()


def _filled(seen: Crop, hidden: Mask) -> Crop:
    """The crop with ``hidden`` filled grey."""
    if not cv2.countNonZero(hidden):
        return seen
    half = hidden[::2, ::2]
    y, u, v = seen.y.copy(), seen.u.copy(), seen.v.copy()
    y[hidden > 0] = GREY
    u[half > 0] = GREY
    v[half > 0] = GREY
    return Crop(y, u, v)


def _half(mask: Mask) -> Mask:
    """Half size: set where any of the four pixels is set."""
    size = (mask.shape[1] // 2, mask.shape[0] // 2)
    return np.asarray(cv2.resize(mask, size, interpolation=cv2.INTER_AREA), np.uint8)


def _mean(seen: Crop, keep: Mask, half: Mask) -> Colour:
    """The mean colour of what matters, for what does not: the smallest step at its border."""
    if not cv2.countNonZero(half):
        return GREY, GREY, GREY
    y, u, v = (round(cv2.mean(p, m)[0]) for p, m in ((seen.y, keep), (seen.u, half), (seen.v, half)))
    return y, u, v


def _put(target: Plane, source: Plane, top: int, left: int, mask: Mask | None = None) -> None:
    """Copy ``source`` (where ``mask``) to a place of ``target`` that holds it whole."""
    place = target[top : top + source.shape[0], left : left + source.shape[1]]
    if mask is None:
        place[:] = source
    else:
        np.copyto(place, source, where=mask > 0)
