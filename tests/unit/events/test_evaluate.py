"""Recall, precision, false alarms a day: on events whose truth is known."""

import json

import pytest

from synopticon.errors import UsageError
from synopticon.events.evaluate import Mark, Watched, evaluate, matched, poisson, read_events, read_truth
from synopticon.values.interval import wilson

DAY = 86_400.0


def mark(start, end=None, rule="line", camera="gate", box=None):
    return Mark(rule, camera, start, start if end is None else end, box)


def score(scores, rule="all", camera="all", light="all"):
    (found,) = [s for s in scores if (s.rule, s.camera, s.light) == (rule, camera, light)]
    return found


def test_events_are_counted_by_rule_camera_and_light():
    true = (mark(100), mark(5000), mark(80_000), mark(200, 260, rule="dwell"))
    watched = (Watched("gate", DAY, ((70_000, DAY),), true), Watched("hall", DAY / 2, (), ()))
    events = (mark(101), mark(80_001), mark(300), mark(240, 300, rule="dwell"), mark(50, camera="hall"))
    scores, notes = evaluate(events, watched, slack=5)
    whole = score(scores)
    assert (whole.true, whole.found, whole.false, whole.days) == (4, 3, 2, 1.5)
    assert whole.recall == 0.75
    assert whole.precision == 0.6
    assert whole.false_a_day == pytest.approx(2 / 1.5)
    line = score(scores, "line", "gate")
    assert (line.true, line.found, line.false) == (3, 2, 1)
    night = score(scores, "line", "gate", "night")
    assert (night.true, night.found, night.false) == (1, 1, 0)
    assert night.days == pytest.approx((DAY - 70_000) / DAY)
    assert score(scores, "dwell", "gate").recall == 1.0
    assert not notes
    plain = whole.plain()
    assert plain["recall_interval"] == [round(v, 4) for v in wilson(3, 4)]
    assert plain["false_a_day_interval"] == [round(v / 1.5, 3) for v in poisson(2)]


def test_a_second_alarm_for_one_event_is_false():
    scores, _ = evaluate((mark(100), mark(102)), (Watched("gate", DAY, (), (mark(100),)),), slack=5)
    assert (score(scores).found, score(scores).false) == (1, 1)


def test_one_alarm_is_one_event_the_nearest():
    events, true = [mark(100), mark(110)], [mark(104), mark(96)]
    assert matched(events, true, 10) == [(0, 1), (1, 0)]


def test_it_must_be_at_the_place_where_that_is_known():
    here, there = mark(100, box=(0, 0, 50, 50)), mark(100, box=(200, 0, 50, 50))
    assert matched([here], [there], 5) == []
    assert matched([here], [mark(100)], 5) == [(0, 0)]
    assert matched([here], [mark(100, rule="line", box=(40, 40, 50, 50))], 5) == [(0, 0)]


def test_where_nothing_was_there_is_no_share():
    scores, notes = evaluate((mark(5, camera="yard"),), (Watched("gate", DAY, (), ()),))
    assert score(scores).recall is None
    assert score(scores).precision is None
    assert score(scores).plain()["false_a_day_interval"][1] == pytest.approx(3.689, abs=0.01)
    assert notes == ("camera yard: no truth is known: left out",)


def test_files_are_read():
    line = json.dumps({"rule": "line", "camera": "gate", "start": 1, "end": 2, "box": [1, 2, 3, 4]})
    assert read_events(f"{line}\n\n{line}\n", "e.jsonl") == (mark(1, 2, box=(1, 2, 3, 4)),) * 2
    real = {"rule": "line", "start": 1, "end": 2}
    truth = {"slack": 3, "cameras": [{"camera": "gate", "seconds": 60, "events": [real]}]}
    watched, slack = read_truth(json.dumps(truth), "t.json")
    assert slack == 3
    assert watched == (Watched("gate", 60, (), (mark(1, 2),)),)


@pytest.mark.parametrize(
    "text",
    [
        "{",
        "[]",
        '{"rule": "line", "camera": "g", "start": 2, "end": 1}',
        '{"rule": "line", "start": 1, "end": 1}',
        '{"rule": "line", "camera": "g", "start": 1, "end": 1, "box": [1]}',
        '{"rule": "x", "camera": "g", "start": NaN, "end": 1}',
    ],
)
def test_lines_that_are_no_events(text):
    with pytest.raises(UsageError, match=r"e\.jsonl, line 1: is no"):
        read_events(text, "e.jsonl")


@pytest.mark.parametrize(
    "text",
    ["{", "[]", "{}", '{"cameras": []}', '{"cameras": [{"camera": "g", "seconds": 0, "events": []}]}',
     '{"cameras": [{"camera": "g", "seconds": 9, "night": [[5, 1]], "events": []}]}',
     '{"cameras": [{"camera": "g", "seconds": 9, "events": [3]}]}'],
)  # fmt: skip
def test_files_that_are_no_truth(text):
    with pytest.raises(UsageError, match=r"t\.json"):
        read_truth(text, "t.json")
