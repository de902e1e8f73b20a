"""Shadows and reflections: the ground itself, in more or less light."""

import numpy as np

from synopticon.vision.planes import Bools, Floats, blurred

WINDOW = 7  # pixels across which the texture of the ground must be the same
ALIKE = 0.75  # correlation of texture
CHROMA = 9.0  # levels of u and v together that a shadow may change
DARKEST, BRIGHTEST = 0.5, 1.35  # what a shadow, a reflection leave of the light


def shaded(
    seen: Floats,
    expected: Floats,
    colour: tuple[Floats, Floats],
    bare: tuple[Floats, Floats],
    still: Bools,
    rough: Floats,
) -> Bools:
    """Pixels where the ground itself is seen, bool of analysis size.

    ``seen`` and ``expected`` are the luma of the frame and of the background in the frame's light,
    ``colour`` and ``bare`` u and v of the frame and of the background (0 = grey), ``still`` what surely
    is background, ``rough`` how much the ratio may vary. A shadow scales what is below it: the ratio to
    the background is even in a small window, or the texture is the same; the ratio is not extreme; and
    the colour stays (Rosin and Ellis, BMVC 1995; Horprasert, Harwood and Davis, FRAME-RATE workshop 1999;
    Jacques, Jung and Musse, SIBGRAPI 2005).
    """
    ratio: Floats = (seen + np.float32(6)) / np.maximum(expected + np.float32(6), np.float32(1))
    mean = blurred(ratio)
    spread = blurred(ratio * ratio) - mean * mean
    even = spread < np.square(rough * mean)
    # Less light makes colours paler in proportion.
    u, v = (_apart(a - b * ratio, still) for a, b in zip(colour, bare, strict=True))
    grey = blurred(u + v) < CHROMA
    lit = (mean > DARKEST) & (mean < BRIGHTEST)
    shade: Bools = even & grey & lit
    window = _window(~shade & ~still & grey & lit)
    shade[window] |= _same_texture(seen[window], expected[window]) & (grey & lit)[window]
    return shade


def _window(unsure: Bools) -> tuple[slice, slice]:
    """Rows and columns that hold the pixels still to be judged; only they are worth the dear test."""
    rows, columns = np.flatnonzero(unsure.any(axis=1)), np.flatnonzero(unsure.any(axis=0))
    if not rows.size:
        return slice(0, 0), slice(0, 0)
    near = WINDOW // 2
    top, left = max(int(rows[0]) - near, 0), max(int(columns[0]) - near, 0)
    return slice(top, int(rows[-1]) + near + 1), slice(left, int(columns[-1]) + near + 1)


def _apart(difference: Floats, still: Bools) -> Floats:
    """Size of a colour difference, apart from what the white balance did to all of the picture."""
    sample = difference[::4, ::4][still[::4, ::4]]
    away: Floats = np.abs(difference - np.float32(sample.mean() if sample.size else 0))
    return away


def _same_texture(seen: Floats, expected: Floats) -> Bools:
    """Where a textured ground shines through: its correlation with what is seen is high."""
    if not seen.size:
        return np.zeros(seen.shape, np.bool_)
    a, b = blurred(seen, WINDOW), blurred(expected, WINDOW)
    covariance = blurred(seen * expected, WINDOW) - a * b
    seen_variance = blurred(seen * seen, WINDOW) - a * a
    variance = blurred(expected * expected, WINDOW) - b * b
    strong = covariance > ALIKE * np.sqrt(np.maximum(seen_variance * variance, 0))
    same: Bools = strong & (variance > 36) & (covariance > 0.3 * variance)
    return same
