"""Placing units by their exact cost at every start at once: greedy insertion, then annealing.

Given all other units, a collision profile gives the cost of *every* start of one unit. So instead of proposing random
moves, a sweep draws each unit's start from its exact conditional distribution at a temperature (a heat bath; Geman and
Geman, PAMI 6(6), 1984), and at temperature 0 takes the best start. Sweeps at a falling temperature anneal.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from synopticon.compiled import compiled

UNPLACED = -(1 << 40)


class Block(NamedTuple):
    """Units that are placed together, r of them, and what each pays besides overlap.

    ``start`` int64 ``(r,)``, first synopsis frame or UNPLACED; ``low, high`` int64, the starts allowed (inclusive);
    ``place`` int64, the preferred start; ``length`` int64, frames. ``fixed`` int32, the overlap with units that do not
    move, for the starts ``low..high`` of row r at ``fixed[at[r]:]``; ``crowd`` int32, objects per synopsis frame;
    ``tally`` int64 ``(r,)``, objects of each unit; ``span`` int64 ``(r,)``, frames from its start to its last tube's.
    ``weights`` float64 ``(3,)``: cost of one pool step of overlap, of one frame away from the place, and of one object above
    the target in one frame; ``target`` is the number of objects a frame may hold for free.
    """

    start: NDArray[np.int64]
    low: NDArray[np.int64]
    high: NDArray[np.int64]
    place: NDArray[np.int64]
    length: NDArray[np.int64]
    tally: NDArray[np.int64]
    span: NDArray[np.int64]
    fixed: NDArray[np.int32]
    at: NDArray[np.int64]
    crowd: NDArray[np.int32]
    weights: NDArray[np.float64]
    target: float


@compiled()
def overlaps(pairs, row, start, low, out):  # type: ignore[no-untyped-def]
    """Add the row's overlap with all placed units to ``out[s - low]`` for the starts s from ``low`` on."""
    size = len(out)
    for k in range(pairs.rows[row], pairs.rows[row + 1]):
        begin = start[pairs.other[k]] + pairs.low[k] - low
        a, b = max(begin, 0), min(begin + pairs.count[k], size)
        if a < b:
            ours = out[a:b]
            theirs = pairs.pool[pairs.where[k] + a - begin : pairs.where[k] + b - begin]
            for s in range(b - a):
                ours[s] += theirs[s]


@compiled()
def _crowding(block, row, low, cost):  # type: ignore[no-untyped-def]
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
def costs(block, pairs, row, low, high, steps, cost):  # type: ignore[no-untyped-def]
    """Fill ``cost[s - low]`` for every start s in ``low..high``; ``steps`` is int32 scratch of the same size."""
    size = high - low + 1
    begin = block.at[row] + low - block.low[row]
    if len(block.fixed):
        steps[:size] = block.fixed[begin : begin + size]
    else:
        steps[:size] = 0
    overlaps(pairs, row, block.start, low, steps[:size])
    a, b, place = block.weights[0], block.weights[1], block.place[row]
    for s in range(size):
        cost[s] = a * steps[s] + b * abs(low + s - place)
    if block.weights[2] > 0:
        _crowding(block, row, low, cost[:size])


@compiled()
def _draw(cost, temperature, dice):  # type: ignore[no-untyped-def]
    """An index drawn with probability exp(-cost / temperature), or the first cheapest one at temperature 0."""
    best = 0
    for s in range(len(cost)):
        if cost[s] < cost[best]:
            best = s
    if temperature <= 0:
        return best
    floor, total = cost[best], 0.0
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
def random(dice):  # type: ignore[no-untyped-def]
    """Uniform in [0, 1); splitmix64 (Steele, Lea, Flood, OOPSLA 2014). ``dice`` uint64 ``(1,)`` is the state."""
    dice[0] += np.uint64(0x9E3779B97F4A7C15)
    z = dice[0]
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return np.float64((z ^ (z >> np.uint64(31))) >> np.uint64(11)) / 9007199254740992.0


@compiled()
def shuffle(order, dice):  # type: ignore[no-untyped-def]
    """Shuffle in place (Fisher, Yates)."""
    for k in range(len(order) - 1, 0, -1):
        j = int(random(dice) * (k + 1))
        order[k], order[j] = order[j], order[k]


@compiled()
def _move(block, row, start):  # type: ignore[no-untyped-def]
    """Put the row's unit at ``start`` and keep the crowd counts."""
    old = block.start[row]
    if old == start:
        return
    if old != UNPLACED:
        block.crowd[old : old + block.length[row]] -= np.int32(block.tally[row])
    if start != UNPLACED:
        block.crowd[start : start + block.length[row]] += np.int32(block.tally[row])
    block.start[row] = start


@compiled()
def _between(block, row, low, high):  # type: ignore[no-untyped-def]
    """The starts that keep the row between its neighbours; where it is now is always one."""
    if row > 0:
        low = max(low, block.start[row - 1] + block.span[row - 1])
    if row + 1 < len(block.start):
        high = min(high, block.start[row + 1] - block.span[row])
    return min(low, block.start[row]), max(high, block.start[row])


@compiled()
def sweep(block, pairs, order, temperature, strict, dice):  # type: ignore[no-untyped-def]
    """Place the rows in ``order`` once, each given all others. With ``strict``, rows never pass each other."""
    widest = 0
    for row in order:
        widest = max(widest, block.high[row] - block.low[row] + 1)
    cost, steps = np.empty(widest, np.float64), np.empty(widest, np.int32)
    for row in order:
        low, high = block.low[row], block.high[row]
        if strict:
            low, high = _between(block, row, low, high)
        _move(block, row, UNPLACED)
        size = high - low + 1
        costs(block, pairs, row, low, high, steps, cost)
        _move(block, row, low + _draw(cost[:size], temperature, dice))
