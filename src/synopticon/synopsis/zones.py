"""The zones that are filled at a moment: heads and plates of all tracks, shown or not."""

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from synopticon.values.track import Track
from synopticon.vision.mask import head_zones, plate_zones


class Masks:
    """The zones to fill in any frame: of all tracks, held a little before and after each."""

    def __init__(self, tracks: Sequence[Track], hold: float) -> None:
        self._tracks = sorted(tracks, key=lambda t: t.start)
        self._starts = np.array([t.start - hold for t in self._tracks])
        self._ends = np.maximum.accumulate(np.array([t.end + hold for t in self._tracks] or [0.0]))
        self._hold = hold

    def touching(self, box: NDArray[np.float32], time: float) -> NDArray[np.float32]:
        """Zones at this time that touch a box xyxy, float32 ``(m, 4)``."""
        zones = np.array(self.at(time), np.float32).reshape(-1, 4)
        apart = (zones[:, :2] >= box[2:]).any(axis=1) | (zones[:, 2:] <= box[:2]).any(axis=1)
        return zones[~apart]

    def at(self, time: float) -> list[tuple[int, int, int, int]]:
        """Zones ``x1, y1, x2, y2`` in source pixels at a time of the timeline."""
        last = int(np.searchsorted(self._starts, time, side="right"))
        first = int(np.searchsorted(self._ends[:last], time, side="left"))
        return [
            zone for t in self._tracks[first:last] if time <= t.end + self._hold for zone in _zones(t, time)
        ]


def _zones(track: Track, time: float) -> Iterator[tuple[int, int, int, int]]:
    """Zones of the samples around ``time``: where times do not agree exactly both neighbours are filled."""
    after = int(np.searchsorted(track.times, time - 1e-6))
    near = {min(max(k, 0), len(track) - 1) for k in (after, after - 1)}
    if after < len(track) and abs(track.times[after] - time) < 1e-4:
        near = {after}
    for k in sorted(near):
        for x1, y1, x2, y2 in (*head_zones(track, k), *plate_zones(track, k)):
            yield int(np.floor(x1)), int(np.floor(y1)), int(np.ceil(x2)), int(np.ceil(y2))
