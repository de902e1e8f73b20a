"""What must be looked at first: each reason is found, and the worst come first."""

from dataclasses import replace

import numpy as np
import pytest

from synopticon.evidence.risk import (
    Reason,
    Risk,
    Watched,
    bare_risks,
    in_order,
    masked_tracks,
    stretches,
    track_risks,
    uncovered_at,
    worst_first,
)
from synopticon.vision.masks import MaskPlan, MaskSettings, Sightings, Strands, kinds, plan_masks
from tests.unit.vision.test_masks import empty, seen, walker

WATCHED = Watched(0.0, 5.0, (400, 300))
HEADS = kinds("heads")


def plan_of(track, frames=None, what=HEADS):
    return plan_masks(frames or empty(), [track], MaskSettings(what))


def reasons(track, watched=WATCHED, plan=None, what=HEADS):
    return [r.reason for r in track_risks(track, plan or plan_of(track), what, watched)]


def passing():
    """Somebody who comes in at the left border and leaves at the right one."""
    return walker(0, 50, left=0.0, step=7.6)


def test_somebody_who_walks_through_gives_no_reason():
    assert reasons(passing()) == []


def test_a_track_that_begins_or_ends_inside_is_named():
    first, last = track_risks(walker(15, 35), plan_of(walker(15, 35)), HEADS, WATCHED)
    assert (first.reason, first.at) == (Reason.BEGINS, 1.5)
    assert (last.reason, last.at) == (Reason.ENDS, 3.4)
    assert reasons(walker(5, 46)) == []  # as the recording begins and ends
    assert reasons(walker(15, 35), Watched(1.0, 4.0, (400, 300))) == []


def test_a_leap_is_named_and_speed_is_none():
    track = passing()
    boxes = track.boxes.copy()
    boxes[25] += np.array([60, 0, 60, 0], np.float32)
    (risk,) = track_risks(replace(track, boxes=boxes), plan_of(track), frozenset(), WATCHED)
    assert risk.reason is Reason.JUMP
    assert risk.start <= 2.5 <= risk.end + 0.1
    fast = walker(0, 10, left=0.0, step=40.0)
    assert Reason.JUMP not in reasons(fast)


def test_what_was_not_seen_for_long_is_named():
    track = passing()
    unseen = track.observed.copy()
    unseen[20:34] = False
    (risk,) = track_risks(replace(track, observed=unseen), plan_of(track), HEADS, WATCHED)
    assert (risk.reason, risk.start, risk.end) == (Reason.HELD, 2.0, 3.3)
    unseen[24::4] = True
    assert reasons(replace(track, observed=unseen)) == []


def test_a_head_that_its_mask_leaves_is_named():
    track = passing()
    none = Sightings(np.zeros(0), np.zeros((0, 4), np.float32), np.zeros(0))
    bald = MaskPlan(Strands(()), none, Strands(()), np.zeros(0))
    (risk,) = track_risks(track, bald, HEADS, WATCHED)
    assert (risk.reason, risk.start, risk.end) == (Reason.SMALL, 0.0, 4.9)
    assert reasons(track, plan=bald, what=kinds("plates")) == []
    assert reasons(track, plan=plan_of(track), what=kinds("people")) == [Reason.SMALL]  # whole, not the head


def test_an_unsure_track_is_named():
    assert reasons(replace(passing(), score=0.3)) == [Reason.UNSURE]


def test_nothing_outside_what_is_reviewed_is_named():
    assert reasons(replace(walker(15, 35), score=0.1), Watched(4.0, 5.0, (400, 300))) == []


def test_bare_frames_are_stretches():
    plan = replace(plan_of(passing()), bare=np.array([0.5, 0.6, 1.4, 3.0, 4.9]))
    found = list(bare_risks(plan, replace(WATCHED, end=4.0)))
    assert [(r.start, r.end, r.reason) for r in found] == [(0.5, 1.4, Reason.BARE), (3.0, 3.0, Reason.BARE)]
    assert not list(stretches(np.zeros(0)))


def test_the_worst_come_first():
    kinds_ = [Risk(reason, 1.0, 2.0, 1.0, str(n)) for n, reason in enumerate(Reason)]
    assert in_order(kinds_[::-1]) == tuple(kinds_)
    short, long = Risk(Reason.HELD, 0.0, 1.0, 0.0, "a"), Risk(Reason.HELD, 3.0, 9.0, 3.0, "b")
    assert in_order([short, long]) == (long, short)
    tracks = [walker(name=name) for name in ("none", "a", "b")]
    assert [t.id for t in worst_first(tracks, [short, long])] == ["b", "a", "none"]


def test_a_mask_of_its_own():
    person, car = walker(name="p"), walker(name="c", label="car")
    plan = plan_masks(empty(), [person, car], MaskSettings(HEADS))
    assert masked_tracks(plan, [person, car], HEADS) == (person,)
    faces = plan_masks(empty(), [person, car], MaskSettings(kinds("faces")))
    assert masked_tracks(faces, [person, car], kinds("faces")) == (person,)


@pytest.mark.parametrize("spared", [False, True])
def test_what_is_bare_is_shown_and_a_car_is_not(spared):
    box = [200, 50, 230, 130]
    frames = seen([([], [])] * 10 + [([], [box, [300, 200, 310, 220]])])
    car = walker(10, 20, label="car", left=200.0, step=0.0)
    none = plan_masks(empty(), [], MaskSettings(HEADS))
    found = uncovered_at(frames, none, [car] if spared else [], 1.0)
    assert found.tolist() == ([] if spared else [box]) + [[300, 200, 310, 220]]
    assert not len(uncovered_at(frames, none, [], 0.9))
