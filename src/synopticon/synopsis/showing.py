"""One tube in a synopsis: which of its samples is shown in which frame, and how much of it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from synopticon.synopsis.blend import OPAQUE
from synopticon.synopsis.tubeset import sample_index
from synopticon.values.plan import Plan
from synopticon.values.tube import Sprite, Tube


@dataclass(frozen=True, slots=True, eq=False)
class Showing:
    """A tube shown from synopsis frame ``first`` on.

    Row k of the arrays belongs to synopsis frame ``first + k``: ``samples`` int64 ``(n,)`` indices into the
    track; ``boxes`` float32 ``(n, 4)`` xyxy inside the picture; ``depth`` float32 ``(n,)``: the smoothed
    bottom of the box, larger = nearer to the camera; ``anchors`` float32 ``(n, 4)``: smoothed boxes that
    labels keep to. ``fade``: frames of fading in and out.
    """

    tube: Tube
    first: int
    samples: NDArray[np.int64]
    boxes: NDArray[np.float32]
    depth: NDArray[np.float32]
    anchors: NDArray[np.float32]
    fade: tuple[int, int]

    @property
    def end(self) -> int:
        """The synopsis frame after its last."""
        return self.first + len(self.samples)

    @property
    def times(self) -> NDArray[np.float64]:
        """Source time of each row, seconds on the timeline."""
        return self.tube.track.times[self.samples]

    def opacity(self, k: int) -> int:
        """How much of it is seen in row k, 0..256."""
        into, out = self.fade
        left = len(self.samples) - 1 - k
        share = min((k + 1) / (into + 1), (left + 1) / (out + 1), 1.0)
        return round(OPAQUE * share)


def schedule(
    tubes: Sequence[Tube], plan: Plan, size: tuple[int, int], fade_seconds: float
) -> tuple[Showing, ...]:
    """The showings of a plan in the order they begin, ties by id; ``size`` is that of the synopsis."""
    shown = [
        _show(tube, plan.starts[tube.id], plan.fps, size, fade_seconds)
        for tube in tubes
        if tube.id in plan.starts
    ]
    return tuple(sorted(shown, key=lambda s: (s.first, s.tube.id)))


def _show(tube: Tube, first: int, fps: float, size: tuple[int, int], fade_seconds: float) -> Showing:
    samples = sample_index(tube.track, fps)
    boxes = np.clip(tube.track.boxes[samples], 0, np.array([*size, *size], np.float32))
    fade = min(max(1, round(fade_seconds * fps)), len(samples) // 4)
    reach = max(1, round(0.2 * fps))
    depth = smooth(tube.track.boxes[samples, 3:], reach)[:, 0]
    anchors = smooth(boxes, reach)
    anchors[:, :2] = np.minimum(anchors[:, :2], boxes[:, :2])
    anchors[:, 2:] = np.maximum(anchors[:, 2:], boxes[:, 2:])
    return Showing(tube, first, samples, boxes.astype(np.float32), depth, anchors, (fade, fade))


def smooth(values: NDArray[np.float32], reach: int) -> NDArray[np.float32]:
    """Moving average of rows ``(n, m)`` over ``2 * reach + 1`` of them, fewer at the ends."""
    sums = np.concatenate([np.zeros((1, values.shape[1])), np.cumsum(values, axis=0, dtype=np.float64)])
    at = np.arange(len(values))
    low, high = np.maximum(at - reach, 0), np.minimum(at + reach + 1, len(values))
    return np.asarray((sums[high] - sums[low]) / (high - low)[:, None], np.float32)


class SpriteCursor:
    """Walks through the sprites of a showing in order, decoding each only once."""

    def __init__(self, sprites: Iterator[Sprite]) -> None:
        self._sprites, self._at = sprites, -1
        self._held: Sprite | None = None

    def at(self, sample: int) -> Sprite | None:
        """The sprite of this sample; samples must not decrease. None when the store holds fewer."""
        while self._at < sample:
            self._held = next(self._sprites, None)
            self._at += 1
        return self._held
