"""Pass two of tracking: joins tracklets of one object over occlusions, and removes doubles.

Recorded video lets both ends of a gap be seen, so a join is judged from both sides (Perera et al.,
"Multi-object tracking through simultaneous long occlusions and split-merge conditions", CVPR 2006).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from synopticon.values.detection import CLASS_GROUP, CLASSES, Boxes
from synopticon.vision.geometry import centres, paired_contained, paired_iou


@dataclass(frozen=True, slots=True)
class StitchSettings:
    """Limits of joining; times in seconds."""

    max_gap: float = 6.0
    max_overlap: float = 0.8
    max_cost: float = 1.0
    border: float = 0.35  # of a box's own size: this near to the picture's edge something may have left


@dataclass(frozen=True, slots=True, eq=False)
class Piece:
    """A tracklet as arrays of length n: item indices, times (s), boxes, looks; ``group`` of its class."""

    items: NDArray[np.intp]
    times: NDArray[np.float64]
    boxes: Boxes
    looks: NDArray[np.uint8]
    group: str


def group_of(classes: NDArray[np.int16], scores: NDArray[np.float32]) -> str:
    """Class group with the largest sum of scores."""
    sums: dict[str, float] = {}
    for c, s in zip(classes, scores, strict=True):
        name = CLASS_GROUP[CLASSES[c]]
        sums[name] = sums.get(name, 0.0) + float(s)
    return max(sums, key=lambda name: (sums[name], name))


def stitch(
    pieces: list[Piece], width: int, height: int, settings: StitchSettings | None = None
) -> list[list[int]]:
    """Say which pieces belong together: lists of indices into ``pieces``, in time order.

    Greedy from the cheapest join on; each piece has at most one successor and one predecessor.
    """
    settings = settings or StitchSettings()
    joins = sorted(_joins(pieces, width, height, settings))
    after: dict[int, int] = {}
    before: dict[int, int] = {}
    for _, a, b in joins:
        if a not in after and b not in before:
            after[a], before[b] = b, a
    chains = []
    for start in range(len(pieces)):
        if start in before:
            continue
        chain = [start]
        while chain[-1] in after:
            chain.append(after[chain[-1]])
        chains.append(chain)
    return chains


def _joins(
    pieces: list[Piece], width: int, height: int, settings: StitchSettings
) -> list[tuple[float, int, int]]:
    order = np.argsort([p.times[0] for p in pieces], kind="stable")
    starts = np.array([pieces[i].times[0] for i in order])
    found = []
    for a, piece in enumerate(pieces):
        end = piece.times[-1]
        low = np.searchsorted(starts, end - settings.max_overlap)
        high = np.searchsorted(starts, end + settings.max_gap)
        left = _at_border(piece.boxes[-1], width, height, settings)
        for b in (int(i) for i in order[low:high]):
            if b == a or pieces[b].times[-1] <= end or pieces[b].times[0] <= piece.times[0]:
                continue
            cost = join_cost(piece, pieces[b])
            entered = _at_border(pieces[b].boxes[0], width, height, settings)
            if (left or entered) and pieces[b].times[0] - end > 0.8:
                continue  # it left the picture, or came in anew: it may be anybody
            if cost < settings.max_cost:
                found.append((cost, a, b))
    return found


def join_cost(a: Piece, b: Piece) -> float:
    """How unlikely it is that one object is first ``a``, then ``b``: 0 = surely; from ``max_cost`` on not."""
    if a.group != b.group and "object" not in (a.group, b.group):
        return np.inf
    gap = float(b.times[0] - a.times[-1])
    if gap < 0:
        return _overlapjoin_cost(a, b)
    size_a, size_b = _sizes(a.boxes[-5:]), _sizes(b.boxes[:5])
    ratio = float(np.exp(np.abs(np.log(size_a / size_b)).mean()))
    if ratio > 1.8:
        return np.inf
    size = float(np.sqrt((size_a * size_b).prod() ** 0.5))
    end, start = centres(a.boxes[-3:]).mean(0), centres(b.boxes[:3]).mean(0)
    speed_a, speed_b = _speed(a, last=True), _speed(b, last=False)
    errors = [np.hypot(*(end + v * gap - start)) for v in (speed_a, speed_b, (speed_a + speed_b) / 2)]
    away = float(np.mean(sorted(errors)[:2])) / size
    unlike = _unlike(a.looks[-8:], b.looks[:8])
    reach = 0.35 + 0.45 * gap
    return away / (2.0 * reach) + 1.2 * unlike + 0.35 * (ratio - 1) + 0.06 * gap


def _overlapjoin_cost(a: Piece, b: Piece) -> float:
    """Both are seen at once for a moment: one object only if the boxes agree all that time."""
    low, high = float(b.times[0]), float(a.times[-1])
    grid = np.linspace(low, high, 5)
    shared = paired_contained(_at(a, grid), _at(b, grid))
    return float(0.9 - 0.8 * shared.mean()) if shared.min() > 0.5 else np.inf


def _at(piece: Piece, times: NDArray[np.float64]) -> Boxes:
    columns = [np.interp(times, piece.times, piece.boxes[:, k]) for k in range(4)]
    return np.stack(columns, 1).astype(np.float32)


def _sizes(boxes: Boxes) -> NDArray[np.float64]:
    return np.asarray(np.maximum(np.median(boxes[:, 2:] - boxes[:, :2], axis=0).astype(np.float64), 1))


def _speed(piece: Piece, *, last: bool) -> NDArray[np.float64]:
    """Pixels a second over the nearest second of the piece, by least squares; (2,)."""
    edge = piece.times[-1] if last else piece.times[0]
    near = np.abs(piece.times - edge) <= 1.0
    t, c = piece.times[near], centres(piece.boxes[near])
    if len(t) < 3:
        return np.zeros(2)
    t = t - t.mean()
    return np.asarray((t[:, None] * (c - c.mean(0))).sum(0) / max(float((t**2).sum()), 1e-6))


def _unlike(a: NDArray[np.uint8], b: NDArray[np.uint8]) -> float:
    """Difference of two looks, 0 (same) .. 1."""
    return min(float(np.abs(np.median(a, 0) - np.median(b, 0)).mean()) / 48, 1.0)


def _at_border(box: NDArray[np.float32], width: int, height: int, settings: StitchSettings) -> bool:
    x1, y1, x2, y2 = (float(v) for v in box)
    across, down = settings.border * (x2 - x1), settings.border * 0.3 * (y2 - y1)
    return x1 < across or y1 < down or x2 > width - across or y2 > height - down


def doubles(boxes: list[Boxes], times: list[NDArray[np.float64]], worth: list[float]) -> set[int]:
    """Indices of tracks that only repeat a worthier one: on it for most of their life."""
    order = np.argsort([t[0] for t in times], kind="stable")
    gone: set[int] = set()
    for p, i in enumerate(order):
        for j in order[p + 1 :]:
            if times[j][0] > times[i][-1]:
                break
            i_, j_ = int(i), int(j)
            if i_ in gone or j_ in gone:
                continue
            less, more = (i_, j_) if worth[i_] <= worth[j_] else (j_, i_)
            if _repeats(boxes[less], times[less], boxes[more], times[more]):
                gone.add(less)
    return gone


def _repeats(
    boxes: Boxes, times: NDArray[np.float64], others: Boxes, other_times: NDArray[np.float64]
) -> bool:
    common = (times >= other_times[0]) & (times <= other_times[-1])
    if common.mean() < 0.7:
        return False
    at = np.stack([np.interp(times[common], other_times, others[:, k]) for k in range(4)], 1)
    same = paired_iou(boxes[common], at.astype(np.float32)) > 0.55
    inside = paired_contained(boxes[common], at.astype(np.float32)) > 0.85
    return bool((same | inside).mean() > 0.7)
