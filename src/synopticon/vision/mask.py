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
# A plate is at most .4 as wide as the box of its vehicle, so here at most 19 source pixels, less than 3 for
# each of its seven characters. Of labelled plates made smaller none could be read at 20 (docs/redact.md).
READABLE = 48.0  # source pixels: a vehicle whose box is less wide shows no plate that can be read
BESIDE = 1.0  # seconds before and after, in which a vehicle that was, or will be, as wide as that counts, too
# Shares of a vehicle's box, from its top and from either side, in which no plate is, by its width / height.
# Not wider than tall it is a front or a back that faces the camera, from above: the plate is low and not at
# the side. Wide it is seen from the side as well, and the plate is near one end.
SHAPES = (0.8, 1.0, 1.5)
PLATE_TOP = (0.6, 0.4, 0.4)
PLATE_SIDE = (0.18, 0.08, 0.03)
SLIM = 0.55  # width / height of somebody, if no model named it: 20 walkers had .33 to .49, cars .62 and more

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


def plate_zones(track: Track, k: int, margin: Margin = CUT_OUT, slim: float = SLIM) -> Boxes:
    """Where the plate may be in sample ``k`` of a track: float32 ``(m, 4)`` xyxy source pixels, m 0 or 1.

    Nowhere in what carries none, where it is too small to be read, and in what no model named and is less
    than ``slim`` times as wide as tall.
    """
    none = np.zeros((0, 4), np.float32)
    if track.label not in PLATED or _sides(track, k, BESIDE)[:, 0].max() < READABLE:
        return none
    width, height = _sides(track, k, WINDOW).T
    shape = float(np.median(width / np.maximum(height, 1e-6)))
    if track.label == "object" and shape < slim:
        return none
    return plate_zone(track.label, track.boxes[k], shape, margin)


def plate_zone(label: str, box: Boxes, shape: float, margin: Margin = CUT_OUT) -> Boxes:
    """Where the plate may be in one box ``(4,)``, float32 ``(1, 4)``; ``shape``: its usual width / height."""
    x1, y1, x2, y2 = (float(c) for c in box)
    shape = max(shape, 1.0) if label == "motorcycle" else shape
    side = float(np.interp(shape, SHAPES, PLATE_SIDE)) * (x2 - x1) - margin.pixels
    top = y1 + float(np.interp(shape, SHAPES, PLATE_TOP)) * (y2 - y1)
    down = margin.share * (y2 - y1) + margin.pixels
    return np.array([[x1 + side, top, x2 - side, y2 + down]], np.float32)


def _share(label: str, width: float, height: float) -> float:
    """How much of the box, from its top, the head may take."""
    if label == "object":
        return HEAD_UNSURE
    if width > height:
        return HEAD_LOW
    return float(np.interp(width / height, (ALONE, SEVERAL), (HEAD, HEAD_UNSURE)))


def _sides(track: Track, k: int, seconds: float) -> Boxes:
    """Width and height ``(n, 2)`` of a track's boxes at most so far from sample ``k``; source pixels."""
    first, stop = np.searchsorted(track.times, (track.times[k] - seconds, track.times[k] + seconds))
    near = track.boxes[first : max(stop, k + 1)]
    return near[:, 2:] - near[:, :2]


def _usual_height(track: Track, k: int) -> float:
    """How tall an object is when it is alone: the least height both before and after; source pixels.

    Both, because somebody who comes into the picture, or leaves it, is not joined by anybody.
    """
    first, stop = np.searchsorted(track.times, (track.times[k] - WINDOW, track.times[k] + WINDOW))
    heights = track.boxes[first : max(stop, k + 1), 3] - track.boxes[first : max(stop, k + 1), 1]
    middle = k - int(first)
    return float(max(heights[: middle + 1].min(), heights[middle:].min()))
