"""Of what a place is made that differs from its scene: a thing, light, or the ground that a thing had hidden.

Headlights on a wall, an insect before the lens and a reflection change a picture without hiding it: the
texture of the scene stays where it was (so shadows are told, too: Jacques et al., "Background subtraction
and shadow detection in grayscale video sequences", SIBGRAPI 2005). Over bare ground there is no texture;
there the border tells: that of a thing is a step, that of light takes a good part of its size. Which of two
pictures holds the thing, its outline tells (see ``lasting``).
"""

from dataclasses import dataclass

import cv2
import numpy as np

from synopticon.values.frame import Plane
from synopticon.vision.lasting import border_of, outlined
from synopticon.vision.light import gradients
from synopticon.vision.planes import Bools, Floats, dilated, resized

SOLID = 128  # alpha that is the object
LARGEST = 128  # pixels of the side at which it is looked at
BLUR = 2.0  # pixels: what a Gaussian of this size takes away is fine texture
TEXTURE = 3.0  # grey levels (RMS) of fine texture below which nothing can show through
CLIPPED = 250  # a level that may have been brighter
REACH = 3  # pixels from a head at which nothing is taken that it may have a part in
FEWEST = 40  # pixels, of the inside or of the border, below which nothing is said
SHOWS = 0.7  # of the scene's texture under light, .85 and more; behind people .33 at most, a bag .16
SOFT = 4.0  # light has 1 to 3.5, people 9 and more, a bag 11


@dataclass(frozen=True, slots=True)
class Substance:
    """What pictures of an object say of it; NaN = nothing.

    ``shows``: how much of the scene's fine texture is still there, 0 behind a thing, 1 under light.
    ``steep``: the steepest rise at the border, as a share of the contrast, times the side of the object.
    ``drawn``: in which picture its outline is, 1 = where it is seen, -1 = in the empty scene.
    """

    shows: float = np.nan
    steep: float = np.nan
    drawn: float = np.nan

    @property
    def light(self) -> bool | None:
        """Whether it is light, or too much out of focus to be a thing of the scene; None = unknown."""
        if np.isnan(self.shows) and np.isnan(self.steep):
            return None
        return self.shows >= SHOWS or self.steep < SOFT


UNKNOWN = Substance()


def substance(seen: Plane, empty: Plane, alpha: Plane, hidden: Plane) -> Substance:
    """What one picture of an object says: ``seen``, the scene behind it in its light, and its matte.

    All are uint8 ``(h, w)``. Where ``hidden`` is not 0, heads are, and nothing is looked at.
    """
    step = max(alpha.shape) / LARGEST
    if step > 1:
        high, wide = (max(round(side / step), 1) for side in alpha.shape)
        seen, empty, alpha, hidden = (resized(p, high, wide) for p in (seen, empty, alpha, hidden))
    region, clear = alpha > SOLID, hidden == 0
    shown = dilated((~clear).astype(np.float32), 2 * REACH + 1) == 0
    own, border = region & shown, border_of(region) & shown
    if np.count_nonzero(border) < FEWEST or not own.any():
        return UNKNOWN
    a, b = (np.where(clear, p, p[own].mean()).astype(np.float32) for p in (seen, empty))
    return Substance(
        shows=_shows(a, b, own & (seen < CLIPPED)),
        steep=_steep(a - b, own, border) * float(np.sqrt(np.count_nonzero(region))),
        drawn=outlined(a, b, region, shown),
    )


def usual(rows: Floats) -> Substance:
    """What most pictures of an object say: the median of each column of ``(n, 3)``, as in ``Substance``."""
    return Substance(*(_median(column) for column in rows.T))


def _median(values: Floats) -> float:
    known = values[~np.isnan(values)]
    return float(np.median(known)) if len(known) else np.nan


def _shows(seen: Floats, empty: Floats, own: Bools) -> float:
    """The regression of the fine texture that is seen on that of the scene, well inside."""
    inside = cv2.erode(own.view(np.uint8), np.ones((5, 5), np.uint8)) > 0
    if np.count_nonzero(inside) < FEWEST:
        return np.nan
    fine, there = _fine(empty)[inside], _fine(seen)[inside]
    power = float(np.mean(fine**2))
    return float(np.mean(fine * there)) / power if power >= TEXTURE**2 else np.nan


def _fine(picture: Floats) -> Floats:
    return picture - np.asarray(cv2.GaussianBlur(picture, (0, 0), BLUR), np.float32)


def _steep(change: Floats, own: Bools, border: Bools) -> float:
    """How much of the contrast lies between two pixels at the border."""
    rise = dilated(np.hypot(*gradients(change)), 5)
    contrast = max(float(np.percentile(np.abs(change[own]), 90)), 1.0)
    return float(np.median(rise[border])) / contrast
