"""How a track moves: directions, turns, stops, its path; jitter of boxes is no movement."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from synopticon.values.track import Track
from synopticon.values.traits import PATH_POINTS
from synopticon.vision.movement import movement

SIZE = (640, 480)
WAYS = {
    0: (1, 0), 45: (1, -1), 90: (0, -1), 135: (-1, -1),
    180: (-1, 0), -135: (-1, 1), -90: (0, 1), -45: (1, 1),
}  # fmt: skip


def moving(places, rate=10.0, size=(30, 80), jitter=0.0):
    """A track whose foot is at ``places`` (n, 2)."""
    foot = np.asarray(places, np.float64)
    n = len(foot)
    foot = foot + np.random.default_rng(0).normal(0, jitter, foot.shape)
    w, h = size
    boxes = np.column_stack([foot[:, 0] - w / 2, foot[:, 1] - h, foot[:, 0] + w / 2, foot[:, 1]])
    times = np.arange(n) / rate
    return Track(
        "t",
        "person",
        1.0,
        np.zeros(n, np.int32),
        np.arange(n),
        times,
        boxes.astype(np.float32),
        np.ones(n, bool),
    )


def line(start, step, n=60):
    return np.asarray(start) + np.outer(np.arange(n), step)


def found(places, **how):
    return movement(moving(places, **how), *SIZE)


@pytest.mark.parametrize("degrees", WAYS)
@pytest.mark.parametrize("jitter", [0.0, 2.0])
def test_all_eight_ways(degrees, jitter):
    m = found(line((320, 240), np.multiply(WAYS[degrees], 3.0)), jitter=jitter)
    assert abs((m.heading - degrees + 180) % 360 - 180) < 5


@pytest.mark.parametrize("jitter", [0.0, 2.0])
def test_who_stands_goes_nowhere(jitter):
    m = found(line((320, 240), (0, 0)), jitter=jitter)
    assert np.isnan(m.heading)
    assert m.speed == pytest.approx(0, abs=0.02)
    assert m.stopped == pytest.approx(5.9, abs=1.2 if jitter else 0.01)


def test_who_comes_back_went_nowhere_and_turned_round():
    way = np.concatenate([line((100, 240), (4, 0)), line((336, 240), (-4, 0))])
    m = found(way)
    assert np.isnan(m.heading)
    assert 150 <= m.turned <= 220


def test_speed_is_in_heights_of_the_picture():
    assert found(line((100, 240), (4.8, 0))).speed == pytest.approx(48 / 480, rel=0.02)
    assert found(line((100, 100), (0, 4.8)), rate=5.0).speed == pytest.approx(24 / 480, rel=0.02)


@pytest.mark.parametrize("seconds", [2, 5])
def test_a_stop_lasts_as_long_as_it_stands(seconds):
    stop = line((220, 240), (0, 0), 10 * seconds)
    m = found(np.concatenate([line((100, 240), (4, 0), 30), stop, line((220, 240), (4, 0), 30)]))
    assert m.stopped == pytest.approx(seconds, abs=0.45)


def test_a_short_step_does_not_end_a_stop():
    stand = line((220, 240), (0, 0), 30)
    step = line((220, 240), (3, 0), 4)
    m = found(np.concatenate([stand, step, line((232, 240), (0, 0), 30)]))
    assert m.stopped > 5


def test_a_straight_way_has_no_turn_and_a_corner_has_a_right_angle():
    assert found(line((50, 240), (5, 0)), jitter=1.0).turned < 40
    corner = np.concatenate([line((100, 400), (4, 0), 50), line((296, 400), (0, -4), 50)])
    assert found(corner).turned == pytest.approx(90, abs=15)


def test_a_circle_turns_once_around():
    angle = np.linspace(0, 2 * np.pi, 120)
    m = found(np.column_stack([320 + 150 * np.cos(angle), 240 + 150 * np.sin(angle)]))
    assert m.turned == pytest.approx(360, abs=45)


def test_the_path_has_its_points_at_equal_times():
    m = found(line((100, 240), (4, 0), 76))
    assert m.path.shape == (PATH_POINTS, 2)
    assert m.path.dtype == np.uint16
    places = m.path / 65535 * SIZE
    assert places[:, 0] == pytest.approx(np.linspace(100, 400, PATH_POINTS), abs=1.5)
    assert places[:, 1] == pytest.approx(np.full(PATH_POINTS, 240), abs=0.1)


def test_a_path_outside_the_picture_ends_at_its_border():
    path = found(line((-50, 240), (10, 0), 80)).path
    assert path[0, 0] == 0
    assert path[-1, 0] == 65535


def test_size_is_the_usual_one():
    m = found(line((100, 240), (4, 0)), size=(64, 96))
    assert m.size == pytest.approx((64 / 640, 96 / 480))


def test_one_single_sample():
    m = found([(100, 240)])
    assert np.isnan(m.heading)
    assert (m.speed, m.stopped, m.turned) == (0, 0, 0)


@given(
    st.lists(st.tuples(st.floats(-100, 800), st.floats(-100, 600)), min_size=1, max_size=40),
    st.floats(1, 30),
)
def test_any_way_has_finite_figures(places, rate):
    m = found(places, rate=rate)
    assert np.isfinite([m.turned, m.speed, m.stopped, *m.size]).all()
    assert 0 <= m.stopped <= (len(places) - 1) / rate + 1e-9
    assert np.isnan(m.heading) or -180 <= m.heading <= 180
