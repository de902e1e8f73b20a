"""Clocks that are not sure, hours that pass midnight, and how times are written."""

from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from synopticon.search.bins import bins_of
from synopticon.search.hits import Hit
from synopticon.search.match import match
from synopticon.search.page import when
from synopticon.search.plain import understand
from synopticon.search.query import parse
from synopticon.search.reason import Row, reasons
from synopticon.search.rows import World, local, offset_of, zone_of
from synopticon.values.traits import UNTIMED
from tests.tracks_made import SECOND, made

NIGHT = "on:2026-11-23 from:22:00 to:06:00"
STARTS = [
    "2026-11-23T03:00:00+01:00",  # the night before
    "2026-11-23T21:59:00+01:00",
    "2026-11-23T23:00:00+01:00",
    "2026-11-24T03:00:00+01:00",
    "2026-11-24T06:00:01+01:00",
    "2026-11-24T23:00:00+01:00",  # the night after
]


def unsure(seconds, *tracks):
    """Rows whose clock may be off by so many seconds."""
    rows = made(*tracks)
    rows["low"][:] = rows["start"] - seconds * SECOND
    rows["high"][:] = rows["end"] + seconds * SECOND
    return rows


def scores(text, rows):
    return match(parse(text), rows, World()).score


def test_hours_after_midnight_are_of_the_day_that_they_begin_on():
    rows = made(*({"start": s} for s in STARTS))
    assert np.flatnonzero(scores(NIGHT, rows)).tolist() == [2, 3]
    assert np.flatnonzero(scores("on:2026-11-22..2026-11-23 from:22:00 to:06:00", rows)).tolist() == [0, 2, 3]
    assert np.flatnonzero(scores("on:2026-11-23", rows)).tolist() == [0, 1, 2]
    assert np.flatnonzero(scores("on:2026-11-23 from:22:00", rows)).tolist() == [2]
    outside = "not on:2026-11-23 from:22:00 to:06:00"
    assert np.flatnonzero(scores(outside, rows)).tolist() == [0, 5]


def test_somebody_who_is_there_the_next_evening_was_not_there_in_the_night():
    rows = made({"start": "2026-11-24T07:00:00+01:00", "dwell": 16 * 3600.0})
    assert scores(NIGHT, rows).tolist() == [0]


@pytest.mark.parametrize(
    ("typed", "hour", "text"),
    [
        ("person last night", 10, "person on:2026-11-23 from:22:00 to:06:00"),
        ("person last night", 3, "person on:2026-11-23 from:22:00 to:06:00"),
        ("personne la nuit dernière", 10, "person on:2026-11-23 from:22:00 to:06:00"),
        ("personne hier soir tard entre 22h et 2h", 10, None),
        ("person yesterday between 10 pm and 2 am", 10, "person on:2026-11-23 from:22:00 to:02:00"),
        ("person on Sunday night", 10, "person on:2026-11-22 from:22:00 to:06:00"),
    ],
)
def test_a_night_is_one_night(typed, hour, text):
    found = understand(typed, datetime(2026, 11, 24, hour))
    (on,) = found.query.of("on")
    assert len(on.values) == 1
    assert on.values[0].first == on.values[0].last
    if text:
        assert found.text == text


def test_a_clock_that_is_sure_leaves_nothing_open():
    rows = made({"start": "2026-11-20T18:00:00+01:00"}, {"start": "2026-11-20T17:00:00+01:00"})
    assert scores("from:18:00 to:19:00", rows).tolist() == [1, 0]
    assert scores("on:2026-11-20", rows).tolist() == [1, 1]


def test_the_score_is_the_share_of_the_clock_s_errors_that_fit():
    at = {"start": "2026-11-20T17:59:50+01:00", "dwell": 10.0}  # ends as the hour begins
    assert scores("from:18:00 to:19:00", unsure(60, at)) == pytest.approx(0.5, abs=1e-4)
    quarter = {"start": "2026-11-20T17:59:20+01:00", "dwell": 10.0}
    assert scores("from:18:00 to:19:00", unsure(60, quarter)) == pytest.approx(0.25, abs=1e-4)
    assert scores("from:18:00 to:19:00", unsure(20, quarter)).tolist() == [0]
    midnight = {"start": "2026-11-20T23:59:50+01:00", "dwell": 10.0}
    assert scores("on:2026-11-21", unsure(60, midnight)) == pytest.approx(0.5, abs=1e-4)
    assert scores("not on:2026-11-21", unsure(40, {**midnight, "start": "2026-11-20T23:59:30+01:00"})) > 0.7


def test_a_clock_that_may_be_days_off_says_little():
    at = {"start": "2026-11-20T12:00:00+01:00", "dwell": 0.0}
    assert scores("from:18:00 to:00:00", unsure(5 * 86400, at)) == pytest.approx(0.25, abs=1e-3)
    assert scores("on:2026-11-20", unsure(5 * 86400, at)) == pytest.approx(0.1, abs=1e-3)
    three = "on:2026-11-18,2026-11-20..2026-11-21"
    assert scores(three, unsure(5 * 86400, at)) == pytest.approx(0.3, abs=1e-3)


QUESTIONS = (
    "from:18:00 to:19:00", "from:22:00 to:06:00", NIGHT, "on:2026-11-22,2026-11-24", "to:06:00",
    "on:2026-11-22..2026-11-23",
)  # fmt: skip


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(QUESTIONS), st.integers(0, 4 * 86400), st.integers(1, 30_000), st.integers(1, 40_000))
def test_the_share_agrees_with_many_clocks(text, begin, lasts, slack):
    start = datetime(2026, 11, 21, 12, tzinfo=UTC) + timedelta(seconds=begin)
    track = {"dwell": float(lasts)}
    clocks = [
        {**track, "start": (start + timedelta(seconds=slack * (2 * k + 1) / 400 - slack)).isoformat()}
        for k in range(400)
    ]
    many = np.mean(scores(text, made(*clocks)) > 0)
    found = scores(text, unsure(slack, {**track, "start": start.isoformat()}))[0]
    if len(parse(text).of("on")) == len(parse(text).terms) or not parse(text).of("on"):
        assert found == pytest.approx(many, abs=0.01)
    else:  # a day and hours: two terms, whose shares are multiplied
        assert found > 0 or many <= 0.01


def test_a_reason_says_how_far_the_clock_may_be_off():
    track = {"start": "2026-11-20T18:00:00+01:00"}
    for seconds, says in ((90, "(+0100) ± 90 s"), (1, "(+0100)"), (0, "(+0100)")):
        (reason, _) = reasons(parse("from:18:00 to:19:00"), Row(unsure(seconds, track), 0), World())
        assert reason.says == f"there from 2026-11-20 18:00:00 to 18:00:10 {says}"


def hit(start, end):
    return Hit("t", "c", "f", "person", start, end, 2.0, 3.0, 1.0, "certain", ())


def test_the_page_says_the_zone_and_the_day_of_the_end():
    paris = ZoneInfo("Europe/Paris")
    late = datetime(2026, 11, 20, 23, 59, 55, tzinfo=paris)
    assert when(hit(late, late + timedelta(seconds=3))) == "2026-11-20 23:59:55 to 23:59:58 (+0100)"
    after = when(hit(late, late + timedelta(seconds=9)))
    assert after == "2026-11-20 23:59:55 to 2026-11-21 00:00:04 (+0100)"
    before = datetime(2026, 10, 25, 0, 59, 55, tzinfo=UTC)
    both = [(before + timedelta(seconds=s)).astimezone(paris) for s in (0, 10)]
    assert when(hit(*both)) == "2026-10-25 02:59:55 (+0200) to 02:00:05 (+0100)"
    assert when(hit(None, None)) == "2.0 s into the recording, for 3.0 s"


def test_an_unknown_zone_is_utc_everywhere():
    for name in ("", "Mars/Olympus", "../etc"):
        assert zone_of(name) is UTC
    moments = np.array([0, 3_600_000_001, UNTIMED])
    assert bins_of(moments, zone_of("Mars/Olympus"), 3600).tolist() == [0, 3_600_000_000, UNTIMED]
    assert local(made({"start": "1970-01-01T00:00:01+00:00"}, zone="Mars/Olympus")).tolist() == [SECOND]


def test_offsets_are_those_of_the_moment():
    assert offset_of(UNTIMED, ZoneInfo("Europe/Paris")) == 0
    assert offset_of(0, timezone(timedelta(seconds=-90))) == -90 * SECOND
    summer = round(datetime(2026, 7, 1, tzinfo=UTC).timestamp() * SECOND)
    assert offset_of(summer, ZoneInfo("Europe/Paris")) == 7200 * SECOND
