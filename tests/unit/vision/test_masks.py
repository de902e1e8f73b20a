"""The plan of masks: sources back each other, zones are steady, and none vanishes for a single frame."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from synopticon.errors import UsageError
from synopticon.values.detection import CLASS_INDEX
from synopticon.values.track import Track
from synopticon.vision.masks import MaskSettings, kinds, plan_masks, steady
from synopticon.vision.observations import LOOK, ObservationsBuilder

RATE = 10


def seen(frames, score=1.0, moving=1.0, moved=0.6):
    """Observations: for each frame (people, blobs) as lists of boxes.

    People are found with ``score``, ``moving`` of their boxes moves; ``moved`` is that share of each blob.
    """
    builder = ObservationsBuilder()
    for k, (people, blobs) in enumerate(frames):
        builder.add_frame(0, k, k / RATE, watched=True, looked=True)
        for boxes, add in ((people, builder.add_detections), (blobs, builder.add_blobs)):
            n = len(boxes)
            if not n:
                continue
            given, one = np.array(boxes, np.float32), np.ones(n, np.float32)
            size = (given[:, 2] - given[:, 0]) * (given[:, 3] - given[:, 1])
            looks = np.zeros((n, LOOK), np.uint8)
            if add == builder.add_blobs:
                add(given, moved * size, looks)
            else:
                add(given, score * one, np.full(n, CLASS_INDEX["person"], np.int16), moving * one, looks)
    return builder.build()


def walker(first=10, stop=30, name="a", label="person", left=100.0, step=3.0, wide=30):
    k = np.arange(first, stop)
    x = left + step * (k - first)
    boxes = np.stack([x, 0 * x + 50, x + wide, 0 * x + 130], 1).astype(np.float32)
    return Track(name, label, 0.9, np.zeros(len(k), np.int32), k, k / RATE, boxes, np.ones(len(k), np.bool_))


def wide(label, name="v"):
    """A vehicle of 100 x 60 pixels."""
    track = walker(name=name, label=label, left=300.0)
    boxes = track.boxes.copy()
    boxes[:, 2:] = boxes[:, :2] + np.array([100, 60], np.float32)
    return replace(track, boxes=boxes)


def empty(count=50):
    return seen([([], [])] * count)


def holds(zones, x1, y1, x2, y2):
    return bool(len(zones)) and bool(
        ((zones[:, 0] <= x1) & (zones[:, 1] <= y1) & (zones[:, 2] >= x2) & (zones[:, 3] >= y2)).any()
    )


def test_the_head_of_a_track_is_masked_in_every_frame_and_its_body_is_not():
    track = walker()
    plan = plan_masks(empty(), [track], MaskSettings())
    for time, (x1, y1, x2, y2) in zip(track.times, track.boxes, strict=True):
        zones = plan.at(float(time))
        assert holds(zones, x1, y1, x2, y1 + 0.15 * (y2 - y1))
        assert zones[:, 3].max() < y1 + 0.4 * (y2 - y1)
    between = plan.at(1.55)
    assert holds(between, *track.at(np.array([1.55]))[0, :3], 62)


def test_a_mask_is_held_before_entry_and_after_exit():
    plan = plan_masks(empty(), [walker()], MaskSettings(hold=0.5))
    assert len(plan.at(0.51))
    assert len(plan.at(3.39))
    assert not len(plan.at(0.45))
    assert not len(plan.at(3.45))


@pytest.mark.parametrize("label", ["train", "boat", "animal", "bag"])
def test_what_has_no_head_and_no_plate_is_masked_on_demand_only(label):
    track = walker(label=label)
    assert not len(plan_masks(empty(), [track], MaskSettings()).at(2.0))
    assert not len(plan_masks(empty(), [track], MaskSettings(kinds("people"))).at(2.0))
    assert holds(plan_masks(empty(), [track], MaskSettings(kinds("all"))).at(2.0), *track.boxes[10])


@pytest.mark.parametrize("label", ["car", "bus", "truck", "motorcycle"])
def test_the_lower_part_of_a_vehicle_is_masked(label):
    track = wide(label)
    plan = plan_masks(empty(), [track], MaskSettings(kinds("plates")))
    for time, (x1, y1, x2, y2) in zip(track.times, track.boxes, strict=True):
        zones = plan.at(float(time))
        assert holds(zones, x1 + 10, y1 + 0.5 * (y2 - y1), x2 - 10, y2)
        assert zones[:, 1].min() > y1 + 0.3 * (y2 - y1)
    assert plan.vehicles.at(2.0)[0].tolist() == pytest.approx(track.boxes[10].tolist())


def test_what_only_moves_may_be_a_vehicle():
    """From the side as any vehicle; upright, as a car looks from above, the lower end."""
    upright = walker(label="object", wide=50)
    for track, top in ((wide("object"), 0.5), (upright, 0.65)):
        x1, y1, x2, y2 = track.boxes[10]
        zones = plan_masks(empty(), [track], MaskSettings(kinds("plates"))).at(2.0)
        assert holds(zones, x1 + 10, y1 + top * (y2 - y1), x2 - 10, y2)
        assert zones[:, 1].min() > y1 + (top - 0.15) * (y2 - y1)


def test_a_car_that_drives_away_is_masked_until_its_plate_is_too_small():
    track = wide("car")
    boxes = track.boxes.copy()
    boxes[8:, 2:] = boxes[8:, :2] + np.array([40, 24], np.float32)
    plan = plan_masks(empty(), [replace(track, boxes=boxes)], MaskSettings(kinds("plates"), hold=0.0))
    seen_as_wide = float(track.times[7])
    assert len(plan.at(seen_as_wide + 0.85))
    assert not len(plan.at(seen_as_wide + 1.15))


def test_heads_and_plates_are_masked_unless_something_else_is_asked_for():
    tracks = [walker(), wide("car")]
    assert len(plan_masks(empty(), tracks, MaskSettings()).at(2.0)) == 2
    assert len(plan_masks(empty(), tracks, MaskSettings(kinds("heads"))).at(2.0)) == 1
    whole = plan_masks(empty(), tracks, MaskSettings(kinds("people, plates"))).at(2.0)
    assert holds(whole, *tracks[0].boxes[10])
    assert len(whole) == 2


def test_who_is_kept_keeps_the_plate():
    plan = plan_masks(empty(), [wide("car")], MaskSettings(), keep={"v"})
    assert not len(plan.at(2.0))
    assert not len(plan.vehicles.at(2.0))


@pytest.mark.parametrize("text", ["", "noses", "heads,", "heads plates"])
def test_what_cannot_be_masked_is_said(text):
    with pytest.raises(UsageError, match="is none of heads, faces, people, plates, all"):
        kinds(text)


def test_people_are_masked_whole():
    track = walker()
    assert holds(plan_masks(empty(), [track], MaskSettings(kinds("people"))).at(2.0), *track.boxes[10])


def test_somebody_detected_on_no_track_is_masked_and_so_are_the_frames_beside():
    frames = [([], [])] * 20 + [([(200, 60, 230, 140)], [])] + [([], [])] * 20
    plan = plan_masks(seen(frames), [], MaskSettings(linger=0.3))
    for k in (17, 20, 23):
        assert holds(plan.at(k / RATE), 200, 60, 230, 72)
    assert not len(plan.at(1.6))


def test_a_sign_that_is_taken_for_somebody_is_not_masked_and_who_stands_still_is():
    frames = [([(200, 60, 230, 140)], [])] * 5
    assert len(plan_masks(seen(frames, score=0.5), [], MaskSettings()).at(0.2))
    assert not len(plan_masks(seen(frames, score=0.5, moving=0.0), [], MaskSettings()).at(0.2))
    assert len(plan_masks(seen(frames, score=0.7, moving=0.0), [], MaskSettings()).at(0.2))


def test_passing_light_is_not_masked_and_told():
    plan = plan_masks(seen([([], [(200, 60, 240, 160)])] * 5, moved=0.1), [], MaskSettings())
    assert not len(plan.at(0.2))
    assert len(plan.bare) == 5


def test_a_head_that_comes_in_from_below_is_masked_whole():
    frames = [([], [])] * 8 + [([], [(100, 420, 180, 480)])] * 2
    later = walker(left=90.0)
    later = replace(later, boxes=later.boxes + np.array([0, 300, 60, 350], np.float32))  # much higher
    plan = plan_masks(seen(frames), [later], MaskSettings(floor=480.0))
    assert holds(plan.at(0.9), 100, 420, 180, 480)
    assert not holds(plan_masks(seen(frames), [later], MaskSettings()).at(0.9), 100, 420, 180, 480)


def test_what_moves_on_no_track_is_masked_above_and_whole_when_small():
    frames = [([], [(200, 60, 240, 160), (20, 20, 40, 40)])] * 5
    zones = plan_masks(seen(frames), [], MaskSettings()).at(0.2)
    assert holds(zones, 200, 60, 240, 75)
    assert not holds(zones, 200, 60, 240, 130)
    assert holds(zones, 20, 20, 40, 40)


def test_a_blob_that_a_track_explains_adds_nothing():
    track = walker()
    frames = [([], [])] * 10 + [([], [tuple(box)]) for box in track.boxes]
    assert len(plan_masks(seen(frames), [track], MaskSettings()).sightings) == 0


def test_a_second_person_in_the_blob_of_a_track_is_masked():
    track = walker(step=0.0)
    frames = [([], [])] * 10 + [([], [(100, 50, 175, 130)])] * 20
    assert holds(plan_masks(seen(frames), [track], MaskSettings()).at(2.0), 140, 50, 175, 62)


def test_who_is_kept_stays_clear_and_others_do_not():
    one, two = walker(), walker(name="b", left=300.0)
    frames = [([], [])] * 10 + [
        ([tuple(b) for b in pair], [tuple(b) for b in pair])
        for pair in zip(one.boxes, two.boxes, strict=True)
    ]
    plan = plan_masks(seen(frames), [one, two], MaskSettings(), keep={"a"})
    zones = plan.at(2.0)
    assert holds(zones, *two.boxes[10, :3], 62)
    assert not (zones[:, 0] < 250).any()
    assert not len(plan.bare)


def test_what_is_seen_and_not_masked_is_told():
    """Something far too wide for a person moves: it is not masked, and not passed over."""
    frames = [([], [])] * 10 + [([], [(10, 60, 300, 100)])] * 3 + [([], [])] * 5
    plan = plan_masks(seen(frames), [], MaskSettings())
    assert plan.bare.tolist() == [1.0, 1.1, 1.2]
    assert not len(plan_masks(seen(frames), [], MaskSettings(kinds("all"))).bare)


@given(arrays.arrays(np.float32, (15, 4), elements=st.floats(0, 500, width=32)), st.integers(0, 3))
@settings(max_examples=60, deadline=None)
def test_smoothing_uncovers_nothing(corners, reach):
    low, high = np.minimum(corners[:, :2], corners[:, 2:]), np.maximum(corners[:, :2], corners[:, 2:])
    zones = np.concatenate([low, high], 1)
    wide = steady(zones, reach)
    assert (wide[:, :2] <= zones[:, :2] + 1e-3).all()
    assert (wide[:, 2:] >= zones[:, 2:] - 1e-3).all()


@given(st.lists(st.booleans(), min_size=12, max_size=40), st.booleans())
@settings(max_examples=60, deadline=None)
def test_a_mask_never_vanishes_for_a_single_frame(there, person):
    """However sightings come and go: what is masked before and after a frame is masked in it, too."""
    box = (200, 60, 230, 140)
    frames = [([box], []) if here and person else ([], [box]) if here else ([], []) for here in there]
    plan = plan_masks(seen(frames), [], MaskSettings())
    on = [holds(plan.at(k / RATE), 205, 60, 225, 72) for k in range(len(there))]
    assert all(shown for shown, here in zip(on, there, strict=True) if here)
    assert not any(a and not b and c for a, b, c in zip(on, on[1:], on[2:], strict=False))


@given(st.sets(st.integers(10, 29), min_size=2))
@settings(max_examples=40, deadline=None)
def test_a_track_with_holes_is_masked_throughout(kept):
    whole = walker()
    pick = np.array(sorted(kept)) - 10
    track = replace(
        whole, file=whole.file[pick], pts=whole.pts[pick], times=whole.times[pick],
        boxes=whole.boxes[pick], observed=whole.observed[pick],
    )  # fmt: skip
    plan = plan_masks(empty(), [track], MaskSettings())
    for k in range(min(kept), max(kept) + 1):
        assert holds(plan.at(k / RATE), *whole.boxes[k - 10, :3], 62)


def test_faces_only_masks_nothing_by_place():
    assert not len(plan_masks(empty(), [walker()], MaskSettings(kinds("faces"))).at(2.0))
