"""Placing units by their exact cost at every start at once: greedy insertion, then annealing.

Given all other units, the collision profiles give the cost of *every* start of one unit. So instead of
proposing random moves, a sweep draws each unit's start from its exact conditional distribution at a
temperature (a heat bath; Geman and Geman, PAMI 6(6), 1984), and at temperature 0 takes the best start.
Sweeps at a falling temperature anneal.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from synopticon.compiled import compiled
from synopticon.synopsis.dice import random
from synopticon.synopsis.profile import Pairs

UNPLACED = -(1 << 40)
FORBIDDEN = 65535  # pool step of an overlap that is not allowed at all


class Block(NamedTuple):
    """Units that are placed together, one a row, r of them, and what each pays besides overlap.

    int64 ``(r,)``: ``start``, first synopsis frame or UNPLACED; ``low, high``, the starts allowed
    (inclusive); ``place``, the preferred start; ``length``, frames; ``span``, frames from the first tube's
    start to the last one's; ``tally``, tubes. ``fixed`` int32 holds the overlap with units that no longer
    move, for the starts ``low..high`` of row r at ``fixed[at[r]:]`` (``at`` -1 = none). ``crowd`` int32,
    objects per synopsis frame. ``weights`` float64 ``(3,)``: cost of one step of overlap; of one frame away
    from the place; of one object above ``target`` in one frame. ``floor`` and ``ceiling``: in strict order,
    the start that the first row must not precede, and the one that the last row's last tube must not pass.
    """

    start: NDArray[np.int64]
    low: NDArray[np.int64]
    high: NDArray[np.int64]
    place: NDArray[np.int64]
    length: NDArray[np.int64]
    span: NDArray[np.int64]
    tally: NDArray[np.int64]
    fixed: NDArray[np.int32]
    at: NDArray[np.int64]
    crowd: NDArray[np.int32]
    weights: NDArray[np.float64]
    target: float
    floor: int
    ceiling: int


@compiled()
def _overlaps(pairs: Pairs, row: int, start: NDArray[np.int64], low: int, out: NDArray[np.int32]) -> None:
    """Add the row's overlap with all placed units to ``out[s - low]`` for the starts s from ``low`` on."""
    room = len(out)
    for k in range(pairs.rows[row], pairs.rows[row + 1]):
        begin = start[pairs.other[k]] + pairs.low[k] - low
        a, b = max(begin, 0), min(begin + pairs.size[k], room)
        if a < b:
            ours = out[a:b]
            theirs = pairs.pool[pairs.where[k] + a - begin : pairs.where[k] + b - begin]
            for s in range(b - a):
                ours[s] += theirs[s]


@compiled()
def _crowding(block: Block, row: int, low: int, cost: NDArray[np.float64]) -> None:
    """Add to ``cost[s - low]`` what the objects above the target cost when the row's unit starts at s."""
    length, crowd = block.length[row], block.crowd
    weight, total = block.weights[2] * block.tally[row], 0.0
    for t in range(low, low + length):
        total += max(0.0, crowd[t] - block.target)
    cost[0] += weight * total
    for s in range(1, len(cost)):
        gone, come = crowd[low + s - 1], crowd[low + s + length - 1]
        total += max(0.0, come - block.target) - max(0.0, gone - block.target)
        cost[s] += weight * total


@compiled()
def _costs(
    block: Block, pairs: Pairs, row: int, low: int, steps: NDArray[np.int32], cost: NDArray[np.float64]
) -> None:
    """Fill ``cost[s - low]`` for the starts s from ``low`` on; infinite where it is forbidden."""
    if block.at[row] >= 0:
        begin = block.at[row] + low - block.low[row]
        steps[:] = block.fixed[begin : begin + len(steps)]
    else:
        steps[:] = 0
    _overlaps(pairs, row, block.start, low, steps)
    a, b, place = block.weights[0], block.weights[1], block.place[row]
    for s in range(len(cost)):
        cost[s] = a * steps[s] + b * abs(low + s - place)
    if block.weights[2] > 0:
        _crowding(block, row, low, cost)
    for s in range(len(cost)):
        if steps[s] >= 65535:
            cost[s] = np.inf


@compiled()
def _draw(cost: NDArray[np.float64], temperature: float, dice: NDArray[np.uint64]) -> int:
    """An index drawn with probability exp(-cost / temperature); the first cheapest one at temperature 0."""
    best = 0
    for s in range(len(cost)):
        if cost[s] < cost[best]:
            best = s
    if temperature <= 0:
        return best
    floor, total = cost[best], 0.0
    if floor == np.inf:
        return best
    for s in range(len(cost)):
        depth = (cost[s] - floor) / temperature
        cost[s] = np.exp(-depth) if depth < 24 else 0.0
        total += cost[s]
    at = random(dice) * total
    for s in range(len(cost)):
        at -= cost[s]
        if at <= 0 and cost[s] > 0:
            return s
    return best


@compiled()
def _move(block: Block, row: int, start: int) -> None:
    """Put the row's unit at ``start`` and keep the crowd counts."""
    length, tally, old = block.length[row], np.int32(block.tally[row]), block.start[row]
    if old >= 0:
        for t in range(old, old + length):
            block.crowd[t] -= tally
    if start >= 0:
        for t in range(start, start + length):
            block.crowd[t] += tally
    block.start[row] = start


@compiled()
def _between(block: Block, row: int, low: int, high: int) -> tuple[int, int]:
    """The starts that keep the row between its neighbours; where it is now is always one."""
    last = len(block.start) - 1
    before = block.start[row - 1] + block.span[row - 1] if row > 0 else block.floor
    after = block.start[row + 1] if row < last else block.ceiling
    low, high = max(low, before), min(high, after - block.span[row])
    return min(low, block.start[row]), max(high, block.start[row])


@compiled()
def sweep(
    block: Block,
    pairs: Pairs,
    order: NDArray[np.int64],
    temperature: float,
    strict: bool,
    dice: NDArray[np.uint64],
) -> None:
    """Place the rows in ``order`` once, each given all others.

    With ``strict`` rows never pass each other. A row stays (or stays unplaced) where every start is
    forbidden.
    """
    cost, steps = np.empty(4096, np.float64), np.empty(4096, np.int32)
    for row in order:
        low, high = block.low[row], block.high[row]
        if strict:
            low, high = _between(block, row, low, high)
        size, old = high - low + 1, block.start[row]
        if size < 1:
            continue
        if size > len(cost):
            cost, steps = np.empty(2 * size, np.float64), np.empty(2 * size, np.int32)
        _move(block, row, -(1 << 40))
        _costs(block, pairs, row, low, steps[:size], cost[:size])
        at = _draw(cost[:size], temperature, dice)
        _move(block, row, old if steps[at] >= 65535 else low + at)


@compiled()
def fix_rows(block: Block, pairs: Pairs, first: int) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
    """``fixed`` and ``at``: overlap of the rows from ``first`` on with those before, which no longer move."""
    size = np.int64(0)
    for row in range(first, len(block.start)):
        size += block.high[row] - block.low[row] + 1
    fixed, at = np.zeros(size, np.int32), np.empty(len(block.start) - first, np.int64)
    start = block.start.copy()
    start[first:] = -(1 << 40)
    size = np.int64(0)
    for row in range(first, len(block.start)):
        at[row - first] = size
        end = size + block.high[row] - block.low[row] + 1
        _overlaps(pairs, row, start, block.low[row], fixed[size:end])
        size = end
    return fixed, at
