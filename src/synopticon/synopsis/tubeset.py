"""Tube sets: many tubes on one frame grid, from the program's own tracks."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from synopticon.values.plan import TubeSet
from synopticon.values.track import Track


def sample_index(track: Track, fps: float) -> NDArray[np.int64]:
    """For each frame of a grid of ``fps`` frames a second, the index of the track's nearest sample.

    Grid frame k lies at ``track.times[0] + k / fps`` seconds; the last is the one nearest to the last sample.
    Returns int64 ``(m,)``, m >= 1, never decreasing.
    """
    times = track.times - track.times[0]
    frames = int(np.floor(times[-1] * fps + 0.5)) + 1
    middles = (times[1:] + times[:-1]) / 2
    return np.searchsorted(middles, np.arange(frames) / fps, side="right").astype(np.int64)


def tube_set(tracks: Sequence[Track], fps: float, width: int, height: int) -> TubeSet:
    """The tracks resampled to a frame grid; groups are unknown (-1), ``length`` ends with the last track.

    ``fps`` is the grid's rate, ``width`` and ``height`` the picture's size in pixels. Row k of a tube is the
    track's sample nearest to ``times[0] + k / fps``; the tube starts at frame ``times[0] * fps``, rounded.
    """
    picks = [sample_index(t, fps) for t in tracks]
    boxes = [t.boxes[p] for t, p in zip(tracks, picks, strict=True)]
    starts = np.array([int(np.floor(t.times[0] * fps + 0.5)) for t in tracks], np.int64)
    lengths = np.array([len(p) for p in picks], np.int64)
    return TubeSet(
        ids=tuple(t.id for t in tracks),
        offsets=np.concatenate([np.zeros(1, np.int64), np.cumsum(lengths)]),
        starts=starts,
        boxes=np.concatenate([*boxes, np.zeros((0, 4), np.float32)]).astype(np.float32),
        groups=np.full(len(tracks), -1, np.int32),
        width=width,
        height=height,
        fps=fps,
        length=int((starts + lengths).max(initial=0)),
    )
