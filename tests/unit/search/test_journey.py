"""Time between cameras is an interval; what cannot be is left out; what only may be says so."""

from datetime import UTC, datetime
from math import inf, nan

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from synopticon.search.journey import ASTRAY, DOUBTFUL, Limits, Movers, Moving, between, candidates, reasons
from synopticon.values.sides import SIDES, bit, sides_of

ZERO = datetime(2026, 11, 24, tzinfo=UTC).timestamp()
UNSURE = "they may overlap, or come in the other order"
times = st.integers(0, 300).map(float)


def moving(start, end, slack=0.0, enters=0, leaves=0):
    return Moving(ZERO + start, ZERO + end, slack, enters, leaves)


def movers(*of, camera=None):
    names = ("start", "end", "slack", "enters", "leaves")
    columns = {n: np.array([getattr(m, n) for m in of], np.uint8 if n[-1] == "s" else float) for n in names}
    return Movers(np.array(camera or [0] * len(of), np.int32), **columns)


def found(of, others, ways, **more):
    rows = movers(*others, **more)
    yes = np.ones(len(others), np.bool_)
    return {f.row: f.score for f in candidates(of, np.ones(len(others), np.float32), rows, ways, yes, 99)}


spans = st.tuples(times, st.integers(0, 60)).map(lambda p: (p[0], p[0] + p[1]))


@given(spans, spans, st.integers(0, 9), st.integers(0, 9))
def test_the_true_time_between_lies_in_the_interval(a, b, slack_a, slack_b):
    lies = between(moving(*a, slack_a), moving(*b, slack_b))
    for shift_a in (-slack_a, 0, slack_a):
        for shift_b in (-slack_b, 0, slack_b):
            true = max(b[0] + shift_b - a[1] - shift_a, a[0] + shift_a - b[1] - shift_b)
            assert lies.low - 1e-3 <= true <= lies.high + 1e-3
    back = between(moving(*b, slack_b), moving(*a, slack_a))
    assert (back.low, back.high) == (lies.low, lies.high)


@given(spans, st.lists(spans, min_size=1, max_size=8), st.integers(0, 5), times, st.integers(1, 200))
def test_candidates_are_those_that_some_clock_error_lets_be(a, others, slack, low, more):
    limits = Limits(low, low + more)
    of, rest = moving(*a, slack), [moving(*b, slack) for b in others]
    scores = found(of, rest, {0: limits})
    for row, one in enumerate(rest):
        lies = between(of, one)
        if low == 0:
            assert (row in scores) == (lies.low <= limits.high)
        else:
            assert (row in scores) == (lies.high >= limits.low and lies.low <= limits.high)
        if row in scores:
            sure = (lies.low >= limits.low or low == 0) and lies.high <= limits.high
            assert scores[row] == pytest.approx(1.0 if sure else DOUBTFUL)


def test_without_a_way_or_a_clock_time_decides_nothing():
    of = moving(0, 10)
    untimed = Moving(nan, nan, 0.0, 0, 0)
    assert set(found(of, [moving(9999, 9999), moving(0, 10), untimed], {})) == {0, 1, 2}
    assert found(of, [untimed], {0: Limits(5, 6)}) == {0: 1.0}
    assert "clock is unknown" in reasons(of, untimed, Limits(5, 6))[0]
    assert Limits(0, 6).least == -inf
    assert between(of, untimed).known is False


def test_each_camera_has_its_own_way():
    of = moving(0, 10)
    rest = [moving(20, 30), moving(20, 30), moving(20, 30)]
    scores = found(of, rest, {0: Limits(5, 15), 2: Limits(60, 90)}, camera=[0, 1, 2])
    assert set(scores) == {0, 1}


def test_the_side_counts_and_who_is_seen_to_vanish_tells_nothing():
    right, left, inside = bit("right"), bit("left"), 0
    way = {0: Limits(0, 60, "right", "left")}
    of = moving(0, 10, leaves=right)
    rest = [moving(20, 30, enters=left), moving(20, 30, enters=right), moving(20, 30, enters=inside)]
    assert found(of, rest, way) == pytest.approx({0: 1.0, 1: ASTRAY, 2: 1.0})
    # who was there before came out of the other's picture on the same way
    before = [moving(-30, -20, leaves=left), moving(-30, -20, leaves=right)]
    assert found(moving(0, 10, enters=right), before, way) == pytest.approx({0: 1.0, 1: ASTRAY})
    assert found(moving(0, 10, leaves=left), rest[:1], way) == pytest.approx({0: ASTRAY})


@pytest.mark.parametrize(
    ("a", "b", "says"),
    [
        ((0, 10), (22, 30), "12.0 s later"),
        ((22, 30), (0, 10), "12.0 s earlier"),
        ((0, 10, 2), (22, 30, 1), "12.0 s later (clocks: ± 3.0 s)"),
        (
            (0, 10, 2),
            (11, 30, 1),
            "1.0 s later (clocks: ± 3.0 s); they may overlap, or come in the other order",
        ),
        ((0, 10), (5, 30), "both at once for 5.0 s"),
        ((0, 10, 1), (0, 10, 1), "both at once for 10.0 s (clocks: ± 2.0 s)"),
    ],
)
def test_what_lies_between_in_words(a, b, says):
    assert between(moving(*a), moving(*b)).says() == says


def test_one_clock_errs_for_both_alike():
    lies = between(moving(0, 10, 5), moving(12, 20, 5), one_clock=True)
    assert (lies.low, lies.high) == (2, 2)


def test_reasons_say_when_only_an_error_lets_it_fit():
    said = reasons(moving(0, 10, 3), moving(22, 30, 3), Limits(15, 60))
    assert said[1] == "the way takes 15 to 60 s: it fits only if the clocks err"
    assert reasons(moving(0, 10), moving(22, 30), Limits(5, 60))[1] == "the way takes 5 to 60 s"
    assert reasons(moving(0, 10), moving(5, 30), Limits(0, 60))[1] == "the way takes 0 to 60 s"


@pytest.mark.parametrize(
    ("box", "sides"),
    [
        ((0, 40, 20, 60), ["left"]),
        ((300, 100, 318, 150), ["right"]),
        ((100, 1, 120, 60), ["top"]),
        ((0, 180, 30, 239), ["left", "bottom"]),
        ((100, 100, 120, 150), []),
    ],
)
def test_sides_of_a_box(box, sides):
    at = sides_of(np.array(box, np.float32), 320, 240)
    assert [name for name in SIDES if at & bit(name)] == sides
    assert bit("") == 0
