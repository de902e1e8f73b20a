"""Tube sets for tests: from plain lists, from chance, and slow obvious references beside the clever code."""

import numpy as np
from hypothesis import strategies as st

from synopticon.values.plan import TubeSet


def make_tubes(tubes, groups=None, width=64, height=48, fps=5.0, length=None) -> TubeSet:
    """A set of tubes, each (start, boxes) with one xyxy box a frame."""
    boxes = [np.array(b, np.float32).reshape(-1, 4) for _, b in tubes]
    starts = np.array([s for s, _ in tubes], np.int64)
    lengths = np.array([len(b) for b in boxes], np.int64)
    return TubeSet(
        ids=tuple(f"t{k}" for k in range(len(tubes))),
        offsets=np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64),
        starts=starts,
        boxes=np.concatenate([*boxes, np.zeros((0, 4), np.float32)]),
        groups=np.array([-1] * len(tubes) if groups is None else groups, np.int32),
        width=width,
        height=height,
        fps=fps,
        length=length or int((starts + lengths).max(initial=1)),
    )


def walk(start, frames, x, y, dx, w=10, h=16):
    """One tube that walks along a line at ``dx`` pixels a frame."""
    left = x + dx * np.arange(frames)
    rows = np.stack([left, np.full(frames, y), left + w, np.full(frames, y + h)], 1)
    return start, rows.astype(np.float32)


def random_tubes(rng, count, length=400, width=64, height=48, groups=False) -> TubeSet:
    """Walkers at chance, on whole pixels; with ``groups`` some of them walk two by two."""
    tubes, numbers = [], []
    for k in range(count):
        frames = int(rng.integers(1, 40))
        start = int(rng.integers(0, length - frames - 3))
        one = walk(start, frames, int(rng.integers(0, width - 10)), int(rng.integers(0, height - 16)), 0)
        step = rng.integers(-2, 3)
        one[1][:, [0, 2]] += step * np.arange(frames, dtype=np.float32)[:, None]
        tubes.append(one)
        numbers.append(k)
        if groups and rng.random() < 0.3:
            tubes.append((start + int(rng.integers(0, 3)), one[1] + np.float32(11)))
            numbers.append(k)
    return make_tubes(tubes, numbers if groups else None, width, height, length=length)


@st.composite
def tube_sets(draw, most=25, groups=True) -> TubeSet:
    """Any set of up to ``most`` walkers."""
    rng = np.random.default_rng(draw(st.integers(0, 10_000)))
    count = draw(st.integers(1, most))
    return random_tubes(rng, count, length=draw(st.integers(60, 400)), groups=groups and draw(st.booleans()))


def pair_overlap(tubes: TubeSet, i: int, j: int, start_i: int, start_j: int) -> float:
    """New overlap of two tubes, frame by frame: the slow reference."""
    a = tubes.boxes[tubes.offsets[i] : tubes.offsets[i + 1]].astype(float)
    b = tubes.boxes[tubes.offsets[j] : tubes.offsets[j + 1]].astype(float)
    source = tubes.starts
    together = source[i] < source[j] + len(b) and source[j] < source[i] + len(a)
    if together and abs((start_i - start_j) - (source[i] - source[j])) <= 2:
        return 0.0
    total = 0.0
    for t in range(max(start_i, start_j), min(start_i + len(a), start_j + len(b))):
        p, q = a[t - start_i], b[t - start_j]
        w, h = min(p[2], q[2]) - max(p[0], q[0]), min(p[3], q[3]) - max(p[1], q[1])
        total += max(w, 0) * max(h, 0)
    return total


def area(tubes: TubeSet, i: int) -> float:
    """Sum of a tube's box areas."""
    b = tubes.boxes[tubes.offsets[i] : tubes.offsets[i + 1]].astype(float)
    return float(((b[:, 2] - b[:, 0]) * (b[:, 3] - b[:, 1])).sum())


def starts_of(tubes: TubeSet, plan) -> np.ndarray:
    """The plan's starts in the order of the tubes, -1 = left out."""
    return np.array([plan.starts.get(i, -1) for i in tubes.ids], np.int64)
