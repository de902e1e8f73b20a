"""Geometry of paths against slow references: a place at a time, with exact fractions or dense samples."""

from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import Phase, assume, given, settings
from hypothesis import strategies as st

from synopticon.errors import UsageError
from synopticon.search.geometry import cells_touched, crossings, follows, inside, passages
from synopticon.values.cells import CELLS

QUICK = settings(deadline=None, derandomize=True, phases=(Phase.explicit, Phase.generate), max_examples=60)
FRACTION = st.integers(0, 1000).map(lambda n: n / 1000)
POINT = st.tuples(FRACTION, FRACTION)
POLYGON = st.lists(POINT, min_size=3, max_size=7)
LINE = st.lists(POINT, min_size=2, max_size=5)
PLACES = st.lists(st.tuples(st.integers(0, 65535), st.integers(0, 65535)), min_size=16, max_size=16)
PATHS = st.lists(PLACES, min_size=1, max_size=4).map(lambda rows: np.array(rows, np.uint16))


def grid(points):
    """Areas on the odd places of the fine grid, as the module says."""
    whole = [[round(v * 65535) for v in p] for p in points]
    return [tuple(2 * v - 1 if v <= 0 else 2 * v + 1 for v in p) for p in whole]


def holds(corners, x, y):
    held = False
    for (ax, ay), (bx, by) in zip(corners, corners[1:] + corners[:1], strict=True):
        if (ay > y) != (by > y) and x < ax + (y - ay) * (bx - ax) / (by - ay):
            held = not held
    return held


def where_inside(places, polygon, samples=200):
    """Shares of a path's time at which dense samples of it are inside."""
    corners = grid(polygon)
    found = []
    for k, (p, q) in enumerate(pairwise(places.astype(float) * 2)):
        steps = (np.arange(samples) + 0.5) / samples
        found += [(k + s) / 15 for s in steps if holds(corners, *(p + (q - p) * s))]
    return found


def side(a, b, p):
    return (b[0] - a[0]) * (p[1] - a[1]) - (b[1] - a[1]) * (p[0] - a[0])


def off_the_edges(places, polygon):
    """No place lies on an edge exactly: there, inside and outside are the same distance away."""
    corners = grid(polygon)
    edges = list(zip(corners, corners[1:] + corners[:1], strict=True))
    return all(side(a, b, tuple(2 * int(v) for v in p)) for p in places for a, b in edges if a != b)


def slow_passages(places, line):
    """Each crossing of every pair of straight pieces: (when, inward), by solving for where they meet."""
    corners = grid(line)
    found = []
    for k, (p, q) in enumerate(pairwise([tuple(2 * int(v) for v in p) for p in places])):
        for a, b in pairwise(corners):
            before, after = side(a, b, p), side(a, b, q)
            if (before > 0) == (after > 0):
                continue
            t = Fraction(before, before - after)
            at = [p[i] + (q[i] - p[i]) * t for i in (0, 1)]
            along = [(at[i] - a[i]) / Fraction(b[i] - a[i]) for i in (0, 1) if a[i] != b[i]]
            assume(all(u not in (0, 1) for u in along))  # through a corner exactly: either piece may count it
            if all(0 < u < 1 for u in along):
                found.append(((k + t) / 15, after > 0))
    return sorted(found)


@QUICK
@given(PATHS, POLYGON)
def test_inside_is_what_dense_samples_say(path, polygon):
    stay = inside(path, polygon)
    for k, places in enumerate(path):
        assume(off_the_edges(places, polygon))
        at = where_inside(places, polygon)
        assert stay.share[k] == pytest.approx(len(at) / 3000, abs=0.01)
        if at:  # what is shorter than a sample may be missed by the samples, not by us
            assert stay.first[k] <= at[0] + 1e-5
            assert stay.last[k] >= at[-1] - 1e-5
            assert stay.last[k] - stay.first[k] >= stay.share[k] - 1e-5
        else:
            assert stay.share[k] < 0.005
        assert stay.touched[k] == (stay.share[k] > 0)


@QUICK
@given(PATHS, LINE)
def test_crossings_are_those_of_the_exact_solution(path, line):
    slow = [slow_passages(places, line) for places in path]
    counts = crossings(path, line)
    assert counts.tolist() == [[sum(i for _, i in s), sum(not i for _, i in s)] for s in slow]
    fast = passages(path, line)
    for k, wanted in enumerate(slow):
        mine = fast.row == k
        assert fast.at[mine] == pytest.approx([float(t) for t, _ in wanted], abs=1e-5)
        assert sorted(fast.inward[mine]) == sorted(i for _, i in wanted)


@QUICK
@given(PATHS, LINE)
def test_the_way_back_crosses_the_other_way(path, line):
    for places in path:
        slow_passages(places, line)  # leaves out ways through a corner
        assume(all(side(a, b, tuple(2 * int(v) for v in p)) for p in places for a, b in pairwise(grid(line))))
    there, back = crossings(path, line), crossings(path[:, ::-1], line)
    assert (there == back[:, ::-1]).all()
    assert (crossings(path, line[::-1]) == there[:, ::-1]).all()


@QUICK
@given(PATHS, st.lists(POINT, min_size=1, max_size=4), st.floats(0.01, 0.6), st.sampled_from([1.0, 16 / 9]))
def test_follows_is_what_dense_samples_say(path, way, tolerance, aspect):
    found = follows(path, way, tolerance, aspect)
    for k, places in enumerate(path):
        slow = slow_distance(places / 65535 * (aspect, 1.0), np.array(way) * (aspect, 1.0))
        if np.isfinite(found[k]):
            assert found[k] == pytest.approx(slow, abs=0.012 + tolerance / 500)
        else:
            assert slow > tolerance - 0.012


def slow_distance(places, way, samples=200):
    """The least over all orderly choices of the greatest distance, over dense samples of the path."""
    steps = np.arange(samples) / samples
    dense = np.concatenate([p + (q - p) * steps[:, None] for p, q in pairwise(places)] + [places[-1:]])
    best = np.zeros(len(dense))
    for point in way:
        near = np.hypot(*(dense - point).T)
        best = np.maximum(np.minimum.accumulate(best), near)
    return float(best.min())


@QUICK
@given(PATHS, POLYGON)
def test_who_was_inside_touched_a_cell_of_the_zone(path, polygon):
    mask = cells_touched(tuple(polygon), closed=True)
    for k, touched in enumerate(inside(path, polygon).touched):
        if touched:
            assert mask & dense_cells(path[k])


@QUICK
@given(PATHS, LINE)
def test_who_crossed_touched_a_cell_of_the_line(path, line):
    mask = cells_touched(tuple(line), closed=False)
    for places, count in zip(path, crossings(path, line).sum(axis=1), strict=True):
        if count:
            assert mask & dense_cells(places)


def dense_cells(places, samples=400):
    steps = np.linspace(0, 1, samples)[:, None]
    dense = np.concatenate([p + (q - p) * steps for p, q in pairwise(places / 65536)])
    cells = np.minimum(np.floor(dense * CELLS).astype(int), CELLS - 1)
    mask = 0
    for x, y in cells:
        mask |= 1 << int(y * CELLS + x)
    return mask


def straight(x0, y0, x1, y1):
    t = np.linspace(0, 1, 16)[:, None]
    return np.rint((np.array([[x0, y0]]) * (1 - t) + np.array([[x1, y1]]) * t) * 65535).astype(np.uint16)[
        None
    ]


def test_a_quick_crossing_between_two_places_counts():
    thin = [(0.50, 0.2), (0.51, 0.2), (0.51, 0.8), (0.50, 0.8)]
    stay = inside(straight(0.0, 0.5, 1.0, 0.5), thin)
    assert stay.share[0] == pytest.approx(0.01, abs=1e-4)
    assert (stay.first[0], stay.last[0]) == (pytest.approx(0.5, abs=1e-4), pytest.approx(0.51, abs=1e-4))


def test_in_is_from_the_left_hand_to_the_right():
    """Walking right along the picture, up is on the left hand."""
    line = [(0.1, 0.5), (0.9, 0.5)]
    assert crossings(straight(0.5, 0.1, 0.5, 0.9), line).tolist() == [[1, 0]]
    assert crossings(straight(0.5, 0.9, 0.5, 0.1), line).tolist() == [[0, 1]]


def test_a_zone_of_the_whole_picture_holds_its_border():
    whole = [(0, 0), (1, 0), (1, 1), (0, 1)]
    for corner in ((0, 0), (1, 1), (0, 1), (1, 0)):
        assert inside(straight(*corner, *corner), whole).share[0] == 1


def test_many_rows_are_shared_out_and_come_back_in_order():
    rng = np.random.default_rng(5)
    path = rng.integers(0, 65536, (100_000, 16, 2), dtype=np.uint16)
    zone, line = [(0.2, 0.2), (0.7, 0.3), (0.5, 0.8)], [(0.1, 0.1), (0.8, 0.9)]
    few = slice(99_000, 99_500)
    assert (inside(path, zone).share[few] == inside(path[few], zone).share).all()
    assert (crossings(path, line)[few] == crossings(path[few], line)).all()


def test_empty_and_wrong_input():
    none = np.zeros((0, 16, 2), np.uint16)
    assert len(inside(none, [(0, 0), (1, 0), (1, 1)]).share) == 0
    assert crossings(none, [(0, 0), (1, 1)]).shape == (0, 2)
    assert len(passages(none, [(0, 0), (1, 1)]).row) == 0
    with pytest.raises(UsageError, match="3 or more"):
        inside(none, [(0, 0), (1, 1)])
    with pytest.raises(UsageError, match="2 or more"):
        crossings(none, [(0, 0)])
    with pytest.raises(UsageError, match="tolerance"):
        follows(none, [(0, 0)], 0.0)
    with pytest.raises(ValueError, match="uint16"):
        inside(np.zeros((1, 16, 2)), [(0, 0), (1, 0), (1, 1)])
