"""What the database said is given again only as long as it would say the same."""

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import insert, select, update

import synopticon.store
from synopticon.store.database import open_migrated, reading, writing
from synopticon.store.remembered import Remembered
from synopticon.store.tables_cases import unit

# Nothing of theirs is remembered.
ASIDE = {
    "events.py", "jobs.py", "live.py", "log.py", "marks.py", "people.py", "plate_lists.py", "tries.py",
    "webhooks.py",
}  # fmt: skip


def ask(engine, known, name="", reads=None):
    """All units, as they are remembered; ``reads`` gets a line where they had to be read."""
    query = select(unit.c.id, unit.c.name).order_by(unit.c.id)

    def read():
        if reads is not None:
            reads.append(name)
        return connection.execute(query).all()

    with reading(engine) as connection:
        return known.of(connection, name, read)


def rename(engine, id_, name, **how):
    with writing(engine, **how) as connection:
        if not connection.execute(update(unit).where(unit.c.id == id_).values(name=name)).rowcount:
            connection.execute(insert(unit).values(id=id_, name=name))


@pytest.fixture
def engines(tmp_path):
    """Two processes, as it were, with one database."""
    return tuple(open_migrated(tmp_path / "synopticon.sqlite") for _ in range(2))


def test_it_is_read_once_until_somebody_writes_in_whatever_process(engines):
    (here, there), known, reads = engines, Remembered(), []
    rename(here, "a", "North")
    first = ask(here, known, reads=reads)
    assert ask(here, known, reads=reads) is first
    rename(there, "a", "South")
    assert ask(here, known, reads=reads) == [("a", "South")]
    rename(
        here, "a", "East", aside=True
    )  # what is not counted is not seen: only tables that nobody remembers
    assert ask(here, known, reads=reads) == [("a", "South")]
    assert len(reads) == 2


def test_what_failed_or_goes_on_is_not_there_yet(engines):
    (here, there), known = engines, Remembered()
    rename(here, "a", "North")

    def fail():
        with writing(there) as connection:
            connection.execute(update(unit).values(name="South"))
            assert ask(here, known) == [("a", "North")]
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert ask(here, known) == [("a", "North")]


def test_an_older_view_neither_sees_nor_leaves_what_is_not_its_own(engines):
    (here, there), known = engines, Remembered()
    rename(here, "a", "North")
    with reading(here) as old:
        assert known.of(old, "", lambda: old.execute(select(unit.c.name)).scalars().all()) == ["North"]
        rename(there, "a", "South")
        assert ask(there, known) == [("a", "South")]
        assert known.of(old, "", lambda: old.execute(select(unit.c.name)).scalars().all()) == ["North"]
    assert ask(there, known) == [("a", "South")]


def test_what_was_not_asked_for_longest_makes_room(engines):
    (here, _), known, reads = engines, Remembered(most=2), []
    rename(here, "a", "North")
    for name in ("x", "y", "x", "z", "x", "y"):
        ask(here, known, name, reads)
    assert reads == ["x", "y", "z", "y"]


@pytest.mark.postgres
def test_postgres_is_asked_each_time(postgres_url):
    engine, known, reads = open_migrated(postgres_url), Remembered(), []
    for name in ("North", "South"):
        rename(engine, "a", name)
        assert ask(engine, known, reads=reads) == [("a", name)]
    ask(engine, known, reads=reads)
    assert len(reads) == 3


@settings(max_examples=15, deadline=None)
@given(st.lists(st.tuples(st.booleans(), st.booleans(), st.sampled_from("abc")), max_size=12))
def test_it_is_always_what_the_database_says(tmp_path_factory, steps):
    path = tmp_path_factory.mktemp("known") / "synopticon.sqlite"
    engines, known = [open_migrated(path) for _ in range(2)], [Remembered(), Remembered()]
    for number, (writes, which, id_) in enumerate(steps):
        if writes:
            rename(engines[which], id_, f"unit {number}")
        else:
            assert ask(engines[which], known[which]) == ask(engines[which], Remembered())


def test_only_what_nobody_remembers_is_written_aside():
    folder = Path(synopticon.store.__file__).parent
    files = {path.name: path.read_text("utf-8") for path in folder.glob("*.py")}
    assert {name for name, text in files.items() if "aside=True" in text} == ASIDE
    assert not {name for name, text in files.items() if re.search(r"\bRemembered\b", text)} & ASIDE
