"""Packing: placing units so that no two tubes collide more than allowed, in as few frames as possible.

For a given length, units may overlap at first and are then separated: a unit that collides moves to the
start where its weighted collisions are smallest, and the weights of the collisions that remain grow (guided
local search; Voudouris and Tsang, 1999; as in the nesting of Gardeyn, Wauters, 2025). When none is left,
the length shrinks and it begins anew.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from synopticon.compiled import compiled
from synopticon.synopsis.dice import random, shuffle
from synopticon.synopsis.profile import Pairs


class Clash(NamedTuple):
    """Forbidden offsets of all pairs: as Pairs, but ``pool`` uint8 says how bad an offset is, 0 = allowed.

    ``weight`` float32, one for each entry, as it was in round ``stamp``, int64; it decays from there.
    """

    rows: NDArray[np.int64]
    other: NDArray[np.int64]
    where: NDArray[np.int64]
    low: NDArray[np.int64]
    size: NDArray[np.int64]
    mirror: NDArray[np.int64]
    pool: NDArray[np.uint8]
    weight: NDArray[np.float32]
    stamp: NDArray[np.int64]


def make_clash(pairs: Pairs, most: NDArray[np.float64]) -> Clash:
    """What is forbidden when a pair of rows may overlap by at most the smaller one's ``most`` pool steps."""
    pool = _forbid(pairs, most)
    weight = np.ones(len(pairs.other), np.float32)
    stamp = np.zeros(len(weight), np.int64)
    return Clash(
        pairs.rows, pairs.other, pairs.where, pairs.low, pairs.size, pairs.mirror, pool, weight, stamp
    )


@compiled()
def _forbid(pairs: Pairs, most: NDArray[np.float64]) -> NDArray[np.uint8]:
    """See Clash: the root of the overlap, so that small collisions still count."""
    pool = np.zeros(len(pairs.pool), np.uint8)
    for row in range(len(most)):
        for k in range(pairs.rows[row], pairs.rows[row + 1]):
            limit = min(most[row], most[pairs.other[k]])
            for p in range(pairs.where[k], pairs.where[k] + pairs.size[k]):
                if pairs.pool[p] > limit:
                    pool[p] = min(np.ceil(np.sqrt(pairs.pool[p])), 255.0)
    return pool


@compiled()
def _clashes(clash: Clash, row: int, start: NDArray[np.int64], at: int) -> float:
    """How badly the row, started at ``at``, collides with all placed rows."""
    total = 0.0
    for k in range(clash.rows[row], clash.rows[row + 1]):
        e = at - start[clash.other[k]] - clash.low[k]
        if 0 <= e < clash.size[k]:
            total += clash.pool[clash.where[k] + e]
    return float(total)


@compiled()
def _weight(clash: Clash, k: int, time: int) -> float:
    """The weight of an entry at a round: it falls by 5 % a round since it last grew, down to 1."""
    return float(max(1.0, clash.weight[k] * 0.95 ** min(time - clash.stamp[k], 200)))


@compiled()
def _weigh(
    clash: Clash, row: int, start: NDArray[np.int64], low: int, time: int, cost: NDArray[np.float32]
) -> None:
    """Fill ``cost[s - low]`` with the weighted collisions of the row at every start s."""
    room = len(cost)
    cost[:] = 0
    for k in range(clash.rows[row], clash.rows[row + 1]):
        begin = start[clash.other[k]] + clash.low[k] - low
        a, b = max(begin, 0), min(begin + clash.size[k], room)
        if a < b:
            ours = cost[a:b]
            weight = np.float32(_weight(clash, k, time)) if clash.weight[k] > 1 else np.float32(1)
            theirs = clash.pool[clash.where[k] + a - begin : clash.where[k] + b - begin]
            for s in range(b - a):
                ours[s] += weight * np.float32(theirs[s])


@compiled()
def _cheapest(cost: NDArray[np.float32], dice: NDArray[np.uint64]) -> int:
    """The index of the smallest cost, drawn fairly among equals."""
    best, equals = 0, 1
    for s in range(1, len(cost)):
        if cost[s] < cost[best]:
            best, equals = s, 1
        elif cost[s] == cost[best]:
            equals += 1
            if random(dice) * equals < 1:
                best = s
    return best


@compiled()
def _shift(clash: Clash, row: int, start: NDArray[np.int64], to: int, bad: NDArray[np.int64]) -> None:
    """Move a row and keep ``bad``, the sum of each row's collisions."""
    old = start[row]
    for k in range(clash.rows[row], clash.rows[row + 1]):
        other = clash.other[k]
        if start[other] < 0:
            continue
        change = np.int64(0)
        e = old - start[other] - clash.low[k]
        if old >= 0 and 0 <= e < clash.size[k]:
            change -= clash.pool[clash.where[k] + e]
        e = to - start[other] - clash.low[k]
        if 0 <= e < clash.size[k]:
            change += clash.pool[clash.where[k] + e]
        bad[row] += change
        bad[other] += change
    start[row] = to


@compiled()
def _sharpen(clash: Clash, start: NDArray[np.int64], bad: NDArray[np.int64], time: int) -> int:
    """Let the weights of the collisions there are grow, the worst ones most; returns how many there are."""
    worst, found = 0, 0
    for grow in (False, True):
        for row in range(len(start)):
            if bad[row] == 0:
                continue
            for k in range(clash.rows[row], clash.rows[row + 1]):
                e = start[row] - start[clash.other[k]] - clash.low[k]
                depth = int(clash.pool[clash.where[k] + e]) if 0 <= e < clash.size[k] else 0
                if depth and grow:
                    clash.weight[k] = _weight(clash, k, time) * (1.2 + 0.8 * depth / worst)
                    clash.stamp[k] = time
                elif depth:
                    worst = max(worst, depth)
                    found += 1
    return found


@compiled()
def separate(
    clash: Clash,
    start: NDArray[np.int64],
    low: NDArray[np.int64],
    high: NDArray[np.int64],
    rounds: int,
    dice: NDArray[np.uint64],
) -> tuple[bool, int]:
    """Move rows within ``low..high`` until no collision is left, in at most ``rounds`` rounds.

    Rows that are not placed (negative) are placed, but for those with ``high < low``. Returns whether it
    worked, and how many moves it took.
    """
    n, widest, moves = len(start), 0, 0
    bad = np.zeros(n, np.int64)
    wanted = start.copy()
    start[:] = -(1 << 40)
    for row in range(n):
        widest = max(widest, int(high[row] - low[row]) + 1)
        if wanted[row] >= 0:
            _shift(clash, row, start, wanted[row], bad)
    order, cost = np.arange(n), np.empty(widest, np.float32)
    clash.weight[:] = 1
    clash.stamp[:] = 0
    for time in range(rounds):
        shuffle(order, dice)
        for turn in order:
            row = int(turn)
            if (start[row] >= 0 and bad[row] == 0) or high[row] < low[row]:
                continue
            room = cost[: high[row] - low[row] + 1]
            _weigh(clash, row, start, low[row], time, room)
            _shift(clash, row, start, int(low[row]) + _cheapest(room, dice), bad)
            moves += 1
        if _sharpen(clash, start, bad, time) == 0:
            return True, moves
    return False, moves


@compiled()
def first_fit(
    clash: Clash, start: NDArray[np.int64], place: NDArray[np.int64], span: NDArray[np.int64]
) -> None:
    """Strict order: each row at its place, or as soon after it as order and collisions allow."""
    for row in range(len(start)):
        at = place[row]
        if row:
            at = max(at, start[row - 1] + span[row - 1])
        while _clashes(clash, row, start, at) > 0:
            at += 1
        start[row] = at


@compiled()
def drop_clashes(clash: Clash, start: NDArray[np.int64]) -> None:
    """Take out the row with the most collisions until none is left."""
    while True:
        worst, row = 0.0, -1
        for r in range(len(start)):
            if start[r] >= 0:
                bad = _clashes(clash, r, start, start[r])
                if bad > worst:
                    worst, row = bad, r
        if row < 0:
            return
        start[row] = -(1 << 40)
