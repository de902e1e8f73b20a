"""What arranging takes and gives."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, eq=False)
class TubeSet:
    """Boxes of many tubes on one frame grid, tube after tube.

    Tube i owns rows ``offsets[i]:offsets[i+1]`` of ``boxes`` (float32 ``(sum, 4)`` xyxy pixels), one row a
    frame without holes; ``starts`` int64 ``(n,)`` is its first source frame; ``groups`` int32 ``(n,)``: tubes
    of one group move together (-1 = none known). ``length`` is the source's length in frames.
    """

    ids: tuple[str, ...]
    offsets: NDArray[np.int64]
    starts: NDArray[np.int64]
    boxes: NDArray[np.float32]
    groups: NDArray[np.int32]
    width: int
    height: int
    fps: float
    length: int

    def __len__(self) -> int:
        return len(self.ids)

    @property
    def lengths(self) -> NDArray[np.int64]:
        """Frames of each tube, int64 ``(n,)``."""
        return np.diff(self.offsets)


@dataclass(frozen=True, slots=True)
class Left:
    """A tube that the plan leaves out, with the reason."""

    id: str
    reason: str


@dataclass(frozen=True, slots=True)
class Plan:
    """When each tube is shown: ``starts[id]`` is its first synopsis frame."""

    fps: float
    length_frames: int
    starts: Mapping[str, int]
    left_out: tuple[Left, ...] = ()
    deterministic: bool = True
    effort: int = 0
    measures: Mapping[str, float | None] = field(default_factory=dict)
