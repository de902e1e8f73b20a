import numpy as np

from synopticon.synopsis.groups import infer_groups, make_units, merge_units, take_units
from tests.tubesets import make_tubes, walk


def groups_of(tubes):
    numbers = infer_groups(tubes)
    return {frozenset(np.flatnonzero(numbers == g).tolist()) for g in set(numbers.tolist())}


def test_companions_belong_together_and_passers_by_do_not():
    together = [walk(0, 40, 0, 20, 1), walk(2, 40, 13, 20, 1)]
    across = walk(0, 40, 44, 20, -1)
    later = walk(200, 40, 0, 20, 1)
    assert groups_of(make_tubes([*together, across, later])) == {
        frozenset({0, 1}),
        frozenset({2}),
        frozenset({3}),
    }


def test_those_who_hide_each_other_belong_together():
    assert groups_of(make_tubes([walk(0, 30, 10, 10, 0), walk(5, 20, 14, 12, 0)])) == {frozenset({0, 1})}


def test_a_brief_meeting_is_not_enough():
    assert len(groups_of(make_tubes([walk(0, 30, 10, 10, 0), walk(27, 30, 10, 10, 0)]))) == 2


def test_a_long_chain_is_cut():
    """Each stands beside the next for a while; all together would span five times one of them."""
    chain = make_tubes([walk(20 * k, 40, 10, 10, 0) for k in range(10)])
    for members in groups_of(chain):
        begin = min(int(chain.starts[i]) for i in members)
        end = max(int(chain.starts[i] + 40) for i in members)
        assert end - begin <= 80


def test_units_keep_the_timing_of_their_tubes():
    tubes = make_tubes([walk(30, 5, 0, 0, 0), walk(10, 6, 0, 0, 0), walk(12, 9, 0, 0, 0)], groups=[4, 7, 4])
    units = make_units(tubes, tubes.groups, 1 << 40)
    assert units.starts.tolist() == [10, 12]
    assert units.members.tolist() == [1, 2, 0]
    assert units.shifts.tolist() == [0, 0, 18]
    assert units.lengths.tolist() == [6, 23]
    assert units.frames.tolist() == [6, 14]


def test_a_group_that_does_not_fit_is_cut():
    tubes = make_tubes([walk(0, 10, 0, 0, 0), walk(5, 10, 0, 0, 0), walk(9, 10, 0, 0, 0)], groups=[1, 1, 1])
    units = make_units(tubes, tubes.groups, 16)
    assert sorted(np.diff(units.offsets).tolist()) == [1, 2]
    assert units.lengths.max() <= 16


def test_tubes_without_a_group_stand_alone():
    tubes = make_tubes([walk(0, 10, 0, 0, 0), walk(5, 10, 0, 0, 0)], groups=[-1, -1])
    assert len(make_units(tubes, tubes.groups, 1 << 40).starts) == 2


def test_interleaved_units_merge_for_strict_order():
    tubes = make_tubes(
        [walk(0, 5, 0, 0, 0), walk(20, 5, 0, 0, 0), walk(10, 5, 0, 0, 0), walk(30, 5, 0, 0, 0)],
        groups=[0, 0, 1, 2],
    )
    units = merge_units(make_units(tubes, tubes.groups, 1 << 40), tubes)
    assert units.offsets.tolist() == [0, 3, 4]
    assert units.members.tolist() == [0, 2, 1, 3]


def test_some_units_can_be_taken_out():
    tubes = make_tubes([walk(10 * k, 5, 0, 0, 0) for k in range(5)], groups=[0, 0, 1, 2, 2])
    units = make_units(tubes, tubes.groups, 1 << 40)
    some = take_units(units, np.arange(1, 3))
    assert some.members.tolist() == [2, 3, 4]
    assert some.offsets.tolist() == [0, 1, 3]
