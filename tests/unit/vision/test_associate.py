"""Linking: what one thing is, frame after frame, becomes one tracklet."""

import numpy as np

from synopticon.values.detection import CLASS_INDEX
from synopticon.vision.associate import link
from synopticon.vision.live import Items, LinkSettings
from tests.unit.vision.seen import look_of, path, watch


def items_of(seen):
    return Items(seen.det_frame, seen.det_boxes, seen.det_scores, seen.det_classes, seen.det_looks)


def linked(seen, settings=None):
    items = items_of(seen)
    return items, link(items, seen.time, settings)


def owners(items, tracklet):
    """Which walkers a tracklet holds, by their looks."""
    return {tuple(row) for row in items.looks[tracklet]}


def test_a_walker_is_one_tracklet_in_time_order():
    seen = watch([path((50, 100), (40, 0))], 4.0, noise=1.0)
    items, (only,) = linked(seen)
    assert len(only) == len(items)
    assert (np.diff(items.frame[only]) > 0).all()


def test_nothing_is_linked_to_nothing():
    assert linked(watch([], 1.0))[1] == []


def test_two_who_cross_keep_their_tracks():
    seen = watch([path((100, 100), (60, 0)), path((400, 104), (-60, 0))], 5.0, noise=0.5)
    items, tracklets = linked(seen)
    long = [t for t in tracklets if len(t) > 10]
    assert len(long) == 2
    assert all(len(owners(items, t)) == 1 for t in long)


def test_a_short_absence_is_bridged_and_a_long_one_is_not():
    gone = watch([path((50, 100), (40, 0))], 6.0, missed=lambda _n, t: 2.0 <= t < 2.8)
    assert len(linked(gone)[1]) == 1
    away = watch([path((50, 100), (40, 0))], 6.0, missed=lambda _n, t: 2.0 <= t < 4.5)
    assert len(linked(away)[1]) == 2


def test_an_uncertain_box_continues_a_track_and_begins_none():
    settings = LinkSettings(certain=0.5, uncertain=0.15)
    alone = watch([path((50, 100), (30, 0))], 3.0, score=0.3)
    assert linked(alone, settings)[1] == []
    seen = watch([path((50, 100), (30, 0))], 3.0, score=0.8)
    weak = seen.time[seen.det_frame] > 1.5
    seen.det_scores[weak] = 0.3
    items, (only,) = linked(seen, settings)
    assert len(only) == len(items)


def test_a_track_is_carried_back_over_uncertain_boxes_before_it():
    seen = watch([path((50, 100), (30, 0))], 3.0)
    seen.det_scores[seen.time[seen.det_frame] < 0.5] = 0.3
    items, (only,) = linked(seen)
    assert len(only) == len(items)


def test_groups_of_classes_are_kept_apart_and_unnamed_things_fit_all():
    def classes(second):
        seen = watch([path((50, 100), (30, 0))], 3.0)
        seen.det_classes[seen.time[seen.det_frame] >= 1.5] = CLASS_INDEX[second]
        return len(linked(seen)[1])

    assert classes("person") == classes("object") == 1
    assert classes("car") == 2


def test_a_second_box_on_a_tracked_body_begins_no_track():
    inner = path((84, 104), (30, 0), size=(14, 30), begin=1.0)
    seen = watch([path((50, 100), (30, 0)), inner], 3.0)
    assert len(linked(seen)[1]) == 1


def test_looks_decide_between_two_who_are_as_near():
    """Two who stood side by side come back after a moment, both as near to both old places."""
    seen = watch([path((100, 100), (0, 0)), path((112, 100), (0, 0))], 2.0)
    back = seen.time[seen.det_frame] > 1.0
    seen.det_boxes[back] = (106, 100, 130, 160)
    seen.det_looks[back & (seen.det_looks[:, 0] == look_of(1)[0])] = look_of(1)
    items, tracklets = linked(seen)
    assert all(len(owners(items, t)) == 1 for t in tracklets)
