"""Tracks composed from a few places and times, and the scene that rules see: truth that is exact."""

from itertools import count

import numpy as np

from synopticon.events.scene import Scene
from synopticon.values.track import Track

SIZE = (640, 480)
RATE = 10
_NUMBER = count()


def moves(*keys, label="person", size=(30, 80), id=None, rate=RATE):
    """A track whose foot is at ``(seconds, x, y)`` or ``(seconds, x, y, width, height)``, even in between."""
    rows = np.array([(*k, *size)[:5] for k in keys], np.float64)
    n = max(round((rows[-1, 0] - rows[0, 0]) * rate) + 1, 2)
    times = np.linspace(rows[0, 0], rows[-1, 0], n)
    x, y, wide, tall = (np.interp(times, rows[:, 0], rows[:, k]) for k in (1, 2, 3, 4))
    boxes = np.stack([x - wide / 2, y - tall, x + wide / 2, y], axis=1).astype(np.float32)
    pts = np.rint(times * 1000).astype(np.int64)
    name = id or f"track-{next(_NUMBER)}"
    return Track(name, label, 0.9, np.zeros(n, np.int32), pts, times, boxes, np.ones(n, np.bool_))


def scene(*tracks, seconds=120.0, **more):
    return Scene(*SIZE, seconds, tracks, **more)


def found(rule, *tracks, **more):
    """The events of a rule, in the order of their starts."""
    return sorted(rule.run(scene(*tracks, **more)), key=lambda e: e.start)
