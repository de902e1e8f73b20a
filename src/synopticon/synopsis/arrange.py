"""Arranging: when each tube is shown.

Tubes that belong together make rigid units; the units are placed by their collision profiles
(``profile.py``), block after block in source order, first greedily, then refined by annealing
(``refine.py``). The cost grows linearly with the number of tubes, so endless footage can be arranged as it
comes (Pritch, Rav-Acha, Peleg, TPAMI 30(11), 2008).
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from synopticon.errors import UsageError
from synopticon.measure.synopsis import measure_plan
from synopticon.synopsis.groups import Units, infer_groups, make_units, merge_units
from synopticon.synopsis.profile import make_shapes, tube_areas
from synopticon.synopsis.squeeze import squeeze
from synopticon.synopsis.stream import Order, Task, shortest_in_order, stream
from synopticon.values.plan import Left, Plan, TubeSet

DENSITY = 8.0  # objects at once that a person can follow
EFFORT = 20  # sweeps: how often each unit is placed anew (sets below 1,000 units are swept more often)
LOCAL_SECONDS = 31.0  # order local: how far from its place in source order a unit may be shown ...
LOCAL_LENGTHS = 1.5  # ... and where collisions are limited, at least so many lengths of the longest unit
# Where density is what counts, a plan also pays, in mean areas of a unit,
AWAY = 2e-5  # for each frame that a unit is away from its place,
CROWDING = 1e-4  # and for each object above the mean in a frame.
TOO_LONG = "longer than the synopsis"
NO_PLACE = "no place without a larger collision"


@dataclass(frozen=True, slots=True)
class Knobs:
    """What the user asks for.

    ``density``: objects shown at once, on average; None: 8, or as many as there is room for when no
    collision at all is allowed. ``length``: frames of the synopsis; then the density follows.
    ``max_collision``: None, or the largest area that any two tubes may newly cover of each other, as a
    share of the smaller one's (both summed over time; 0 = none at all). ``order``: ``strict`` (in order of
    source starts), ``local`` (near it), ``free``. ``effort``: how often each unit is placed anew. ``seed``:
    of the dice.
    """

    density: float | None = None
    length: int | None = None
    max_collision: float | None = None
    order: Order = "local"
    effort: int = EFFORT
    seed: int = 0

    def __post_init__(self) -> None:
        if self.density is not None and not self.density > 0:
            raise UsageError("the density must be above 0 objects")
        if self.length is not None and self.length < 1:
            raise UsageError("the length must be at least 1 frame")
        if self.max_collision is not None and not self.max_collision >= 0:
            raise UsageError("the collision limit must be 0 or more")
        if self.order not in ("strict", "local", "free"):
            raise UsageError("the order must be strict, local or free")
        if self.effort < 0:
            raise UsageError("the effort must be 0 or more sweeps")


def arrange(tubes: TubeSet, knobs: Knobs = Knobs()) -> Plan:
    """Choose when each tube is shown; every tube is either in ``starts`` or in ``left_out`` with its reason.

    Groups are inferred when the set knows none. Deterministic: the same tubes and knobs give the same plan.
    """
    fits = tubes.lengths <= (knobs.length or np.inf)
    starts = np.full(len(tubes), -1, np.int64)
    if fits.any():
        starts[fits] = _place(_select(tubes, np.flatnonzero(fits)), knobs)
    left = tuple(
        Left(tubes.ids[i], NO_PLACE if fits[i] else TOO_LONG) for i in np.flatnonzero(starts < 0).tolist()
    )
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
    """First synopsis frame of each tube, int64 ``(n,)``, the earliest at 0; -1 = there is no place for it."""
    units = _units(tubes, knobs)
    length = _length(tubes, knobs, int(units.lengths.max()))
    longest = int(units.lengths.max())
    width = int(max(LOCAL_SECONDS * tubes.fps, LOCAL_LENGTHS * longest * (knobs.max_collision is not None)))
    task = Task(
        units=units,
        shapes=make_shapes(tubes),
        areas=tube_areas(tubes),
        length=length,
        order=knobs.order,
        width=1 << 40 if knobs.order == "free" else width,
        effort=knobs.effort,
        seed=knobs.seed,
        away=AWAY if knobs.length is None and knobs.order != "free" else 0.0,
        crowding=CROWDING if knobs.length is None else 0.0,
    )
    if knobs.max_collision is None:
        begin = stream(task)
    else:
        begin = squeeze(task, knobs.max_collision, knobs.length is not None)
    return _tube_starts(units, begin)


def _tube_starts(units: Units, begin: NDArray[np.int64]) -> NDArray[np.int64]:
    starts = np.empty(len(units.members), np.int64)
    starts[units.members] = np.repeat(begin, np.diff(units.offsets)) + units.shifts
    shown = starts >= 0
    return np.where(shown, starts - starts[shown].min(initial=1 << 40), -1)


def _units(tubes: TubeSet, knobs: Knobs) -> Units:
    """What moves together; in strict order also what must, because its starts interleave.

    Groups that would not fit a given length are cut.
    """
    groups = tubes.groups if tubes.groups.max(initial=-1) >= 0 else infer_groups(tubes)
    room = knobs.length or 1 << 40
    units = make_units(tubes, groups, room)
    if knobs.order != "strict":
        return units
    merged = merge_units(units, tubes)
    if merged.lengths.max() <= room and shortest_in_order(merged) <= room:
        return merged
    return make_units(tubes, np.full(len(tubes), -1, np.int32), room)


def _length(tubes: TubeSet, knobs: Knobs, longest: int) -> int:
    """Frames of the synopsis that the knobs ask for (the least, where collisions are limited)."""
    if knobs.length is not None:
        return knobs.length
    density = knobs.density or (math.inf if knobs.max_collision == 0 else DENSITY)
    return max(math.ceil(int(tubes.lengths.sum()) / density), longest)
