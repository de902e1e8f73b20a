"""Events that are kept, on both databases: once each, sealed, read within a scope, gone with their day."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from synopticon.errors import RefusedError, StoreError, UsageError
from synopticon.governance.grant import Scope, Window
from synopticon.store.database import reading, writing
from synopticon.store.erase import erase_part
from synopticon.store.events import Decision, EventStore, EventsWanted, NewEvent
from synopticon.store.tables_demands import demand, restricted
from synopticon.store.tables_events import event, event_decision
from synopticon.values.event import Event, Measured
from tests.grants import NOW, clock, grant_for
from tests.holdings import CAMERAS, DAY, world

EVER = Scope(CAMERAS, (Window(DAY - timedelta(days=9), DAY + timedelta(days=9)),))
LINE = "event.line"


@pytest.fixture
def held(database_url, tmp_path):
    made = world(database_url, tmp_path / "blobs", count=8)
    yield made
    made.engine.dispose()


def store(held) -> EventStore:
    return EventStore(held.engine, held.vault, clock)


def named(*made):
    return Scope(digests=tuple(d for m in made for d in m.files))


def crossing(made, start=10.0, end=12.0, track=None, name="gate", rule="line"):
    reason = (Measured("lengths", 1.5, 1.0, "m"),)
    ids = (made.tracks[0].id,) if track is None else (track,) if track else ()
    return Event(rule, start, end, (1.0, 2.0, 30.0, 40.0), ids, reason, name, "high")


def new(made, *args, **kwargs):
    return NewEvent(crossing(made, *args, **kwargs), made.camera, LINE, made.id)


def live(start, camera="cam-a", part="2026-11-20", end=12.0, track="t-live"):
    reason = (Measured("lengths", 1.5, 1.0, "m"),)
    found = Event("line", 10.0, end, (1.0, 2.0, 30.0, 40.0), (track,), reason, "gate")
    return NewEvent(found, camera, LINE, start=start, part=part)


def put(held, *events, grant=None):
    footages = {e.footage for e in events}
    of = [m for m in held.made if m.id in footages]
    return store(held).keep(grant or grant_for(LINE, named(*of)), events)


def rows(held, table):
    with reading(held.engine) as connection:
        return connection.execute(select(table)).mappings().all()


def test_an_event_comes_back_as_it_was_kept(held):
    made = next(m for m in held.made if m.start)
    (kept,) = put(held, new(made))
    (found,) = store(held).find(grant_for("view.masked", named(made)))
    assert (found.id, found.event, found.camera, found.footage) == (
        kept,
        crossing(made),
        made.camera,
        made.id,
    )
    assert found.start == made.start + timedelta(seconds=10)
    assert abs(found.end - made.start - timedelta(seconds=12)) <= timedelta(microseconds=1)
    assert (found.raised, found.verdict, found.decision) == (NOW, "new", None)


def test_the_same_event_found_twice_is_one_and_keeps_its_decision(held):
    made = held.made[0]
    (kept,) = put(held, new(made))
    marking = grant_for("case.mark", named(made))
    store(held).decide(marking, [Decision(kept, "accepted", "user-1", NOW, "seen")])
    assert put(held, new(made), new(made, end=15.0)) == ()
    assert put(held, new(made, end=11.0)) == ()  # it lasted 15 s: what is shorter changes nothing
    (found,) = store(held).find(grant_for("view.masked", named(made)))
    assert (found.event.end, found.verdict, found.decision.note) == (15.0, "accepted", "seen")
    other = put(held, new(made, name="yard"), new(made, start=11.0), new(made, track="another"))
    assert len(set(other) - {kept}) == 3


@given(
    st.lists(st.tuples(st.integers(0, 4), st.integers(0, 3), st.sampled_from("ab")), max_size=20), st.data()
)
@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
def test_in_whatever_order_and_however_often(held, found, data):
    """Kept in any groups, any order, again and again: one row for each, with the longest of its ends."""
    made = held.made[0]
    events = [new(made, start=float(a), end=float(a + b), name=name) for a, b, name in found]
    again = data.draw(st.permutations(events + events))
    cut = data.draw(st.integers(0, len(again)))
    for group in (again[:cut], again[cut:]):
        put(held, *group, grant=grant_for(LINE, named(made)))
    kept = store(held).find(grant_for("view.masked", named(made)))
    longest: dict[str, float] = {}
    for one in events:
        longest[one.id] = max(longest.get(one.id, 0.0), one.event.end)
    assert {one.id: one.event.end for one in kept if one.id in longest} == pytest.approx(longest)
    with writing(held.engine) as connection:
        connection.execute(event.delete())


def test_nothing_that_shows_a_way_is_written_in_the_clear(held):
    made = held.made[0]
    put(held, new(made))
    (row,) = rows(held, event)
    assert not any(made.tracks[0].id in str(value) for value in row.values())
    assert b"lengths" not in row["sealed"]


def test_only_what_lies_in_the_scope_is_found(held):
    known = [m for m in held.made if m.start]
    put(held, *map(new, known))
    for made in known:
        start = made.start - timedelta(seconds=made.uncertainty)
        end = made.start + timedelta(seconds=13 + made.uncertainty)
        fits = Scope((made.camera,), (Window(start, end),))
        found = store(held).find(grant_for("view.masked", fits))
        assert made.id in {one.footage for one in found}
        tight = Scope((made.camera,), (Window(start, end - timedelta(seconds=2)),))
        assert made.id not in {one.footage for one in store(held).find(grant_for("view.masked", tight))}
        other = Scope(tuple(c for c in CAMERAS if c != made.camera), EVER.windows)
        assert made.id not in {one.footage for one in store(held).find(grant_for("view.masked", other))}
    unknown = next(m for m in held.made if m.start is None)
    put(held, new(unknown))
    assert unknown.id not in {one.footage for one in store(held).find(grant_for("view.masked", EVER))}
    (one,) = store(held).find(grant_for("view.masked", named(unknown)))
    assert (one.footage, one.start, one.end) == (unknown.id, None, None)


def test_a_permission_for_one_kind_of_event_keeps_and_finds_only_those(held):
    made = held.made[0]
    with pytest.raises(RefusedError, match=r"event\.dwell"):
        put(held, new(made), grant=grant_for("event.dwell", named(made)))
    with pytest.raises(RefusedError, match="out of scope"):
        put(held, new(made), grant=grant_for(LINE, named(held.made[1])))
    put(held, new(made))
    put(
        held,
        replace(new(made, rule="dwell"), capability="event.dwell"),
        grant=grant_for("event.dwell", named(made)),
    )
    find = store(held).find
    assert {e.event.rule for e in find(grant_for("view.masked", named(made)))} == {"line", "dwell"}
    assert [e.event.rule for e in find(grant_for("event.dwell", named(made)))] == ["dwell"]
    with pytest.raises(RefusedError):
        find(grant_for("retention.run", named(made)))


def test_what_is_asked_for_is_found(held):
    made = next(m for m in held.made if m.start)
    ids = put(held, new(made), new(made, start=20.0, end=20.0, name="yard"), new(made, start=30.0, end=31.0))
    view, find = grant_for("view.masked", named(made)), store(held).find
    store(held).decide(grant_for("case.mark", named(made)), [Decision(ids[1], "rejected", "user-1", NOW)])

    def starts(**wanted):
        return [e.event.start for e in find(view, EventsWanted(**wanted))]

    assert starts() == [10.0, 20.0, 30.0]
    assert (
        starts(camera="cam-z") == starts(rules=("dwell",)) == starts(ids=()) == starts(capabilities=()) == []
    )
    assert starts(names=("yard",)) == starts(verdicts=("rejected",)) == [20.0]
    assert starts(verdicts=("new", "rejected")) == [10.0, 20.0, 30.0]
    assert starts(verdicts=("new",)) == [10.0, 30.0]
    at = made.start + timedelta(seconds=20)
    assert starts(after=at) == [20.0, 30.0]
    assert starts(before=at) == [10.0]
    assert starts(raised_after=NOW) == starts(live=True) == []
    assert [e.event.start for e in find(view, limit=2)] == [20.0, 30.0]  # the latest


def test_a_decision_is_of_one_case_and_of_what_it_reaches(held):
    made = held.made[0]
    (kept,) = put(held, new(made))
    decide = store(held).decide
    with pytest.raises(UsageError, match="no event in this scope"):
        decide(grant_for("case.mark", named(held.made[1])), [Decision(kept, "accepted", "user-1", NOW)])
    with pytest.raises(UsageError, match="no decision"):
        decide(grant_for("case.mark", named(made)), [Decision(kept, "perhaps", "user-1", NOW)])
    with pytest.raises(RefusedError):
        decide(grant_for("view.masked", named(made)), [Decision(kept, "accepted", "user-1", NOW)])
    decide(grant_for("case.mark", named(made)), [Decision(kept, "accepted", "user-1", NOW)])
    decide(grant_for("case.mark", named(made)), [Decision(kept, "unsure", "user-2", NOW)])
    (one,) = store(held).find(grant_for("view.masked", named(made)))
    assert (one.verdict, one.decision.by) == ("unsure", "user-2")
    (one,) = store(held).find(grant_for("view.masked", named(made), case="case-2"))
    assert one.decision is None


def test_live_events_are_kept_without_a_recording_and_known_to_retention(held):
    at = DAY + timedelta(hours=9)
    grant = grant_for("live", EVER)
    (kept,) = store(held).keep(grant, [live(at)])
    assert store(held).keep(grant, [live(at, end=14.0)]) == ()
    (one,) = store(held).find(grant_for("view.masked", EVER), EventsWanted(live=True))
    assert (one.id, one.footage, one.start, one.event.end) == (kept, "", at, 14.0)
    (day,) = store(held).kept(grant_for("retention.run"))
    assert (day.camera, day.part, day.first) == ("cam-a", "2026-11-20", at)
    with pytest.raises(UsageError, match="time and its camera's day"):
        store(held).keep(grant, [live(None)])


def test_setting_a_clock_moves_events_along(held):
    made = next(m for m in held.made if m.start is None)
    put(held, new(made))
    held.footage.set_clock(grant_for("camera.clock", named(made)), made.id, DAY, 1.0, "UTC")
    (one,) = store(held).find(grant_for("view.masked", EVER), EventsWanted(camera=made.camera))
    assert one.start == DAY + timedelta(seconds=10)


def test_events_and_decisions_go_with_their_day(held):
    made = held.made[0]
    here = [m for m in held.made if (m.camera, m.part) == (made.camera, made.part)]
    ids = put(held, *map(new, held.made))
    marking = grant_for("case.mark", named(*held.made))
    store(held).decide(marking, [Decision(i, "accepted", "user-1", NOW) for i in ids])
    erase = grant_for("retention.run")
    erase_part(held.engine, held.place, held.vault, clock, erase, made.camera, made.part, 1)
    assert len(rows(held, event)) == len(rows(held, event_decision)) == len(held.made) - len(here)
    with pytest.raises(StoreError, match="destroyed"):
        put(held, new(made), grant=grant_for(LINE, named(*held.made)))


def test_events_of_a_restricted_track_are_passed_over(held):
    made = next(m for m in held.made if m.start)
    put(held, new(made), new(made, start=11.0, end=11.0, track=made.tracks[1].id))
    with writing(held.engine) as connection:
        asked = {"id": "d1", "kind": "restriction", "scope": "{}", "seen_by": "u", "opened": 0}
        connection.execute(demand.insert().values(**asked))
        connection.execute(restricted.insert().values(demand="d1", track=made.tracks[0].id))
    found = store(held).find(grant_for("view.masked", named(made)))
    assert [e.event.start for e in found] == [11.0]
