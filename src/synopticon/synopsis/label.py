"""Writing on the picture: the small clock on each object and the permanent mark.

Glyphs are drawn once; a label is put together from them when its text first appears, then taken from a cache.
"""

from collections import OrderedDict
from dataclasses import dataclass, field
from functools import cache
from math import cos, pi, sin

import cv2
import numpy as np
from numpy.typing import NDArray

from synopticon.synopsis.blend import Planes
from synopticon.values.frame import Plane

_FACE = cv2.FONT_HERSHEY_SIMPLEX
_FINE = 4  # glyphs are drawn this much larger and averaged down
_CAP = 21.0  # height of a capital letter in pixels at font scale 1
_INK, _SHEET = 235, 22  # luma of letters and of the sheet below them
_KEEP = 512  # labels kept


@dataclass(frozen=True, slots=True, eq=False)
class Stamp:
    """A small picture with alpha: ``y``, ``alpha`` uint8 ``(h, w)``, even; ``u``, ``v`` ``(h/2, w/2)``."""

    y: Plane
    u: Plane
    v: Plane
    alpha: Plane

    @property
    def planes(self) -> Planes:
        """Its three colour planes."""
        return self.y, self.u, self.v

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels."""
        return self.y.shape[1], self.y.shape[0]


def letter_height(picture_height: int) -> int:
    """Height of a capital letter in pixels: readable at this picture height, yet small."""
    return max(7, round(picture_height / 72))


def tint(day_share: float, strength: float = 44.0) -> tuple[int, int]:
    """Chroma ``u, v`` of a time of day (0..1): from blue at midnight over green and yellow to red at dusk.

    >>> tint(0.0)
    (172, 128)
    """
    angle = 2 * pi * (1 - day_share % 1.0)
    return round(128 + strength * cos(angle)), round(128 + strength * sin(angle))


@cache
def _glyph(letter: str, cap: int) -> NDArray[np.float32]:
    """Coverage 0..1 of one letter, float32 ``(2 * cap, width)``; all digits are of one width."""
    scale = cap * _FINE / _CAP
    thick = max(1, round(cap * _FINE / 7))
    width = _advance("0" if letter.isdigit() else letter, scale, thick)
    sheet = np.zeros((2 * cap * _FINE, width), np.uint8)
    left = (width - _advance(letter, scale, thick)) // 2 + thick // 2
    cv2.putText(sheet, letter, (left, round(1.5 * cap * _FINE)), _FACE, scale, (255,), thick, cv2.LINE_AA)
    small = cv2.resize(sheet, (max(1, width // _FINE), 2 * cap), interpolation=cv2.INTER_AREA)
    return np.asarray(small / 255, np.float32)


def _advance(letter: str, scale: float, thick: int) -> int:
    (width, _), _ = cv2.getTextSize(letter, _FACE, scale, thick)
    return int(width) + thick // 2


def write(text: str, cap: int, chroma: tuple[int, int] = (128, 128), *, chip: bool = False) -> Stamp:
    """Draw one line of text on a dark, half-clear sheet; ``chip`` puts a bar of ``chroma`` before it.

    ``cap`` is the height of a capital letter in pixels; ``chroma`` (u, v) tints the letters slightly.
    """
    ink = np.hstack([_glyph(letter, cap) for letter in text] or [_glyph(" ", cap)])
    bar = max(2, cap // 3) if chip else 0
    before, after = bar + max(2, cap // 2), max(2, cap // 2)
    ink = np.pad(ink, ((0, 0), (before, after + (before + after + ink.shape[1]) % 2)))
    alpha = np.maximum(_sheet(ink.shape) * 0.62, ink)
    luma = _SHEET + (_INK - _SHEET) * ink
    if bar:
        luma[:, :bar], alpha[:, :bar] = 150, np.minimum(_sheet(ink.shape), 1.0)[:, :bar]
    weight = ink * 0.35
    weight[:, :bar] = 1.0
    share = _halve(weight)
    planes = [np.rint(128 + (value - 128) * share).astype(np.uint8) for value in chroma]
    return Stamp(np.rint(luma).astype(np.uint8), planes[0], planes[1], np.rint(alpha * 255).astype(np.uint8))


def _sheet(shape: tuple[int, ...]) -> NDArray[np.float32]:
    """Coverage of a sheet with slightly rounded corners."""
    sheet = np.ones(shape, np.float32)
    sheet[:: shape[0] - 1, :: shape[1] - 1] = 0.25
    return sheet


def _halve(plane: NDArray[np.float32]) -> NDArray[np.float32]:
    height, width = plane.shape
    return np.asarray(plane.reshape(height // 2, 2, width // 2, 2).mean(axis=(1, 3)), np.float32)


def stack(stamps: list[Stamp]) -> Stamp:
    """Stamps below each other, left-aligned, as one."""
    width, height = max(s.size[0] for s in stamps), sum(s.size[1] for s in stamps)
    y, alpha = np.zeros((height, width), np.uint8), np.zeros((height, width), np.uint8)
    u, v = (np.full((height // 2, width // 2), 128, np.uint8) for _ in range(2))
    top = 0
    for part in stamps:
        w, h = part.size
        y[top : top + h, :w], alpha[top : top + h, :w] = part.y, part.alpha
        u[top // 2 : (top + h) // 2, : w // 2], v[top // 2 : (top + h) // 2, : w // 2] = part.u, part.v
        top += h
    return Stamp(y, u, v, alpha)


@dataclass(slots=True)
class Labels:
    """Draws labels of one letter height and keeps the last few hundred."""

    cap: int
    _kept: "OrderedDict[tuple[str, tuple[int, int]], Stamp]" = field(default_factory=OrderedDict)

    def draw(self, text: str, day_share: float) -> Stamp:
        """The label of this text, its bar coloured by the time of day (in 48 steps)."""
        key = (text, tint(round(day_share * 48) / 48))
        found = self._kept.get(key)
        if found is None:
            found = write(text, self.cap, key[1], chip=True)
            self._kept[key] = found
            if len(self._kept) > _KEEP:
                self._kept.popitem(last=False)
        else:
            self._kept.move_to_end(key)
        return found
