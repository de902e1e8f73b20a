"""Does the camera still see its scene? About once a second the whole picture is held against the background.

Light changes brightness and contrast, not texture: a picture is compared window by window by correlation
(see ``stability``), and by how much texture is left, fine and coarse. Medians over all windows do not feel an
object that hides less than half of the picture. What these numbers mean is decided elsewhere
(``synopticon.events.rules.camera``): here they are only taken, so that a rule can be tried again later.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from functools import lru_cache
from math import floor
from typing import Any

import numpy as np
from numpy.typing import NDArray

from synopticon.values.frame import Frame
from synopticon.values.scene import Background
from synopticon.vision.light import reduced
from synopticon.vision.planes import Floats, shrink
from synopticon.vision.stability import TEXTURE, Texture, agreement, likeness, texture_of

_FEW = 0.01  # share of the windows that must be textured for a ratio to say anything
_COLUMNS = ("time", "agree", "fine", "coarse", "level", "like")


@dataclass(frozen=True, slots=True, eq=False)
class Checks:
    """How n pictures compared with the empty scene of their time.

    ``time`` float64 seconds. float32: ``agree`` share of the scene's textured windows that look the same,
    0..1 (1 also where nothing can be said); ``fine``, ``coarse`` how much of its texture is left, a ratio of
    variances (1 = all; NaN where the scene has none), at the analysis size and at a quarter of it; ``level``
    mean brightness, 0..255; ``like`` how far what is left is the scene's own, however faint (see
    ``stability.likeness``; NaN where it was not taken).
    """

    time: NDArray[np.float64]
    agree: NDArray[np.float32]
    fine: NDArray[np.float32]
    coarse: NDArray[np.float32]
    level: NDArray[np.float32]
    like: NDArray[np.float32]

    def __len__(self) -> int:
        return len(self.time)

    def arrays(self) -> dict[str, NDArray[Any]]:
        """All columns by name, to be stored."""
        return {f.name: getattr(self, f.name) for f in fields(self)}

    @staticmethod
    def of(arrays: Mapping[str, NDArray[Any]]) -> "Checks":
        """The inverse of ``arrays``; those of older versions have no ``like``."""
        unknown = np.full(len(arrays["time"]), np.nan, np.float32)
        return Checks(**{name: arrays.get(name, unknown) for name in _COLUMNS})

    @staticmethod
    def join(parts: Sequence["Checks"]) -> "Checks":
        """The checks of following segments as one."""
        return Checks(
            **{name: np.concatenate([_NONE[name], *(getattr(p, name) for p in parts)]) for name in _COLUMNS}
        )

    def since(self, start: float) -> "Checks":
        """Those at ``start`` (seconds) and later."""
        return self.between(start, np.inf)

    def between(self, start: float, end: float) -> "Checks":
        """Those at ``start`` (seconds) and later, before ``end``."""
        part = slice(*np.searchsorted(self.time, (start, end)))
        return Checks(**{name: getattr(self, name)[part] for name in _COLUMNS})


_NONE: dict[str, NDArray[Any]] = {
    name: np.zeros(0, np.float64 if name == "time" else np.float32) for name in _COLUMNS
}


@dataclass(frozen=True, slots=True)
class Compared:
    """One picture against a scene: a row of ``Checks`` without its time."""

    agree: float
    fine: float
    coarse: float
    level: float
    like: float = float("nan")


@dataclass(frozen=True, slots=True, eq=False)
class Look:
    """A picture as it is compared: its textures at the analysis size and at a quarter, its brightness."""

    fine: Texture
    coarse: Texture
    level: float


def look_of(small: Floats) -> Look:
    """The look of a picture of analysis size, float32."""
    return Look(texture_of(small), texture_of(reduced(small)), float(small.mean()))


def compare(seen: Look, scene: Look) -> Compared:
    """How one picture compares with another that shows the scene; both of one size."""
    return Compared(
        agreement(seen.coarse, scene.coarse),
        _left(seen.fine, scene.fine),
        _left(seen.coarse, scene.coarse),
        seen.level,
        likeness(seen.coarse, scene.coarse),
    )


def _left(seen: Texture, scene: Texture) -> float:
    """The median ratio of variances where the scene has texture; NaN where it has hardly any."""
    textured = scene.variance > TEXTURE
    if np.count_nonzero(textured) < _FEW * textured.size:
        return float("nan")
    return float(np.median(seen.variance[textured] / scene.variance[textured]))


@lru_cache(maxsize=4)
def scene_look(background: Background) -> Look:
    """The look of an empty scene."""
    return look_of(background.small)


class Checker:
    """Checks one frame after the other: the first of each second of a file."""

    def __init__(self) -> None:
        self._rows: list[tuple[float, Compared]] = []
        self._second: tuple[int, int] | None = None

    def see(self, frame: Frame, offset: float, background: Background) -> None:
        """Take in a frame of a file that begins at ``offset`` (seconds), if its second is a new one."""
        second = (frame.file, floor(frame.time - offset + 1e-6))
        if second == self._second:
            return
        self._second = second
        small = shrink(frame.y, background.scale).astype(np.float32)
        if small.shape == background.small.shape:
            self._rows.append((frame.time, compare(look_of(small), scene_look(background))))

    def again(self) -> "Checker":
        """One that goes on where this one is, and has taken nothing yet."""
        following = Checker()
        following._second = self._second
        return following

    def build(self) -> Checks:
        """All that was taken."""
        columns = {name: [getattr(c, name) for _, c in self._rows] for name in _COLUMNS[1:]}
        return Checks(
            np.array([t for t, _ in self._rows], np.float64),
            **{name: np.array(values, np.float32) for name, values in columns.items()},
        )


def moved_by(seen: Texture, scene: Texture) -> tuple[int, int, float]:
    """By how many pixels of the textures a picture looks elsewhere, and the agreement once that is undone.

    Phase correlation (Kuglin and Hines, "The phase correlation image alignment method", 1975) gives the
    shift ``(dx, dy)``; the agreement (see ``stability``) is over what both pictures show.
    """
    a, b = np.fft.rfft2(seen.detail), np.fft.rfft2(scene.detail)
    cross = a * np.conj(b)
    peak = np.fft.irfft2(cross / np.maximum(np.abs(cross), 1e-6), s=seen.detail.shape)
    height, width = seen.detail.shape
    dy, dx = (int(v) for v in np.unravel_index(int(peak.argmax()), peak.shape))
    dy, dx = (dy - height if dy > height // 2 else dy), (dx - width if dx > width // 2 else dx)
    if abs(dy) > height // 2 or abs(dx) > width // 2:
        return dx, dy, 0.0
    ys, yc = _overlap(dy, height)
    xs, xc = _overlap(dx, width)
    mine = Texture(seen.detail[ys, xs], seen.variance[ys, xs])
    other = Texture(scene.detail[yc, xc], scene.variance[yc, xc])
    return dx, dy, agreement(mine, other)


def _overlap(shift: int, length: int) -> tuple[slice, slice]:
    """The part of a moved side that both show: in the moved picture, and in the scene."""
    if shift >= 0:
        return slice(shift, length), slice(0, length - shift)
    return slice(0, length + shift), slice(-shift, length)
