"""A clock's course over a recording from what it showed: start, drift and jumps, with what is left uncertain.

What a clock shows holds for a second (or a minute), so each reading says only that the true line passes
through an interval. All lines that pass through all of them are the answer, and its width the uncertainty
(estimation with bounded errors: Walter and Piet-Lahanier, "Estimation of parameter bounds from bounded-error
data", 1990). Which readings belong to one line is found by consensus (RANSAC: Fischler and Bolles, 1981),
here over all pairs of readings, so that nothing is drawn by chance.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import scipy
from numpy.typing import NDArray

DRIFT_MOST = 0.01  # seconds a second that a clock may gain or lose
LEAST = 3  # readings that a piece between two jumps needs

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Reading:
    """What was shown (seconds, see ``Told``) at a time on the recording's timeline; true for ``every`` s."""

    time: float
    shown: float
    every: float


@dataclass(frozen=True, slots=True)
class Bounds:
    """A number with what it lies between."""

    value: float
    low: float
    high: float

    @property
    def uncertainty(self) -> float:
        """How far the truth may be from ``value``."""
        return max(self.high - self.value, self.value - self.low)


@dataclass(frozen=True, slots=True)
class Course:
    """How the clock goes, in seconds of what it shows.

    ``start``: at time 0 of the timeline. ``drift``: gained a second. ``steps``: by how much it was set at
    each jump.
    """

    start: Bounds
    drift: Bounds
    steps: tuple[Bounds, ...]


def pieces(readings: Sequence[Reading]) -> tuple[tuple[int, ...], ...]:
    """Indices of the readings of each stretch without a jump, in time order; readings that fit none left out.

    ``readings`` in time order. A stretch needs ``LEAST`` readings that follow one line.
    """
    rows = np.array([(r.time, r.shown - r.time, r.every) for r in readings], np.float64).reshape(-1, 3)
    found = _pieces(rows, np.arange(len(rows)))
    return tuple(sorted((tuple(p) for p in found), key=lambda p: p[0]))


def _pieces(rows: Floats, among: NDArray[np.intp]) -> list[list[int]]:
    """The line with most readings, then those in the runs that it leaves over, before, after and within."""
    inside = _consensus(rows[among])
    if np.count_nonzero(inside) < LEAST:
        return []
    out: list[list[int]] = []
    mine: list[int] = []
    for run in np.split(np.arange(len(among)), np.flatnonzero(np.diff(inside)) + 1):
        if inside[run[0]]:
            mine += among[run].tolist()
        elif others := _pieces(rows, among[run]):
            out += [mine, *others] if mine else others
            mine = []
    return [p for p in [*out, mine] if len(p) >= LEAST]


def _consensus(rows: Floats) -> NDArray[np.bool_]:
    """Which readings the best line through two of them passes: rows of time, ahead (shown - time), every."""
    if len(rows) < LEAST:
        return np.zeros(len(rows), np.bool_)
    time, ahead, every = rows.T
    i, j = np.triu_indices(len(rows), 1)
    gap = np.maximum(time[j] - time[i], 1e-9)
    slope = (ahead[j] - ahead[i]) / gap
    # A difference of two rounded values is off by up to what they hold for.
    slope = np.sign(slope) * np.maximum(np.abs(slope) - every[j] / gap, 0)
    i, slope = i[np.abs(slope) <= DRIFT_MOST], slope[np.abs(slope) <= DRIFT_MOST]
    if not len(i):
        return np.zeros(len(rows), np.bool_)
    off = ahead[None] - ahead[i, None] - slope[:, None] * (time[None] - time[i, None])
    passes = np.abs(off) <= every[None] * 1.01
    return np.asarray(passes[np.argmax(passes.sum(1))])


def course(readings: Sequence[Reading], parts: Sequence[Sequence[int]], slack: float) -> Course | None:
    """What all readings of all parts agree on, with one drift; None when they agree on nothing.

    Of what they leave open the line through the ticks is the likeliest, where enough were found to a frame.
    ``slack``: seconds that a clock may be drawn early or late: a frame.
    """
    kept = _agreeing(readings, parts, slack)
    if kept is None:
        return None
    rows, limit, base, count = kept
    aims = [np.eye(count + 1)[0], np.eye(count + 1)[1]]
    aims += [np.eye(count + 1)[k + 2] - np.eye(count + 1)[k + 1] for k in range(count - 1)]
    ends = [_solve(sign * aim, rows, limit) for aim in aims for sign in (1, -1)]
    if any(end is None for end in ends):
        return None
    points = np.array([end for end in ends if end is not None])
    likely = _by_ticks([[readings[i] for i in part] for part in parts], base, slack)
    likely = points.mean(0) if likely is None else likely
    drift, start, *steps = (
        _between(float(aim @ likely), float(aim @ points[2 * n]), float(aim @ points[2 * n + 1]))
        for n, aim in enumerate(aims)
    )
    start = Bounds(*(base + x for x in (start.value, start.low, start.high)))
    return Course(start, drift, tuple(steps))


def _between(value: float, low: float, high: float) -> Bounds:
    return Bounds(min(max(value, low), high), low, high)


def _by_ticks(parts: Sequence[Sequence[Reading]], base: float, frame: float) -> Floats | None:
    """Drift, and by how much each part is ahead: least squares through the ticks that were found to a frame.

    None where a part has fewer than two.
    """
    rows, ahead = [], []
    for number, part in enumerate(parts):
        pairs = [(a, b) for a, b in pairwise(part) if b.shown - a.shown == a.every]
        ticks = [((a.time + b.time) / 2, b.shown) for a, b in pairs if b.time - a.time <= 1.5 * frame]
        if len(ticks) < 2:
            return None
        rows += [np.r_[time, np.eye(len(parts))[number]] for time, _ in ticks]
        ahead += [shown - time - base for time, shown in ticks]
    return np.asarray(np.linalg.lstsq(np.array(rows), np.array(ahead), rcond=None)[0], np.float64)


def _agreeing(
    readings: Sequence[Reading], parts: Sequence[Sequence[int]], slack: float
) -> tuple[Floats, Floats, float, int] | None:
    """Inequalities ``rows @ (drift, ahead of each part) <= limit`` that can all hold; None when too few can.

    The least sum of what they are broken by says which readings are wrong; these are left out.
    """
    which = [(k, readings[i]) for k, part in enumerate(parts) for i in part]
    if not which:
        return None
    base = which[0][1].shown - which[0][1].time
    count, many = len(parts), len(which)
    rows, limit = np.zeros((2 * many, count + 1)), np.zeros(2 * many)
    for n, (k, r) in enumerate(which):
        rows[n, 0], rows[n, k + 1] = -r.time, -1  # ahead + drift * time >= shown - time
        rows[many + n, 0], rows[many + n, k + 1] = r.time, 1
        limit[n] = -(r.shown - r.time - base) + slack
        limit[many + n] = r.shown - r.time - base + r.every + slack
    broken = -np.vstack([np.eye(many), np.eye(many)])
    solved = scipy.optimize.linprog(
        np.r_[np.zeros(count + 1), np.ones(many)], np.hstack([rows, broken]), limit,
        bounds=[(-DRIFT_MOST, DRIFT_MOST)] + [(None, None)] * count + [(0, None)] * many,
    )  # fmt: skip
    if solved.x is None:
        return None
    good = np.asarray(solved.x[count + 1 :]) < 1e-6
    for k in range(count):
        if sum(bool(g) for g, (part, _) in zip(good, which, strict=True) if part == k) < LEAST:
            return None
    both = np.r_[good, good]
    return rows[both], limit[both], base, count


def _solve(aim: Floats, rows: Floats, limit: Floats) -> Floats | None:
    bounds = [(-DRIFT_MOST, DRIFT_MOST)] + [(None, None)] * (len(aim) - 1)
    solved = scipy.optimize.linprog(aim, rows, limit + 1e-9, bounds=bounds)
    return None if solved.x is None else np.asarray(solved.x, np.float64)
