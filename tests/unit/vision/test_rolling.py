import threading
import time

import numpy as np
import pytest

from synopticon.values.frame import Frame
from synopticon.values.live import LIVE_BASE
from synopticon.values.track import Track
from synopticon.vision.background import learn_scene
from synopticon.vision.rolling import Rolling, RollingSettings, Samples, joined, kept, live_footage

RATE = 10


def track(name, first, last, x=0.0, speed=20.0, label="person", pause=1):
    """A box of 20x40 that goes to the right, from second ``first`` to ``last``."""
    ticks = np.arange(round(first * RATE), round(last * RATE) + 1, pause)
    times = ticks / RATE
    left = x + speed * times
    boxes = np.stack([left, np.full_like(left, 10), left + 20, np.full_like(left, 50)], 1).astype(np.float32)
    n = len(times)
    pts = np.round(times / float(LIVE_BASE)).astype(np.int64)
    return Track(name, label, 0.8, np.zeros(n, np.int32), pts, times, boxes, np.ones(n, np.bool_))


def test_a_track_goes_on_under_its_id_and_its_past_stays():
    (found,) = joined([track("a", 0, 30)], [track("b", 20, 35, x=1.0)], settled=27.0)
    assert found.id == "a"
    assert (found.start, found.end) == (0.0, 35.0)
    assert np.all(np.diff(found.times) > 0)
    old, new = found.boxes[found.times < 27, 0], found.boxes[found.times >= 27, 0]
    assert old == pytest.approx(20 * found.times[found.times < 27])
    assert new == pytest.approx(20 * found.times[found.times >= 27] + 1.0)


def test_two_that_are_apart_stay_two():
    found = joined([track("a", 0, 30)], [track("b", 20, 35, x=200.0)], settled=27.0)
    assert {(t.id, t.end) for t in found} == {("a", 26.9), ("b", 35.0)}


def test_each_known_track_goes_on_in_one_only():
    known = [track("a", 0, 30), track("b", 0, 30, x=100)]
    fresh = [track("x", 20, 35, x=101), track("y", 20, 35, x=2)]
    assert {(t.id, t.end) for t in joined(known, fresh, 27.0)} == {("a", 35.0), ("b", 35.0)}


def test_what_is_not_seen_any_more_and_was_never_settled_is_forgotten():
    assert joined([track("a", 28, 30)], [], settled=27.0) == ()


def test_a_track_that_began_since_keeps_its_id():
    (found,) = joined([track("a", 28, 30)], [track("b", 27.8, 32)], settled=27.0)
    assert (found.id, found.start, found.end) == ("a", 27.8, 32.0)


def test_a_name_outweighs_none_and_the_longer_part_names():
    (found,) = joined([track("a", 0, 30, label="object")], [track("b", 20, 35)], settled=27.0)
    assert found.label == "person"
    (found,) = joined([track("a", 0, 30, label="car")], [track("b", 20, 35)], settled=27.0)
    assert found.label == "car"


def test_tracks_and_their_samples_are_bounded():
    settings = RollingSettings(ended=30.0, tracks=5, dense=10.0, samples=50)
    tracks = [track(f"t{n}", 0, 100, x=100.0 * n) for n in range(8)] + [track("old", 0, 60)]
    for now in np.arange(100.0, 101.0, 0.1):
        tracks = kept(tracks, now, settings)
    assert len(tracks) == 5
    assert "old" not in {t.id for t in tracks}
    for one in tracks:
        assert (one.start, one.end) == (0.0, 100.0) or len(one) <= 50
        dense = one.times >= 90.9
        assert np.diff(one.times[dense]).max() < 0.11
        assert len(one) <= 50 + dense.sum() + 1


def test_samples_of_the_scene_are_bounded_and_spread():
    settings = RollingSettings(learn=5.0, span=60.0, pictures=12)
    samples = Samples(settings)
    for n in range(3000):
        y = np.full((4, 4), n % 256, np.uint8)
        samples.offer(Frame(0, n, n / RATE, y, y[::2, ::2], y[::2, ::2]))
    times = samples.pictures.times
    assert len(times) <= 13
    assert times[-1] - times[0] >= 40.0
    assert times[-1] > 290.0


def test_of_a_picture_of_another_size_nothing_is_asked():
    footage = live_footage("gate", "ab" * 32, (64, 48), 10.0, 1000.0)
    assert (footage.width, footage.height, footage.files[0].clock.start) == (64, 48, 1000.0)
    assert Rolling(footage, None).build() == ()


def test_the_scene_is_learned_beside_looking_and_nothing_is_looked_for_before(monkeypatch):
    """Pictures do not wait for it: those that come meanwhile show the scene of later."""
    held = threading.Event()

    def slowly(*args):
        assert held.wait(30)
        return learn_scene(*args)

    monkeypatch.setattr("synopticon.vision.rolling.learn_scene", slowly)
    rolling = Rolling(live_footage("gate", "ab" * 32, (64, 48), 10.0, 0.0), None)
    chance = np.random.default_rng(1)
    y = chance.integers(60, 200, (48, 64)).astype(np.uint8)
    grey = np.full((24, 32), 128, np.uint8)
    for n in range(100):
        rolling.see(Frame(0, n, n / RATE, y, grey, grey))
    assert (rolling.begun, rolling.bank, rolling.build()) == (None, None, ())
    held.set()
    end = time.monotonic() + 30
    while rolling.begun is None and time.monotonic() < end:
        time.sleep(0.01)
    assert rolling.begun == pytest.approx(9.9)
    assert np.abs(rolling.bank.scenes[0].y.astype(int) - y).max() <= 1
    rolling.see(Frame(0, 100, 10.0, y, grey, grey))
    rolling.build()
    assert len(rolling.checks()) == 1
