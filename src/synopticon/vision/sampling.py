"""Which pictures pass 0 looks at: key frames where there are enough, decoded pictures where there are not."""

from itertools import pairwise

import numpy as np

from synopticon.footage.read import key_times, open_reader
from synopticon.values.footage import Footage
from synopticon.values.frame import Frame
from synopticon.vision.motion import MotionSettings


def epochs(footage: Footage, settings: MotionSettings) -> list[tuple[float, float]]:
    """Equal stretches of the timeline, seconds, each of about ``settings.epoch``."""
    count = min(max(round(footage.duration / settings.epoch), 1), settings.max_epochs)
    borders = np.linspace(0.0, footage.duration, count + 1)
    return [(float(a), float(b)) for a, b in pairwise(borders)]


def sample(footage: Footage, start: float, end: float, settings: MotionSettings) -> list[Frame]:
    """Pictures of ``start``..``end`` spread as widely as possible, at most ``settings.samples``."""
    bytes_each = footage.width * footage.height * 3 // 2
    want = max(min(settings.samples, settings.sample_bytes // max(bytes_each, 1)), 9)
    slots = np.linspace(start, end, want + 1)
    keys = np.concatenate([*key_times(footage), np.zeros(0)])
    keys_here = keys[(keys >= start) & (keys < end)]
    filled = len(np.unique(np.searchsorted(slots, keys_here, side="right")))
    reader = open_reader(footage, start, end, keys_only=filled >= want // 2)
    picked: dict[int, Frame] = {}
    with reader:
        for frame in reader:
            slot = int(np.searchsorted(slots, frame.time, side="right"))
            if slot not in picked and not frame.corrupt and frame.y.shape == (footage.height, footage.width):
                picked[slot] = _own(frame)
    return list(picked.values())


def _own(frame: Frame) -> Frame:
    """A copy that does not hold the decoder's buffers."""
    y, u, v = (np.ascontiguousarray(p).copy() for p in (frame.y, frame.u, frame.v))
    return Frame(frame.file, frame.pts, frame.time, y, u, v, frame.key, frame.corrupt)
