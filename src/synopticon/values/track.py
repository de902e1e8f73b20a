"""A track: one object's boxes through time."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from synopticon.values.detection import Boxes


@dataclass(frozen=True, slots=True, eq=False)
class Track:
    """One object's boxes, one for each watched frame from its first to its last.

    Arrays of length n, in time order: ``file`` int32 (index into Footage.files), ``pts`` int64, ``times``
    float64 seconds on the footage's timeline, ``boxes`` float32 ``(n, 4)`` xyxy source pixels, ``observed``
    bool (False where the box was interpolated).
    """

    id: str  # first 12 hex digits of the file's SHA-256, start pts, ordinal: "45cddc949069-1200-0"
    label: str  # one of CLASSES
    score: float  # mean confidence of its detections, 0..1; motion alone: share of frames it moved in
    file: NDArray[np.int32]
    pts: NDArray[np.int64]
    times: NDArray[np.float64]
    boxes: Boxes
    observed: NDArray[np.bool_]

    def __post_init__(self) -> None:
        n = len(self.times)
        if not n or any(len(a) != n for a in (self.file, self.pts, self.boxes, self.observed)):
            raise ValueError(f"track {self.id}: arrays must be of one length, at least 1")

    def __len__(self) -> int:
        return len(self.times)

    @property
    def start(self) -> float:
        """Time of the first box, seconds."""
        return float(self.times[0])

    @property
    def end(self) -> float:
        """Time of the last box, seconds."""
        return float(self.times[-1])

    def at(self, times: NDArray[np.float64]) -> Boxes:
        """Boxes at other times (seconds), interpolated; float32 ``(len(times), 4)``."""
        columns = [np.interp(times, self.times, self.boxes[:, k]) for k in range(4)]
        return np.stack(columns, 1).astype(np.float32)

    def per_frame(self, rate: float) -> tuple[NDArray[np.int64], Boxes]:
        """Numbers (from 0, counted at ``rate`` Hz from time 0) of all frames it spans, and its boxes there.

        The box of a watched frame is its own, that of a frame between two watched ones is interpolated.
        """
        known = np.rint(self.times * rate).astype(np.int64)
        frames = np.arange(known[0], known[-1] + 1)
        columns = [np.interp(frames, known, self.boxes[:, k]) for k in range(4)]
        return frames, np.stack(columns, 1).astype(np.float32)


@dataclass(frozen=True, slots=True)
class Dropped:
    """An object that was found and is not shown, with the reason."""

    id: str
    label: str
    file: int
    start: float  # seconds on the footage's timeline
    end: float
    reason: str
