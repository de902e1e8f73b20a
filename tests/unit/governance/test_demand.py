"""Requests of persons filmed: deadlines over month ends and leap years, and each step once."""

import calendar
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from synopticon.errors import RefusedError, UsageError
from synopticon.governance.demand import (
    Decision,
    Person,
    Right,
    Shown,
    Stage,
    answer,
    decide,
    extend,
    holds_of,
    months_after,
    open_demand,
)
from synopticon.governance.grant import NOTHING, Scope, Window
from synopticon.governance.profile import names, shipped
from synopticon.governance.rights import law_of, policing

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
SCOPE = Scope(("cam-1", "cam-2"), (Window(NOW - 3 * HOUR, NOW - HOUR),))
WHO = Person("Zoé Marchand", "red top and grey trousers", "a passport was shown")
TRACK = Shown("t-1", "f-1", "cam-1", "2026-11-24", ("aa",), NOW - 2 * HOUR, NOW - HOUR)
WHY = "many requests came in at once"


def asked(right=Right.ACCESS, at=NOW, scope=SCOPE, who=WHO):
    return open_demand(right, scope, who, "user-1", at)


def granted(by="user-2"):
    return Decision(True, by, NOW, (TRACK,))


@given(st.dates(date(2000, 1, 1), date(2399, 9, 30)), st.integers(0, 40))
def test_a_month_later_is_the_same_day_or_the_last(day, months):
    later = months_after(day, months)
    assert (later.year * 12 + later.month) - (day.year * 12 + day.month) == months
    last = calendar.monthrange(later.year, later.month)[1]
    assert later.day == day.day or (later.day == last < day.day)


@pytest.mark.parametrize(
    ("day", "one", "three"),
    [
        ("2027-01-31", "2027-02-28", "2027-04-30"),
        ("2028-01-31", "2028-02-29", "2028-04-30"),
        ("2028-02-29", "2028-03-29", "2028-05-29"),
        ("2026-11-30", "2026-12-30", "2027-02-28"),
        ("2026-12-15", "2027-01-15", "2027-03-15"),
    ],
)
def test_deadlines(day, one, three):
    at = datetime.fromisoformat(f"{day}T23:59+00:00")
    made = asked(at=at)
    assert made.due == date.fromisoformat(one)
    assert extend(made, WHY, at).due == date.fromisoformat(three)


def test_days_left_and_overdue():
    made = asked()
    due = datetime.combine(made.due, datetime.min.time(), UTC)
    assert (made.days_left(due), made.overdue(due + 23 * HOUR)) == (0, False)
    assert (made.days_left(due + 24 * HOUR), made.overdue(due + 24 * HOUR)) == (-1, True)
    assert not replace(made, answered=NOW).overdue(due + 24 * HOUR)


def test_an_extension_is_inside_the_first_month_and_once():
    made = asked()
    last = datetime.combine(made.first_due, datetime.max.time(), UTC)
    assert extend(made, WHY, last).extended == last
    for wrong, when in ((made, last + HOUR), (extend(made, WHY, NOW), NOW), (decide_(made), NOW)):
        with pytest.raises(RefusedError, match="extended-in-time"):
            extend(wrong, WHY, when)
    with pytest.raises(UsageError, match="says too little"):
        extend(made, "xx", NOW)


def decide_(made, decision=None, apart=True):
    return decide(made, decision or granted(), apart=apart)


def test_each_step_once_and_in_order():
    made = asked()
    with pytest.raises(RefusedError, match="decided-first"):
        answer(made, NOW)
    done = decide_(made)
    assert (made.stage, done.stage) == (Stage.OPEN, Stage.GRANTED)
    with pytest.raises(RefusedError, match="decided-once"):
        decide_(done)
    sent = answer(done, NOW)
    assert sent.stage is Stage.ANSWERED
    for step in (lambda: answer(sent, NOW), lambda: decide_(sent), lambda: extend(sent, WHY, NOW)):
        with pytest.raises(RefusedError, match=r"was answered on 2026-11-24 \(rule request.open\)"):
            step()


@pytest.mark.parametrize("right", Right)
def test_nobody_has_recordings_destroyed_alone(right):
    made, own = asked(right), granted(by="user-1")
    assert decide_(made, own, apart=False).decision == own
    assert decide_(made).erases is (right in (Right.ERASURE, Right.OBJECTION))
    if right in (Right.ERASURE, Right.OBJECTION):
        with pytest.raises(RefusedError, match="decided-by-another"):
            decide_(made, own)
        refused = Decision(False, "user-1", NOW, ground="claims")
        assert decide_(made, refused).stage is Stage.REFUSED
    else:
        assert decide_(made, own).decision == own


def test_a_grant_names_tracks():
    with pytest.raises(UsageError, match="--tracks"):
        decide_(asked(), Decision(True, "user-2", NOW))


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"who": replace(WHO, name=" ")}, "name is empty"),
        ({"who": replace(WHO, description="?")}, "description says too little"),
        ({"who": replace(WHO, identity="")}, "proof of identity says too little"),
        ({"who": replace(WHO, identity="passport 12AB34567")}, "holds a number"),
        ({"scope": NOTHING}, "--camera"),
        ({"scope": Scope(("c",), (Window(NOW + HOUR, NOW + 2 * HOUR),))}, "future"),
    ],
)
def test_what_says_nothing_is_not_taken_in(changes, says):
    with pytest.raises(UsageError, match=says):
        asked(**changes)


def test_every_camera_and_window_is_held():
    made = asked(scope=Scope(("a", "b"), (SCOPE.windows[0], Window(NOW - 9 * HOUR, NOW - 8 * HOUR))))
    held = holds_of(made)
    assert {(h.camera, h.start) for h in held} == {
        (c, w.start) for c in ("a", "b") for w in made.scope.windows
    }
    assert {h.reference for h in held} == {made.id}
    assert made.id.startswith("R20261124-")


@pytest.mark.parametrize("name", names())
def test_each_profile_has_its_law(name):
    """Every right can be refused on some ground, in both languages, each with its source."""
    profile = shipped(name)
    law = law_of(profile)
    assert policing(profile) is (name in ("fr-judicial", "law-enforcement"))
    assert not law.staff_names
    for right in Right:
        fitting = [n for n, (rights, _) in law.grounds.items() if right in rights]
        assert {"nothing-kept", "not-identified", "unfounded"} <= set(fitting)
        for ground in fitting:
            found = law.ground(ground, right)
            assert found.words.keys() == {"en", "fr"} and found.source  # noqa: PT018
    assert law.ground("held", Right.ERASURE)
    with pytest.raises(UsageError, match="'list' is no ground to refuse access: choose one of nothing-kept"):
        law.ground("list", Right.ACCESS)
