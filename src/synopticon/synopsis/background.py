"""The ground of a synopsis: for every frame the scene whose light fits the objects that are shown.

The scenes of the bank are states of one place over the day. For every half second a scene is chosen so that
the mean difference of light between it and the scenes the shown objects come from is least, with a price on
each change; the cheapest path over time is exact (dynamic programming). Changes are blended over a second.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from synopticon.synopsis.blend import Planes
from synopticon.values.scene import Background, Bank

_CHANGE = 6.0  # price of a change: this many grey levels for one step (half a second)
_BLEND = 1.0  # seconds a change takes


@dataclass(frozen=True, slots=True, eq=False)
class ScenePath:
    """For every synopsis frame: scene ``first`` int32, ``share`` float32 (0..1) of it given to ``second``."""

    first: NDArray[np.int32]
    second: NDArray[np.int32]
    share: NDArray[np.float32]


def scene_indices(bank: Bank, times: NDArray[np.float64]) -> NDArray[np.int64]:
    """Index of the scene of each time (seconds on the timeline), as ``Bank.at``."""
    ends = np.array([scene.end for scene in bank.scenes[:-1]])
    return np.searchsorted(ends, times, side="right")


def light_distance(bank: Bank) -> NDArray[np.float32]:
    """Mean absolute luma difference between any two scenes, grey levels, float32 ``(s, s)``.

    Restless pixels (a drawn clock, leaves) do not count.
    """
    small = np.stack([_signature(scene) for scene in bank.scenes])
    distance = np.zeros((len(small), len(small)), np.float32)
    for i, row in enumerate(small):
        distance[i] = np.nanmean(np.abs(small - row), axis=1)
    return np.nan_to_num(distance)


def _signature(scene: Background) -> NDArray[np.float32]:
    """The scene's luma on a coarse grid; restless pixels as NaN."""
    step = max(1, max(scene.small.shape) // 48)
    luma = scene.small[::step, ::step].astype(np.float32).ravel()
    rest = scene.restless[::step, ::step].ravel()
    return luma if rest.all() else np.where(rest, np.float32(np.nan), luma)


def choose_scenes(
    bank: Bank, counts: NDArray[np.float32], per_step: int, frames: int, fps: float
) -> ScenePath:
    """The cheapest path through the scenes.

    ``counts`` float32 ``(steps, scenes)``: object frames shown in each step by the scene they come from;
    ``per_step`` frames make one step.
    """
    if len(bank.scenes) == 1:
        zero = np.zeros(frames, np.int32)
        return ScenePath(zero, zero, np.zeros(frames, np.float32))
    weight = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    return _blend_changes(_cheapest(weight @ light_distance(bank)), per_step, frames, fps)


def _cheapest(cost: NDArray[np.float32]) -> NDArray[np.int32]:
    """Least total of ``cost`` (steps, scenes) plus a fixed price for each change; int32 ``(steps,)``."""
    steps = len(cost)
    came, best = np.zeros(cost.shape, np.int32), cost[0].astype(np.float64)
    own = np.arange(cost.shape[1])
    for step in range(1, steps):
        cheapest = int(np.argmin(best))
        move = best > best[cheapest] + _CHANGE
        came[step] = np.where(move, cheapest, own)
        best = np.where(move, best[cheapest] + _CHANGE, best) + cost[step]
    path = np.zeros(steps, np.int32)
    path[-1] = int(np.argmin(best))
    for step in range(steps - 1, 0, -1):
        path[step - 1] = came[step, path[step]]
    return path


def _blend_changes(path: NDArray[np.int32], per_step: int, frames: int, fps: float) -> ScenePath:
    first = np.repeat(path, per_step)[:frames]
    second, share = first.copy(), np.zeros(frames, np.float32)
    at = np.flatnonzero(np.diff(first)) + 1
    edges = np.concatenate([[-frames], at, [2 * frames]])
    for i, change in enumerate(at.tolist(), 1):
        room = int(min(change - edges[i - 1], edges[i + 1] - change))
        half = max(1, min(round(_BLEND * fps / 2), room // 2))
        low, high = max(0, change - half), min(frames, change + half)
        ramp = (np.arange(low, high) - (change - half) + 0.5) / (2 * half)
        first[low:high], second[low:high] = path[(change - 1) // per_step], path[change // per_step]
        share[low:high] = ramp
    return ScenePath(first, second, share)


def count_scenes(
    shown: Iterator[tuple[int, NDArray[np.int64]]], scenes: int, frames: int, per_step: int
) -> NDArray[np.float32]:
    """``counts`` for choose_scenes, from (first synopsis frame, scene of each frame) of every tube."""
    counts = np.zeros((max(1, -(-frames // per_step)), scenes), np.float32)
    for first, scene in shown:
        np.add.at(counts, ((first + np.arange(len(scene))) // per_step, scene), 1)
    return counts


class Ground:
    """Hands out the ground of each synopsis frame, cut to the even size of the synopsis."""

    def __init__(self, scenes: Sequence[Background], path: ScenePath, size: tuple[int, int]) -> None:
        self._scenes, self._path, self._size = scenes, path, size

    def copy_to(self, frame: int, planes: Planes) -> None:
        """Write the ground of this frame into the planes (luma of the synopsis size, chroma half of it)."""
        path = self._path
        first, share = self._cut(int(path.first[frame])), float(path.share[frame])
        if share <= 0:
            for target, plane in zip(planes, first, strict=True):
                np.copyto(target, plane)
            return
        second = self._cut(int(path.second[frame]))
        for target, a, b in zip(planes, first, second, strict=True):
            cv2.addWeighted(a, 1 - share, b, share, 0, dst=target)

    def _cut(self, index: int) -> Planes:
        scene, (width, height) = self._scenes[index], self._size
        half = (slice(height // 2), slice(width // 2))
        return scene.y[:height, :width], scene.u[half], scene.v[half]
