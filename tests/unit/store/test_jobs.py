"""Jobs in the database: each step happens once, whoever else tries; no change is missed by who reads on."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import text

from synopticon.governance.users import Method, SignIn
from synopticon.store.database import SCHEMA, migrate, open_database, schema_of, writing
from synopticon.store.jobs import End, Job, JobStore, ResultFile, State
from synopticon.store.tables_jobs import job as table
from tests.grants import NOW

WHO = SignIn(Method.PASSWORD, "host", "account", NOW)
NEW = Job("job-1", "ingest", "gate", "user-1", WHO, "case-1", "why", {"path": "é"}, 7, NOW)


@pytest.fixture
def store(database_url):
    engine = open_database(database_url)
    migrate(engine)
    yield JobStore(engine)
    engine.dispose()


def test_it_comes_back_as_it_was(store):
    store.add(NEW)
    assert store.find("job-1") == replace(NEW, changed=1)
    assert store.begin("job-1", NOW)
    assert store.progress("job-1", "looking", 0.5, 0.25, NOW)
    file = ResultFile("a.mp4", "video/mp4", 3)
    assert store.end("job-1", End(State.DONE, made={"n": 1}, file=file), NOW)
    store.tell("job-1")
    ended = {"state": State.DONE, "started": NOW, "ended": NOW, "made": {"n": 1}, "file": file, "told": True}
    way = {"phase": "looking", "share": 0.5, "base": 0.25, "since": NOW}
    assert store.find("job-1") == replace(NEW, **ended, **way, changed=5)
    assert store.find("job-2") is None


def test_of_many_at_once_one_begins_it_and_one_ends_it(store):
    store.add(NEW)
    with ThreadPoolExecutor(8) as pool:
        begun = list(pool.map(lambda _: store.begin("job-1", NOW), range(8)))
        ended = list(pool.map(lambda _: store.end("job-1", End(State.DONE), NOW), range(8)))
    assert (begun.count(True), ended.count(True)) == (1, 1)


def test_what_is_done_once_has_one_job(store):
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda n: store.add(replace(NEW, id=f"job-{n}", once="a" * 64)), range(8)))
    assert len({job.id for job in made}) == 1
    assert store.once("a" * 64).id == made[0].id
    assert store.once("b" * 64) is None


def test_a_job_that_ended_is_not_begun_nor_stopped_nor_ended_again(store):
    store.add(NEW)
    assert not store.end("job-1", End(State.DONE), NOW)  # it does not run
    assert store.ask_to_stop("job-1")
    assert store.end("job-1", End(State.CANCELLED), NOW, (State.WAITING,))
    assert not any((store.begin("job-1", NOW), store.again("job-1"), store.ask_to_stop("job-1")))
    assert store.find("job-1").state is State.CANCELLED


def test_progress_says_when_to_stop_and_changes_nothing_that_does_not_run(store):
    store.add(NEW)
    store.progress("job-1", "looking", 0.5, 0.0, NOW)
    assert store.find("job-1").share == 0.0
    store.begin("job-1", NOW)
    store.ask_to_stop("job-1")
    assert not store.progress("job-1", "looking", 0.5, 0.0, NOW)
    assert store.stopping("job-2")  # one that is no more need not go on


def test_a_process_that_died_is_counted(store):
    store.add(NEW)
    for died in (True, False, True):
        store.begin("job-1", NOW)
        assert store.again("job-1", died=died)
    assert store.find("job-1").deaths == 2


def test_whoever_reads_on_misses_no_change(store):
    """Many writers; a reader that asks from its last number on sees the last state of each."""
    seen, last, over = {}, 0, []

    def read():
        nonlocal last
        while True:
            whole = bool(over)
            for job in sorted(store.of_actor("user-1", last + 1), key=lambda one: one.changed):
                last, seen[job.id] = job.changed, job.state
            if whole:
                return

    def write(n):
        store.add(replace(NEW, id=f"job-{n}"))
        store.begin(f"job-{n}", NOW)
        store.end(f"job-{n}", End(State.DONE), NOW)

    with ThreadPoolExecutor(7) as pool:
        reader = pool.submit(read)
        list(pool.map(write, range(24)))
        over.append(True)
        reader.result()
    assert seen == dict.fromkeys((f"job-{n}" for n in range(24)), State.DONE)
    assert store.latest() == last == 72


def test_one_sees_ones_own_newest_first(store):
    for n, who in enumerate(("user-1", "user-2", "user-1")):
        store.add(replace(NEW, id=f"job-{n}", actor=who, submitted=NOW + timedelta(seconds=n)))
    assert [job.id for job in store.of_actor("user-1")] == ["job-2", "job-0"]


def test_only_old_jobs_that_the_log_knows_are_forgotten(store):
    for n, told in enumerate((True, False)):
        store.add(replace(NEW, id=f"job-{n}"))
        store.begin(f"job-{n}", NOW)
        store.end(f"job-{n}", End(State.DONE, file=ResultFile("a", "b", 1)), NOW)
        if told:
            store.tell(f"job-{n}")
    later = NOW + timedelta(days=1)
    assert [job.id for job in store.with_files(later)] == ["job-0", "job-1"]
    assert store.forget(NOW) == []
    assert store.forget(later) == ["job-0"]
    assert [job.id for job in store.untold()] == ["job-1"]


def test_a_database_of_the_version_before_gets_the_table(database_url):
    engine = open_database(database_url)
    migrate(engine)
    with writing(engine) as connection:
        table.drop(connection)
        connection.execute(text("UPDATE alembic_version SET version_num = '0003'"))
    migrate(engine)
    assert schema_of(engine) == SCHEMA
    assert JobStore(engine).add(NEW).id == "job-1"
    engine.dispose()
