"""How far two analyses lie apart."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from synopticon.measure.replay import Seen, compare_plans, compare_tracks, overlap

TRACK = st.tuples(st.floats(0, 30), st.floats(0, 200), st.integers(1, 30))


def seen(name, start=0.0, n=20, left=10.0, first=0, label="person", digest="", step=0.1):
    times = start + np.arange(n) * step
    boxes = np.tile(np.array([left, 20, left + 30, 80], np.float32), (n, 1))
    boxes[:, ::2] += 2 * np.arange(n, dtype=np.float32)[:, None] * step / 0.1
    return Seen(name, label, first, times, boxes, digest)


def test_a_track_overlaps_itself_wholly():
    assert overlap(seen("a"), seen("b")) == pytest.approx(1.0)
    assert overlap(seen("a"), seen("b", n=10, step=0.2)) == pytest.approx(1.0, abs=0.06)


def test_time_in_which_one_is_missing_counts():
    """20 moments against the first 10 of them."""
    assert overlap(seen("a"), seen("b", n=10)) == pytest.approx(0.5)
    assert overlap(seen("a"), seen("b", start=5.0)) == 0.0


def test_boxes_that_lie_apart_count():
    assert overlap(seen("a"), seen("b", left=25.0)) == pytest.approx(15 / 45, abs=1e-6)


def test_tracks_are_matched_each_once_and_the_rest_named():
    then = [seen("a"), seen("b", left=300.0), seen("c", start=50.0)]
    now = [seen("x", left=12.0), seen("y", left=303.0, label="car"), seen("z", start=90.0)]
    found = compare_tracks(then, now)
    assert found.pairs == {"a": "x", "b": "y"}
    assert (found.lost, found.new, found.relabelled) == (("c",), ("z",), 1)
    assert found.worst == pytest.approx(27 / 33)
    assert found.worst_pair == ("b", "y")
    assert found.mean == pytest.approx((28 / 32 + 27 / 33) / 2)


def test_what_is_the_same_to_the_last_digit_is_not_measured():
    then = [seen("a", digest="1"), seen("b", digest="2")]
    found = compare_tracks(then, [seen("b", digest="2"), seen("a", digest="1", left=900.0)])
    assert found.pairs == {"a": "a", "b": "b"}
    assert (found.mean, found.worst, found.worst_pair) == (1.0, 1.0, ("", ""))


def test_nothing_is_matched_with_nothing():
    assert compare_tracks([], []).pairs == {}
    found = compare_tracks([seen("a")], [])
    assert (found.lost, found.mean, found.worst) == (("a",), 0.0, 0.0)


def test_plans_are_compared_in_seconds():
    then = [seen("a", first=0), seen("b", first=50), seen("lost", first=9)]
    now = [seen("x", first=0), seen("y", first=30), seen("new", first=1)]
    found = compare_plans(then, now, {"a": "x", "b": "y"}, (25.0, 12.5))
    assert (found.tubes, found.moved) == (2, 1)
    assert found.largest == pytest.approx(0.4)


@given(
    st.lists(
        st.tuples(st.floats(0, 30), st.floats(0, 200), st.integers(1, 30)),
        min_size=1,
        max_size=6,
        unique=True,
    ),
    st.randoms(),
)
def test_an_analysis_differs_from_itself_in_nothing(tracks, random):
    """Whatever the order, and each track has one partner at most."""
    then = [seen(f"t{k}", start, n, left) for k, (start, left, n) in enumerate(tracks)]
    now = list(then)
    random.shuffle(now)
    found = compare_tracks(then, now)
    assert not found.lost
    assert not found.new
    assert sorted(found.pairs.values()) == sorted(found.pairs)
    assert found.mean == pytest.approx(1.0)
