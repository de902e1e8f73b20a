"""Composed nuisances: they are what they say, from a seed, and the hours are counted as they are."""

from concurrent.futures import ProcessPoolExecutor

import numpy as np
import pytest

from benchmarks import long
from benchmarks.long import LENGTH, Bench, Outcome, Tally, outcomes, pieces
from benchmarks.nuisance import NUISANCES, composed
from synopticon.errors import FootageError
from synopticon.events.catalogue import defaults
from tests.unit.vision.pictures import ground

EMPTY = (
    ground(3, (120, 160)).clip(0, 255).astype(np.uint8),
    *(np.full((60, 80), 128, np.uint8) for _ in range(2)),
)
BY_NAME = {n.name: n for n in NUISANCES}


def frames(name, seed=1, seconds=60.0):
    return [y for y, _, _ in composed(EMPTY, BY_NAME[name], seconds, 4, np.random.default_rng(seed))]


@pytest.mark.parametrize("name", BY_NAME)
def test_the_same_seed_gives_the_same_frames_another_gives_others(name):
    made = frames(name)
    assert len(made) == 240
    assert all(np.array_equal(a, b) for a, b in zip(made, frames(name), strict=True))
    assert not all(np.array_equal(a, b) for a, b in zip(made, frames(name, seed=2), strict=True))


def spread(name):
    """How much the pixels of one picture differ from its empty scene in the same light."""
    return np.median(
        [np.std(y.astype(float) - EMPTY[0] * y.mean() / EMPTY[0].mean()) for y in frames(name)[::20]]
    )


def test_each_strength_is_stronger_than_the_one_before():
    for kind in ("rain", "noise"):
        one, two, three = (spread(f"{kind} {n}") for n in (1, 2, 3))
        assert one < two < three


def test_the_lamps_go_out_and_insects_are_bright():
    levels = [y.mean() for y in frames("lamps out", seconds=900)]
    assert min(levels) < 0.3 * max(levels)
    brightest = [int(y.max()) for y in frames("insects", seconds=300)]
    assert max(brightest) > np.median(brightest) + 30


def test_the_hours_are_split_over_nuisances_and_scenes():
    made = list(pieces(24, NUISANCES, ("a", "b", "c", "d")))
    assert sum(p.seconds for p in made) == pytest.approx(24 * 3600)
    assert max(p.seconds for p in made) <= 1.1 * LENGTH
    assert len({(p.nuisance.name, p.scene) for p in made}) == 4 * len(NUISANCES)
    assert len({p.seed for p in made}) == len(made)
    each = [sum(p.seconds for p in made if p.nuisance.name == n) for n in ("light", "clock", "rain 1")]
    assert each[0] == pytest.approx(each[1])
    assert each[2] == pytest.approx(0.2 * each[0])


def test_a_count_comes_with_its_hours_and_its_interval():
    tally = Tally()
    tally.hours["line"] = 24.0
    assert tally.plain()["rules"]["line"] == {"alarms": 0, "hours": 24.0, "a_day": 0, "interval": [0.0, 3.69]}
    tally.events["line"] = 2
    assert tally.plain()["rules"]["line"]["interval"] == [0.24, 7.22]


def test_a_composed_recording_is_analysed_once_and_a_clock_is_no_event(tmp_path, monkeypatch):
    (piece,) = pieces(0.02, (BY_NAME["clock"],), ("here",))
    monkeypatch.setattr(long, "_empty", lambda _scene: EMPTY)
    found = Bench(tmp_path, "none").outcome(piece)
    assert found.events == []
    assert {r.kind for r in piece.rules} >= {r.kind for r in defaults()}
    assert list(tmp_path.iterdir()) == []
    monkeypatch.setattr(ProcessPoolExecutor, "submit", lambda *_: pytest.fail("what is known is used again"))
    again = outcomes(Bench(tmp_path, "none"), [piece, piece], {piece.name: found}, 1.0, 3)
    assert list(again) == [(piece, found), (piece, found)]


def test_a_recording_that_is_refused_is_counted_and_so_are_its_hours(tmp_path, monkeypatch):
    def refuse(*_):
        raise FootageError("the camera moves")

    monkeypatch.setattr(Bench, "_found", refuse)
    (piece,) = pieces(0.02, (BY_NAME["clock"],), ("here",))
    tally = Tally()
    tally.add(piece, Bench(tmp_path).outcome(piece))
    tally.add(piece, Outcome([{"rule": "dwell"}], {"person": 2}))
    assert tally.plain()["refused"] == 1
    assert tally.plain()["tracks"] == {"person": 2}
    assert tally.plain()["rules"]["dwell"]["alarms"] == 1
    assert tally.hours["dwell"] == pytest.approx(0.04)


def test_no_two_recordings_are_kept_under_one_name():
    made = [p for day in (1, 2) for p in pieces(24, NUISANCES, ("a", "b", "c", "d"), day)]
    assert len({p.name for p in made}) == len({p.seed for p in made}) == len(made)
