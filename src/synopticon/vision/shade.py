"""Shadows and reflections: the ground itself, in more or less light."""

import numpy as np

from synopticon.compiled import compiled
from synopticon.values.frame import Plane
from synopticon.vision.planes import Bools, Floats

REACH = 3  # pixels to each side across which the texture of the ground must be the same
ALIKE = 0.75  # correlation of texture
CHROMA = 9.0  # levels of u and v together that a shadow may change
DARKEST, BRIGHTEST = 0.5, 1.35  # what a shadow, a reflection leave of the light
STEP = 4  # the white balance is taken from so many pixels across and down
_GREY = 128.0


def solid_where(
    seen: Floats,
    expected: Floats,
    colour: tuple[Plane, Plane],
    bare: tuple[Floats, Floats],
    changed: Bools,
    rough: Floats,
) -> Bools:
    """The ``changed`` pixels where something stands before the ground, bool of analysis size.

    ``seen`` and ``expected`` are the luma of the frame and of the background in the frame's light, ``colour``
    u and v of the frame (uint8), ``bare`` those of the background (float32, 0 = grey), ``rough`` how much the
    ratio to the background may vary. A shadow scales what is below it: the ratio is even in a small window,
    or the texture is the same; the ratio is not extreme; and the colour stays, but for what the white balance
    did to all of the picture (Rosin and Ellis, BMVC 1995; Horprasert, Harwood and Davis, FRAME-RATE workshop
    1999; Jacques, Jung and Musse, SIBGRAPI 2005).
    """
    solid: Bools = _solid_where(seen, expected, *colour, *bare, changed, rough)
    return solid


@compiled()
def _solid_where(seen, expected, u, v, bare_u, bare_v, changed, rough):  # type: ignore[no-untyped-def]
    height, width = seen.shape
    balance_u, balance_v = _balance(seen, expected, u, v, bare_u, bare_v, changed)
    out = np.zeros((height, width), np.bool_)
    for y in range(height):
        for x in range(width):
            if not changed[y, x]:
                continue
            total = squares = colour = np.float32(0)
            for down in range(-1, 2):
                j = min(max(y + down, 0), height - 1)
                for across in range(-1, 2):
                    i = min(max(x + across, 0), width - 1)
                    ratio = _ratio(seen[j, i], expected[j, i])
                    total += ratio
                    squares += ratio * ratio
                    # Less light makes colours paler in proportion.
                    colour += abs(u[j, i] - np.float32(_GREY) - bare_u[j, i] * ratio - balance_u)
                    colour += abs(v[j, i] - np.float32(_GREY) - bare_v[j, i] * ratio - balance_v)
            mean = total / np.float32(9)
            out[y, x] = True
            if colour >= np.float32(9 * CHROMA) or not (DARKEST < mean < BRIGHTEST):
                continue
            limit = rough[y, x] * mean
            even = squares / np.float32(9) - mean * mean < limit * limit
            out[y, x] = not (even or _same_texture(seen, expected, y, x))
    return out


@compiled()
def _ratio(seen, expected):  # type: ignore[no-untyped-def]
    return (seen + np.float32(6)) / max(expected + np.float32(6), np.float32(1))


@compiled()
def _balance(seen, expected, u, v, bare_u, bare_v, changed):  # type: ignore[no-untyped-def]
    """Mean colour difference of what surely is background: what the white balance did."""
    sum_u = sum_v = 0.0
    count = 0
    for y in range(0, seen.shape[0], STEP):
        for x in range(0, seen.shape[1], STEP):
            if not changed[y, x]:
                ratio = _ratio(seen[y, x], expected[y, x])
                sum_u += u[y, x] - np.float32(_GREY) - bare_u[y, x] * ratio
                sum_v += v[y, x] - np.float32(_GREY) - bare_v[y, x] * ratio
                count += 1
    count = max(count, 1)
    return np.float32(sum_u / count), np.float32(sum_v / count)


@compiled()
def _same_texture(seen, expected, y, x):  # type: ignore[no-untyped-def]
    """Whether a textured ground shines through: its correlation with what is seen is high."""
    height, width = seen.shape
    a = b = ab = aa = bb = np.float32(0)
    for down in range(-REACH, REACH + 1):
        j = min(max(y + down, 0), height - 1)
        for across in range(-REACH, REACH + 1):
            i = min(max(x + across, 0), width - 1)
            s, e = seen[j, i], expected[j, i]
            a += s
            b += e
            ab += s * e
            aa += s * s
            bb += e * e
    n = np.float32((2 * REACH + 1) ** 2)
    a /= n
    b /= n
    covariance = ab / n - a * b
    variance = bb / n - b * b
    strong = covariance > ALIKE * np.sqrt(max((aa / n - a * a) * variance, np.float32(0)))
    return strong and variance > 36 and covariance > 0.3 * variance
