"""A track: one object's boxes through time."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from synopticon.values.detection import Boxes


@dataclass(frozen=True, slots=True, eq=False)
class Track:
    """One object's boxes, one for each decoded frame from its first to its last.

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


@dataclass(frozen=True, slots=True)
class Dropped:
    """An object that was found and is not shown, with the reason."""

    id: str
    label: str
    file: int
    start: float  # seconds on the footage's timeline
    end: float
    reason: str
