"""The empty scene leaves with nobody's head in it who stood there for long."""

import numpy as np
import pytest

from synopticon.synopsis.empty import emptied, picture, standing
from synopticon.values.scene import Background
from synopticon.values.track import Track

SIZE = (96, 160)


def scene(start=-1.0, end=np.inf):
    chroma = np.full((SIZE[0] // 2, SIZE[1] // 2), 128, np.uint8)
    small = np.zeros((SIZE[0] // 2, SIZE[1] // 2), np.float32)
    light = np.full(SIZE, 200, np.uint8)
    return Background(start, end, light, chroma, chroma.copy(), small, small, small > 1, 2)


def person(start, end, left=(40, 40)):
    """Somebody 20 wide and 60 high whose left side goes from here to there."""
    times = np.linspace(start, end, 50)
    x = np.linspace(*left, 50)
    boxes = np.stack([x, np.full(50, 30.0), x + 20, np.full(50, 90.0)], 1).astype(np.float32)
    return Track("t", "person", 0.9, np.zeros(50, np.int32), np.arange(50), times, boxes, np.ones(50, bool))


def test_who_stands_for_long_is_filled_and_who_passes_is_not():
    planes = emptied(scene(), [person(0, 50)], 100.0)
    assert (planes[0][32:42, 42:58] == 40).all()
    assert (planes[1][16:20, 22:28] == 128).all()
    assert (planes[0][60:] == 200).all()
    assert len(standing(scene(), [person(0, 50, (0, 140))], 100.0)) == 0
    assert len(standing(scene(), [person(0, 20)], 100.0)) == 0


def test_several_who_take_turns_on_one_place_are_filled():
    turns = [person(at, at + 15) for at in (0, 20, 40, 60)]
    assert len(standing(scene(), turns, 100.0))
    assert len(standing(scene(), turns[:2], 100.0)) == 0


@pytest.mark.parametrize(("start", "end"), [(-1.0, np.inf), (0.0, 50.0), (60.0, 100.0)])
def test_only_the_time_of_the_scene_counts(start, end):
    there = person(0, 50)
    assert bool(len(standing(scene(start, end), [there], 100.0))) == (start < 50)


def test_zones_beyond_the_picture_do_no_harm_and_nobody_is_no_zone():
    assert standing(scene(), [], 100.0).shape == (0, 4)
    assert len(standing(scene(), [person(0, 100, (-15, -15))], 100.0))
    assert len(standing(scene(), [person(0, 100, (300, 300))], 100.0)) == 0


def test_the_picture_is_a_jpeg_of_the_size_asked_for():
    data = picture(scene(), [person(0, 100)], 100.0, ("bt709", False), 80)
    assert data[:2] == b"\xff\xd8"
