"""How a track moves: from its boxes alone, once a track, without pixels.

All places are those of its foot, the middle of the lower edge of the box: that is where it stands on the
ground. Rates are taken over about a second, so that the jitter of boxes is no movement.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from synopticon.values.track import Track
from synopticon.values.traits import PATH_POINTS

Numbers = NDArray[np.float64]

WINDOW = 0.5  # seconds before and after, over which a place is averaged and a speed is taken
NOWHERE = 0.5  # of its own size: who ends nearer than this to where it began has gone nowhere
STILL = 0.15  # of its own size in a second: slower is standing
PLACE = 0.15  # of its own size: nearer than this to where it stands it stands there still
BREAK = 0.6  # seconds of movement that do not end a stop
STRIDE = 0.5  # of its own size: turns are seen in steps of this length


@dataclass(frozen=True, slots=True, eq=False)
class Movement:
    """See ``Traits``: ``heading``, ``turned`` degrees, ``speed`` picture heights a second, ``stopped`` s.

    ``path`` uint16 ``(PATH_POINTS, 2)``, ``size`` the median width and height as shares of the picture's.
    """

    heading: float
    turned: float
    speed: float
    stopped: float
    path: NDArray[np.uint16]
    size: tuple[float, float]


def movement(track: Track, width: int, height: int) -> Movement:
    """How a track moves in a picture of ``width`` x ``height`` pixels."""
    times = track.times
    foot, sides = places(track)
    own = max(float(np.median(np.sqrt(sides.prod(axis=1)))), 1.0)
    speed = speeds(foot, times)
    return Movement(
        heading=_heading(foot, own),
        turned=_turned(foot, own),
        speed=float(np.median(speed)) / height,
        stopped=_longest(standing(track, speed < STILL * own, own), times),
        path=_path(foot, times, np.array([width, height], np.float64)),
        size=(float(np.median(sides[:, 0])) / width, float(np.median(sides[:, 1])) / height),
    )


def places(track: Track) -> tuple[Numbers, Numbers]:
    """The foot of each sample, smoothed, and the width and height of its box, pixels."""
    boxes = track.boxes.astype(np.float64)
    foot = np.stack([(boxes[:, 0] + boxes[:, 2]) / 2, boxes[:, 3]], axis=1)
    first, stop = _around(track.times)
    sums = np.concatenate([np.zeros((1, 2)), np.cumsum(foot, axis=0)])
    smooth = (sums[stop] - sums[first]) / (stop - first)[:, None]
    return smooth, np.maximum(boxes[:, 2:] - boxes[:, :2], 1.0)


def _around(times: Numbers) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """First and last + 1 of the samples about each: as many before as after, so that its place is kept."""
    at = np.arange(len(times))
    before = at - np.searchsorted(times, times - WINDOW - 1e-9)
    after = np.searchsorted(times, times + WINDOW + 1e-9) - 1 - at
    reach = np.minimum(before, after)
    return at - reach, at + reach + 1


def speeds(foot: Numbers, times: Numbers) -> Numbers:
    """Pixels a second at each sample."""
    if len(times) < 2:
        return np.zeros(len(times))
    first = np.searchsorted(times, times - WINDOW - 1e-9)
    last = np.searchsorted(times, times + WINDOW + 1e-9) - 1
    last = np.maximum(last, np.minimum(first + 1, len(times) - 1))
    first = np.minimum(first, last - 1)
    way = np.hypot(*(foot[last] - foot[first]).T)
    return np.asarray(way / np.maximum(times[last] - times[first], 1e-6))


def standing(track: Track, still: NDArray[np.bool_], own: float) -> NDArray[np.bool_]:
    """The samples in which it stands: the ``still`` ones, and those beside them in the same place.

    Places are averaged and speeds taken over a second, so that the ends of a stop look like movement.
    """
    raw = np.stack([(track.boxes[:, 0] + track.boxes[:, 2]) / 2, track.boxes[:, 3]], axis=1).astype(
        np.float64
    )
    stands = still.copy()
    edges = np.flatnonzero(np.diff(np.concatenate([[0], still.astype(np.int8), [0]])))
    for first, stop in edges.reshape(-1, 2).tolist():
        place = np.median(raw[first:stop], axis=0)
        away = np.flatnonzero(np.hypot(*(raw - place).T) > PLACE * own)
        before, after = away[away < first], away[away >= stop]
        stands[int(before.max(initial=-1)) + 1 : first] = True
        stands[stop : int(after.min(initial=len(raw)))] = True
    return stands


def _heading(foot: Numbers, own: float) -> float:
    """Degrees from where it began to where it ended, 0 = right, 90 = up; NaN where it goes nowhere."""
    dx, dy = foot[-1] - foot[0]
    return float(np.degrees(np.arctan2(-dy, dx))) if np.hypot(dx, dy) >= NOWHERE * own else float("nan")


def _turned(foot: Numbers, own: float) -> float:
    """The sum of its turns, degrees, left and right alike."""
    steps = np.diff(_strides(foot, STRIDE * own), axis=0)
    if len(steps) < 2:
        return 0.0
    turns = np.diff(np.arctan2(-steps[:, 1], steps[:, 0]))
    return float(np.degrees(np.abs((turns + np.pi) % (2 * np.pi) - np.pi).sum()))


def _strides(foot: Numbers, length: float) -> Numbers:
    """The places of a path that lie ``length`` pixels apart along it."""
    way = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(foot, axis=0).T))])
    marks = np.arange(0.0, way[-1] + 1e-9, max(length, 1e-6))
    return np.stack([np.interp(marks, way, foot[:, k]) for k in (0, 1)], axis=1)


def _longest(still: NDArray[np.bool_], times: Numbers) -> float:
    """Seconds of the longest stretch in which it stands, short breaks included."""
    edges = np.diff(np.concatenate([[0], still.astype(np.int8), [0]]))
    begin, end = times[np.flatnonzero(edges == 1)], times[np.flatnonzero(edges == -1) - 1]
    if not len(begin):
        return 0.0
    apart = np.concatenate([[True], begin[1:] - end[:-1] > BREAK])
    lasts = end[np.concatenate([np.flatnonzero(apart)[1:] - 1, [len(end) - 1]])]
    return float(np.max(lasts - begin[apart]))


def _path(foot: Numbers, times: Numbers, size: Numbers) -> NDArray[np.uint16]:
    """The foot at so many times equally apart, 0..65535 over the picture."""
    marks = np.linspace(times[0], times[-1], PATH_POINTS)
    places = np.stack([np.interp(marks, times, foot[:, k]) for k in (0, 1)], axis=1) / size
    return np.asarray(np.rint(np.clip(places, 0, 1) * 65535), np.uint16)
