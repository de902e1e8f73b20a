"""Who crosses when and where."""

import numpy as np
import pytest

from synopticon.errors import UsageError
from synopticon.vision.cast import find_actors
from synopticon.vision.staging import Stage, box_of, place, stage_roles
from tests.unit.vision.actors import clip, walker

STAGE = Stage(320, 240, 25.0, 15000)


@pytest.fixture(scope="module")
def cast():
    walkers = find_actors(clip([[b] for b in walker(30)]), 10.0, "person", "p")
    cars = find_actors(clip([[b] for b in walker(30, 8, 50, 3.5, (60, 44))] + [[]] * 40), 10.0, "car", "c")
    return walkers + cars


def crowd(roles):
    count = np.zeros(STAGE.length, int)
    for role in roles:
        count[role.start : role.end] += 1
    return count


def test_activity_and_crowd_are_as_asked(cast):
    count = crowd(stage_roles(cast, STAGE, activity=0.2, objects=4, seed=1))
    assert (count > 0).mean() == pytest.approx(0.2, rel=0.02)
    assert count[count > 0].mean() == pytest.approx(4, rel=0.25)


def test_the_same_seed_gives_the_same_roles_and_another_one_others(cast):
    make = [stage_roles(cast, STAGE, activity=0.1, objects=3, seed=s) for s in (5, 5, 6)]
    assert make[0] == make[1]
    assert make[0] != make[2]
    assert [r.id for r in make[0]] == list(range(1, len(make[0]) + 1))


def test_everybody_comes_from_outside_and_leaves(cast):
    for role in stage_roles(cast, STAGE, activity=0.1, objects=3, seed=2):
        actor = cast[role.actor]
        before, after = box_of(actor, role, -2), box_of(actor, role, role.frames + 1)
        for x1, y1, x2, y2 in (before, after):
            assert x2 <= 3 or y2 <= 3 or x1 >= STAGE.width - 3 or y1 >= STAGE.height - 3
        x1, y1, x2, y2 = box_of(actor, role, role.frames / 2)
        assert x2 > 0
        assert y2 > 0
        assert x1 < STAGE.width
        assert y1 < STAGE.height


def test_the_way_has_no_jump_where_the_gait_starts_again(cast):
    role = stage_roles(cast, STAGE, activity=0.1, objects=3, seed=2)[0]
    spots = np.array([place(cast[role.actor], role, k)[1:] for k in range(role.frames)])
    steps = np.linalg.norm(np.diff(spots, axis=0), axis=1)
    assert steps.max() < 4 * np.median(steps) + 1


def test_nothing_happens_without_activity(cast):
    assert stage_roles(cast, STAGE, activity=0.0, objects=3, seed=2) == ()


@pytest.mark.parametrize(("activity", "objects"), [(-0.1, 3), (1.5, 3), (0.1, 0)])
def test_senseless_wishes_are_refused(cast, activity, objects):
    with pytest.raises(UsageError):
        stage_roles(cast, STAGE, activity=activity, objects=objects, seed=0)


def test_a_cast_that_is_too_slow_is_refused(cast):
    with pytest.raises(UsageError, match="nobody"):  # 1.6 s are too short for a crossing
        stage_roles(cast[:1], STAGE, activity=0.0027, objects=1, seed=0)
