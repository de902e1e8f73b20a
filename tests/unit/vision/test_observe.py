"""When a frame is watched and looked at, and that a stretch is seen alike wherever one begins."""

from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from synopticon.footage.probe import probe
from synopticon.values.detection import CLASS_INDEX, Detections
from synopticon.vision.background import learn_bank
from synopticon.vision.checks import Checks
from synopticon.vision.observations import Observations
from synopticon.vision.observe import Attention, Cadence, ObserveSettings, observe
from tests.scene import FPS, write_scene

SETTINGS = ObserveSettings()


def turns(times, rate, settings=SETTINGS):
    cadence = Cadence(Fraction(rate), settings)
    return [cadence.next(t) for t in times]


@pytest.mark.parametrize("rate", [5, 10, 12, 25, 30, 50, 60])
def test_the_rates_are_kept_at_any_frame_rate(rate):
    got = turns(np.arange(20 * rate) / rate, rate)
    watched, looked = sum(t.watch for t in got) / 20, sum(t.look for t in got) / 20
    assert watched <= SETTINGS.watch_rate * 1.35
    assert watched >= min(rate, SETTINGS.watch_rate) * 0.65
    assert looked <= SETTINGS.look_rate * 1.5
    assert looked >= min(rate, SETTINGS.look_rate) * 0.6


def test_what_is_looked_at_is_watched_and_thorough_looks_are_looks():
    for turn in turns(np.arange(500) / 25, 25):
        assert turn.watch or not turn.look
        assert turn.look or not turn.thorough


def test_key_frames_alone_are_all_looked_at():
    got = turns(np.arange(10) * 2.0, 25, ObserveSettings(keys_only=True))
    assert all(t.watch and t.look and t.thorough for t in got)


@given(st.sampled_from([5, 12, 25, 30]), st.integers(0, 150), st.integers(0, 2**32 - 1))
def test_after_the_lead_in_it_does_not_matter_where_one_began(rate, first, seed):
    times = np.sort(np.arange(300) + np.random.default_rng(seed).uniform(-0.3, 0.3, 300)) / rate
    whole, late = turns(times, rate), turns(times[first:], rate)
    settled = times[first:] >= times[first] + Cadence(Fraction(rate), SETTINGS).lead_in
    assert [t for t, ok in zip(late, settled, strict=True) if ok] == [
        t for t, ok in zip(whole[first:], settled, strict=True) if ok
    ]


def boxes(*rows):
    return np.array(rows, np.float32).reshape(-1, 4)


def person(*rows):
    n = len(rows)
    return Detections(boxes(*rows), np.full(n, 0.9, np.float32), np.full(n, CLASS_INDEX["person"], np.int16))


def unclear(attention, *rows):
    attention.follow(boxes(*rows))
    return attention.unclear.tolist()


def test_attention_skips_what_plainly_moved_on():
    single, pair = (0, 0, 20, 50), (100, 0, 180, 50)
    attention = Attention()
    assert unclear(attention, single, pair) == [list(single), list(pair)], "nothing is known yet"
    attention.remember(person(single, (100, 0, 120, 50), (150, 0, 170, 50)), thorough=True)
    moved_on, new, crowd = (4, 0, 24, 50), (300, 0, 320, 50), (104, 0, 184, 50)
    assert unclear(attention, moved_on, new, crowd) == [list(new), list(crowd)]
    attention.remember(person(new, (104, 0, 124, 50), (154, 0, 174, 50)), thorough=False)
    further = (8, 0, 28, 50)
    assert unclear(attention, further, new, crowd) == [list(crowd)], "what is clear stays so"
    grown = (0, 0, 60, 60)
    assert unclear(attention, grown, new, crowd) == [list(grown), list(crowd)]
    assert unclear(attention) == []


class Fixed:
    """Finds a person in the middle of each crop."""

    name = "fixed"

    def detect(self, crops):
        return [
            person((c.shape[1] / 2 - 10, c.shape[0] / 2 - 30, c.shape[1] / 2 + 10, c.shape[0] / 2 + 30))
            for c in crops
        ]


@pytest.fixture(scope="module")
def recording(tmp_path_factory):
    footage = probe([write_scene(tmp_path_factory.mktemp("observe") / "scene.mp4", 2, 2.0, 1.5)])
    return footage, learn_bank(footage)


def test_stretches_joined_are_the_whole(recording):
    footage, bank = recording
    whole, gaps, checks = observe(footage, bank, 0.0, np.inf, Fixed(), SETTINGS)
    assert gaps == ()
    assert len(whole) == round(footage.duration * FPS)
    assert len(whole.det_frame)
    assert len(whole.blob_frame)
    cuts = [0.0, 1.9, 4.2, 4.4, np.inf]
    parts = [observe(footage, bank, a, b, Fixed(), SETTINGS) for a, b in pairwise(cuts)]
    joined = Observations.join([seen for seen, _, _ in parts]).arrays()
    again = Checks.join([found for _, _, found in parts]).arrays()
    assert len(checks) == int(footage.duration) + 1, "one in each second that began"
    for name, column in checks.arrays().items():
        assert np.array_equal(again[name], column, equal_nan=True), name
    for name, column in whole.arrays().items():
        assert np.array_equal(joined[name], column), name


def test_without_a_detector_nothing_is_looked_at(recording):
    footage, bank = recording
    seen, _, _ = observe(footage, bank, 0.0, np.inf, None, SETTINGS)
    assert not seen.looked.any()
    assert not len(seen.det_frame)
    first = seen.time[seen.blob_frame].min()
    assert 1.4 < first < 2.4, "the first figure comes after a pause"
