"""Placing the units of any amount of footage, block after block, with as little overlap as possible.

A unit may be shown at most ``width`` frames from its place in source order, so it meets only units of its
own block and of the two beside it. A block is placed twice: as the newest one, and again with its
successor; then it is final. Time and memory therefore grow linearly, and finished blocks could be shown
already.
"""

from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from synopticon.synopsis.dice import shuffle
from synopticon.synopsis.groups import Units
from synopticon.synopsis.profile import Pairs, Shapes, both_ways, half_pairs
from synopticon.synopsis.refine import UNPLACED, Block, fix_rows, sweep

Order = Literal["strict", "local", "free"]
HOT, COLD = 0.05, 0.0025  # temperatures, in mean areas of a unit
STEPS = 4000  # pool steps in the mean area of a unit
TOGETHER = 1500  # units that make one block at once
SMALL = 1000  # units that a unit of effort places at least
MOST = 700  # units of later blocks that may meet one unit; above that the window shrinks


@dataclass(frozen=True, slots=True, eq=False)
class Task:
    """What is to be arranged, and how.

    ``areas`` float64 ``(n,)`` are the box areas of the n tubes in pixels times frames; ``length`` frames of
    the synopsis; ``width``: frames that a unit may be away from its place; ``away``, ``crowding``: weights
    of order and of even density.
    """

    units: Units
    shapes: Shapes
    areas: NDArray[np.float64]
    length: int
    order: Order
    width: int
    effort: int
    seed: int
    away: float = 0.0
    crowding: float = 0.0

    @property
    def step(self) -> float:
        """Pixels times frames of one pool step."""
        return max(float(self.areas.sum()) / max(len(self.units.starts), 1) / STEPS, 1e-6)


def places(units: Units, length: int) -> NDArray[np.int64]:
    """The start of each unit that spreads all tubes evenly over the synopsis in source order."""
    middle = np.cumsum(units.frames) - units.frames / 2
    place = middle / max(int(units.frames.sum()), 1) * length - units.lengths / 2
    return np.clip(place, 0, length - units.lengths).astype(np.int64)


def spans(units: Units) -> NDArray[np.int64]:
    """Frames from each unit's start to the start of its last tube."""
    return np.maximum.reduceat(units.shifts, units.offsets[:-1])


def shortest_in_order(units: Units) -> int:
    """The least length, frames, in which the units can be shown in strict order."""
    before = np.cumsum(spans(units)) - spans(units)
    return int((before + units.lengths).max())


def in_order(units: Units, length: int) -> NDArray[np.int64]:
    """Starts spread evenly, in strict source order; the length must be enough for it.

    No start may be later than the last one from which a later, longer unit still fits.
    """
    span, latest = spans(units), length - units.lengths
    for r in range(len(latest) - 2, -1, -1):
        latest[r] = min(latest[r], latest[r + 1] - span[r])
    before = np.cumsum(units.frames) - units.frames
    start = (before / max(int(before[-1]), 1) * latest).astype(np.int64)
    for r in range(1, len(start)):
        start[r] = max(start[r], start[r - 1] + span[r - 1])
    return start


def stream(task: Task) -> NDArray[np.int64]:
    """First synopsis frame of each unit, int64 ``(m,)``.

    Where more than 700 units would be visible at once nothing can be chosen: each is shown at its place.
    """
    units, strict = task.units, task.order == "strict"
    place = places(units, task.length)
    begin = in_order(units, task.length) if strict else np.full(len(place), UNPLACED)
    place = begin.copy() if strict else place
    rows = np.argsort(place, kind="stable")
    width = _narrowed(task)
    if width < 0:
        return place
    crowd = np.zeros(task.length, np.int32)
    dice = np.array([task.seed], np.uint64)
    old, known, fixed = rows[:0], None, (np.zeros(0, np.int32), np.zeros(0, np.int64))
    blocks = _blocks(place[rows], 2 * width + int(units.lengths.max()))
    effort = task.effort if len(blocks) == 1 else -(-task.effort // 2)  # a block is swept twice
    for new in blocks:
        active = np.concatenate([old, rows[new]])
        half, kept = half_pairs(
            task.shapes, units, active, place[active], 2 * width, task.step, known, len(old)
        )
        pairs = both_ways(half, len(active))
        del half
        block = _block(task, active, place, width, begin, crowd, fixed)
        anneal(block, pairs, effort, strict, dice, fresh=len(old))
        begin[active] = block.start
        fixed = fix_rows(block, pairs, len(old))
        old, known = rows[new], kept
    return begin


def _narrowed(task: Task) -> int:
    """The window, smaller where too many units would meet; -1 when even none would do."""
    width = min(task.width, task.length)
    if len(task.units.starts) <= TOGETHER:
        return width
    room = MOST * task.length / len(task.units.starts) - float(task.units.lengths.mean())
    return min(width, int(room // 2)) if room >= 0 else -1


def _blocks(place: NDArray[np.int64], least: int) -> list[slice]:
    """Consecutive slices of the sorted places; only neighbouring blocks are nearer than ``least`` frames."""
    if len(place) <= TOGETHER:
        return [slice(0, len(place))]
    cuts = [0]
    while True:
        after = np.searchsorted(place, place[cuts[-1]] + least)
        cuts.append(max(int(after), min(cuts[-1] + TOGETHER // 3, len(place))))
        if cuts[-1] == len(place):
            return [slice(a, b) for a, b in pairwise(cuts)]


def _block(
    task: Task,
    active: NDArray[np.int64],
    place: NDArray[np.int64],
    width: int,
    begin: NDArray[np.int64],
    crowd: NDArray[np.int32],
    fixed: tuple[NDArray[np.int32], NDArray[np.int64]],
) -> Block:
    """The rows of the units that are active now."""
    units, tally = task.units, np.diff(task.units.offsets)
    length = units.lengths[active]
    low, high = np.maximum(0, place[active] - width), np.minimum(task.length - length, place[active] + width)
    start, span = begin[active], spans(units)[active]
    floor, ceiling = 0, task.length
    if task.order == "strict":
        first, last = int(active[0]), int(active[-1])
        floor = int(begin[first - 1] + spans(units)[first - 1]) if first else 0
        ceiling = int(begin[last + 1]) if last + 1 < len(begin) else task.length
        _count(start[len(fixed[1]) :], length[len(fixed[1]) :], tally[active][len(fixed[1]) :], crowd)
    at = np.concatenate([fixed[1], np.full(len(active) - len(fixed[1]), -1)])
    return Block(
        start,
        low,
        high,
        place[active],
        length,
        span,
        tally[active],
        fixed[0],
        at,
        crowd,
        np.array([1 / STEPS, task.away, task.crowding]),
        float(units.frames.sum()) / task.length,
        floor,
        ceiling,
    )


def _count(
    start: NDArray[np.int64], length: NDArray[np.int64], tally: NDArray[np.int64], crowd: NDArray[np.int32]
) -> None:
    """Count units that are placed already into the crowd."""
    for s, n, k in zip(start, length, tally, strict=True):
        crowd[s : s + n] += k


def anneal(
    block: Block, pairs: Pairs, effort: int, strict: bool, dice: NDArray[np.uint64], fresh: int = 0
) -> None:
    """Insert the rows from ``fresh`` on, longest first; then ``effort`` sweeps, the last tenth at 0.

    A block of fewer than 1,000 rows is swept more often, so that about as many units are placed.
    """
    newest = np.arange(fresh, len(block.start))
    sweep(block, pairs, newest[np.argsort(-block.length[fresh:], kind="stable")], 0.0, strict, dice)
    order = np.arange(len(block.start))
    sweeps = -(-effort * max(SMALL, len(order)) // max(len(order), 1))
    warm = sweeps - max(1, sweeps // 10)
    for k in range(sweeps):
        shuffle(order, dice)
        temperature = HOT * (COLD / HOT) ** (k / warm) if k < warm else 0.0
        sweep(block, pairs, order, temperature, strict, dice)
