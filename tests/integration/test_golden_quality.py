"""Golden results on real recordings: what a neutral judge would measure must stay as good.

The limits are those that are asked of the program; a result far above one is no reason to raise it here.
"""

from pathlib import Path

import pytest

from benchmarks import completeness, track_quality
from synopticon.measure.truth import from_manifest, judge, pool
from tests.integration.golden import footage, make, tracks, yolox

pytestmark = [pytest.mark.footage, pytest.mark.slow]


@pytest.mark.model
def test_vtest_with_yolox_nano(tmp_path: Path):
    made = make(footage() / completeness.VIDEOS["vtest"], tmp_path, yolox())
    scores = track_quality.score("vtest", made.tracks)
    assert scores["MOTA"] >= 0.87
    assert scores["IDF1"] >= 0.80
    shown, listed = from_manifest(made.synopsis.manifest)
    verdict = judge(completeness.clip("vtest"), shown, listed)
    assert pool([verdict])["shown"] >= 0.94, completeness.describe(verdict)
    plainly = completeness.plainly_false("vtest", shown, verdict)
    assert len(plainly) <= 0.1 * verdict.tubes, completeness.describe(verdict)
    # The manifest tells the same story as the tracks.
    again = completeness.judge_tracks("vtest", made.tracks, made.dropped)
    assert set(verdict.found.values()) == set(again.found.values())


@pytest.mark.model
def test_tud_campus_with_yolox_nano(tmp_path: Path):
    found, _ = tracks(footage() / track_quality.CLIPS["tud"].video, tmp_path, yolox())
    scores = track_quality.score("tud", found)
    assert scores["MOTA"] >= 0.56
    assert scores["IDF1"] >= 0.64


@pytest.mark.parametrize("clip", ["car-detection", "one-by-one"])
def test_motion_alone_shows_everybody_and_nothing_else(clip: str, tmp_path: Path):
    found, dropped = tracks(footage() / completeness.VIDEOS[clip], tmp_path)
    verdict = completeness.judge_tracks(clip, found, dropped)
    assert all(verdict.found.values()), completeness.describe(verdict)
    assert len(verdict.false) <= 0.1 * verdict.tubes, completeness.describe(verdict)
    assert len(verdict.unmatched) <= 2, completeness.describe(verdict)


def test_motion_alone_shows_the_cars_of_a_street(tmp_path: Path):
    found, dropped = tracks(footage() / completeness.VIDEOS["ahmetozlu"], tmp_path)
    verdict = completeness.judge_tracks("ahmetozlu", found, dropped)
    assert all(verdict.single.values()), completeness.describe(verdict)


@pytest.mark.parametrize("clip", sorted(completeness.DRAWN))
def test_a_drawn_clock_is_no_object(clip: str, tmp_path: Path):
    found, _ = tracks(footage() / completeness.DRAWN[clip][0], tmp_path)
    assert len(found) >= 3
    assert completeness.clock_tubes(clip, found) == []
