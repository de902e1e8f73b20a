from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from synopticon.values.scene import Background
from synopticon.vision.motion import DEFAULTS, MotionSettings, find_motion, scale_for
from synopticon.vision.planes import shrink
from tests.unit.vision.pictures import frame, ground, learned, walk

SCENE = ground()


@pytest.fixture(scope="module")
def background() -> Background:
    return learned(walk(SCENE))


def overlap(a: NDArray[np.float32], b: tuple[int, int, int, int]) -> float:
    x1, y1, x2, y2 = max(a[0], b[0]), max(a[1], b[1]), min(a[2], b[2]), min(a[3], b[3])
    inner = max(x2 - x1, 0) * max(y2 - y1, 0)
    return float(inner / ((a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1]) - inner))


def test_an_empty_frame_has_no_motion(background: Background) -> None:
    motion = find_motion(frame(SCENE, time=99.0), background)
    assert len(motion.boxes) == len(motion.areas) == 0
    assert motion.energy == 0
    assert not motion.mask.any()


@pytest.mark.parametrize("box", [(100, 40, 124, 100), (10, 150, 20, 180), (200, 180, 260, 220)])
def test_an_object_is_boxed_tightly(background: Background, box: tuple[int, int, int, int]) -> None:
    motion = find_motion(frame(SCENE, (box,), time=50.0), background)
    assert len(motion.boxes) == 1
    assert overlap(motion.boxes[0], box) > 0.6
    assert motion.areas[0] > 0.7 * (box[2] - box[0]) * (box[3] - box[1])
    assert motion.energy > 0


@pytest.mark.parametrize(("gain", "offset"), [(0.6, 0.0), (1.3, 0.0), (0.9, -20.0), (1.0, 25.0)])
def test_light_changes_are_no_motion_and_hide_none(
    background: Background, gain: float, offset: float
) -> None:
    still = find_motion(frame(SCENE, time=60.0, gain=gain, offset=offset), background)
    assert len(still.boxes) == 0
    box = (100, 40, 130, 110)
    seen = find_motion(frame(SCENE, (box,), time=61.0, gain=gain, offset=offset), background)
    assert len(seen.boxes) == 1
    assert overlap(seen.boxes[0], box) > 0.6
    assert seen.light.gain == pytest.approx(gain, abs=0.12)


def test_a_large_dark_object_does_not_pass_for_an_exposure_change(background: Background) -> None:
    box = (40, 20, 200, 220)
    motion = find_motion(frame(SCENE, (box,), time=62.0), background)
    assert len(motion.boxes) == 1
    assert overlap(motion.boxes[0], box) > 0.8
    assert motion.light.gain == pytest.approx(1, abs=0.05)


def test_a_shadow_is_not_part_of_its_object(background: Background) -> None:
    shaded = SCENE.copy()
    shaded[150:170, 100:190] *= 0.75
    box = (90, 100, 110, 168)
    motion = find_motion(frame(shaded, (box,), time=70.0), background)
    assert len(motion.boxes) == 1
    assert motion.boxes[0, 2] < 130
    assert len(find_motion(frame(shaded, time=71.0), background).boxes) == 0


@pytest.mark.parametrize(("dx", "dy"), [(1, 0), (-3, 2), (6, -4)])
def test_a_shaking_camera_makes_no_motion(background: Background, dx: int, dy: int) -> None:
    moved = np.roll(SCENE, (dy, dx), (0, 1))
    motion = find_motion(frame(moved, time=80.0), background)
    assert len(motion.boxes) == 0
    assert motion.light.dx * background.scale == pytest.approx(-dx, abs=0.6)
    assert motion.light.dy * background.scale == pytest.approx(-dy, abs=0.6)


def test_a_body_split_at_the_belt_is_one_blob(background: Background) -> None:
    person = frame(SCENE, ((150, 30, 174, 60), (150, 72, 174, 105)), time=90.0)
    y = person.y.copy()
    y[60:72, 150:174] = np.clip(SCENE[60:72, 150:174] * 0.8, 0, 255)
    motion = find_motion(replace(person, y=y), background)
    assert len(motion.boxes) == 1
    assert overlap(motion.boxes[0], (150, 30, 174, 105)) > 0.7


def test_side_by_side_is_two_blobs(background: Background) -> None:
    motion = find_motion(frame(SCENE, ((100, 40, 120, 100), (150, 40, 170, 100)), time=91.0), background)
    assert len(motion.boxes) == 2
    assert motion.boxes[0, 0] < motion.boxes[1, 0]


def test_small_specks_are_nothing_and_the_limit_is_in_source_pixels(background: Background) -> None:
    speck = frame(SCENE, ((100, 40, 106, 46),), time=92.0)
    assert len(find_motion(speck, background, MotionSettings(min_area=200)).boxes) == 0
    assert len(find_motion(speck, background, MotionSettings(min_area=10)).boxes) == 1


def test_restless_pixels_start_no_blob_but_belong_to_one_that_starts_elsewhere(
    background: Background,
) -> None:
    restless = background.restless.copy()
    restless[40 // background.scale : 60 // background.scale] = True
    clocked = replace(background, restless=restless)
    assert len(find_motion(frame(SCENE, ((100, 42, 130, 58),), time=93.0), clocked).boxes) == 0
    motion = find_motion(frame(SCENE, ((100, 42, 130, 100),), time=94.0), clocked)
    assert len(motion.boxes) == 1
    assert motion.boxes[0, 1] < 50


def test_it_is_a_pure_function(background: Background) -> None:
    one = frame(SCENE, ((100, 40, 124, 100),), time=95.0)
    first = find_motion(one, background)
    find_motion(frame(SCENE, ((10, 10, 200, 200),), time=96.0, gain=0.7), background)
    again = find_motion(one, background)
    np.testing.assert_array_equal(first.mask, again.mask)
    np.testing.assert_array_equal(first.boxes, again.boxes)
    assert first.light == again.light


@pytest.mark.parametrize(("width", "scale"), [(320, 1), (640, 1), (768, 2), (1280, 2), (1920, 4), (3840, 8)])
def test_scale_is_the_power_of_two_that_fits(width: int, scale: int) -> None:
    assert scale_for(width, DEFAULTS) == scale


@pytest.mark.parametrize("size", [(7, 9), (8, 12), (1, 1), (481, 641)])
@pytest.mark.parametrize("scale", [1, 2, 4])
def test_shrinking_rounds_up_and_keeps_the_mean(size: tuple[int, int], scale: int) -> None:
    plane = np.full(size, 77, np.uint8)
    small = shrink(plane, scale)
    assert small.shape == (-(-size[0] // scale), -(-size[1] // scale))
    assert (small == 77).all()


@pytest.mark.parametrize("size", [(48, 48), (61, 83), (9, 17), (2, 2)])
def test_tiny_and_odd_pictures_work(size: tuple[int, int]) -> None:
    scene = np.full(size, 100, np.float32)
    background = learned(walk(scene, 4))
    motion = find_motion(frame(scene), background)
    assert motion.mask.shape == background.small.shape
