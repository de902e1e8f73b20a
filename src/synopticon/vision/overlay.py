"""Restless pixels: a drawn clock, or anything that flips between the same values in place, again and again.

What passes is of many colours and goes on; a drawn digit is there or not, in the same place and of the same
colour each time.
"""

import numpy as np

from synopticon.vision.planes import Bools, Floats, closed, regions

CHANGED = 20.0  # grey levels: drawn text is meant to be read
FLIPS = 3  # times a pixel must come and go
SAME = 12.0  # grey levels that the drawn colour may vary
RING = 6  # pixels around a drawn digit that stay as they are while it changes
LINE = 6  # times its height that a line of text is taken to go on to both sides of a digit that flips


def restless_pixels(alike: Floats, level: Floats, noise: Floats) -> Bools:
    """Pixels to which no object is owed, bool ``(h, w)``, from samples ``(k, h, w)`` of one light."""
    changed = np.abs(alike - level) > np.maximum(CHANGED, 4 * noise)
    flips = np.count_nonzero(np.diff(changed, axis=0, prepend=False) & changed, axis=0)
    count = np.maximum(np.count_nonzero(changed, axis=0), 1)
    mean = np.sum(alike, axis=0, where=changed) / count
    spread = np.sqrt(np.sum(np.square(alike - mean), axis=0, where=changed) / count)
    drawn = (flips >= max(FLIPS, 0.06 * len(alike))) & (spread < SAME)
    return _lines(drawn, changed)


def _lines(drawn: Bools, changed: Bools) -> Bools:
    """Compact clusters of drawn pixels that change alone, widened along their line of text."""
    height, width = drawn.shape
    _, stats = regions(closed(drawn.astype(np.uint8), 5, 5))
    out = np.zeros_like(drawn)
    for x, y, w, h, area in stats[1:].tolist():
        if area < 6 or h > 0.1 * height or w > 0.2 * width or not _alone(changed, x, y, w, h):
            continue
        reach = LINE * h
        out[max(y - 2, 0) : y + h + 2, max(x - reach, 0) : min(x + w + reach, width)] = True
    return out


def _alone(changed: Bools, x: int, y: int, w: int, h: int) -> bool:
    """Whether what is around a box stays as it is while the box changes."""
    top, left = max(y - RING, 0), max(x - RING, 0)
    around = changed[:, top : y + h + RING, left : x + w + RING]
    inner = changed[:, y : y + h, x : x + w]
    inside = np.count_nonzero(inner, axis=(1, 2))
    outside = np.count_nonzero(around, axis=(1, 2)) - inside
    active = inside > 0.1 * w * h
    ring = around[0].size - w * h
    return bool(np.count_nonzero(active) >= FLIPS and np.quantile(outside[active] / ring, 0.8) < 0.1)
