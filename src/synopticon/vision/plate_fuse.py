"""Makes one picture of a plate from several, in which less noise is left than in any of them.

They are laid over each other to a part of a pixel and averaged on a finer grid: shift-and-add (Elad and
Hel-Or, IEEE Trans. Image Processing 10(8), 2001; with medians Farsiu et al., ibid. 13(10), 2004), which
begins from registration as Irani and Peleg (CVGIP 53(3), 1991) did. How one lies over another is told by the
enhanced correlation coefficient (Evangelidis and Psarakis, IEEE Trans. PAMI 30(10), 2008).

Medians, sharpening and smaller pictures of the same track all made the reading worse: see the figures in
``docs/plates-reading.md``.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from synopticon.vision.detect.pp_ocr import ordered
from synopticon.vision.plate import Floats, Picture, Place

Matrix = NDArray[np.float64]
Around = tuple[float, float]  # of a plate's height: what is shown beside it, and above and below

_HIGH = (32, 64)  # pixels of a plate on the finer grid, which is not coarser than the picture
_SHOWN: Around = (1.7, 0.9)  # what the reader wants to see around it
_INSIDE: Around = (-0.15, -0.12)  # what is compared: its rim is left out, behind it other things pass
_REACH: Around = (1.05, 0.58)  # where it is looked for, around the place where it is expected
_ALIKE = 0.6  # correlation from which a picture is taken to show the same
_SOFT = 1 / 32  # of its height, by which pictures are smoothed before they are compared
_STOP = (cv2.TERM_CRITERIA_EPS | cv2.TERM_CRITERIA_COUNT, 30, 1e-4)


@dataclass(frozen=True, slots=True, eq=False)
class Fused:
    """The picture made of ``pictures`` others, and the place of the plate in it."""

    picture: Picture
    place: Place
    pictures: int


def fused(picture: Picture, place: Place, others: Iterable[tuple[Picture, Floats]]) -> Fused | None:
    """A place and the same plate in other pictures, averaged; None where none of them shows the same.

    ``others``: pictures, each with the corners (4, 2) between which the plate is expected there.
    """
    grid = _Grid(place)
    own = grid.to(place.corners)
    like = grid.soft(picture, own, _INSIDE)
    found = ((other, _laid(grid, like, other, grid.to(corners))) for other, corners in others)
    seen = [grid.seen(other, to, _SHOWN) for other, to in found if to is not None]
    if not seen:
        return None
    mean = np.mean([grid.seen(picture, own, _SHOWN), *seen], axis=0, dtype=np.float32)
    corners = grid.corners + np.array(_SHOWN, np.float32) * grid.high
    return Fused(np.asarray(mean.round(), np.uint8), replace(place, corners=corners), len(seen) + 1)


class _Grid:
    """The finer grid of a plate: its top left corner is (0, 0), its height ``high``."""

    def __init__(self, place: Place) -> None:
        wide, high = place.size
        self.high = int(np.clip(round(high), *_HIGH))
        self._wide = round(self.high * wide / max(high, 1e-3))
        right, low = self._wide, self.high
        self.corners = np.array([[0, 0], [right, 0], [right, low], [0, low]], np.float32)

    def to(self, corners: Floats) -> Matrix:
        """How the grid lies in a picture where the plate has these corners."""
        return np.asarray(cv2.getPerspectiveTransform(self.corners, ordered(corners)), np.float64)

    def shift(self, around: Around, back: bool = False) -> Matrix:
        """From the grid to what shows this much around it; or ``back``."""
        x, y = (share * self.high * (-1 if back else 1) for share in around)
        return np.array([[1, 0, x], [0, 1, y], [0, 0, 1]], np.float64)

    def seen(self, picture: Picture, to: Matrix, around: Around) -> Picture:
        """The plate on the grid, with this much around it."""
        size = (round(self._wide + 2 * around[0] * self.high), round(self.high * (1 + 2 * around[1])))
        flags, bend = cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP, to @ self.shift(around, back=True)
        shown = cv2.warpPerspective(picture, bend, size, flags=flags, borderMode=cv2.BORDER_REPLICATE)
        return np.asarray(shown, np.uint8)

    def soft(self, picture: Picture, to: Matrix, around: Around) -> Floats:
        """Its light, smoothed."""
        grey = cv2.cvtColor(self.seen(picture, to, around), cv2.COLOR_BGR2GRAY).astype(np.float32)
        return np.asarray(cv2.GaussianBlur(grey, (0, 0), _SOFT * self.high), np.float32)


def _laid(grid: _Grid, like: Floats, other: Picture, expected: Matrix) -> Matrix | None:
    """How the grid lies in another picture, begun where it is expected; None where it is not."""
    searched = grid.soft(other, expected, _REACH)
    _, _, _, (x, y) = cv2.minMaxLoc(cv2.matchTemplate(searched, like, cv2.TM_CCOEFF_NORMED))
    begun, everywhere = np.array([[1, 0, x], [0, 1, y]], np.float32), np.full(searched.shape, 255, np.uint8)
    try:
        alike, found = cv2.findTransformECC(like, searched, begun, cv2.MOTION_AFFINE, _STOP, everywhere, 1)
    except cv2.error:  # it did not converge
        return None
    if alike < _ALIKE:
        return None
    move = np.vstack([found, [0, 0, 1]])
    return np.asarray(expected @ grid.shift(_REACH, back=True) @ move @ grid.shift(_INSIDE), np.float64)
