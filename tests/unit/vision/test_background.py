from dataclasses import replace
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from synopticon.errors import UnreadableError
from synopticon.footage.probe import probe
from synopticon.values.footage import Footage
from synopticon.values.scene import Background
from synopticon.vision.background import Sketch, bank_of, learn_bank, tasks
from synopticon.vision.median import MOST, block_median
from synopticon.vision.motion import MotionSettings, find_motion
from synopticon.vision.sampling import join
from synopticon.vision.scenes import fewer_scenes, same_scene, without_stays
from tests import media
from tests.unit.vision.pictures import SIZE, frame, ground, learned, walk

SCENE = ground()


def error(background: Background) -> float:
    return float(np.abs(background.y - SCENE).max())


def test_what_passes_leaves_no_trace() -> None:
    background = learned(walk(SCENE))
    assert error(background) < 8
    assert background.y.shape == SIZE
    assert not background.restless.any()
    assert background.noise.max() < 4


def test_standing_most_of_the_time_with_changing_outlines_leaves_no_ghost() -> None:
    rng = np.random.default_rng(5)
    pictures = []
    for k in range(40):
        x, w = 140 + int(rng.integers(-12, 12)), 40 + int(rng.integers(0, 20))
        stands = k % 4 != 0  # three quarters of the time
        boxes = ((x, 60 + int(rng.integers(0, 10)), x + w, 200),) if stands else ()
        pictures.append(frame(SCENE, boxes, time=float(k)))
    background = learned(join(pictures))
    assert error(background) < 8
    plain = np.median([p.y for p in pictures], axis=0)
    assert np.abs(plain - SCENE).max() > 50, "the test would pass with a plain median"


@pytest.mark.parametrize("arrives", [True, False])
def test_of_two_lasting_states_the_one_without_the_object_is_taken(arrives: bool) -> None:
    there = [(k >= 14) == arrives for k in range(40)]
    there = there if arrives else [k < 26 for k in range(40)]
    box = ((100, 60, 150, 100),)
    pictures = [frame(SCENE, box if t else (), time=float(k)) for k, t in enumerate(there)]
    background = learned(join(pictures))
    assert error(background) < 8
    motion = find_motion(frame(SCENE, box, time=77.0), background)
    assert len(motion.boxes) == 1


def test_a_cover_over_all_of_the_picture_is_no_empty_scene() -> None:
    shown = [SCENE * 0 + 30 if 12 <= k < 18 else SCENE for k in range(24)]
    samples = join([frame(s, time=float(k)) for k, s in enumerate(shown)])
    background = learned(samples)
    assert float(np.median(background.small)) > 60, "the scene, which most of the samples show"


def test_what_is_always_there_is_background() -> None:
    pictures = [frame(SCENE, ((100, 60, 150, 100),), time=float(k)) for k in range(12)]
    assert len(find_motion(pictures[5], learned(join(pictures))).boxes) == 0


def test_a_drawn_clock_is_restless_and_a_busy_road_is_not() -> None:
    rng = np.random.default_rng(3)
    pictures = []
    for k in range(48):
        picture = frame(SCENE, ((int(rng.integers(0, 280)), 60, 0, 0),), time=float(k))
        y = picture.y.copy()
        x = int(rng.integers(0, 270))
        y[60:90, x : x + 40] = int(rng.integers(10, 250))  # traffic
        y[200:220, 200:300] = 30
        y[204:216, 240:248] = 235 if rng.random() < 0.5 else 30  # a digit
        pictures.append(replace(picture, y=y))
    background = learned(join(pictures))
    scale = background.scale
    assert background.restless[210 // scale, 244 // scale]
    assert not background.restless[: 190 // scale].any()


def test_exposure_jumps_break_no_background() -> None:
    gains = [1.0 if k % 3 else 0.65 for k in range(24)]
    pictures = [
        frame(SCENE, ((k * 11, 60, k * 11 + 30, 110),), time=float(k), gain=g) for k, g in enumerate(gains)
    ]
    background = learned(join(pictures))
    assert error(background) < 10
    assert len(find_motion(frame(SCENE, time=80.0, gain=0.65), background).boxes) == 0


def test_block_median_is_the_median_of_the_members() -> None:
    rng = np.random.default_rng(0)
    stack = rng.integers(0, 256, (9, 33, 50), np.uint8)
    members = rng.random((9, 3, 4)) < 0.6
    members[0] = True
    out = block_median(stack, members, 16)
    for row in range(3):
        for column in range(4):
            part = np.s_[row * 16 : row * 16 + 16, column * 16 : column * 16 + 16]
            chosen = np.sort(stack[members[:, row, column]][:, *part], axis=0)
            np.testing.assert_array_equal(out[part], chosen[len(chosen) // 2])


def test_block_median_looks_at_a_bounded_number() -> None:
    stack = np.arange(2 * MOST, dtype=np.uint8)[:, None, None].repeat(16, 1).repeat(16, 2)
    out = block_median(stack, np.ones((2 * MOST, 1, 1), np.bool_), 16)
    assert abs(int(out[0, 0]) - MOST) <= 2


def scenes_of(*grounds: int) -> list[Background]:
    out = []
    for i, seed in enumerate(grounds):
        pictures = join([frame(ground(seed), time=float(k)) for k in range(4)])
        out.append(replace(learned(pictures), start=100.0 * i, end=100.0 * (i + 1)))
    return out


def test_the_same_scene_is_known_in_a_little_other_light_and_others_are_told_apart() -> None:
    first, second = scenes_of(1, 2)
    assert same_scene(first, first.small * 1.02, first.noise)
    assert not same_scene(first, first.small * 1.2, first.noise)
    assert not same_scene(first, second.small, second.noise)


def test_the_number_of_scenes_is_bounded_and_their_times_stay_whole() -> None:
    scenes = scenes_of(1, 1, 2, 3, 4)
    kept = fewer_scenes(scenes, MotionSettings(max_scenes=3))
    assert len(kept) == 3
    assert kept[0].start == 0
    assert kept[-1].end == 500
    assert all(a.end == b.start for a, b in pairwise(kept))


def test_what_stays_for_one_scene_only_is_taken_out_of_it() -> None:
    pictures = [
        join([frame(SCENE, b, time=float(k)) for k in range(4)]) for b in ((), ((90, 50, 150, 100),), ())
    ]
    scenes = [replace(learned(p), start=100.0 * i, end=100.0 * i + 100) for i, p in enumerate(pictures)]
    assert error(scenes[1]) > 50
    cleaned = without_stays(scenes, MotionSettings())
    assert error(cleaned[1]) < 12
    kept = without_stays(scenes, MotionSettings(stay=50))
    assert error(kept[1]) > 50


def test_a_bank_is_learned_from_a_file_with_one_key_frame(tmp_path: Path) -> None:
    path = media.write_video(tmp_path / "a.mp4", 60, (96, 64), Fraction(10), gop=250)
    bank = learn_bank(probe([path]))
    assert bank.scenes[0].y.shape == (64, 96)
    assert bank.moving == 0
    assert bank.at(1e9) is bank.scenes[-1]


def test_two_runs_learn_the_same_bank(tmp_path: Path) -> None:
    footage = probe([media.write_video(tmp_path / "a.mp4", 40)])
    one, two = learn_bank(footage), learn_bank(footage)
    for a, b in zip(one.scenes, two.scenes, strict=True):
        for name in ("y", "u", "v", "small", "noise", "restless"):
            np.testing.assert_array_equal(getattr(a, name), getattr(b, name))


def test_tasks_that_show_one_scene_share_it() -> None:
    footage, (scene, other) = Footage("camera", ()), scenes_of(1, 2)
    parts = [
        Sketch((replace(scene, start=0.0, end=100.0),), moving=1.0, seen=10),
        Sketch((replace(scene, start=100.0, end=150.0), replace(other, start=150.0, end=200.0)), 5.0, 30),
    ]
    bank = bank_of(footage, parts)
    assert [(s.start, s.end) for s in bank.scenes] == [(0.0, 150.0), (150.0, 200.0)]
    assert bank.moving == pytest.approx(6 / 40)


def test_the_tasks_of_pass_0_tile_the_timeline(tmp_path: Path) -> None:
    footage = probe([media.write_video(tmp_path / "a.mp4", 200)])
    spans = [span for group in tasks(footage, MotionSettings(epoch=1.0)) for span in group]
    assert spans[0][0] == 0.0
    assert spans[-1][1] == pytest.approx(footage.duration)
    assert all(a[1] == b[0] for a, b in pairwise(spans))


def test_no_picture_at_all_is_one_clear_error() -> None:
    with pytest.raises(UnreadableError, match="not one picture"):
        learn_bank(Footage("camera", ()))
