"""Which pictures pass 0 looks at: key frames where there are enough, decoded pictures where there are not."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from synopticon.footage.read import key_times, open_reader
from synopticon.values.footage import Footage
from synopticon.values.frame import Frame, Plane
from synopticon.vision.motion import MotionSettings

FEWEST = 9  # pictures of an epoch, however large they are
SPARSE = 20  # pictures of an epoch, however many epochs there are


@dataclass(frozen=True, slots=True, eq=False)
class Pictures:
    """Sampled pictures in time order: ``times`` (k,) seconds, ``y`` (k, h, w), ``u``, ``v`` at half size."""

    times: NDArray[np.float64]
    y: Plane
    u: Plane
    v: Plane

    def __len__(self) -> int:
        return len(self.times)

    def __getitem__(self, part: slice) -> "Pictures":
        return Pictures(self.times[part], self.y[part], self.u[part], self.v[part])


def epochs(footage: Footage, settings: MotionSettings) -> list[tuple[float, float]]:
    """Equal stretches of the timeline, seconds, each of about ``settings.epoch``."""
    count = min(max(round(footage.duration / settings.epoch), 1), settings.max_epochs)
    borders = np.linspace(0.0, footage.duration, count + 1)
    return [(float(a), float(b)) for a, b in pairwise(borders)]


class Sampler:
    """Samples one recording epoch by epoch; the key frames are listed once."""

    def __init__(self, footage: Footage, settings: MotionSettings, most: int = 0) -> None:
        self._footage = footage
        self._keys = np.sort(np.concatenate([*key_times(footage), np.zeros(0)]))
        width, height = (footage.width, footage.height) if footage.readable else (1, 1)
        picture = max(width * height * 3 // 2, 1)
        count = max(len(epochs(footage, settings)), 1) if footage.readable else 1
        each = most or min(settings.samples, max(settings.max_samples // count, SPARSE))
        self._most = max(min(each, settings.sample_bytes // picture), FEWEST)

    def sample(self, start: float, end: float) -> Pictures:
        """Pictures of ``start``..``end``, spread as widely as possible; may be empty."""
        slots = np.linspace(start, end, self._most + 1)[1:-1]
        here = self._keys[(self._keys >= start) & (self._keys < end)]
        enough = len(np.unique(np.searchsorted(slots, here))) * 2 > self._most
        # Twice as close as wanted, so that each slot gets one; the others are not decoded.
        apart = (end - start) / (2 * self._most)
        picked: dict[int, Frame] = {}
        with open_reader(self._footage, start, end, keys_only=enough, apart=apart) as reader:
            for frame in reader:
                slot = int(np.searchsorted(slots, frame.time, side="right"))
                if slot not in picked and self._fits(frame):
                    picked[slot] = own(frame)
        return join([picked[k] for k in sorted(picked)])

    def _fits(self, frame: Frame) -> bool:
        return not frame.corrupt and frame.y.shape == (self._footage.height, self._footage.width)


def own(frame: Frame) -> Frame:
    """A copy that does not hold the decoder's buffers."""
    y, u, v = (p.copy() for p in (frame.y, frame.u, frame.v))
    return Frame(frame.file, frame.pts, frame.time, y, u, v, frame.key, frame.corrupt)


def join(frames: list[Frame]) -> Pictures:
    """Frames of one size as one value."""
    if not frames:
        return Pictures(np.zeros(0), *(np.zeros((0, 1, 1), np.uint8) for _ in range(3)))
    y, u, v = (np.stack([getattr(f, name) for f in frames]) for name in ("y", "u", "v"))
    return Pictures(np.array([f.time for f in frames]), y, u, v)
