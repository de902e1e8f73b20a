"""How stiff and box-like an object's outline is: what tells a vehicle that no model named from a walker.

Legs and arms make the outline of somebody who walks hollow; a body of sheet metal fills its convex hull, and
seen from above almost its rectangle ("solidity" and "rectangularity": Rosin, "Measuring shape: ellipticity,
rectangularity, and triangularity", Machine Vision and Applications 14, 2003).
"""

import cv2
import numpy as np
from numpy.typing import NDArray

from synopticon.values.frame import Plane

Floats = NDArray[np.float32]

SOLID = 128  # alpha that is the object
FEWEST = 150  # pixels below which an outline has no shape
SAMPLES = 5  # of an object that must show its outline whole
FILLED = 0.93  # of the convex hull, from which it is stiff; walkers measured reach .88, cars from above .95
SQUARE = 0.78  # of the smallest rectangle; walkers .73, cars from above .82 and more
LONG = (1.2, 2.6)  # length over width of a car seen from above
UNKNOWN = (np.nan, np.nan, np.nan)


def outline(alpha: Plane) -> tuple[float, float, float]:
    """Shares of its hull and smallest rectangle that the largest piece fills, and its length over width.

    All NaN where it is too small.
    """
    mask = cv2.threshold(alpha, SOLID, 255, cv2.THRESH_BINARY)[1]
    pieces, _ = cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    area, piece = max(
        ((cv2.contourArea(p), p) for p in pieces), key=lambda found: found[0], default=(0.0, None)
    )
    if piece is None or area < FEWEST:
        return UNKNOWN
    width, height = cv2.minAreaRect(piece)[1]
    hull = cv2.contourArea(cv2.convexHull(piece))
    return area / hull, area / (width * height), max(width, height) / min(width, height)


def stiff(outlines: Floats) -> bool:
    """Whether outlines ``(n, 3)`` of one object, NaN where unknown, are those of a car from above."""
    known = outlines[~np.isnan(outlines).any(axis=1)]
    if len(known) < SAMPLES:
        return False
    filled, square, long = np.median(known, axis=0).tolist()
    return bool(filled >= FILLED and square >= SQUARE and LONG[0] <= long <= LONG[1])
