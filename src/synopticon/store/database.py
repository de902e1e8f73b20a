"""The database: SQLite in one file by default, PostgreSQL for teams; opened, migrated, its errors translated.

SQLite runs with a write-ahead log and ``synchronous=FULL``: what was committed survives a loss of power (one
flush of the write-ahead log for each commit). ``secure_delete`` overwrites what is deleted. PostgreSQL must
run with ``fsync`` on; each session asks for ``synchronous_commit``.
"""

import contextlib
import os
import random
import sqlite3
import time
import weakref
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Dialect, Engine, create_engine, event, text
from sqlalchemy.engine import URL, ExceptionContext, make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError

from synopticon.errors import OutputError, StoreError, UsageError
from synopticon.store.atomic import flush, make_folder
from synopticon.store.lock import held

Ask = Callable[..., list[tuple[Any, ...]]]  # a statement with its values

SCHEMA = "0007"  # the migration that this version of the program is written for
WAIT = 60.0  # seconds to wait for another writer
_COUNTS = 2**31  # after as many, SQLite's counter begins anew
_LOOK = 0.001  # seconds, about, between two looks whether it has ended
_LOCK = 0x73796E6F70746963  # "synoptic": PostgreSQL's advisory lock of whoever migrates

_LITE = {
    sqlite3.SQLITE_BUSY: f"is locked by another program for more than {WAIT:.0f} s: close it and try again",
    sqlite3.SQLITE_LOCKED: "is locked by another statement: try again",
    sqlite3.SQLITE_READONLY: "is read-only: give write permission to it and to its folder",
    sqlite3.SQLITE_PERM: "may not be opened: give permission to it and to its folder",
    sqlite3.SQLITE_CANTOPEN: "cannot be opened: check that its folder exists and may be written to",
    sqlite3.SQLITE_FULL: "the disk is full: free some space and run it again; nothing was half-written",
    sqlite3.SQLITE_IOERR: "the disk reports an input/output error: check the disk and its free space",
    sqlite3.SQLITE_CORRUPT: "is damaged: put back a copy of it, then check that with 'audit verify'",
    sqlite3.SQLITE_NOTADB: "is no SQLite database, or is damaged: name another file or put back a copy",
}
# By the first characters of the SQLSTATE (PostgreSQL, appendix A); the longest that fits counts.
_POSTGRES = {
    "08": "cannot be reached, or has no such database or user: check that the server runs, and its URL",
    "28": "refuses this user: check the name and the password in its URL",
    "3D": "does not exist on that server: choose another name, or have it made",
    "25006": "is read-only (a standby?): give the URL of the primary server",
    "40": "a change met another one: try again",
    "42501": "does not let this user do that: give its role the right to create and change tables",
    "53100": "the disk is full: free some space and run it again; nothing was half-written",
    "53": "has no resources left: try again later",
    "55P03": f"is locked by another program for more than {WAIT:.0f} s: close it and try again",
    "57": "is being shut down: try again when the server runs",
    "58": "the server's disk reports an error: check the server",
    "XX": "is damaged: see the server's log and put back a copy",
}


def open_database(url: str | Path) -> Engine:
    """Open (SQLite: make) the database at ``url``: a path, ``sqlite:///PATH`` or ``postgresql://...``.

    Nothing is read yet but the settings that durability rests on. Raises ``UsageError`` for what is no such
    URL and ``StoreError`` (one line with the remedy) for what cannot be opened; so do all later statements
    that fail because the database is locked, read-only, full, damaged or gone. ``sqlalchemy.exc`` errors
    about data (``IntegrityError``) pass as they are.
    """
    made = _parse(url)
    if made.get_backend_name() == "sqlite":
        engine = _open_sqlite(made)
    else:
        engine = create_engine(made, pool_pre_ping=True, connect_args={"connect_timeout": 10})
        event.listen(engine, "connect", _set_up_postgres)
    event.listen(engine, "handle_error", _translate)
    _forget_in_children(engine)
    check_durable(engine)
    return engine


def open_migrated(url: str | Path, since: str = "") -> Engine:
    """Open the database and bring its tables up to date.

    ``since``: the day since when it is in use; then one that is gone or empty is never made anew, but
    ``StoreError``.
    """
    used, made = f"though it is in use since {since}", _parse(url)
    path = _file(made)
    if since and path and not Path(path).exists():
        raise StoreError(f"{path}: is missing, {used}: put back a copy")
    engine = open_database(url)
    if since and schema_of(engine) is None:
        engine.dispose()
        raise StoreError(f"{name_of(engine)}: is empty, {used}: put back a copy")
    migrate(engine)
    return engine


@contextlib.contextmanager
def writing(engine: Engine, *, aside: bool = False) -> Iterator[Connection]:
    """A transaction that may write from its first statement on; committed durably when the body ends well.

    SQLite: takes the one write lock at once (``BEGIN IMMEDIATE``), so that reading first and then writing
    cannot fail half-way; it is counted (``written``). Use it for everything that writes. ``aside``: it is
    often done, touches neither footage nor keys of it, and is not counted.
    """
    with engine.connect().execution_options(synopticon_writes=True) as connection, connection.begin():
        yield connection
        count = None if aside else written(connection)
        if count is not None:
            connection.exec_driver_sql(f"PRAGMA user_version = {(count + 1) % _COUNTS}")


def written(connection: Connection) -> int | None:
    """How many transactions wrote to SQLite, as this one sees it (``PRAGMA user_version``).

    What was read before is still so while it is the same; not those ``aside`` of footage, nor entries of the
    log. None in PostgreSQL.
    """
    if connection.dialect.name != "sqlite":
        return None
    return int(connection.exec_driver_sql("PRAGMA user_version").scalar_one())


@contextlib.contextmanager
def writing_lite(engine: Engine) -> Iterator[sqlite3.Connection]:
    """``writing`` for what must hold SQLite's one lock as shortly as can be: the driver's own connection.

    The lock is let go before the disk is waited for, so that one flush may serve several writers; that is
    over when the block is. Others may read what was written a moment earlier: see ``settle``. Errors are
    translated as everywhere; ``sqlite3.IntegrityError`` passes as it is.
    """
    with _driver(engine) as raw:
        raw.execute("PRAGMA synchronous=NORMAL").close()
        begun = time.monotonic()
        try:
            with _queue(engine):
                _take_turn(raw, begun)
                yield raw
                raw.commit()
        finally:
            raw.rollback()  # nothing, after the commit
            raw.execute("PRAGMA synchronous=FULL").close()
        settle(engine)


def settle(engine: Engine) -> None:
    """Return when all that can be read now would survive a loss of power. Raises ``StoreError``."""
    path = _file(engine.url)
    if path is None:  # PostgreSQL shows nothing earlier
        return
    try:
        flush(f"{path}-wal")
    except FileNotFoundError:
        return  # all is in the database itself
    except OSError as error:
        raise StoreError(f"{name_of(engine)}: {_LITE[sqlite3.SQLITE_IOERR]}") from error


@contextlib.contextmanager
def asking(engine: Engine) -> Iterator[Ask]:
    """``reading`` for what every act reads: statements written out, with '?' for values; rows as tuples."""
    with _driver(engine) as raw:
        if engine.dialect.name == "sqlite":
            raw.execute("BEGIN").close()
            yield lambda statement, *values: raw.execute(statement, values).fetchall()
        else:
            yield lambda statement, *values: raw.execute(marked(engine.dialect, statement), values).fetchall()
        raw.commit()


def marked(dialect: Dialect, statement: str) -> str:
    """A statement that is written out, with the marks for values of the database's driver."""
    return statement if dialect.paramstyle == "qmark" else statement.replace("?", "%s")


@contextlib.contextmanager
def _driver(engine: Engine) -> Iterator[Any]:
    """The driver's own connection; what it left open is rolled back, and its errors are translated."""
    pooled = engine.raw_connection()
    raw: Any = pooled.driver_connection
    try:
        yield raw
    except BaseException as error:
        raw.rollback()
        if (remedy := _remedy(error)) is not None:
            raise StoreError(f"{name_of(engine)}: {remedy}") from error
        raise
    finally:
        pooled.close()


@contextlib.contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """A transaction that only reads; SQLite: sees one state of the database throughout.

    In PostgreSQL each statement sees the state at its own begin anyway (*read committed*): without a
    transaction around them, two questions to the server less.
    """
    with engine.connect() as connection:
        if engine.dialect.name != "sqlite":
            connection.execution_options(isolation_level="AUTOCOMMIT")
        with connection.begin():
            yield connection


def migrate(engine: Engine) -> None:
    """Bring the tables to ``SCHEMA``; several processes may do so at once.

    Raises ``StoreError`` for a database of a newer version of the program; nothing in it is changed then.
    """
    if schema_of(engine) == SCHEMA:
        return
    with writing(engine) as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
        if _schema(connection) != SCHEMA:  # nobody else did it meanwhile
            _upgrade(connection)


def schema_of(engine: Engine) -> str | None:
    """The schema's version (None: empty database); raises ``StoreError`` if it is newer than this program."""
    with reading(engine) as connection:
        found = _schema(connection)
    if found is not None and found > SCHEMA:
        raise StoreError(
            f"{name_of(engine)}: was written by a newer version of Synopticon (schema {found}; this one "
            f"knows {SCHEMA}): pip install --upgrade synopticon"
        )
    return found


def durability(engine: Engine) -> dict[str, str]:
    """The settings on which it rests that a commit survives a loss of power, by name."""
    with reading(engine) as connection:
        if engine.dialect.name == "sqlite":
            level = connection.exec_driver_sql("PRAGMA synchronous").scalar_one()
            mode = connection.exec_driver_sql("PRAGMA journal_mode").scalar_one()
            return {"synchronous": ("off", "normal", "full", "extra")[level], "journal_mode": mode}
        names = ("fsync", "synchronous_commit", "full_page_writes")
        return {n: str(connection.exec_driver_sql(f"SHOW {n}").scalar_one()) for n in names}


def check_durable(engine: Engine) -> None:
    """Raise ``StoreError`` unless a commit survives a loss of power."""
    found = durability(engine)
    wanted = {"journal_mode": ("wal", "memory")} if engine.dialect.name == "sqlite" else {}
    for name, value in found.items():
        if value not in wanted.get(name, ("on", "full", "extra", "local", "remote_write", "remote_apply")):
            raise StoreError(
                f"{name_of(engine)}: {name} is {value}, so that a loss of power could lose entries of the "
                "log: use a local disk and the default settings"
            )


def check_whole(engine: Engine) -> None:
    """Raise ``StoreError`` if SQLite finds its file damaged; reads all of it (PostgreSQL: nothing)."""
    if engine.dialect.name != "sqlite":
        return
    with reading(engine) as connection:
        found = [row[0] for row in connection.exec_driver_sql("PRAGMA integrity_check(1)")]
    if found != ["ok"]:
        raise StoreError(f"{name_of(engine)}: {found[0].splitlines()[-1]}: {_LITE[sqlite3.SQLITE_CORRUPT]}")


def name_of(engine: Engine) -> str:
    """What to call the database in messages: its path, or its URL without the password."""
    url = engine.url
    return (url.database or ":memory:") if url.get_backend_name() == "sqlite" else url.render_as_string()


def _parse(url: str | Path) -> URL:
    given = str(url)
    if isinstance(url, Path) or "://" not in given:
        return URL.create("sqlite", database=given)
    try:
        made = make_url(given)
        known = {"sqlite": "sqlite", "postgresql": "postgresql+psycopg", "postgres": "postgresql+psycopg"}
        return made.set(drivername=known[made.drivername.partition("+")[0]])
    except (ArgumentError, KeyError, NoSuchModuleError, ValueError) as error:
        shown = given.partition("://")[0]  # the rest may hold a password
        raise UsageError(
            f"{shown}://...: is no database known here: write a path, sqlite:///PATH or postgresql://NAME@HOST/DB"
        ) from error


def _file(url: URL) -> str | None:
    """The path of SQLite's file; None in memory, and for PostgreSQL."""
    path = url.database if url.get_backend_name() == "sqlite" else None
    return None if not path or path.startswith((":memory:", "file:")) else path


def _open_sqlite(url: URL) -> Engine:
    if path := _file(url):
        make_folder(Path(path).absolute().parent)
    engine = create_engine(url, connect_args={"timeout": WAIT})
    event.listen(engine, "connect", _set_up_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _set_up_sqlite(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # transactions begin in ``_begin_sqlite``
    # SQLite does not wait itself where one that reads the file's mode must write it: BUSY comes at once.
    _soon(connection, "PRAGMA journal_mode=WAL")
    for pragma in (
        "synchronous=FULL",
        "fullfsync=ON",  # macOS: flush the drive's own cache, too
        "foreign_keys=ON",
        "secure_delete=ON",
        "temp_store=MEMORY",  # no copy of rows in temporary files
    ):
        connection.execute(f"PRAGMA {pragma}").close()


def _begin_sqlite(connection: Connection) -> None:
    options = connection.get_execution_options()
    if options.get("isolation_level") == "AUTOCOMMIT":
        return  # VACUUM and the like stand alone
    if options.get("synopticon_writes"):
        try:
            _take_turn(connection.connection.driver_connection)
        except sqlite3.OperationalError:
            connection.exec_driver_sql("BEGIN IMMEDIATE")  # raises, and is translated
    else:
        connection.exec_driver_sql("BEGIN")


@contextlib.contextmanager
def _queue(engine: Engine) -> Iterator[None]:
    """First come, first served: SQLite's lock has no queue, and to look for it again and again costs time.

    A courtesy between writers, not what excludes them: where the queue cannot be had, they look for the lock.
    Who dies leaves it; behind a process that is stopped, the others wait until it goes on.
    """
    path = _file(engine.url)
    with contextlib.ExitStack() as stack:
        with contextlib.suppress(OSError, OutputError):
            if path:
                stack.enter_context(held(Path(f"{path}-queue")))
        yield


def _take_turn(raw: Any, begun: float | None = None) -> None:
    """Take SQLite's one write lock soon after it is free; raises ``sqlite3.OperationalError``.

    SQLite itself looks less and less often, so that whoever waited long waits longer still. ``begun``: since
    when one waits, if not from now on.
    """
    raw.execute("PRAGMA busy_timeout = 0").close()
    try:
        _soon(raw, "BEGIN IMMEDIATE", begun)
    finally:
        raw.execute(f"PRAGMA busy_timeout = {int(WAIT * 1000)}").close()


def _soon(raw: Any, statement: str, begun: float | None = None) -> None:
    """Run ``statement`` as soon as no lock is in its way; raises the last error after ``WAIT`` seconds."""
    begun = time.monotonic() if begun is None else begun
    while True:
        try:
            raw.execute(statement).close()
            return
        except sqlite3.OperationalError as error:
            busy = error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY
            if not busy or time.monotonic() - begun > WAIT:
                raise
        time.sleep(random.uniform(0.5, 1.5) * _LOOK)


def _set_up_postgres(connection: Any, _record: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"SET synchronous_commit TO on; SET lock_timeout TO {int(WAIT * 1000)}")
    connection.commit()


def _forget_in_children(engine: Engine) -> None:
    """A forked child opens its own connections: sharing one would mix two transactions."""
    known = weakref.ref(engine)

    def forget() -> None:
        if (inherited := known()) is not None:
            inherited.dispose(close=False)

    if hasattr(os, "register_at_fork"):
        os.register_at_fork(after_in_child=forget)


def _schema(connection: Connection) -> str | None:
    if not connection.dialect.has_table(connection, "alembic_version"):
        return None
    return connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar_one_or_none()


def _upgrade(connection: Connection) -> None:
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def _translate(context: ExceptionContext) -> None:
    """Raise the errors that a user can do something about as one line with the remedy."""
    original = context.original_exception
    remedy = _remedy(original)
    if remedy is None:
        return
    name = name_of(context.engine) if context.engine else "the database"
    raise StoreError(f"{name}: {remedy}") from original


def _remedy(error: BaseException) -> str | None:
    code = getattr(error, "sqlite_errorcode", None)
    if code is not None:
        return _LITE.get(code & 0xFF)
    state = getattr(error, "sqlstate", None)
    if state is None and type(error).__module__.startswith("psycopg"):
        return _POSTGRES["08"] if type(error).__name__ in ("OperationalError", "ConnectionTimeout") else None
    fitting = [start for start in _POSTGRES if state and state.startswith(start)]
    return _POSTGRES[max(fitting, key=len)] if fitting else None
