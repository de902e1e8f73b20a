"""Requests in the database: sealed words, one step once, a hold from opening to answer."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from synopticon.errors import RefusedError, StoreError, UsageError
from synopticon.governance.demand import (
    Decision,
    Person,
    Right,
    Shown,
    answer,
    decide,
    extend,
    holds_of,
    open_demand,
)
from synopticon.governance.grant import Scope, Window
from synopticon.governance.keys import BoxKey
from synopticon.store.cameras import Holds
from synopticon.store.database import SCHEMA, migrate, open_database, reading, schema_of, writing
from synopticon.store.demands import DemandStore
from synopticon.store.tables_demands import demand, demand_key, demand_step, restricted
from synopticon.store.vault import Vault
from tests.grants import NOW, clock, grant_for

SCOPE = Scope(("cam-1",), (Window(NOW - timedelta(hours=3), NOW - timedelta(hours=1)),))
WHO = Person("Zoé Marchand", "red top and grey trousers", "a passport was shown")
TRACK = Shown("t-1", "f-1", "cam-1", "2026-11-24", ("aa",), SCOPE.windows[0].start, SCOPE.windows[0].end)
WHY = "many requests came in at once"
NEW = (demand_step, restricted, demand, demand_key)  # tables of the third step


@pytest.fixture
def engine(database_url):
    made = open_database(database_url)
    migrate(made)
    yield made
    made.dispose()


@pytest.fixture(scope="module")
def role():
    return BoxKey.make()


@pytest.fixture
def store(engine, role):
    return store_of(engine, role)


def store_of(engine, role, own=True):
    return DemandStore(engine, Vault(engine, {"operator": role.public}, [role] if own else [], clock))


def may(capability):
    return grant_for(f"request.{capability}" if capability else "request", SCOPE, case=None)


def opened(store, right=Right.ACCESS):
    made = open_demand(right, SCOPE, WHO, "user-1", NOW)
    store.open(may("open"), made, WHO, holds_of(made))
    return made


def decided(made, by="user-2", granted=True):
    chosen = Decision(granted, by, NOW, (TRACK,) if granted else (), "" if granted else "others")
    return decide(made, chosen, apart=False)


def test_it_comes_back_as_it_was(store):
    made = opened(store)
    later = extend(made, WHY, NOW)
    store.extend(may("extend"), later, WHY)
    done = decided(later)
    store.decide(may("decide"), done, "the red top")
    assert store.find(made.id) == done
    assert store.person(may("read"), made.id) == WHO
    assert store.reason(may("read"), made.id, "decided") == "the red top"
    assert store.reason(may("read"), made.id, "answered") == ""
    sent = answer(done, NOW)
    store.answer(may(""), sent, {"manifest": "aa"})
    assert store.all() == (sent,)
    assert store.find("R20260101-000000") is None


def test_no_word_about_the_person_lies_open(store, engine):
    made = opened(store)
    store.decide(may("decide"), decided(made), "known by the red top")
    with reading(engine) as connection:
        rows = [str(row) for table in NEW for row in connection.execute(table.select())]
    assert rows
    for word in ("Zoé", "Marchand", "red top", "passport"):
        assert not [row for row in rows if word in row]


def test_without_a_key_nothing_is_read(engine, role, store):
    made = opened(store)
    with pytest.raises(StoreError, match="give the key file of such a role"):
        store_of(engine, role, own=False).person(may("read"), made.id)
    with pytest.raises(StoreError, match="no role may open requests"):
        opened(DemandStore(engine, Vault(engine, {}, [], clock)))
    assert len(store.all()) == 1
    with pytest.raises(RefusedError, match="does not allow this"):
        store.person(grant_for("synopsis"), made.id)


def test_the_words_go_and_the_rest_stays(store, engine):
    made = opened(store)
    run = grant_for("retention.run")
    assert store.forget(run, made.id)
    assert not store.forget(run, made.id)
    assert store.person(may("read"), made.id) is None
    assert store.find(made.id) == made
    with reading(engine) as connection:
        assert connection.execute(demand_key.select()).first() is None


def test_of_two_who_decide_at_once_one_does(store):
    made = opened(store)

    def one(by):
        try:
            store.decide(may("decide"), decided(made, by, granted=by == "a"), WHY)
        except RefusedError as error:
            return error.rule
        return "done"

    with ThreadPoolExecutor(2) as pool:
        said = sorted(pool.map(one, ("a", "b")))
    assert said == ["done", "request.decided-once"]
    assert store.find(made.id).decision is not None


def test_it_is_answered_once(store):
    made = opened(store)
    store.decide(may("decide"), decided(made), "")
    sent = answer(store.find(made.id), NOW)
    store.answer(may(""), sent, {})
    with pytest.raises(UsageError, match="answered meanwhile"):
        store.answer(may(""), sent, {})


STEPS = ("extend", "grant", "refuse", "answer")


@given(right=st.sampled_from(Right), steps=st.lists(st.sampled_from(STEPS), max_size=6))
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_window_is_held_from_opening_to_answer_in_any_order_of_steps(tmp_path, role, right, steps):
    """Whatever is tried in whatever order: held while open, let go by the answer alone."""
    engine = open_database(tmp_path / "held.sqlite")
    migrate(engine)
    store = store_of(engine, role)
    made = opened(store, right)
    for step in steps:
        now = store.find(made.id)
        try:
            if step == "extend":
                store.extend(may("extend"), extend(now, WHY, NOW), WHY)
            elif step == "answer":
                store.answer(may(""), answer(now, NOW), {})
            else:
                store.decide(may("decide"), decided(now, granted=step == "grant"), WHY)
        except RefusedError:
            pass
        found = [h for h in Holds(engine).all() if h.reference == made.id]
        answered = store.find(made.id).answered
        assert [(h.start, h.end, h.released) for h in found] == [
            (SCOPE.windows[0].start, SCOPE.windows[0].end, answered)
        ]
    engine.dispose()


def test_a_database_of_the_version_before_is_brought_up_to_date(engine, role):
    """What it holds stays; the new tables are there."""
    with writing(engine) as connection:
        for table in NEW:
            table.drop(connection)
        connection.execute(text("UPDATE alembic_version SET version_num = '0002'"))
        connection.execute(text("INSERT INTO camera VALUES ('cam-1', 'gate', '', 'UTC', '', NULL, '', 0)"))
    assert schema_of(engine) == "0002"
    migrate(engine)
    assert schema_of(engine) == SCHEMA
    opened(store_of(engine, role))
    with reading(engine) as connection:
        assert connection.execute(text("SELECT name FROM camera")).scalars().all() == ["gate"]
