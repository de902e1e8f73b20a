"""The empty scene of a camera as a picture that may leave: who stood in it for long is masked.

A background is learned from what most samples show. Whoever stood at one place for much of the time may have
become a part of it; so heads and plates are filled where one track held them for a quarter of the time, or
all tracks together for half of it.
"""

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from synopticon.synopsis.blend import Planes
from synopticon.synopsis.door import jpeg, masked
from synopticon.synopsis.zones import Masks
from synopticon.values.detection import Boxes
from synopticon.values.frame import Frame
from synopticon.values.scene import Background
from synopticon.values.track import Track

ONE, ALL = 0.25, 0.5  # of the scene's time, by one track and by all: less is outvoted by the empty place
_MOMENTS = 120  # at which is looked who is there
_CELL = 8  # source pixels


def standing(scene: Background, tracks: Sequence[Track], length: float) -> Boxes:
    """What may show a head or a plate in a scene of footage ``length`` seconds long: float32 ``(m, 4)`` xyxy.

    ``tracks``: all of the footage, whoever may be seen or not.
    """
    height, width = scene.y.shape
    held = np.zeros((-(-height // _CELL), -(-width // _CELL)), np.int64)
    filled = np.zeros(held.shape, np.bool_)
    start = max(scene.start, 0.0)
    times = np.linspace(start, max(start, min(scene.end, length)), _MOMENTS)
    for track in tracks:
        own, masks = np.zeros_like(held), Masks([track], 0.0)
        for time in times[(times >= track.start) & (times <= track.end)].tolist():
            here = np.zeros_like(held)
            for x1, y1, x2, y2 in np.maximum(masks.at(time), 0):
                here[y1 // _CELL : -(-y2 // _CELL), x1 // _CELL : -(-x2 // _CELL)] = 1
            own += here
        held, filled = held + own, filled | (own >= ONE * _MOMENTS)
    return np.array(list(_runs(filled | (held >= ALL * _MOMENTS))), np.float32).reshape(-1, 4)


def emptied(scene: Background, tracks: Sequence[Track], length: float) -> Planes:
    """The planes of a scene, with what ``standing`` tells filled."""
    return masked(Frame(0, 0, scene.start, scene.y, scene.u, scene.v), standing(scene, tracks, length))


def picture(
    scene: Background, tracks: Sequence[Track], length: float, coding: tuple[str, bool], side: int
) -> bytes:
    """The same as JPEG, its longer side ``side`` pixels; raises ``OutputError``.

    ``coding``: the colour matrix, and whether its range is full.
    """
    planes = emptied(scene, tracks, length)
    return jpeg(planes, *coding, side=side)


def _runs(cells: NDArray[np.bool_]) -> Iterator[tuple[int, int, int, int]]:
    """Boxes, in pixels, that cover these cells and nothing else: a run of a row each."""
    for row, line in enumerate(cells):
        edges = np.flatnonzero(np.diff(line, prepend=False, append=False))
        for first, last in edges.reshape(-1, 2).tolist():
            yield first * _CELL, row * _CELL, last * _CELL, (row + 1) * _CELL
