import itertools

import numpy as np
import pytest
from numpy.typing import NDArray

from synopticon.synopsis.background import (
    Ground,
    ScenePath,
    _cheapest,
    choose_scenes,
    count_scenes,
    light_distance,
    scene_indices,
)
from synopticon.values.scene import Bank
from tests.street import background

FPS = 10.0


def scene(level: int, start: float, end: float):  # type: ignore[no-untyped-def]
    return background(np.full((48, 64), level, np.uint8), start, end)


BANK = Bank((scene(60, 0, 100), scene(64, 100, 200), scene(180, 200, 300)))


def counts(*scenes: int) -> NDArray[np.float32]:
    table = np.zeros((len(scenes), 3), np.float32)
    table[np.arange(len(scenes)), scenes] = 5
    return table


def test_the_scene_of_a_time() -> None:
    times = np.array([0.0, 99.9, 100.0, 299.0, 1000.0])
    found = scene_indices(BANK, times)
    assert [BANK.scenes[i] for i in found] == [BANK.at(t) for t in times]


def test_distance_is_in_grey_levels() -> None:
    assert light_distance(BANK).tolist() == [[0, 4, 120], [4, 0, 116], [120, 116, 0]]


def test_a_drawn_clock_makes_no_distance() -> None:
    a, b = scene(60, 0, 100), scene(60, 100, 200)
    b.small[:4], b.restless[:4] = 255, True
    a.restless[:4] = True
    assert light_distance(Bank((a, b))).max() == 0


def test_the_ground_follows_the_objects() -> None:
    path = choose_scenes(BANK, counts(*[0] * 20, *[2] * 20), 5, 200, FPS)
    assert path.first[0] == 0
    assert path.first[-1] == 2


def test_a_change_takes_about_a_second_and_never_jumps() -> None:
    path = choose_scenes(BANK, counts(*[0] * 20, *[2] * 20), 5, 200, FPS)
    changing = np.flatnonzero(path.share > 0)
    assert 8 <= len(changing) <= 12
    level = (
        np.where(path.first == 0, 60, 180) * (1 - path.share)
        + np.where(path.second == 0, 60, 180) * path.share
    )
    assert np.abs(np.diff(level)).max() <= 120 / 8


def test_a_passing_object_of_another_light_changes_nothing() -> None:
    table = counts(*[0] * 40)
    table[20, 1] = 3
    path = choose_scenes(BANK, table, 5, 200, FPS)
    assert (path.first == 0).all()
    assert (path.share == 0).all()


def test_one_scene_is_never_mixed() -> None:
    path = choose_scenes(Bank(BANK.scenes[:1]), np.zeros((40, 1), np.float32), 5, 200, FPS)
    assert not path.share.any()


def test_changes_that_follow_at_once_keep_inside_their_room() -> None:
    path = choose_scenes(BANK, counts(0, 2, 0, 2, 0, 2), 5, 30, FPS)
    assert ((path.share >= 0) & (path.share < 1)).all()


@pytest.mark.parametrize("seed", range(5))
def test_the_path_is_the_cheapest_of_all(seed: int) -> None:
    cost = np.random.default_rng(seed).uniform(0, 9, (6, 3)).astype(np.float32)

    def total(path: tuple[int, ...]) -> float:
        return float(
            sum(cost[i, s] for i, s in enumerate(path))
            + 6.0 * sum(a != b for a, b in itertools.pairwise(path))
        )

    best = min(total(p) for p in itertools.product(range(3), repeat=6))
    assert total(tuple(_cheapest(cost).tolist())) == pytest.approx(best)


def test_objects_are_counted_by_step_and_scene() -> None:
    table = count_scenes(iter([(3, np.array([0, 0, 1]))]), 2, 10, 5)
    assert table.tolist() == [[2, 0], [0, 1]]


def test_the_ground_is_cut_to_the_even_size_and_mixed() -> None:
    scenes = (
        background(np.full((48, 64), 60, np.uint8), 0, 1),
        background(np.full((48, 64), 180, np.uint8), 1, 2),
    )
    path = ScenePath(np.zeros(2, np.int32), np.ones(2, np.int32), np.array([0.0, 0.5], np.float32))
    planes = (np.zeros((46, 62), np.uint8), np.zeros((23, 31), np.uint8), np.zeros((23, 31), np.uint8))
    ground = Ground(scenes, path, (62, 46))
    ground.copy_to(0, planes)
    assert (planes[0] == 60).all()
    ground.copy_to(1, planes)
    assert (planes[0] == 120).all()
    assert (planes[1] == 128).all()
