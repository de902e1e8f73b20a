"""Placing units in as few frames as possible so that no two tubes collide more than allowed."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from synopticon.synopsis.groups import take_units
from synopticon.synopsis.pack import Clash, drop_clashes, first_fit, make_clash, separate
from synopticon.synopsis.profile import Pairs, both_ways, half_pairs
from synopticon.synopsis.refine import UNPLACED, Block
from synopticon.synopsis.stream import STEPS, TOGETHER, Task, anneal, places, spans

FIRST, FINEST = 0.1, 0.002  # by how much the length shrinks at a time
ROUNDS, MOVES, MOVES_PER_UNIT = 15, 3000, 3  # for each unit of effort


def squeeze(task: Task, limit: float, given: bool) -> NDArray[np.int64]:
    """First synopsis frame of each unit, int64 ``(m,)``; UNPLACED where none is allowed.

    No two tubes newly overlap by more than ``limit`` times the smaller one's area (0 = not at all). The
    synopsis has exactly ``task.length`` frames when ``given``, and units may be left unplaced; else it has
    at least so many, and all are placed. More than 1,500 units are packed in parts, one after the other.
    """
    units, count = task.units, len(task.units.starts)
    parts = np.array_split(np.arange(count), -(-count // TOGETHER))
    start, at = np.full(count, UNPLACED), 0
    total = int(units.frames.sum())
    for part in parts:
        some = take_units(units, part)
        share = int(task.length * int(some.frames.sum()) / total)
        least = max(share, 1) if given else max(share, int(some.lengths.max()))
        begin = _squeeze_part(replace(task, units=some, length=least), limit, given)
        placed = begin >= 0
        start[part[placed]] = begin[placed] + at
        at += least if given else int((begin + some.lengths)[placed].max(initial=0))
    return start


def _squeeze_part(task: Task, limit: float, given: bool) -> NDArray[np.int64]:
    units, count = task.units, len(task.units.starts)
    rows = np.arange(count)
    half, _ = half_pairs(task.shapes, units, rows, np.zeros(count, np.int64), 1 << 40, task.step)
    pairs = both_ways(half, count)
    clash = make_clash(pairs, limit * _smallest(task) / task.step)
    dice = np.array([task.seed], np.uint64)
    if task.order == "strict":
        start = _fit(task, clash, given)
    elif given:
        start = _into(task, clash, dice)
    else:
        start = _shortest(task, clash, dice)
    if task.order != "strict" or start.min() >= 0:
        _polish(task, pairs, clash, start, dice)
    return start


def _smallest(task: Task) -> NDArray[np.float64]:
    """The area of each unit's smallest tube."""
    return np.asarray(np.minimum.reduceat(task.areas[task.units.members], task.units.offsets[:-1]))


def _window(task: Task, length: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Lowest and highest start of each unit in a synopsis of this length; high < low = it does not fit."""
    fits = np.minimum(task.units.lengths, length)
    place = places(task.units._replace(lengths=fits), length)
    return np.maximum(0, place - task.width), np.minimum(length - task.units.lengths, place + task.width)


def _fit(task: Task, clash: Clash, given: bool) -> NDArray[np.int64]:
    """Strict order: first fit; what ends after a given length is left out."""
    units = task.units
    start = np.full(len(units.starts), UNPLACED)
    first_fit(clash, start, places(units, max(task.length, int(units.lengths.max()))), spans(units))
    if given:
        start[start + units.lengths > task.length] = UNPLACED
    return start


def _into(task: Task, clash: Clash, dice: NDArray[np.uint64]) -> NDArray[np.int64]:
    """Into a given length; what cannot be separated is left out."""
    low, high = _window(task, task.length)
    start = np.full(len(low), UNPLACED)
    done, _ = separate(clash, start, low, high, ROUNDS * max(task.effort, 1), dice)
    if not done:
        drop_clashes(clash, start)
    return start


def _shortest(task: Task, clash: Clash, dice: NDArray[np.uint64]) -> NDArray[np.int64]:
    """Shrink the length step by step, as far as the effort goes, but not below the task's."""
    units, effort = task.units, max(task.effort, 1)
    budget = effort * (MOVES + MOVES_PER_UNIT * len(units.starts))
    best, length, step = None, max(task.length, int(units.frames.sum()) // 4), FIRST
    tried = length
    while budget > 0:
        low, high = _window(task, tried)
        start = np.full(len(low), UNPLACED) if best is None else np.clip(best, low, high)
        done, moves = separate(clash, start, low, high, ROUNDS * effort, dice)
        budget -= max(moves, 1)
        if done:
            best = start - start.min()
            length = int((best + units.lengths).max())
        elif best is None:
            tried = length = tried + tried // 2
            budget = max(budget, 1)
            continue
        else:
            step = max(step / 2, FINEST / 2)
        if length <= task.length:
            break
        tried = max(min(int(length * (1 - step)), length - 1), task.length)
    return best if best is not None else start


def _polish(
    task: Task, pairs: Pairs, clash: Clash, start: NDArray[np.int64], dice: NDArray[np.uint64]
) -> None:
    """Lower what overlap is allowed, and the disorder, by sweeps that never enter a forbidden offset."""
    units = task.units
    length = max(task.length, int((start + units.lengths)[start >= 0].max(initial=0)))
    low, high = _window(task, length)
    pairs.pool[clash.pool > 0] = 65535
    crowd = np.zeros(length, np.int32)
    for s, n, k in zip(start, units.lengths, np.diff(units.offsets), strict=True):
        if s >= 0:
            crowd[s : s + n] += k
    block = Block(
        start,
        low,
        high,
        places(units._replace(lengths=np.minimum(units.lengths, length)), length),
        units.lengths,
        spans(units),
        np.diff(units.offsets),
        np.zeros(0, np.int32),
        np.full(len(start), -1),
        crowd,
        np.array([1 / STEPS, task.away, task.crowding]),
        float(units.frames.sum()) / length,
        0,
        length,
    )
    anneal(block, pairs, task.effort // 4, task.order == "strict", dice)
