"""Whatever the tubes and knobs: none is lost, no limit passed, groups stay together, twice is the same."""

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from synopticon.synopsis.arrange import Knobs, arrange
from tests.tubesets import area, pair_overlap, starts_of, tube_sets

FEW = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
ORDERS = st.sampled_from(["strict", "local", "free"])


@st.composite
def knobs(draw) -> Knobs:
    return Knobs(
        density=draw(st.none() | st.floats(0.5, 30)),
        length=draw(st.none() | st.integers(1, 300)),
        max_collision=draw(st.none() | st.sampled_from([0.0, 0.02, 0.3])),
        order=draw(ORDERS),
        effort=draw(st.integers(0, 4)),
        seed=draw(st.integers(0, 5)),
    )


def worst_pair(tubes, starts) -> float:
    shown = np.flatnonzero(starts >= 0)
    shares = [
        pair_overlap(tubes, i, j, int(starts[i]), int(starts[j])) / min(area(tubes, i), area(tubes, j))
        for i in shown
        for j in shown
        if i < j
    ]
    return max(shares, default=0.0)


@FEW
@given(tube_sets(), knobs())
def test_no_tube_is_lost(tubes, knobs):
    plan = arrange(tubes, knobs)
    shown, left = set(plan.starts), {x.id for x in plan.left_out}
    assert shown | left == set(tubes.ids)
    assert not shown & left
    assert all(x.reason for x in plan.left_out)
    if knobs.length is None:
        assert not left
    else:
        too_long = {i for i, n in zip(tubes.ids, tubes.lengths, strict=True) if n > knobs.length}
        assert too_long <= left
        if knobs.max_collision is None:
            assert left == too_long


@FEW
@given(tube_sets(), knobs())
def test_the_length_is_kept(tubes, knobs):
    plan = arrange(tubes, knobs)
    starts = starts_of(tubes, plan)
    ends = (starts + tubes.lengths)[starts >= 0]
    assert plan.length_frames == ends.max(initial=0)
    assert starts[starts >= 0].min(initial=0) == 0
    if knobs.length is not None:
        assert plan.length_frames <= knobs.length
    elif knobs.max_collision is None and knobs.order != "strict":
        wanted = max(np.ceil(tubes.lengths.sum() / (knobs.density or 8)), tubes.lengths.max())
        spread = max(tubes.lengths) * 2 + 8  # a group may need more
        assert plan.length_frames <= max(wanted, spread)


@FEW
@given(tube_sets(most=14), knobs().filter(lambda k: k.max_collision is not None))
def test_the_collision_limit_is_kept(tubes, knobs):
    plan = arrange(tubes, knobs)
    worst = worst_pair(tubes, starts_of(tubes, plan))
    assert worst <= knobs.max_collision + 1e-9
    if knobs.max_collision == 0:
        assert plan.measures.get("OAnew", 0.0) == 0.0


@FEW
@given(tube_sets(), knobs())
def test_groups_stay_together(tubes, knobs):
    plan = arrange(tubes, knobs)
    starts = starts_of(tubes, plan)
    for group in set(tubes.groups.tolist()) - {-1}:
        members = np.flatnonzero((tubes.groups == group) & (starts >= 0))
        span = (tubes.starts + tubes.lengths)[members].max(initial=0) - tubes.starts[members].min(
            initial=1 << 40
        )
        if knobs.length is None or (span <= knobs.length and knobs.order != "strict"):
            moved = starts[members] - tubes.starts[members]
            assert np.ptp(moved) == 0 if len(members) else True


@FEW
@given(tube_sets(), knobs())
def test_strict_order_is_strict(tubes, knobs):
    plan = arrange(tubes, Knobs(knobs.density, knobs.length, knobs.max_collision, "strict", knobs.effort))
    starts = starts_of(tubes, plan)
    shown = np.flatnonzero(starts >= 0)
    for i in shown:
        for j in shown:
            if tubes.starts[i] < tubes.starts[j]:
                assert starts[i] <= starts[j]
    assert plan.measures.get("CDR", 0.0) == 0.0


@FEW
@given(tube_sets(), knobs())
def test_the_same_again(tubes, knobs):
    first, second = arrange(tubes, knobs), arrange(tubes, knobs)
    assert first == second
    assert first.deterministic


@given(tube_sets(most=60, groups=False), st.integers(40, 120))
@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_many_small_blocks_lose_nothing_and_keep_the_length(tubes, length):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("synopticon.synopsis.stream.TOGETHER", 6)
        patch.setattr("synopticon.synopsis.squeeze.TOGETHER", 6)
        patch.setattr("synopticon.synopsis.arrange.LOCAL_SECONDS", 1.0)
        for order in ("strict", "local", "free"):
            plan = arrange(tubes, Knobs(length=length, order=order, effort=2))
            assert len(plan.starts) == len(tubes)
            assert plan.length_frames <= length
            if order == "strict":
                assert plan.measures["CDR"] == 0
            packed = arrange(tubes, Knobs(max_collision=0, order=order, effort=2))
            assert len(packed.starts) == len(tubes)
            assert packed.measures["OAnew"] == 0
