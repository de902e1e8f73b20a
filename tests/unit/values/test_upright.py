"""A ground being measured: the grid lies on it, people are as tall as they are, errors are told."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from synopticon.values.ground import Ground, of_points
from synopticon.values.upright import check, grid, heights

SIZE = (1280, 720)


def camera(high=5.0, down=25.0, turned=20.0, focal=1100.0):
    """From metres to places 0..1, for a camera that looks down by ``down`` degrees from ``high`` metres."""
    a, b = np.radians(down), np.radians(turned)
    about = np.array([(np.cos(b), -np.sin(b), 0), (np.sin(b), np.cos(b), 0), (0, 0, 1)])
    look = np.array([(1, 0, 0), (0, -np.sin(a), -np.cos(a)), (0, np.cos(a), -np.sin(a))]) @ about
    centre = np.array([0, 0, high])

    def project(points):
        seen = (np.asarray(points, float) - centre) @ look.T
        pixels = focal * seen[:, :2] / seen[:, 2:] + np.array(SIZE) / 2
        return pixels / np.array(SIZE)

    return project


def square(project, far=14.0):
    metres = np.array([(-2, far - 4), (2, far - 4), (2, far), (-2, far)], float)
    return project(np.column_stack([metres, np.zeros(4)])), metres


def people(project, tall, places):
    feet = project([(x, y, 0) for x, y in places])
    heads = project([(x, y, tall) for x, y in places])
    return np.column_stack([feet[:, 0] - 0.01, heads[:, 1], feet[:, 0] + 0.01, feet[:, 1]])


@given(high=st.floats(2.5, 12), down=st.floats(12, 50), focal=st.floats(700, 2500), tall=st.floats(1.2, 2.1))
def test_people_are_as_tall_as_they_are(high, down, focal, tall):
    project = camera(high, down, 0.0, focal)
    far = high / np.tan(np.radians(down)) + 2
    picture, metres = square(project, far)
    boxes = people(project, tall, [(0, far - 3), (0, far - 1), (0, far + 1)])
    found = heights(of_points(picture, metres), SIZE, boxes)
    assert found == pytest.approx([tall] * 3, rel=0.02)


def test_a_wrong_distance_shows_in_the_heights():
    project = camera()
    picture, metres = square(project)
    boxes = people(project, 1.7, [(-1, 11), (0, 12), (1, 13)])
    assert np.median(heights(of_points(picture, metres), SIZE, boxes)) == pytest.approx(1.7, abs=0.05)
    assert np.median(heights(of_points(picture, metres * 2), SIZE, boxes)) == pytest.approx(3.4, abs=0.1)


def test_straight_from_above_nothing_can_be_said_of_heights():
    picture = [(0.3, 0.3), (0.7, 0.3), (0.7, 0.7), (0.3, 0.7)]
    ground = of_points(picture, [(0, 0), (512, 0), (512, 288), (0, 288)])
    assert np.isnan(heights(ground, SIZE, np.array([[0.4, 0.4, 0.5, 0.6]]))).all()


def test_the_error_of_a_fifth_point_is_told_and_four_always_fit():
    project = camera()
    picture, metres = square(project)
    fine = check(of_points(picture, metres), picture, metres, SIZE, np.zeros((0, 4)))
    assert fine.error < 1e-6
    assert 0 < fine.pixel[0] < fine.pixel[1] < 0.1
    more = np.vstack([picture, project([(0, 12, 0)])])
    odd = np.vstack([metres, [(0.5, 12)]])
    assert 0.05 < check(of_points(more, odd), more, odd, SIZE, np.zeros((0, 4))).error < 0.5


def test_the_grid_lies_on_whole_metres():
    picture, metres = square(camera())
    ground = of_points(picture, metres)
    lines, step = grid(ground, metres)
    assert step == 1
    assert len(lines) > 10
    for line in lines:
        there = ground.metres(line.points)
        off = np.abs(there - np.round(there / step) * step).max(axis=0).min()
        assert off < 1e-6
    assert any(line.fifth for line in lines)
    assert len(grid(ground, metres * 1000)[0]) < 500


def test_places_go_to_metres_and_back_through_a_lens_that_bends():
    picture, metres = square(camera())
    bent = Ground(of_points(picture, metres).matrix, -0.08, (0.5, 0.5), (1.0, 0.6))
    places = np.random.default_rng(1).uniform((0.2, 0.5), (0.8, 0.95), (50, 2))
    assert bent.picture(bent.metres(places)) == pytest.approx(places, abs=2e-4)
