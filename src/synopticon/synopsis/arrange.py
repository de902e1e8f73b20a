"""Arranging: when each tube is shown.

Tubes that belong together make rigid units; the units are placed by their collision profiles (``profile.py``), block
after block in source order, first greedily, then refined by annealing (``refine.py``). The cost grows linearly with the
number of tubes, so endless footage can be arranged as it comes (Pritch, Rav-Acha, Peleg, TPAMI 30(11), 2008).
"""

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from synopticon.errors import UsageError
from synopticon.measure.synopsis import measure_plan
from synopticon.synopsis.groups import Units, infer_groups, make_units, merge_units
from synopticon.synopsis.pairs import Pairs, make_pairs
from synopticon.synopsis.profile import Shapes, make_shapes, unit_areas
from synopticon.synopsis.refine import UNPLACED, Block, shuffle, sweep
from synopticon.values.plan import Left, Plan, TubeSet

DENSITY = 8.0  # objects at once that a person can follow
EFFORT = 20  # sweeps: how often each unit is placed anew
LOCAL_SECONDS = 33.0  # order local: how far from its place in source order a unit may be shown
BLOCK = 500  # units placed together


@dataclass(frozen=True, slots=True)
class Knobs:
    """What the user asks for.

    ``density``: objects shown at once, on average (None: 8, unless a length is given). ``length``: frames of the synopsis, instead
    of a density. ``max_collision``: None, or the largest share of the smaller one's area that any two tubes may
    newly cover of each other (0 = none at all). ``order``: ``strict`` (in order of source starts), ``local`` (near
    it), ``free``. ``effort``: how often each unit is placed anew. ``seed`` of the dice.
    """

    density: float | None = None
    length: int | None = None
    max_collision: float | None = None
    order: Literal["strict", "local", "free"] = "local"
    effort: int = EFFORT
    seed: int = 0

    def __post_init__(self) -> None:
        if self.density is not None and not self.density > 0:
            raise UsageError("the density must be above 0 objects")
        if self.length is not None and self.length < 1:
            raise UsageError("the length must be at least 1 frame")
        if self.max_collision is not None and not 0 <= self.max_collision:
            raise UsageError("the collision limit must be 0 or more")
        if self.order not in ("strict", "local", "free"):
            raise UsageError("the order must be strict, local or free")
        if self.effort < 0:
            raise UsageError("the effort must be 0 or more sweeps")


def arrange(tubes: TubeSet, knobs: Knobs = Knobs()) -> Plan:  # noqa: B008
    """Choose when each tube is shown; every tube is either in ``starts`` or in ``left_out`` with its reason.

    Groups are inferred when the set knows none. Deterministic: the same tubes and knobs give the same plan.
    """
    fits = tubes.lengths <= (knobs.length or np.inf)
    shown = _select(tubes, np.flatnonzero(fits))
    starts = np.full(len(tubes), -1, np.int64)
    if len(shown):
        starts[fits] = _place(shown, knobs)
    left = tuple(Left(tubes.ids[i], "longer than the synopsis") for i in np.flatnonzero(~fits))
    ends = starts + tubes.lengths
    return Plan(
        fps=tubes.fps,
        length_frames=int(ends[starts >= 0].max(initial=0)),
        starts={tubes.ids[i]: int(starts[i]) for i in np.flatnonzero(starts >= 0)},
        left_out=left,
        effort=knobs.effort,
        measures=measure_plan(tubes, starts),
    )


def _select(tubes: TubeSet, keep: NDArray[np.int64]) -> TubeSet:
    """The tubes of these indices."""
    if len(keep) == len(tubes):
        return tubes
    rows = [np.arange(tubes.offsets[i], tubes.offsets[i + 1]) for i in keep]
    return TubeSet(
        ids=tuple(tubes.ids[i] for i in keep),
        offsets=np.concatenate([[0], np.cumsum(tubes.lengths[keep])]).astype(np.int64),
        starts=tubes.starts[keep],
        boxes=tubes.boxes[np.concatenate([*rows, np.zeros(0, np.int64)])],
        groups=tubes.groups[keep],
        width=tubes.width,
        height=tubes.height,
        fps=tubes.fps,
        length=tubes.length,
    )


def _place(tubes: TubeSet, knobs: Knobs) -> NDArray[np.int64]:
    """First synopsis frame of each tube, int64 ``(n,)``, the earliest at 0."""
    groups = tubes.groups if tubes.groups.max(initial=-1) >= 0 else infer_groups(tubes)
    total = int(tubes.lengths.sum())
    wanted = knobs.length or max(math.ceil(total / (knobs.density or DENSITY)), int(tubes.lengths.max()))
    units = make_units(tubes, groups, wanted)
    if knobs.order == "strict":
        units = merge_units(units, tubes)
    length = max(wanted, int(units.lengths.max()))
    task = _Task(units, make_shapes(tubes), unit_areas(units, tubes), length, knobs, tubes.fps)
    begin = task.solve()
    starts = np.empty(len(tubes), np.int64)
    starts[units.members] = np.repeat(begin, np.diff(units.offsets)) + units.shifts
    return starts - starts.min()


class _Task:
    """One arrangement: places, windows and costs of all units."""

    def __init__(
        self, units: Units, shapes: Shapes, areas: NDArray[np.float64], length: int, knobs: Knobs, fps: float
    ) -> None:
        self.units, self.shapes, self.length, self.knobs = units, shapes, length, knobs
        self.span = np.maximum.reduceat(units.shifts, units.offsets[:-1])
        self.tally = np.diff(units.offsets)
        middle = np.cumsum(units.frames) - units.frames / 2
        place = middle / units.frames.sum() * length - units.lengths / 2
        self.place = np.clip(place, 0, length - units.lengths).astype(np.int64)
        self.width = length if knobs.order == "free" else int(LOCAL_SECONDS * fps)
        self.scale = float(areas.mean()) / 4000
        self.weights = np.array([self.scale / max(float(areas.mean()), 1e-9), 0.0, 0.0])
        self.target = float(units.frames.sum()) / length
        self.dice = np.array([knobs.seed], np.uint64)

    def solve(self) -> NDArray[np.int64]:
        """Starts of all units."""
        rows = np.argsort(self.place, kind="stable")
        if self.knobs.order == "strict":
            rows = np.arange(len(self.place))
        block = self._block(rows)
        pairs = make_pairs(self.shapes, self.units, rows, self.place[rows], 2 * self.width, self.scale)
        self._refine(block, pairs)
        begin = np.empty(len(rows), np.int64)
        begin[rows] = block.start
        return begin

    def _block(self, rows: NDArray[np.int64]) -> Block:
        n, place, length = len(rows), self.place[rows], self.units.lengths[rows]
        start = np.full(n, UNPLACED)
        crowd = np.zeros(self.length, np.int32)
        if self.knobs.order == "strict":
            start = self._in_order(rows)
            for s, m, k in zip(start, length, self.tally[rows], strict=True):
                crowd[s : s + m] += k
        return Block(
            start=start,
            low=np.maximum(0, place - self.width),
            high=np.minimum(self.length - length, place + self.width),
            place=place,
            length=length,
            tally=self.tally[rows],
            span=self.span[rows],
            fixed=np.zeros(0, np.int32),
            at=np.zeros(n, np.int64),
            crowd=crowd,
            weights=self.weights,
            target=self.target,
        )

    def _in_order(self, rows: NDArray[np.int64]) -> NDArray[np.int64]:
        """Starts near the places that are in strict order already."""
        start, latest = self.place[rows].copy(), self.length - self.units.lengths[rows]
        span = self.span[rows]
        for r in range(len(rows) - 2, -1, -1):
            latest[r] = min(latest[r], latest[r + 1] - span[r])
        if latest[0] < 0:
            raise UsageError(
                "no synopsis this short can keep the strict order and the groups; give more length"
            )
        for r in range(len(rows)):
            start[r] = min(start[r], latest[r])
            if r:
                start[r] = max(start[r], start[r - 1] + span[r - 1])
        return start

    def _refine(self, block: Block, pairs: Pairs) -> None:
        """Greedy insertion, largest first, then sweeps at a falling temperature, the last ones at 0."""
        strict = self.knobs.order == "strict"
        order = np.argsort(-self.units.frames[: len(block.start)], kind="stable")
        sweep(block, pairs, order, 0.0, strict, self.dice)
        cold = max(1, self.knobs.effort // 10)
        for k in range(self.knobs.effort):
            part = k / max(self.knobs.effort - cold, 1)
            shuffle(order, self.dice)
            sweep(block, pairs, order, 0.05 * 0.05**part if part < 1 else 0.0, strict, self.dice)
