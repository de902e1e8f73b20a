import errno
import os
import shutil
import sqlite3
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from sqlalchemy import insert, select, text, update
from sqlalchemy.exc import DBAPIError, IntegrityError

from synopticon.errors import StoreError, UsageError
from synopticon.store import database, tables
from synopticon.store.database import (
    SCHEMA,
    asking,
    check_whole,
    durability,
    migrate,
    name_of,
    open_database,
    reading,
    schema_of,
    writing,
    writing_lite,
)

ROW = {"leaf": b"{}", "hash": b"h" * 32, "signature": b"s" * 64, "time": 0, "kind": "record"}


def entry(sequence, **more):
    return insert(tables.log_entry).values(sequence=sequence, **(ROW | more))


@pytest.fixture
def engine(database_url):
    made = open_database(database_url)
    migrate(made)
    yield made
    made.dispose()


def test_a_database_is_made_and_migrated_once(database_url):
    engine = open_database(database_url)
    assert schema_of(engine) is None
    migrate(engine)
    migrate(engine)
    assert schema_of(engine) == SCHEMA
    with writing(engine) as connection:
        connection.execute(entry(0))
    again = open_database(database_url)
    migrate(again)
    with reading(again) as connection:
        assert connection.execute(select(tables.log_entry.c.sequence)).scalars().all() == [0]
    check_whole(again)
    engine.dispose()
    again.dispose()


def test_several_migrate_at_once(database_url):
    failed = []

    def one():
        try:
            engine = open_database(database_url)
            migrate(engine)
            engine.dispose()
        except Exception as error:  # noqa: BLE001
            failed.append(error)

    threads = [threading.Thread(target=one) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []


def test_a_new_file_that_another_program_writes_is_waited_for(tmp_path):
    other = sqlite3.connect(tmp_path / "x.sqlite", isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")
    threading.Timer(0.3, lambda: other.execute("COMMIT")).start()
    engine = open_database(tmp_path / "x.sqlite")
    assert durability(engine)["journal_mode"] == "wal"
    engine.dispose()
    other.close()


def test_settings_of_sqlite(tmp_path):
    engine = open_database(tmp_path / "x.sqlite")
    assert durability(engine) == {"synchronous": "full", "journal_mode": "wal"}
    with reading(engine) as connection:
        values = {
            n: connection.exec_driver_sql(f"PRAGMA {n}").scalar() for n in ("foreign_keys", "secure_delete")
        }
        assert values == {"foreign_keys": 1, "secure_delete": 1}
        assert connection.exec_driver_sql("PRAGMA busy_timeout").scalar() == database.WAIT * 1000


@pytest.mark.postgres
def test_settings_of_postgres(postgres_url):
    engine = open_database(postgres_url)
    assert durability(engine) == {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on"}
    engine.dispose()


def test_a_database_that_could_lose_commits_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(database, "durability", lambda _engine: {"synchronous": "normal"})
    with pytest.raises(StoreError, match=r"x\.sqlite: synchronous is normal.*use a local disk"):
        open_database(tmp_path / "x.sqlite")


def test_the_log_is_append_only(engine):
    with writing(engine) as connection:
        connection.execute(entry(0))
        connection.execute(insert(tables.log_node).values(level=1, position=0, hash=b"n" * 32))
    for change in (
        update(tables.log_entry).values(kind="other"),
        tables.log_entry.delete(),
        update(tables.log_node).values(hash=b"m" * 32),
        tables.log_node.delete(),
    ):
        with pytest.raises(DBAPIError, match="append-only"), writing(engine) as connection:
            connection.execute(change)


def test_two_continuations_of_one_case_exclude_each_other(engine):
    with writing(engine) as connection:
        connection.execute(entry(0, case_id="case-1", case_sequence=0))
    for other in (entry(0), entry(1, case_id="case-1", case_sequence=0)):
        with pytest.raises(IntegrityError), writing(engine) as connection:
            connection.execute(other)


def test_a_failed_body_leaves_nothing(engine):
    def fail():
        with writing(engine) as connection:
            connection.execute(entry(0))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    with reading(engine) as connection:
        assert connection.execute(select(tables.log_entry)).all() == []


def test_a_newer_schema_is_left_alone(engine):
    with writing(engine) as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(StoreError, match=r"newer version.*schema 9999;.*pip install --upgrade"):
        migrate(engine)


def test_a_locked_database_is_named(tmp_path, monkeypatch):
    monkeypatch.setattr(database, "WAIT", 0.1)
    path = tmp_path / "x.sqlite"
    engine = open_database(path)
    migrate(engine)
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreError, match=r"x\.sqlite: is locked by another program"), writing(engine):
        pass
    with reading(engine) as connection:  # readers are not kept waiting
        assert connection.execute(select(tables.log_entry)).all() == []
    other.close()


def test_all_who_queue_behind_another_program_are_told_at_once(tmp_path, monkeypatch):
    monkeypatch.setattr(database, "WAIT", 1.0)
    path = tmp_path / "x.sqlite"
    migrate(open_database(path))
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    failed = []

    def one():
        with pytest.raises(StoreError, match="locked by another program"), writing_lite(open_database(path)):
            pass
        failed.append(time.monotonic() - begun)

    begun = time.monotonic()
    threads = [threading.Thread(target=one) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    other.close()
    assert len(failed) == 5
    assert max(failed) < 5  # one after another would take that


def test_writers_need_no_queue(tmp_path):
    path = tmp_path / "x.sqlite"
    engine = open_database(path)
    migrate(engine)
    Path(f"{path}-queue").mkdir()  # nothing can be locked there
    with writing_lite(engine) as raw:
        raw.execute("CREATE TABLE other (a)")
    with asking(engine) as ask:
        assert ask("SELECT name FROM sqlite_master WHERE name = ?", "other") == [("other",)]


def test_a_flush_that_fails_is_named(tmp_path, monkeypatch):
    engine = open_database(tmp_path / "x.sqlite")
    migrate(engine)

    def full(path):
        raise OSError(errno.EIO, "no", str(path))

    monkeypatch.setattr(database, "flush", full)
    with pytest.raises(StoreError, match=r"x\.sqlite: the disk reports"), writing_lite(engine) as raw:
        raw.execute("CREATE TABLE other (a)")
    assert durability(engine)["synchronous"] == "full"


def test_what_failed_inside_leaves_nothing(database_url):
    engine = open_database(database_url)
    migrate(engine)
    with pytest.raises(engine.dialect.dbapi.Error), asking(engine) as ask:
        ask("SELECT nothing FROM log_entry WHERE sequence = ?", 1)
    with asking(engine) as ask:
        assert ask("SELECT 1") == [(1,)]


def test_a_damaged_database_is_named(tmp_path):
    path = tmp_path / "x.sqlite"
    engine = open_database(path)
    migrate(engine)
    with writing(engine) as connection:
        for number in range(400):
            connection.execute(entry(number, leaf=os.urandom(400)))
    engine.dispose()
    data = bytearray(path.read_bytes())
    data[8192:-4096] = os.urandom(len(data) - 8192 - 4096)
    path.write_bytes(data)
    with pytest.raises(StoreError, match=r"x\.sqlite: .*is damaged.*put back a copy"):
        check_whole(open_database(path))
    path.write_bytes(b"no database at all, but long enough to be looked at" * 100)
    with pytest.raises(StoreError, match="is no SQLite database"):
        open_database(path)


@pytest.mark.posix
def test_a_read_only_database_is_named(tmp_path):
    """Permissions do not bind root, so another way to read-only is taken: ``mode=ro``."""
    path = tmp_path / "x.sqlite"
    migrate(open_database(path))
    engine = open_database(f"sqlite:///file:{path}?mode=ro&uri=true")
    with pytest.raises(StoreError, match="is read-only"), writing(engine) as connection:
        connection.execute(entry(0))


@pytest.mark.posix
def test_a_full_disk_is_named(tmp_path):
    code = """
import resource, signal, sys
from synopticon.store.database import open_database, migrate, writing
engine = open_database(sys.argv[1]); migrate(engine)
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, 300_000))
with writing(engine) as c:
    c.exec_driver_sql("CREATE TABLE big (x)")
    c.exec_driver_sql("INSERT INTO big VALUES (randomblob(3000000))")
"""
    command = [sys.executable, "-c", code, str(tmp_path / "x.sqlite")]
    done = subprocess.run(command, capture_output=True, text=True)
    assert "StoreError" in done.stderr.splitlines()[-1]
    assert "check the disk" in done.stderr or "disk is full" in done.stderr
    check_whole(open_database(tmp_path / "x.sqlite"))


def test_what_is_no_database_is_refused(tmp_path):
    for url in ("mysql://root:secret@host/db", "nonsense://", "sqlite+odd:///x"):
        with pytest.raises((UsageError, StoreError)) as caught:
            open_database(url if "odd" not in url else "odd://secret")
        assert "secret" not in str(caught.value)
    with pytest.raises(StoreError, match="cannot be opened"):
        open_database(tmp_path)


@pytest.mark.postgres
def test_a_server_that_is_not_there_is_named_without_its_password():
    with pytest.raises(StoreError, match="cannot be reached") as caught:
        open_database("postgresql://me:secret@127.0.0.1:9/nothing")
    assert "secret" not in str(caught.value)


@pytest.mark.postgres
def test_a_database_that_the_server_does_not_have_is_named(postgres_url):
    with pytest.raises(StoreError, match="no such database"):
        open_database(postgres_url.replace("/test_", "/none_"))


@pytest.mark.posix
def test_a_forked_child_has_connections_of_its_own(database_url):
    engine = open_database(database_url)
    migrate(engine)
    with reading(engine):
        pass  # leaves a connection in the pool
    child = os.fork()
    if child == 0:
        code = 1
        try:
            with writing(engine) as connection:
                connection.execute(entry(0))
            code = 0
        finally:
            os._exit(code)
    assert os.waitpid(child, 0)[1] == 0
    with reading(engine) as connection:
        assert connection.execute(select(tables.log_entry.c.sequence)).scalars().all() == [0]
    engine.dispose()


def test_names_hide_passwords():
    from sqlalchemy import create_engine

    assert "secret" not in name_of(create_engine("postgresql+psycopg://me:secret@host/db"))


def test_a_path_may_hold_odd_characters(tmp_path):
    path = tmp_path / "a %20 é ? # b" / "x.sqlite"
    engine = open_database(path)
    migrate(engine)
    assert path.exists()
    shutil.rmtree(path.parent, ignore_errors=True)
