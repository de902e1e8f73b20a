"""The pictures of a review: few of each mask, the risky moments among them, and all of them filled."""

from dataclasses import replace

import cv2
import numpy as np
import pytest

from synopticon.evidence import shots as module
from synopticon.evidence.risk import Reason, Risk, Watched, in_order
from synopticon.evidence.shots import MOST_PER_TRACK, MOST_STILLS, Shot, choose, take
from synopticon.footage.probe import probe
from synopticon.vision.masks import MaskPlan
from tests.unit.evidence.test_redact import SIZE, ZONE, noisy, plan
from tests.unit.vision.test_masks import walker

NONE = np.zeros(0)
WATCHED = Watched(0.0, 5.0, (400, 300))


def risk(at, track, reason=Reason.HELD):
    return Risk(reason, at, at, at, track)


def test_each_track_has_a_strip_with_its_risky_moments():
    track = walker(0, 50)
    chosen = choose([track], [risk(1.23, "a")], NONE, WATCHED)
    strip = [s for s in chosen.shots if s.of == "a"]
    assert len(strip) == MOST_PER_TRACK - 2  # eight, and one risky moment
    assert [s.reason for s in strip if s.time == 1.23] == [Reason.HELD]
    assert (strip[0].time, strip[-1].time) == (0.0, 4.9)
    assert [s.time for s in chosen.shots] == sorted(s.time for s in chosen.shots)
    (still,) = [s for s in chosen.shots if not s.of]
    assert (still.time, still.box) == (1.23, (0, 0, 400, 300))
    for shot in strip:
        (box,) = track.at(np.array([shot.time]))
        assert shot.box[0] < box[0]
        assert shot.box[1] < box[1]
        assert shot.box[2] > box[2]


def test_only_what_is_reviewed_is_shown():
    chosen = choose([walker(0, 50)], [], NONE, replace(WATCHED, start=2.0, end=3.0))
    assert all(2.0 <= s.time < 3.0 for s in chosen.shots)


def test_bare_stretches_have_a_few_whole_pictures():
    bare = Risk(Reason.BARE, 1.0, 2.0, 1.5)
    chosen = choose([], [bare], np.array([0.2, *(1 + k / 10 for k in range(11)), 4.0]), WATCHED)
    assert [s.time for s in chosen.shots] == [1.0, 1.5, 2.0]


def test_a_long_recording_gives_no_endless_page(monkeypatch):
    monkeypatch.setattr(module, "MOST_TRACKS", 40)
    monkeypatch.setattr(module, "MOST_THUMBS", 100)
    tracks = [walker(0, 50, name=f"{n:03}") for n in range(60)]
    risks = in_order([risk(0.1 + n / 20, f"{n:03}") for n in range(60)])
    chosen = choose(tracks, risks, NONE, replace(WATCHED, end=99.0))
    assert chosen.tracks_left == 20
    assert {s.of for s in chosen.shots} - {""} == {f"{n:03}" for n in range(40)}
    assert all(sum(s.of == name for s in chosen.shots) <= 3 for name in ("000", "039"))
    many = [risk(k / 100, "000") for k in range(MOST_STILLS + 7)]
    assert choose(tracks[:1], many, NONE, WATCHED).moments_left == 7


@pytest.fixture(scope="module")
def footage(tmp_path_factory):
    return probe((str(noisy(tmp_path_factory.mktemp("shots") / "in.mp4")),))


ALL = Shot(0.35, "", (0, 0, *SIZE))
PART = Shot(0.5, "t", (30, 10, 81, 61), Reason.SMALL)
SHORT = Watched(0.0, 1.2, SIZE)


def opened(taken):
    return cv2.imdecode(np.frombuffer(taken.data, np.uint8), 1)


def test_what_is_shown_is_filled(footage):
    """The zone is one grey in the whole picture and in the strip, and not beside it."""
    whole, part = take(footage, plan(), None, [ALL, PART], SHORT)
    assert (whole.shot, whole.time, whole.zones) == (ALL, 0.4, ())
    picture = opened(whole)
    assert picture.shape == (SIZE[1], SIZE[0], 3)
    x1, y1, x2, y2 = (int(v) for v in ZONE)
    assert picture[y1 + 8 : y2 - 8, x1 + 8 : x2 - 8].std() < 6
    assert picture[60:90, 100:150].std() > 20
    strip = opened(part)
    assert max(strip.shape) == 176
    scale = 176 / 51
    inside = strip[int(14 * scale) : int(30 * scale), int(14 * scale) : int(38 * scale)]
    assert inside.std() < 6


def test_clear_pictures_show_and_tell_the_zones(footage):
    (whole,) = take(footage, plan((39.5, 20.0, 72.0, 43.2)), None, [ALL], SHORT, clear=True)
    x1, y1, x2, y2 = (int(v) for v in ZONE)
    assert opened(whole)[y1 + 6 : y2 - 6, x1 + 6 : x2 - 6].std() > 20
    assert whole.zones == ((39, 20, 72, 44),)


def test_a_moment_that_never_comes_has_no_picture(footage):
    late = replace(ALL, time=0.1)
    early, last = replace(ALL, time=-3.0), replace(ALL, time=1.1)
    told = []
    taken = [*take(footage, plan(), None, [early, late, last], SHORT, progress=told.append)]
    assert [t.shot for t in taken] == [late, last]
    assert told[-1] > 0.9
    none: MaskPlan = plan(start=50, end=60)
    assert [*take(footage, none, None, [], SHORT)] == []
