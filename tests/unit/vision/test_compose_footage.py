"""Painting composed footage: the truth must be exact."""

from datetime import datetime
from fractions import Fraction

import numpy as np
import pytest

from synopticon.footage.record import RecordingFormat
from synopticon.vision.cast import empty_scene, find_actors, resize_scene
from synopticon.vision.compose_footage import Look, Studio
from synopticon.vision.staging import Stage, stage_roles
from tests.unit.vision.actors import clip, walker

FORM = RecordingFormat(320, 240, Fraction(10), "mpeg4", 500_000, 10)
PLAIN = Look(noise=0.0, drift=0.0, clock=False, shadow=False)


@pytest.fixture(scope="module")
def parts():
    frames = clip([[b] for b in walker(30)])
    cast = find_actors(frames, 10.0, "person", "p")
    roles = stage_roles(cast, Stage(320, 240, 10.0, 2000), activity=0.3, objects=2, seed=3)
    return resize_scene(empty_scene(frames), 320, 240), cast, roles


def studio(parts, look: Look = PLAIN, **options) -> Studio:
    scene, cast, roles = parts
    return Studio(FORM, scene, cast, roles, look=look, seed=1, start=datetime(2024, 3, 15, 10), **options)


def busy(parts, count: int) -> list[int]:
    frames = sorted({k for r in parts[2] for k in range(r.start, r.end)})
    return frames[:: max(len(frames) // count, 1)][:count]


def test_the_truth_is_where_the_picture_differs(parts):
    stage, seen = studio(parts), 0
    for frame in busy(parts, 25):
        (y, _, _), rows = stage.picture(frame)
        different = np.abs(y.astype(int) - parts[0].y) > 30
        covered = np.zeros_like(different)
        for _, _, x1, y1, x2, y2, _ in rows:
            covered[max(int(y1) - 3, 0) : int(y2) + 3, max(int(x1) - 3, 0) : int(x2) + 3] = True
        assert not (different & ~covered)[8:-8, 8:-8].any()
        if len(rows) == 1 and rows[0, 6] == 1.0:
            seen += 1
            ys, xs = np.nonzero(different)
            found = np.array([xs.min(), ys.min(), xs.max() + 1, ys.max() + 1])
            assert np.abs(found - rows[0, 2:6]).max() <= 3
    assert seen >= 3


def test_hidden_objects_are_known_to_be_hidden(parts):
    stage = studio(parts)
    shares = np.concatenate([stage.picture(k)[1][:, 6] for k in busy(parts, 60)])
    assert shares.max() == 1.0
    assert (shares < 0.95).any()
    assert (shares >= 0).all()


def test_a_picture_depends_on_its_number_only(parts):
    frame = busy(parts, 3)[1]
    one, other = studio(parts, Look()), studio(parts, Look())
    other.picture(0)
    assert np.array_equal(one.picture(frame)[0][0], other.picture(frame)[0][0])


def test_noise_drift_and_clock_change_the_empty_picture(parts):
    def still(look: Look) -> float:
        stage = studio(parts, look)
        return float(np.abs(stage.picture(0)[0][0].astype(int) - stage.picture(1900)[0][0]).mean())

    assert still(PLAIN) == 0
    assert still(Look(noise=2.0, drift=0, clock=False)) > 1
    assert still(Look(noise=0, drift=0.2, clock=False)) > 0
    assert 0 < still(Look(noise=0, drift=0, clock=True)) < 1


def test_a_shadow_darkens_the_ground_beside(parts):
    frame = next(k for k in busy(parts, 60) if (studio(parts).picture(k)[1][:, 6] == 1).all())
    bare, shaded = (
        studio(parts, look).picture(frame)[0][0].astype(int)
        for look in (PLAIN, Look(0.0, 0.0, clock=False, shadow=True))
    )
    darker = bare - shaded
    assert darker.max() > 10
    assert darker.min() >= -1
    assert (darker > 5).mean() < 0.1


def test_empty_groups_are_encoded_once_and_busy_ones_for_themselves(parts):
    stage, rows = studio(parts, Look(clock=False, drift=0.0)), []
    groups = list(stage.gops(0, 2000, rows))
    assert len(groups) == 200
    assert all(len(g) == 10 for g in groups)
    idle = [g for n, g in enumerate(groups) if not stage.present(n * 10, n * 10 + 10)]
    assert len(idle) > 50
    assert len(set(idle)) <= 3
    assert {int(k) for r in rows for k in r[:, 0]} <= {k for r in parts[2] for k in range(r.start, r.end)}


def test_with_a_clock_every_group_is_its_own(parts):
    groups = list(studio(parts, Look()).gops(0, 60, []))
    assert len(groups) == len(set(groups)) == 6


def test_the_clock_jumps_where_it_is_changed(parts):
    stage = studio(parts, clock_jumps={100: 90.0})
    assert stage.clock(99) == datetime(2024, 3, 15, 10, 0, 9, 900_000)
    assert stage.clock(100) == datetime(2024, 3, 15, 10, 1, 40)
