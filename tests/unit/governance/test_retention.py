"""What is due when: pure rules."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from synopticon.errors import RefusedError, UsageError
from synopticon.governance.grant import Scope, Window
from synopticon.governance.retention import (
    GRACE,
    Erasing,
    Hold,
    HoldKind,
    Kept,
    Tie,
    check_days,
    days_of,
    judge,
    place_hold,
    release_hold,
)

DAY = datetime(2026, 11, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)


def kept(footage="f1", part="2026-11-01", first=DAY + 8 * HOUR, hours=2, known=True, digests=("aa",)):
    return Kept(footage, "cam", part, first, first + hours * HOUR, tuple(digests), known)


def held(**changes):
    fields = {
        "id": "h1", "kind": HoldKind.INQUIRY, "reference": "PV 12", "by": "u", "placed": DAY, "camera": "cam",
        "start": DAY, "end": DAY + 24 * HOUR,
    }  # fmt: skip
    return Hold(**{**fields, **changes})


def state(now, *items, days=30, holds=()):
    (verdict,) = judge(items or (kept(),), {"cam": days}, holds, now)
    return verdict.state


def test_it_is_due_when_its_oldest_picture_is():
    due = DAY + 8 * HOUR + timedelta(days=30)
    both = (kept(), kept("f2", first=DAY + 20 * HOUR))
    assert state(due - HOUR, *both) == "kept"
    assert state(due, *both) == "due"
    assert state(due + GRACE, *both) == "due"
    assert state(due + GRACE + HOUR, *both) == "overdue"


def tie(closed=None, *, start=DAY, hours=12, camera="cam", digests=()):
    return Tie("case-1", Scope((camera,), (Window(start, start + hours * HOUR),), digests), closed)


@pytest.mark.parametrize(
    ("ties", "expected"),
    [
        ([], "kept"),
        ([tie()], "kept"),  # it stands
        ([tie(DAY + 40 * HOUR)], "due"),
        ([tie(DAY + 60 * HOUR), tie(DAY + 40 * HOUR)], "due"),
        ([tie(DAY + 40 * HOUR), tie()], "kept"),  # another case still needs it
        ([tie(DAY + 40 * HOUR), tie(camera="other")], "due"),
        ([tie(DAY + 40 * HOUR, start=DAY + 11 * HOUR)], "kept"),  # other hours: it was never in that case
        ([tie(DAY + 40 * HOUR, camera="other", digests=("aa",))], "due"),
    ],
)
def test_footage_of_cases_goes_when_the_last_of_them_is_closed(ties, expected):
    (verdict,) = judge([kept()], {"cam": 1000}, [], DAY + 61 * HOUR, ties)
    assert verdict.state == expected


def test_a_hold_keeps_what_a_closed_case_would_erase():
    (verdict,) = judge([kept()], {"cam": 1000}, [held()], DAY + 61 * HOUR, [tie(DAY + 40 * HOUR)])
    assert verdict.state == "held"


def test_an_unknown_time_is_tied_to_a_case_by_its_digest_only():
    closed = DAY + 40 * HOUR
    for digests, expected in (((), "kept"), (("aa",), "due")):
        (verdict,) = judge(
            [kept(known=False)], {"cam": 1000}, [], DAY + 61 * HOUR, [tie(closed, digests=digests)]
        )
        assert verdict.state == expected


def test_without_a_rule_nothing_is_due():
    assert state(DAY + timedelta(days=9999), days=None) == "kept"


def test_parts_are_judged_apart_and_in_order():
    items = [kept("b", "2026-11-02", DAY + 30 * HOUR), kept("a")]
    now = DAY + timedelta(days=30, hours=10)
    assert [(v.part, v.state) for v in judge(items, {"cam": 30}, [], now)] == [
        ("2026-11-01", "due"),
        ("2026-11-02", "kept"),
    ]


@pytest.mark.parametrize(
    ("hold", "stops"),
    [
        (held(), True),
        (held(released=DAY), False),
        (held(camera="other"), False),
        (held(start=DAY + 10 * HOUR), False),
        (held(start=DAY + 10 * HOUR - timedelta(microseconds=1)), True),
        (held(end=DAY + 8 * HOUR), False),
        (held(camera="", start=None, end=None, digests=("aa", "bb")), True),
        (held(camera="", start=None, end=None, digests=("bb",)), False),
    ],
)
def test_a_hold_stops_what_it_touches(hold, stops):
    assert state(DAY + timedelta(days=31), holds=[hold]) == ("held" if stops else "due")


def test_a_hold_on_a_camera_stops_what_may_be_of_those_hours():
    assert state(DAY + timedelta(days=60), kept(known=False), holds=[held()]) == "held"


def test_a_hold_needs_a_number_and_something_to_hold():
    assert place_hold(held(reference=" PV 12 ")).reference == "PV 12"
    with pytest.raises(RefusedError, match="number") as caught:
        place_hold(held(reference="the manager asked"))
    assert caught.value.rule == "retention.hold-needs-a-reference"
    with pytest.raises(UsageError, match="names no footage"):
        place_hold(held(camera=""))
    with pytest.raises(UsageError, match="before it begins"):
        place_hold(held(end=DAY))


def test_a_hold_is_released_once():
    ended = release_hold(held(), DAY)
    assert ended.released == DAY
    with pytest.raises(RefusedError, match="was released"):
        release_hold(ended, DAY)


def test_a_camera_is_never_kept_longer_than_the_profile():
    assert days_of(None, None) is None
    assert days_of(10, 30) == days_of(10, None) == 10
    assert days_of(None, 30) == days_of(90, 30) == 30
    with pytest.raises(RefusedError, match="longer than the profile"):
        check_days(31, 30)
    with pytest.raises(UsageError, match="1 day or more"):
        check_days(0, 30)
    check_days(30, 30)


@given(
    st.lists(st.tuples(st.integers(0, 4), st.integers(0, 200)), min_size=1, max_size=8), st.integers(0, 1200)
)
def test_nothing_is_kept_past_its_rule_unless_it_is_held(items, hours):
    """Whatever is judged kept is younger than the rule, all of it."""
    made = [kept(str(n), f"p{part}", DAY + at * HOUR) for n, (part, at) in enumerate(items)]
    now = DAY + hours * HOUR
    verdicts = judge(made, {"cam": 30}, [], now)
    assert sorted(f for v in verdicts for f in v.footage) == sorted(k.footage for k in made)
    for verdict in verdicts:
        ages = [now - k.first for k in made if k.footage in verdict.footage]
        assert (verdict.state == "kept") == all(age < timedelta(days=30) for age in ages)


def test_what_a_request_erases_is_due_at_once_unless_another_holds_it():
    since = DAY + 48 * HOUR
    erasing = (Erasing("R1", "cam", "2026-11-01", since), Erasing("R2", "cam", "2026-10-31", DAY))
    own, other = (held(id=n, kind=HoldKind.REQUEST, reference=n) for n in ("R1", "R2"))

    def verdict(now, *holds):
        (found,) = judge((kept(),), {"cam": None}, holds, now, erasing=erasing)
        return found

    assert verdict(since - HOUR, own).state == "kept"
    assert (verdict(since, own).state, verdict(since, own).due) == ("due", since)
    assert verdict(since + GRACE + HOUR, own).state == "overdue"
    assert (verdict(since, own, other).state, verdict(since, own, other).holds) == ("held", ("R2",))
