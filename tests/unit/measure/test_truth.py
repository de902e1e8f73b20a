"""Completeness and false tubes on hand-made labels."""

import json
from pathlib import Path

import numpy as np
import pytest

from synopticon.errors import UsageError
from synopticon.measure.mot import MotTable
from synopticon.measure.truth import (
    Listed,
    Shown,
    TruthClip,
    closest,
    from_dropped,
    from_manifest,
    from_tracks,
    inside,
    judge,
    labels_from_intervals,
    labels_from_mot,
    pool,
    sample,
)
from synopticon.values.track import Dropped, Track


def walker(start: float, end: float, x: float = 100.0) -> tuple[np.ndarray, np.ndarray]:
    """Times at 10 a second and boxes 40 x 100 that walk right 5 px a frame."""
    times = np.arange(round(start * 10), round(end * 10) + 1) / 10
    left = x + 50 * times
    return times, np.stack([left, left * 0 + 50, left + 40, left * 0 + 150], axis=1).astype(np.float32)


def shown(name: str, start: float, end: float, x: float = 100.0, group: str = "person") -> Shown:
    return Shown(name, group, *walker(start, end, x))


def boxed(*objects: tuple[float, float, float]) -> TruthClip:
    """A clip of persons with boxes: (start, end, x)."""
    parts = [walker(*o) for o in objects]
    table = MotTable(
        np.concatenate([np.rint(t * 10) + 1 for t, _ in parts]).astype(np.int64),
        np.concatenate([np.full(len(t), n) for n, (t, _) in enumerate(parts, 1)]),
        np.concatenate([b for _, b in parts]),
    )
    return TruthClip("boxed", labels_from_mot(table, 10.0, "person"), slack=1.0)


TIMED = TruthClip("timed", labels_from_intervals([(100, 200), (300, 340)], 10.0, "vehicle"), slack=1.0)


def test_a_tube_on_the_labelled_walker_shows_it():
    verdict = judge(boxed((0, 10, 100)), [shown("a", 0, 10)])
    assert verdict.found == {"1": "a"}
    assert verdict.false == verdict.unmatched == ()


def test_half_of_the_interval_and_half_of_the_boxes_are_needed():
    clip = boxed((0, 10, 100))
    assert judge(clip, [shown("a", 0, 5.2)]).found["1"] == "a"
    assert not judge(clip, [shown("a", 0, 4.0)]).found["1"]
    beside = shown("a", 0, 10, x=130)  # IoU 10 / 70
    assert not judge(clip, [beside]).found["1"]
    assert judge(clip, [shown("a", 0, 10, x=120)]).found["1"] == "a"  # IoU 20 / 60


def test_class_group_or_object():
    clip = boxed((0, 10, 100))
    assert judge(clip, [shown("a", 0, 10, group="object")]).found["1"] == "a"
    verdict = judge(clip, [shown("a", 0, 10, group="vehicle")])
    assert not verdict.found["1"]
    assert verdict.false == ("a",)


def test_objects_in_view_for_less_than_a_second_are_not_asked_for():
    assert judge(boxed((0, 0.9, 100)), []).found == {}


def test_fragments_and_doubles_are_true_but_unmatched():
    pieces = [shown("a", 0, 6), shown("b", 6.1, 10), shown("c", 0, 10, x=105)]
    verdict = judge(boxed((0, 10, 100)), pieces)
    assert verdict.false == ()
    assert set(verdict.unmatched) == {"a", "b"}


def test_a_tube_in_an_empty_place_or_at_an_empty_time_is_false():
    assert judge(boxed((0, 10, 100)), [shown("a", 0, 10, x=400)]).false == ("a",)
    assert judge(TIMED, [shown("a", 10, 20, group="vehicle")]).false == ()
    assert judge(TIMED, [shown("a", 22, 28, group="object")]).false == ("a",)
    assert judge(TIMED, [shown("a", 10, 20, group="person")]).false == ("a",)


def test_a_tube_counts_as_false_by_most_of_its_life():
    assert judge(TIMED, [shown("a", 15, 24, group="object")]).false == ()  # in view until 20, label + 1 s
    assert judge(TIMED, [shown("a", 18, 26, group="object")]).false == ("a",)


def test_one_tube_may_stand_for_two_objects_but_not_one_to_one():
    clip = TruthClip("t", labels_from_intervals([(0, 100), (10, 110)], 10.0, "vehicle"), slack=1.0)
    verdict = judge(clip, [shown("a", 0, 11, group="vehicle")])
    assert all(verdict.found.values())
    assert sorted(verdict.single.values()) == ["", "a"]
    assert pool([verdict])["one_to_one"] == 0.5


def test_slack_moves_the_ends_of_an_interval():
    assert judge(TIMED, [shown("a", 28, 31, group="vehicle")]).found["2"] == "a"  # 2 of 4 s with slack
    assert not judge(TIMED, [shown("a", 28, 30.8, group="vehicle")]).found["2"]


def test_listed_objects_excuse_unless_uncertain():
    reason = [Listed("x", "vehicle", 10, 20, "standing still all the time")]
    assert judge(TIMED, [], reason).listed == ("1",)
    assert judge(TIMED, [], [Listed("x", "vehicle", 10, 20, "too uncertain")]).listed == ()
    assert judge(TIMED, [], [Listed("x", "person", 10, 20, "other")]).listed == ()
    assert judge(TIMED, [], [Listed("x", "vehicle", 10, 13, "other")]).listed == ()


def test_listed_objects_excuse_at_most_five_percent():
    clip = TruthClip("t", labels_from_intervals([(0, 100)] * 10, 10.0, "vehicle"), slack=1.0)
    verdict = judge(clip, [], [Listed("x", "vehicle", 0, 10, "other")])
    assert len(verdict.listed) == 10
    assert pool([verdict])["shown"] == pytest.approx(0.05)
    assert pool([verdict])["shown_without_listed"] == 0


def test_pool_takes_false_tubes_from_exhaustive_clips_only():
    loose = TruthClip("loose", TIMED.objects, 1.0, exhaustive=False)
    tubes = [shown("a", 10, 20, group="vehicle"), shown("b", 50, 60, group="vehicle")]
    both = pool([judge(TIMED, tubes), judge(loose, tubes)])
    assert both["tubes"] == 2
    assert both["false"] == 0.5
    assert both["objects"] == 4
    assert both["shown"] == 0.5


def test_the_closest_tube_tells_why_an_object_is_missed():
    (truth,) = boxed((0, 10, 100)).objects
    tubes = [shown("far", 0, 10, x=400), shown("part", 0, 4), shown("car", 0, 10, group="vehicle")]
    name, time, fit = closest(truth, tubes, 0.0)
    assert name == "part"
    assert time == pytest.approx(0.4)
    assert fit == pytest.approx(0.41, abs=0.02)
    assert closest(truth, [], 0.0) == ("", 0.0, 0.0)


def test_nothing_labelled_and_nothing_shown():
    assert pool([])["shown"] == 0
    assert judge(boxed((0, 10, 100)), []).found == {"1": ""}


def test_sampling_interpolates_and_leaves_holes():
    tube = Shown("a", "person", np.array([0.0, 0.2, 0.4, 5.0]), np.array([[0, 0, 2, 2], [2, 0, 4, 2]] * 2))
    boxes, there = sample(tube, np.array([-9.0, 0.1, 2.5, 5.0, 9.0]))
    assert there.tolist() == [False, True, False, True, False]
    assert boxes[1].tolist() == [1, 0, 3, 2]


def test_tubes_inside_a_drawn_clock_are_named():
    assert inside([shown("a", 0, 10)], (0, 0, 2000, 160)) == ["a"]
    assert inside([shown("a", 0, 10)], (0, 0, 2000, 90)) == []


def test_tracks_dropped_and_manifest_say_the_same(tmp_path: Path):
    times, boxes = walker(0, 2)
    n = len(times)
    track = Track("t", "car", 1.0, np.zeros(n, np.int32), np.arange(n), times, boxes, np.ones(n, np.bool_))
    dropped = Dropped("d", "bus", 0, 3.0, 4.0, "too uncertain")
    frames = [
        [k, t, b[0] / 2, b[1] / 2, (b[2] - b[0]) / 2, (b[3] - b[1]) / 2]
        for k, (t, b) in enumerate(zip(times.tolist(), boxes.tolist(), strict=True))
    ]
    source = {"file": "x.avi", "start": 3.0, "end": 4.0}
    data = {
        "objects": [{"id": "t", "class": "car", "source": source, "frames": frames}],
        "left_out": [{"id": "d", "class": "bus", "source": source, "reason": "too uncertain"}],
    }
    (tmp_path / "o.json").write_text(json.dumps(data), "utf-8")
    (one,), listed = from_manifest(tmp_path / "o.json", scale=2.0)
    (other,) = from_tracks([track])
    assert one.group == other.group == "vehicle"
    assert np.allclose(one.times, other.times)
    assert np.allclose(one.boxes, other.boxes)
    assert listed == from_dropped([dropped])


@pytest.mark.parametrize("text", ["", "[]", '{"objects": [{}], "left_out": []}', '{"objects": []}'])
def test_what_is_no_manifest_is_refused(tmp_path: Path, text: str):
    (tmp_path / "o.json").write_text(text, "utf-8")
    with pytest.raises(UsageError, match=r"o\.json"):
        from_manifest(tmp_path / "o.json")
