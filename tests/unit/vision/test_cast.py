"""Cutting actors out of made clips, where the truth is known."""

import numpy as np
import pytest

from synopticon.vision.cast import empty_scene, find_actors, resize_scene
from tests.unit.vision.actors import SIZE, clip, ground, walker


def alone(frames: int = 30):
    return [[box] for box in walker(frames)]


def test_a_lone_walker_is_cut_out_whole_and_nothing_else():
    (actor,) = find_actors(clip(alone()), 10.0, "person", "clip")
    assert actor.name == "clip#1"
    assert actor.size == SIZE
    truth = np.array(walker(30))
    k = len(actor.cutouts) // 2
    box = actor.boxes[k]
    assert np.abs(truth - box).max(axis=1).min() <= 3
    cut = actor.cutouts[k]
    solid = cut.alpha > 127
    assert cut.y[solid].mean() == pytest.approx(30, abs=4)
    assert 0.8 < solid.sum() / (20 * 56 * 0.93) < 1.2


def test_the_way_goes_on_after_the_last_cutout():
    (actor,) = find_actors(clip(alone()), 10.0, "person", "clip")
    assert actor.travel[0] / len(actor.cutouts) == pytest.approx(4.0, abs=0.15)
    assert actor.travel[1] == pytest.approx(0.0, abs=2)


def test_known_boxes_are_used():
    frames = clip(alone())
    boxes = [np.array([b], np.float32) for b in walker(30)]
    (actor,) = find_actors(frames, 10.0, "person", "clip", boxes)
    assert np.allclose(actor.boxes[0], walker(1)[0])


def test_two_who_touch_are_left_out():
    pair = [[box, (box[0] + 18, box[1], box[2] + 18, box[3])] for box in walker(30, x=10)]
    assert find_actors(clip(pair), 10.0, "person", "clip") == ()
    boxes = [np.array(b, np.float32) for b in pair]
    assert find_actors(clip(pair), 10.0, "person", "clip", boxes) == ()


@pytest.mark.parametrize(
    "boxes",
    [
        walker(30, speed=0.1),  # goes nowhere
        walker(8),  # too short
        walker(30, x=-60, speed=2.2),  # never whole in the picture
        walker(30, size=(40, 40)),  # not the shape of one person
    ],
)
def test_who_is_no_use_is_left_out(boxes):
    assert find_actors(clip([[b] for b in boxes]), 10.0, "person", "clip") == ()


def test_a_vehicle_is_one_picture_that_drives_on():
    boxes = walker(30, x=8, top=50, speed=3.5, size=(60, 44))
    actors = find_actors(clip([[b] for b in boxes] + [[]] * 40), 10.0, "car", "clip")
    assert len(actors) == 1
    assert len(actors[0].cutouts) == 1
    assert actors[0].travel == pytest.approx((3.5, 0.0), abs=0.3)


def test_the_empty_scene_is_the_ground_at_any_size():
    scene = empty_scene(clip(alone(40)))
    assert np.abs(scene.y.astype(int) - ground()).mean() < 1.0
    large = resize_scene(scene, 384, 288)
    assert large.y.shape == (288, 384)
    assert large.u.shape == (144, 192)
