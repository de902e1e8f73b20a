from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from synopticon.footage.probe import probe
from synopticon.values.frame import Plane
from synopticon.vision.median import median
from synopticon.vision.sampling import join
from synopticon.vision.stability import breaks, camera_moves, moved_share
from tests import media
from tests.unit.vision.pictures import frame, ground

WIDE = ground(7, (480, 900))


def views(places: list[tuple[int, int]], size: tuple[int, int] = (240, 320)) -> Plane:
    """What a camera sees that looks at these places (x, y) of a wide scene, with people passing."""
    out = []
    for k, (x, y) in enumerate(places):
        scene = WIDE[y : y + size[0], x : x + size[1]]
        left = (k * 37) % 260
        out.append(frame(scene, ((left, 60, left + 40, 160),), time=float(k)).y)
    return np.stack(out)


def share(pictures: Plane) -> float:
    return moved_share(pictures, median(pictures).astype(np.float32))


def test_a_fixed_camera_does_not_move_whatever_passes() -> None:
    assert share(views([(100, 100)] * 16)) == 0


def test_a_slight_shake_is_no_movement() -> None:
    rng = np.random.default_rng(0)
    places = [(100 + int(a), 100 + int(b)) for a, b in rng.integers(-2, 3, (16, 2))]
    assert share(views(places)) == 0


def test_a_panning_camera_moves() -> None:
    assert share(views([(30 * k, 100) for k in range(19)])) > 0.6


def test_rain_and_noise_are_no_movement() -> None:
    rng = np.random.default_rng(1)
    scene = 120 + 0.25 * (WIDE[:240, :320] - WIDE[:240, :320].mean())
    pictures = np.stack([frame(scene, time=float(k)).y for k in range(24)])
    for picture in pictures:
        for x, y in zip(rng.integers(0, 318, 150), rng.integers(0, 216, 150), strict=True):
            picture[y : y + 24, x : x + 2] += 60
    assert share(pictures) == 0


@pytest.mark.parametrize("n", [1, 2, 6])
def test_what_hung_before_the_camera_or_turned_it_for_a_while_is_no_movement(n: int) -> None:
    covered = views([(100, 100)] * 16)
    covered[5 : 5 + n] = np.random.default_rng(2).integers(28, 33, covered[5 : 5 + n].shape)
    turned = views([(100, 100)] * 5 + [(400, 200)] * n + [(100, 100)] * (11 - n))
    assert share(covered) == (0 if n > 1 else 1 / 16)
    assert share(turned) == (0 if n > 1 else 1 / 16)


def test_light_is_no_movement() -> None:
    gains = np.linspace(0.5, 1.2, 12)
    pictures = np.stack([frame(WIDE[:240, :320], time=float(k), gain=g).y for k, g in enumerate(gains)])
    assert share(pictures) == 0


def test_a_picture_without_texture_gives_no_verdict() -> None:
    flat: NDArray[np.uint8] = np.full((6, 64, 64), 90, np.uint8)
    assert share(flat) == 0


@pytest.mark.parametrize("turn", [5, 10])
def test_a_camera_that_was_turned_breaks_the_scene_once(turn: int) -> None:
    places = [(0, 0) if k < turn else (400, 200) for k in range(16)]
    small = views(places)
    pictures = join([frame(s.astype(np.float32)) for s in small])
    assert breaks(small, pictures) == [turn]


@pytest.mark.parametrize(("first", "last"), [(5, 11), (3, 13), (4, 16), (7, 10)])
def test_an_interlude_breaks_the_scene_twice(first: int, last: int) -> None:
    turned = views([(0, 0)] * first + [(400, 200)] * (last - first) + [(0, 0)] * (20 - last))
    covered = views([(0, 0)] * 20)
    covered[first:last] = np.random.default_rng(2).integers(28, 33, covered[first:last].shape)
    for small in (turned, covered):
        assert breaks(small, join([frame(s.astype(np.float32)) for s in small])) == [first, last]


def test_a_fixed_camera_breaks_nothing() -> None:
    small = views([(100, 100)] * 16)
    assert breaks(small, join([frame(s.astype(np.float32)) for s in small])) == []


def test_camera_moves_reads_a_recording(tmp_path: Path) -> None:
    assert camera_moves(probe([media.write_video(tmp_path / "a.mp4", 40)])) == 0
    assert camera_moves(probe([media.write_video(tmp_path / "b.mp4", 1)])) == 0
