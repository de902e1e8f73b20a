"""Restless pixels: a drawn clock, which flips in place, again and again, and shows no object.

A drawn digit is told from what passes by three things together: it comes and goes many times, its contrast is
that of text, and the lines above and below it never change.
"""

import numpy as np

from synopticon.vision.planes import Bools, Floats, closed, regions

CHANGED = 20.0  # grey levels
FLIPS = 3  # times a pixel must come and go, and
OFTEN = 0.06  # in this share of the samples
CONTRAST = 50.0  # grey levels: drawn text is meant to be read
STEADY = 0.02  # share of the pixels above and below a digit that may ever change
TALLEST, WIDEST = 0.1, 0.25  # of the picture
LINE = 6  # times its height that a line of text goes on to both sides of a digit that flips


def restless_pixels(alike: Floats, level: Floats) -> Bools:
    """Pixels where no object is to be looked for, bool ``(h, w)``.

    ``alike`` float32 ``(k, h, w)`` are samples of one light, registered, in time order; ``level`` is the
    empty scene.
    """
    apart = np.abs(alike - level)
    flipping = flips(apart > CHANGED) >= max(FLIPS, OFTEN * len(alike))
    height, width = level.shape
    out = np.zeros_like(flipping)
    _, stats = regions(closed(flipping.view(np.uint8), 5, 5))
    for x, y, w, h, _ in stats[1:].tolist():
        rows, columns = slice(y, y + h), slice(x, x + w)
        if h > TALLEST * height or w > WIDEST * width or min(h, w) < 4:
            continue
        inside = apart[:, rows, columns][:, flipping[rows, columns]]
        if np.quantile(inside, 0.9) > CONTRAST and _steady(apart, y, h, columns):
            reach = LINE * h
            out[max(y - 2, 0) : y + h + 2, max(x - reach, 0) : x + w + reach] = True
    return out


def flips(changed: Bools) -> np.ndarray[tuple[int, ...], np.dtype[np.intp]]:
    """How often each pixel starts to be changed along the samples, ``(h, w)``."""
    return np.asarray(np.count_nonzero(np.diff(changed, axis=0, prepend=False) & changed, axis=0))


def _steady(apart: Floats, y: int, h: int, columns: slice) -> bool:
    """Whether the lines just above and below stay as they are."""
    bands = (apart[:, max(y - 4, 0) : max(y - 2, 0), columns], apart[:, y + h + 2 : y + h + 4, columns])
    seen = np.concatenate([b.ravel() for b in bands])
    return bool(seen.size) and float(np.mean(seen > CHANGED * 0.6)) < STEADY
