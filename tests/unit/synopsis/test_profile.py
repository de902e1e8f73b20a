import numpy as np
import pytest

from synopticon.synopsis.groups import make_units
from synopticon.synopsis.profile import both_ways, half_pairs, make_shapes, tube_areas, unit_profile
from tests.tubesets import area, make_tubes, pair_overlap, random_tubes, walk


def profile(tubes, units, u, v, band=(-(1 << 40), 1 << 40)):
    size = int(units.lengths[u] + units.lengths[v])
    out, scratch = np.empty((2, size + 32), np.float32)
    lo, hi = unit_profile(make_shapes(tubes), units, (u, v), band, out, scratch)
    values = {}
    for e in range(-int(units.lengths[u]) + 1, int(units.lengths[v])):
        at = 15 + int(units.lengths[u]) + e
        values[e] = float(out[at]) if lo <= at < hi else 0.0
    return values


def reference(tubes, units, u, v, e):
    """Unit u starts e frames after unit v."""
    total = 0.0
    for k in range(units.offsets[u], units.offsets[u + 1]):
        for m in range(units.offsets[v], units.offsets[v + 1]):
            i, j = units.members[k], units.members[m]
            total += pair_overlap(tubes, i, j, e + int(units.shifts[k]), int(units.shifts[m]))
    return total


@pytest.mark.parametrize("seed", range(12))
def test_a_profile_is_the_overlap_at_every_shift(seed):
    tubes = random_tubes(np.random.default_rng(seed), 6, length=90, groups=seed % 2 == 0)
    units = make_units(tubes, tubes.groups, 1 << 40)
    for u in range(len(units.starts)):
        for v in range(u + 1, len(units.starts)):
            for e, value in profile(tubes, units, u, v).items():
                assert value == pytest.approx(reference(tubes, units, u, v, e), abs=1e-3), (u, v, e)


@pytest.mark.parametrize("seed", range(6))
def test_a_band_of_shifts_is_the_same_as_in_the_whole_profile(seed):
    tubes = random_tubes(np.random.default_rng(seed), 5, length=120, groups=True)
    units = make_units(tubes, tubes.groups, 1 << 40)
    for u in range(len(units.starts)):
        for v in range(u + 1, len(units.starts)):
            whole = profile(tubes, units, u, v)
            for low, high in ((-9, 4), (3, 30), (-50, -8)):
                part = profile(tubes, units, u, v, (low, high))
                assert part == {e: value if low <= e <= high else 0 for e, value in whole.items()}


def test_overlap_that_was_there_in_the_source_is_no_new_one():
    tubes = make_tubes([walk(0, 20, 10, 10, 0), walk(5, 20, 12, 10, 0)])
    units = make_units(tubes, tubes.groups, 1 << 40)
    values = profile(tubes, units, 1, 0)
    assert [values[e] for e in range(3, 8)] == [0] * 5
    assert values[2] > 0
    assert values[8] > 0


@pytest.mark.parametrize("seed", range(4))
def test_stored_pairs_say_the_same_from_both_sides(seed):
    tubes = random_tubes(np.random.default_rng(seed), 9, length=80, groups=True)
    units = make_units(tubes, tubes.groups, 1 << 40)
    n = len(units.starts)
    half, _ = half_pairs(make_shapes(tubes), units, np.arange(n), np.zeros(n, np.int64), 1 << 40, 4.0)
    pairs = both_ways(half, n)
    seen = 0
    for row in range(n):
        for k in range(pairs.rows[row], pairs.rows[row + 1]):
            other, back = pairs.other[k], pairs.mirror[k]
            assert pairs.other[back] == row
            for s in range(pairs.size[k]):
                value = pairs.pool[pairs.where[k] + s]
                e = int(pairs.low[k]) + s
                true = reference(tubes, units, row, other, e)
                assert value == np.ceil(np.float32(true) / np.float32(4))
                assert pairs.pool[pairs.where[back] - e - pairs.low[back]] == value
                seen += value > 0
    assert seen


def test_known_pairs_are_carried_to_the_next_block():
    tubes = random_tubes(np.random.default_rng(5), 30, length=200)
    units = make_units(tubes, tubes.groups, 1 << 40)
    shapes, n = make_shapes(tubes), len(units.starts)
    first, second, third = np.arange(10), np.arange(10, 20), np.arange(20, n)
    place = np.zeros(n, np.int64)
    wide = {"reach": 1 << 40, "scale": 4.0}
    _, kept = half_pairs(shapes, units, np.r_[first, second], place[:20], **wide, fresh=10)
    every, _ = half_pairs(shapes, units, np.r_[second, third], place[10:], **wide, known=kept, fresh=10)
    alone, _ = half_pairs(shapes, units, np.r_[second, third], place[10:], **wide)
    assert both_ways(every, n - 10).pool.sum() == both_ways(alone, n - 10).pool.sum() > 0
    assert sorted(map(tuple, every.table.T.tolist())) == sorted(map(tuple, alone.table.T.tolist()))


def test_pairs_far_apart_are_not_looked_at():
    tubes = make_tubes([walk(0, 20, 10, 10, 0), walk(50, 20, 12, 10, 0)])
    units, shapes = make_units(tubes, tubes.groups, 1 << 40), make_shapes(tubes)
    near, _ = half_pairs(shapes, units, np.arange(2), np.array([0, 29]), 10, 1.0)
    far, _ = half_pairs(shapes, units, np.arange(2), np.array([0, 30]), 10, 1.0)
    assert near.table.shape[1] == 1
    assert far.table.shape[1] == 0


def test_areas():
    tubes = random_tubes(np.random.default_rng(1), 5)
    assert tube_areas(tubes) == pytest.approx([area(tubes, i) for i in range(5)])
