"""How far two analyses of one recording lie apart: which tracks are the same, by how much others differ."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import scipy
from numpy.typing import NDArray

from synopticon.values.detection import Boxes

_SAME_TIME = 1e-4  # seconds: manifests round to that


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """A track as a manifest holds it.

    ``times`` float64 ``(n,)`` seconds of the recording, increasing; ``boxes`` float32 ``(n, 4)`` xyxy pixels;
    ``first``: the frame of the synopsis that shows its first box; ``digest`` of all that is said of it.
    """

    id: str
    label: str
    first: int
    times: NDArray[np.float64]
    boxes: Boxes
    digest: str = ""


@dataclass(frozen=True, slots=True)
class TrackDifference:
    """Tracks of two analyses, matched so that their boxes agree best.

    ``pairs``: recorded id -> id now. IoU is over time: the mean over every moment of either track, 0 where
    one of the two is not there. ``worst`` is of the pair ``worst_pair``. ``relabelled``: pairs whose class
    differs. ``lost`` and ``new``: ids without a partner.
    """

    pairs: Mapping[str, str]
    mean: float
    worst: float
    worst_pair: tuple[str, str]
    relabelled: int
    lost: tuple[str, ...]
    new: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PlanDifference:
    """When matched tubes begin in two plans: how many of ``tubes`` moved, by how many seconds at most."""

    tubes: int
    moved: int
    largest: float


def compare_tracks(recorded: Sequence[Seen], now: Sequence[Seen]) -> TrackDifference:
    """Match two sets of tracks, each at most once, so that the sum of their IoU over time is largest."""
    equal = _equal(recorded, now)
    left = [a for a in recorded if a.id not in equal]
    other = [b for b in now if b.id not in set(equal.values())]
    score = np.array([[overlap(a, b) for b in other] for a in left]).reshape(len(left), len(other))
    rows, columns = scipy.optimize.linear_sum_assignment(-score)
    found = [
        (left[i], other[j], float(score[i, j])) for i, j in zip(rows, columns, strict=True) if score[i, j]
    ]
    pairs = equal | {a.id: b.id for a, b, _ in found}
    known = {b.id: b.label for b in now}
    worst = min(found, key=lambda pair: pair[2], default=None)
    total = len(equal) + sum(value for _, _, value in found)
    return TrackDifference(
        pairs=pairs,
        mean=total / len(pairs) if pairs else 0.0,
        worst=worst[2] if worst else float(bool(equal)),
        worst_pair=(worst[0].id, worst[1].id) if worst else ("", ""),
        relabelled=sum(a.label != known[pairs[a.id]] for a in recorded if a.id in pairs),
        lost=tuple(a.id for a in recorded if a.id not in pairs),
        new=tuple(sorted(set(known) - set(pairs.values()))),
    )


def _equal(recorded: Sequence[Seen], now: Sequence[Seen]) -> dict[str, str]:
    """Tracks that are the same to the last digit, which need no measuring."""
    known = {b.id: b.digest for b in now}
    return {a.id: a.id for a in recorded if a.digest and known.get(a.id) == a.digest}


def overlap(a: Seen, b: Seen) -> float:
    """IoU over time of two tracks, 0..1; boxes between two samples are interpolated."""
    if a.times[-1] < b.times[0] or b.times[-1] < a.times[0]:
        return 0.0
    times = np.sort(np.concatenate([a.times, b.times]))
    times = times[np.concatenate([[True], np.diff(times) > _SAME_TIME])]
    both = _within(a, times) & _within(b, times)
    return float(_iou(_at(a, times[both]), _at(b, times[both])).sum() / len(times))


def _within(track: Seen, times: NDArray[np.float64]) -> NDArray[np.bool_]:
    return np.asarray((times >= track.times[0] - _SAME_TIME) & (times <= track.times[-1] + _SAME_TIME))


def _at(track: Seen, times: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.stack([np.interp(times, track.times, track.boxes[:, k]) for k in range(4)], 1)


def _iou(a: NDArray[np.float64], b: NDArray[np.float64]) -> NDArray[np.float64]:
    """Intersection over union, row by row."""
    size = np.clip(np.minimum(a[:, 2:], b[:, 2:]) - np.maximum(a[:, :2], b[:, :2]), 0, None)
    shared = size[:, 0] * size[:, 1]
    union = np.prod(a[:, 2:] - a[:, :2], axis=1) + np.prod(b[:, 2:] - b[:, :2], axis=1) - shared
    return np.asarray(np.divide(shared, union, out=np.zeros_like(shared), where=union > 0))


def compare_plans(
    recorded: Sequence[Seen], now: Sequence[Seen], pairs: Mapping[str, str], fps: tuple[float, float]
) -> PlanDifference:
    """Compare when matched tubes begin; ``fps``: frames a second of either synopsis."""
    begins = {b.id: b.first / fps[1] for b in now}
    apart = [abs(a.first / fps[0] - begins[pairs[a.id]]) for a in recorded if a.id in pairs]
    return PlanDifference(len(apart), sum(d > _SAME_TIME for d in apart), max(apart, default=0.0))
