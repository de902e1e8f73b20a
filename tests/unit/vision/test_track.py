"""From observations to tracks: what is sure, what is dropped, and what the boxes are like."""

import numpy as np
import pytest

from synopticon.vision.geometry import paired_iou
from synopticon.vision.track import TrackSettings, build_tracks, smooth
from tests.unit.vision.seen import PICTURE, path, watch

DIGESTS = ["45cddc949069" + "0" * 52]


def tracks_of(seen, settings=None):
    return build_tracks(seen, DIGESTS, *PICTURE, settings)


def truth(walker, track):
    return np.array([walker(t) or (0, 0, 0, 0) for t in track.times], np.float32)


def test_nothing_seen_nothing_tracked():
    assert tracks_of(watch([], 2.0)) == ((), ())


def test_a_walker_is_one_track_with_its_boxes_and_its_id():
    walker = path((60, 100), (50, 10), end=4.0)
    (track,), dropped = tracks_of(watch([walker], 5.0, noise=1.5))
    assert dropped == ()
    assert track.label == "person"
    assert track.id == "45cddc949069-0-0"
    assert track.score == pytest.approx(0.8)
    assert (track.start, track.end) == (0.0, pytest.approx(47 / 12))
    assert paired_iou(track.boxes, truth(walker, track)).min() > 0.75
    assert track.observed.all()


def test_motion_alone_tracks_what_goes_somewhere():
    walker = path((60, 100), (50, 10), end=4.0)
    (track,), _ = tracks_of(watch([walker], 5.0, detected=False))
    assert track.label == "object"
    assert paired_iou(track.boxes, truth(walker, track)).min() > 0.75


def test_what_flutters_in_its_place_is_no_object():
    def leaf(time):
        x = 100 + 6 * np.sin(9 * time)
        return (x, 100, x + 12, 112) if int(time * 12) % 3 else None

    tracks, _ = tracks_of(watch([leaf], 8.0, detected=False))
    assert tracks == ()


def test_a_new_thing_that_stays_is_an_object():
    (track,), _ = tracks_of(watch([path((100, 100), (0, 0), size=(30, 30), end=8.0)], 8.0, detected=False))
    assert track.label == "object"


def test_a_detection_where_nothing_moves_is_no_track():
    tracks, _ = tracks_of(watch([path((60, 100), (50, 0))], 4.0, moving=0.02, blobs=False))
    assert tracks == ()


def test_what_is_too_uncertain_is_dropped_by_name():
    tracks, dropped = tracks_of(watch([path((60, 100), (50, 0), end=0.4)], 2.0, blobs=False))
    assert tracks == ()
    assert [(d.label, d.reason, d.file) for d in dropped] == [("person", "too uncertain", 0)]
    assert 0.0 <= dropped[0].start < dropped[0].end <= 0.4


def test_an_occlusion_is_bridged_and_said_to_be_guessed():
    walker = path((60, 100), (50, 0), end=6.0)
    seen = watch([walker], 6.0, missed=lambda _n, t: 2.0 <= t < 3.5, blobs=False)
    (track,), _ = tracks_of(seen)
    hidden = (track.times > 2.1) & (track.times < 3.4)
    assert hidden.any()
    assert not track.observed[hidden].any()
    assert track.observed[track.times < 1.9].all()
    assert paired_iou(track.boxes, truth(walker, track)).min() > 0.6


def test_two_walkers_are_two_tracks_with_two_ids():
    tracks, _ = tracks_of(watch([path((60, 100), (50, 0)), path((60, 300), (50, 0))], 5.0))
    assert [t.id for t in tracks] == ["45cddc949069-0-0", "45cddc949069-0-1"]


def test_the_class_is_voted():
    seen = watch([path((60, 100), (50, 0))], 4.0, label="car")
    odd = np.arange(len(seen.det_classes)) % 5 == 0
    seen.det_classes[odd] += 1  # bus
    (track,), _ = tracks_of(seen)
    assert track.label == "car"


def test_a_stricter_setting_drops_what_a_looser_one_keeps():
    seen = watch([path((60, 100), (50, 0))], 4.0, score=0.6, blobs=False)
    assert len(tracks_of(seen)[0]) == 1
    tracks, dropped = tracks_of(seen, TrackSettings(min_score=0.7))
    assert (len(tracks), len(dropped)) == (0, 1)


def test_smoothing_keeps_a_straight_line_and_calms_a_trembling_one():
    times = np.arange(40) / 10
    x = 20 + 30 * times
    line = np.stack([x, x, x + 20, x + 50], 1).astype(np.float32)
    settings = TrackSettings()
    assert np.allclose(smooth(line, times, times, settings), line, atol=0.05)
    random = np.random.default_rng(3)
    trembling = line + random.normal(0, 2, line.shape).astype(np.float32)
    calm = smooth(trembling, times, times, settings)
    assert (
        np.abs(np.diff(calm - line, axis=0)).mean() < 0.4 * np.abs(np.diff(trembling - line, axis=0)).mean()
    )
    assert np.abs(calm - line).mean() < np.abs(trembling - line).mean()


def test_boxes_between_two_looks_are_interpolated():
    times = np.arange(0, 4, 0.4)
    x = 20 + 30 * times
    line = np.stack([x, x, x + 20, x + 50], 1).astype(np.float32)
    between = np.arange(0, 3.6, 0.1)
    x = 20 + 30 * between
    expected = np.stack([x, x, x + 20, x + 50], 1)
    assert np.allclose(smooth(line, times, between, TrackSettings()), expected, atol=0.1)
