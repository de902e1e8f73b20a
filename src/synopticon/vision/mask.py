"""The one mask hook: where in a box the head is, and where the plate; filled before a picture is stored.

This is plain geometry that must also hold when no model is there: the top of everything that may be a person
is filled, and the lower part of everything that may be a vehicle. See ``docs/tubes.md`` for the choices.
"""

from dataclasses import dataclass

import numpy as np

from synopticon.values.detection import Boxes
from synopticon.values.track import Track

HEAD = 0.19  # share of a standing person's box, from its top, that holds head and neck
HEAD_UNSURE = 0.28  # the same where the box may hold several people, or is only what moved
ALONE, SEVERAL = 0.42, 0.52  # width / height from which a box may hold several, and from which it may well
HEAD_LOW = 0.55  # the same where the box is wider than tall: bent, sitting, lying
CERTAINLY_NO_PERSON = 2.5  # times wider than tall: what only moves is no person or small group
MASKED = frozenset({"person", "bicycle", "motorcycle", "object"})  # a rider counts with the vehicle

PLATED = frozenset({"car", "bus", "truck", "motorcycle", "object"})  # what may carry a number plate
PLATE_TOP = 0.4  # share of a vehicle's box, from its top, above which no plate is
PLATE_SIDE = 0.06  # share of it beside which no plate is, on either side
PLATE_LOW = 0.6  # the same of what no model named and is upright: a car seen from above, or somebody
UPRIGHT = 0.8  # times as wide as tall

WINDOW = 4.0  # seconds before and after, in which an object is seen as tall as it is
TALLER = 1.25  # times as tall it holds somebody else too, and the head may be further down
JOINED = 0.42  # share of its usual height, from where its top would be, that is hidden then


@dataclass(frozen=True, slots=True)
class Margin:
    """How far a zone reaches beyond the box to the sides and above: a head may lean out of a box that lags.

    ``share`` of the box's side and ``pixels`` of the source; to the left and right ``aside`` times as far.
    The default covers all of the margin that is cut out with an object.
    """

    share: float = 0.16
    pixels: float = 6.0
    aside: float = 1.0


CUT_OUT = Margin()


def head_zones(track: Track, k: int, margin: Margin = CUT_OUT) -> Boxes:
    """Zones to fill in sample ``k`` of a track: float32 ``(m, 4)`` xyxy source pixels, m may be 0."""
    return head_zone(track.label, track.boxes[k], margin, _usual_height(track, k))


def head_zone(label: str, box: Boxes, margin: Margin = CUT_OUT, usual: float = np.inf) -> Boxes:
    """The zone of one box ``(4,)``, float32 ``(m, 4)``, m 0 or 1; ``usual``: its height when it is alone."""
    x1, y1, x2, y2 = (float(c) for c in box)
    width, height = x2 - x1, y2 - y1
    if label not in MASKED or (label == "object" and width > CERTAINLY_NO_PERSON * height):
        return np.zeros((0, 4), np.float32)
    side = margin.aside * (margin.share * width + margin.pixels)
    up = margin.share * height + margin.pixels
    down = _share(label, width, height) * height + 1
    if height > TALLER * usual:
        down = max(down, height - (1 - JOINED) * usual)
    return np.array([[x1 - side, y1 - up, x2 + side, y1 + down]], np.float32)


def plate_zones(track: Track, margin: Margin = CUT_OUT) -> Boxes:
    """Where the plate may be in each sample of a track: ``(n, 4)`` source pixels, n 0 for what has none."""
    if track.label not in PLATED:
        return np.zeros((0, 4), np.float32)
    width, height = (track.boxes[:, 2:] - track.boxes[:, :2]).T
    upright = float(np.median(width / np.maximum(height, 1e-6))) < UPRIGHT
    return lower_parts(track.boxes, PLATE_LOW if track.label == "object" and upright else PLATE_TOP, margin)


def lower_parts(boxes: Boxes, top: float, margin: Margin) -> Boxes:
    """Of each box of a vehicle what lies below ``top``, a share of its height: ``(n, 4)`` for ``(n, 4)``."""
    x1, y1, x2, y2 = boxes.T
    side = PLATE_SIDE * (x2 - x1) - margin.pixels
    upper, down = y1 + top * (y2 - y1), margin.share * (y2 - y1) + margin.pixels
    return np.stack([x1 + side, upper, x2 - side, y2 + down], 1).astype(np.float32)


def _share(label: str, width: float, height: float) -> float:
    """How much of the box, from its top, the head may take."""
    if label == "object":
        return HEAD_UNSURE
    if width > height:
        return HEAD_LOW
    return float(np.interp(width / height, (ALONE, SEVERAL), (HEAD, HEAD_UNSURE)))


def _usual_height(track: Track, k: int) -> float:
    """How tall an object is when it is alone: the least height both before and after; source pixels.

    Both, because somebody who comes into the picture, or leaves it, is not joined by anybody.
    """
    first, stop = np.searchsorted(track.times, (track.times[k] - WINDOW, track.times[k] + WINDOW))
    heights = track.boxes[first : max(stop, k + 1), 3] - track.boxes[first : max(stop, k + 1), 1]
    middle = k - int(first)
    return float(max(heights[: middle + 1].min(), heights[middle:].min()))
