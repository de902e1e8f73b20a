"""The light of a scene, seen on its own background: what must be taken off a colour before it gets a name.

The tint is that of what the scene shows most and brightest among all that may be grey (grey world, Buchsbaum,
"A spatial processor model for object colour perception", 1980; the bright count more: Finlayson and Trezzi,
"Shades of gray and colour constancy", CIC 2004). It is looked for from no tint at all outwards, by mean shift
(Comaniciu and Meer, TPAMI 24(5), 2002): a lawn or a wooden floor is too far away to be taken for grey. The
exposure is how bright the scene is on the whole. Each colour of light is then scaled (von Kries).
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from synopticon.values.scene import Background
from synopticon.vision.colour import from_yuv, linear, oklab
from synopticon.vision.planes import shrink

Floats = NDArray[np.float32]

REDUCED = 4  # the background is looked at in pictures of a quarter of the size
NEAR = 0.3  # logarithm of the ratios red / green, blue / green of light: how far grey may lie from grey
PASSES = 12
FEW = 0.01  # share of the scene that must be near to grey, or no tint is believed
FURTHEST = 0.8  # of the same, what is taken off at most
MIDDLE = 0.35  # light that the middle of a scene, between its median and its bright places, is brought to
SHADED = 0.4  # of the light, that a shadow on the ground leaves at least
LIT = 1.1  # of the light, that the ground may have more
COLOURED = 5.0  # levels of U, V by which something must differ where there is colour at all


@dataclass(frozen=True, slots=True, eq=False)
class Tone:
    """``gains`` float32 ``(3,)`` for linear R, G, B; ``spread``: how far its colours differ, levels of U, V.

    ``grey`` (u, v): the usual levels of U and V, from which a picture without colour hardly differs.
    """

    gains: Floats
    spread: float
    grey: tuple[float, float]


@lru_cache(maxsize=4)
def tone_of(background: Background, matrix: str, full_range: bool) -> Tone:
    """The light of a background whose levels are of the given matrix and range."""
    u, v = (shrink(p, REDUCED // 2).astype(np.float32) for p in (background.u, background.v))
    y = shrink(background.y, REDUCED).astype(np.float32)
    rows, columns = (min(a, b) for a, b in zip(y.shape, u.shape, strict=True))
    yuv = np.stack([p[:rows, :columns].ravel() for p in (y, u, v)], axis=1)
    light = linear(np.clip(from_yuv(yuv, matrix, full_range), 0, 1))
    grey = (float(np.median(u)), float(np.median(v)))
    apart = np.maximum(np.abs(yuv[:, 1] - grey[0]), np.abs(yuv[:, 2] - grey[1]))
    return Tone(_gains(light), float(np.percentile(apart, 99)), grey)


def _gains(light: Floats) -> Floats:
    """What brings the tint of the scene to grey and its brightness to the reference."""
    luma = light @ np.array([0.2126, 0.7152, 0.0722], np.float32)
    usable = (light.min(axis=1) > 0.002) & (light.max(axis=1) < 0.98)
    red, blue = _tint(light[usable], luma[usable]) if usable.any() else (0.0, 0.0)
    tint = np.exp(np.array([-red, 0.0, -blue], np.float32))
    tint /= float(tint @ np.array([0.2126, 0.7152, 0.0722], np.float32))
    low, high = np.percentile(luma, (50, 95))
    reference = max(float(np.sqrt(low * high)), 0.003)
    return np.asarray(tint * np.float32(MIDDLE / reference), np.float32)


def _tint(light: Floats, luma: Floats) -> tuple[float, float]:
    """Logarithms of red / green and blue / green of what should be grey."""
    ratios = np.log(light[:, (0, 2)] / light[:, 1:2])
    at, bright = np.zeros(2), np.sqrt(luma)
    for _ in range(PASSES):
        weight = bright * np.exp(-np.square(ratios - at).sum(axis=1) / (2 * NEAR**2))
        at = (weight[:, None] * ratios).sum(axis=0) / float(weight.sum() + FEW * bright.sum())
    red, blue = np.clip(at, -FURTHEST, FURTHEST)
    return float(red), float(blue)


def off_ground(light: Floats, ground: Floats, tone: Tone) -> Floats:
    """How far light ``(..., 3)`` is from that of the ground there, lit as it is or in a shadow; OKLab.

    Both after ``tone``. A shadow takes light away and leaves the colour (Horprasert, Harwood and Davis, "A
    statistical approach for real-time robust background subtraction and shadow detection", 1999).
    """
    raw, base = light / tone.gains, ground / tone.gains
    left = (raw * base).sum(axis=-1) / np.maximum(np.square(base).sum(axis=-1), 1e-4)
    shaded = ground * np.clip(left, SHADED, LIT)[..., None]
    return np.asarray(np.linalg.norm(oklab(light) - oklab(shaded), axis=-1), np.float32)
