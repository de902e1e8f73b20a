"""Colour matching: an object is given the light of the ground it is shown on.

What is known of both lights is the empty scene: around the object, the scene of its own time and the one
that is shown are compared on a ring outside its box. Where both are the same scene nothing is changed at all.
"""

from collections import OrderedDict
from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.typing import NDArray

from synopticon.synopsis.background import ScenePath
from synopticon.synopsis.blend import Luts
from synopticon.values.scene import Background, Bank

_STRENGTH = 0.85  # share of the difference that is taken away: a little of an object's own light stays
_GAIN = (0.4, 2.5)
_FLOOR = 12.0  # grey levels added on both sides, so that dark rings give no wild gains
_RING = 0.25  # width of the ring as a share of the box
_KEEP = 6  # scenes whose sums are kept
_EVERY = 0.4  # seconds between measurements; linear in between, which also smooths


@dataclass(frozen=True, slots=True, eq=False)
class Shift:
    """Colour change of one tube over its frames: ``gain`` of luma, offsets of chroma, float32 ``(n,)``."""

    gain: NDArray[np.float32]
    du: NDArray[np.float32]
    dv: NDArray[np.float32]

    def luts(self, k: int, black: int) -> Luts:
        """Level tables of frame k; ``black`` is the luma of black."""
        levels = np.arange(256, dtype=np.float32)
        y = black + (levels - black) * self.gain[k]
        planes = np.stack([y, levels + self.du[k], levels + self.dv[k]])
        return np.asarray(np.clip(np.rint(planes), 0, 255), np.uint8)


@dataclass(slots=True)
class Matcher:
    """Measures rings on the scenes of a bank along a scene path; ``black`` is the luma of black."""

    bank: Bank
    path: ScenePath
    fps: float
    black: int = 16
    _sums: "OrderedDict[int, NDArray[np.float64]]" = field(default_factory=OrderedDict)

    def shift(self, first: int, scenes: NDArray[np.int64], boxes: NDArray[np.float32]) -> Shift | None:
        """The change for a tube shown from synopsis frame ``first``, or None when there is none.

        ``scenes`` int64 ``(n,)``: scene each frame comes from; ``boxes`` float32 ``(n, 4)`` xyxy pixels.
        """
        n = len(scenes)
        shown = slice(first, first + n)
        a, b, share = self.path.first[shown], self.path.second[shown], self.path.share[shown]
        if np.array_equal(scenes, a) and not share.any():
            return None
        at = np.unique(np.append(np.arange(0, n, max(1, round(_EVERY * self.fps))), n - 1))
        change = np.zeros((len(at), 3), np.float32)
        for row, k in enumerate(at):
            own = self._ring(int(scenes[k]), boxes[k])
            ground = self._ring(int(a[k]), boxes[k]) * (1 - share[k])
            if share[k] > 0:
                ground = ground + self._ring(int(b[k]), boxes[k]) * share[k]
            change[row] = _difference(own, ground, self.black)
        gain, du, dv = (np.interp(np.arange(n), at, column).astype(np.float32) for column in change.T)
        return Shift(gain, du, dv)

    def _ring(self, scene: int, box: NDArray[np.float32]) -> NDArray[np.float64]:
        """Mean y, u, v on the ring around a box, float64 ``(3,)``."""
        sums = self._integral(scene)
        scale = self.bank.scenes[scene].scale
        x1, y1, x2, y2 = (float(value) / scale for value in box)
        wide, high = 1 + _RING * (x2 - x1), 1 + _RING * (y2 - y1)
        outer, area = _box_sum(sums, (x1 - wide, y1 - high, x2 + wide, y2 + high))
        inner, inner_area = _box_sum(sums, (x1, y1, x2, y2))
        if area - inner_area < 1:  # the object fills the picture
            return outer / max(area, 1)
        return (outer - inner) / (area - inner_area)

    def _integral(self, scene: int) -> NDArray[np.float64]:
        found = self._sums.get(scene)
        if found is None:
            found = _integral(self.bank.scenes[scene])
            self._sums[scene] = found
            if len(self._sums) > _KEEP:
                self._sums.popitem(last=False)
        return found


def _integral(scene: Background) -> NDArray[np.float64]:
    """Summed area table of y, u, v at analysis size, float64 ``(h + 1, w + 1, 3)``."""
    height, width = scene.small.shape
    chroma = [cv2.resize(p, (width, height), interpolation=cv2.INTER_AREA) for p in (scene.u, scene.v)]
    picture = np.dstack([scene.small, *chroma]).astype(np.float32)
    return np.asarray(cv2.integral(picture, sdepth=cv2.CV_64F))


def _box_sum(
    sums: NDArray[np.float64], box: tuple[float, float, float, float]
) -> tuple[NDArray[np.float64], int]:
    height, width = sums.shape[0] - 1, sums.shape[1] - 1
    x1, x2 = (min(max(round(value), 0), width) for value in (box[0], box[2]))
    y1, y2 = (min(max(round(value), 0), height) for value in (box[1], box[3]))
    total = sums[y2, x2] - sums[y1, x2] - sums[y2, x1] + sums[y1, x1]
    return total, (y2 - y1) * (x2 - x1)


def _difference(own: NDArray[np.float64], ground: NDArray[np.float64], black: int) -> NDArray[np.float32]:
    """Gain of luma and offsets of chroma that carry the light of ``own`` to that of ``ground``."""
    target, light = (max(float(mean[0]) - black, 0.0) + _FLOOR for mean in (ground, own))
    gain = float(np.clip(target / light, *_GAIN)) ** _STRENGTH
    return np.array([gain, *(_STRENGTH * (ground[1:] - own[1:]))], np.float32)
