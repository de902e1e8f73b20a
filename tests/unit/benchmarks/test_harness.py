"""The measuring itself: ratios, overlaps, comparisons."""

import json
import time
from pathlib import Path

import numpy as np
import pytest

from benchmarks import completeness, harness, repeat, speed, track_quality
from synopticon.measure.mot import MotTable
from synopticon.measure.truth import Shown, TruthClip, judge, labels_from_intervals
from synopticon.values.track import Track


def track(first: float, last: float, x: float = 0.0) -> Track:
    times = np.arange(first, last, 0.1)
    n = len(times)
    boxes = np.tile(np.array([[x, 0, x + 10, 20]], np.float32), (n, 1))
    flags = np.ones(n, np.bool_)
    return Track("a-0-0", "person", 1.0, np.zeros(n, np.int32), np.arange(n), times, boxes, flags)


def test_ratios_are_taken_within_a_round():
    made = harness.side_by_side(lambda: time.sleep(0.04), lambda: time.sleep(0.02), rounds=3)
    assert 1.5 < made["ratio"] < 2.5
    assert len(made["ours_seconds"]) == 3


def test_bare_seconds_stand_beside_a_calibration(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(harness, "calibration", lambda: 0.5)
    made = harness.seconds(lambda: time.sleep(0.01), rounds=3)
    assert made["calibration_seconds"] == 0.5
    assert 0.01 <= made["seconds"] < 0.2


def test_peak_memory_sees_what_is_used():
    with harness.PeakMemory(interval=0.01) as peak:
        block = np.ones(60 << 17)  # 60 MB
        time.sleep(0.2)
        before = peak.resident
    assert before > block.nbytes / 2**20


def test_results_name_the_commit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(harness, "calibration", lambda: 0.5)
    harness.write_results(tmp_path / "a" / "r.json", {"speed": 1})
    data = json.loads((tmp_path / "a" / "r.json").read_text("utf-8"))
    assert data["speed"] == 1
    assert {"commit", "machine", "date", "calibration_seconds"} <= data.keys()


def test_overlap_in_time():
    assert speed.overlap([(0, 5)], [(0, 10)], 20) == {"recall": 0.505, "precision": 1.0}
    assert speed.overlap([], [(0, 10)], 20) == {"recall": 0.0, "precision": 0.0}


def test_tracks_are_compared_through_time():
    whole, half, beside = track(0, 10), track(0, 5), track(0, 10, x=5)
    assert repeat.compare([whole], [whole]) == [pytest.approx(1.0)]
    assert repeat.compare([whole], [half]) == [pytest.approx(0.5, abs=0.03)]
    assert repeat.compare([whole], [beside]) == [pytest.approx(1 / 3, abs=0.01)]
    assert sorted(repeat.compare([whole, half], [whole])) == [0.0, pytest.approx(1.0)]


def test_rows_say_what_was_missed_and_what_is_false():
    box = np.array([[0, 0, 10, 10]], np.float32)
    real = MotTable(np.arange(1, 7), np.ones(6, np.int64), np.repeat(box, 6, 0))
    found = MotTable(np.arange(3, 9), np.full(6, 5), np.repeat(box, 6, 0))
    text = track_quality.rows(real, found)
    assert "truth   1 boxes    6 missed   2 by [5:4] missed at 1-2" in text
    assert "track   5 boxes    6 false   2 at 7-8" in text


def test_a_verdict_is_told_by_name():
    clip = TruthClip("c", labels_from_intervals([(0, 100), (300, 400)], 10.0, "person", "p/"), 1.0)
    tubes = [
        Shown(n, "person", np.array([a, a + 10.0]), np.zeros((2, 4), np.float32))
        for n, a in (("t", 0.0), ("f", 15.0))
    ]
    text = completeness.describe(judge(clip, tubes))
    assert "1 of 2 shown" in text
    assert "missed p/2" in text
    assert "false: f" in text
