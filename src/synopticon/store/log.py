"""The log of acts in the database: one writer at a time, durable at each commit, subtrees kept for proofs."""

import sqlite3
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import (
    Connection,
    CursorResult,
    Engine,
    Row,
    Select,
    and_,
    bindparam,
    delete,
    exists,
    func,
    or_,
    select,
    text,
)
from sqlalchemy.exc import IntegrityError

from synopticon.errors import AuditError
from synopticon.governance.audit.entry import KEPT, KEY, RECORD, Entry
from synopticon.governance.audit.merkle import Frontier, Node, cover
from synopticon.governance.audit.storage import Addition, Tail, Wanted
from synopticon.store.database import asking, marked, name_of, reading, settle, writing, writing_lite
from synopticon.store.moments import micros, moment_of
from synopticon.store.tables import log_entry, log_node, log_payload

_MOST = 256  # entries of others that are read one by one to catch up with them
_PAGE = 1000  # entries that are read at once
_TERMS = 100  # subtrees that one statement asks for
_LOCK = 0x73796E6F2D6C6F67  # "syno-log": PostgreSQL's advisory lock of whoever appends

_e, _p, _n = log_entry.c, log_payload.c, log_node.c
_COLUMNS = tuple(column.name for column in log_entry.columns)
# What every append runs while it holds the log: written out, so that others wait as short as can be.
_SINCE = (
    "SELECT sequence, hash, signature, kind, case_id, case_sequence FROM log_entry WHERE sequence >= ? "
    f"ORDER BY sequence LIMIT {_MOST}"
)
_CASE = "SELECT case_sequence, hash FROM log_entry WHERE case_id = ? ORDER BY case_sequence DESC LIMIT 1"
_LAST = select(func.max(_e.sequence)).where(_e.kind == bindparam("kind"))
_LATEST = "SELECT time FROM log_entry ORDER BY sequence DESC LIMIT 1"
_WHOLE = (
    select(log_entry, _p.salt, _p.payload)
    .join_from(log_entry, log_payload, _p.sequence == _e.sequence, isouter=True)
    .order_by(_e.sequence)
)
_ROWS = _WHOLE.where(_e.sequence >= bindparam("start"), _e.sequence < bindparam("end"))
_SOME = _WHOLE.where(_e.sequence.in_(bindparam("numbers", expanding=True)))
_ADD, _ADD_PAYLOAD, _ADD_NODES = (
    f"INSERT INTO {table.name} ({', '.join(column.name for column in table.columns)}) "
    f"VALUES ({', '.join('?' * len(table.c))})"
    for table in (log_entry, log_payload, log_node)
)
_ERASE = delete(log_payload).where(_p.sequence >= bindparam("start"), _p.sequence < bindparam("end"))


@dataclass(frozen=True, slots=True)
class _Known:
    """The end of the log as this object last saw it."""

    frontier: Frontier = field(default_factory=Frontier)
    hash: bytes = b""
    signature: bytes | None = None
    key: int | None = None


class _Since(NamedTuple):
    """A row of ``_SINCE``."""

    sequence: int
    hash: bytes
    signature: bytes
    kind: str
    case_id: str | None
    case_sequence: int | None


class _Erasing(Exception):  # noqa: N818 - never leaves this file
    """The addition erases payloads."""


class SqlLog:
    """Implements ``governance.audit.storage.LogStorage`` on an engine of ``open_database``."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._lock = threading.Lock()  # threads of this process wait here, in turn
        self._known: _Known | None = None
        self._cases: dict[str, tuple[int, bytes]] = {}  # the ends of cases, as far as ``_known`` knows

    def append(self, case: str | None, build: Callable[[Tail], Addition]) -> Entry:
        """See ``LogStorage``: SQLite's write lock, or an advisory lock of PostgreSQL, holds the log."""
        with self._lock:
            known, self._known = self._known, None
            quick: tuple[_Known, Addition] | None = None
            try:
                with suppress(_Erasing):
                    quick = self._append_lite(known, case, build) if known else None
                if quick:
                    known, added = quick
                    self._remember(known, added)
                    return added.entry
                with writing(self._engine, aside=True) as connection:
                    known = self._catch_up(connection, known)
                    added = build(self.tail(connection, known, case))
                    write_addition(connection, added)
            except (IntegrityError, sqlite3.IntegrityError) as error:
                raise self._conflict(error) from error
            self._remember(known, added)
        if added.erased:
            self._scrub()
        return added.entry

    def _append_lite(
        self, known: _Known, case: str | None, build: Callable[[Tail], Addition]
    ) -> tuple[_Known, Addition] | None:
        """The same in SQLite where the log went on from what is known; None where it must be read anew."""
        if self._engine.dialect.name != "sqlite" or not known.frontier.size:
            return None
        with writing_lite(self._engine) as raw:
            found = [_Since(*row) for row in raw.execute(_SINCE, (known.frontier.size - 1,))]
            if not found or len(found) == _MOST or found[0].hash != known.hash:
                return None
            known = self._continued(known, found[1:])
            ended = None if case is None else self._cases.get(case)
            if case is not None and ended is None:
                ended = raw.execute(_CASE, (case,)).fetchone()
            added = build(Tail(known.frontier, known.signature, ended, known.key))
            if added.erased:  # what is scrubbed afterwards goes the long way
                raise _Erasing
            entry, row = added.entry, _row(added.entry)
            raw.execute(_ADD, [row[name] for name in _COLUMNS])
            raw.execute(_ADD_PAYLOAD, (entry.sequence, entry.salt, entry.sealed))
            raw.executemany(_ADD_NODES, [(level, at, node) for (level, at), node in added.nodes])
        return known, added

    def settle(self) -> None:
        """See ``LogStorage``."""
        settle(self._engine)

    def size(self) -> int:
        """See ``LogStorage``."""
        with reading(self._engine) as connection:
            return _size(connection)

    def entries(self, start: int, end: int) -> Iterator[Entry]:
        """See ``LogStorage``; raises ``AuditError`` at a row that does not fit its leaf."""
        for page in range(max(0, start), end, _PAGE):
            with reading(self._engine) as connection:
                span = {"start": page, "end": min(end, page + _PAGE)}
                rows = connection.execute(_ROWS, span).all()
            for row in rows:
                yield _entry(row)

    def nodes(self, wanted: Sequence[Node]) -> Sequence[bytes]:
        """See ``LogStorage``."""
        with reading(self._engine) as connection:
            return _nodes(connection, wanted)

    def find(self, wanted: Wanted) -> Sequence[int]:
        """See ``LogStorage``."""
        found = select(_e.sequence).order_by(_e.sequence)
        if wanted.case is not None:
            found = found.where(_e.case_id == wanted.case)
        if wanted.kind is not None:
            found = found.where(_e.kind == wanted.kind)
        if wanted.start is not None:
            found = found.where(_e.time >= micros(wanted.start))
        if wanted.end is not None:
            found = found.where(_e.time < micros(wanted.end))
        if wanted.before is not None:
            found = found.where(_e.sequence < wanted.before)
        if wanted.last is None:
            return self._sequences(found)
        along = _e.sequence if wanted.case is None else _e.case_sequence  # an index has either in order
        return self._sequences(found.order_by(None).order_by(along.desc()).limit(wanted.last))[::-1]

    def some(self, numbers: Sequence[int]) -> Iterator[Entry]:
        """See ``LogStorage``."""
        ordered = sorted(numbers)
        for page in range(0, len(ordered), _PAGE):
            with reading(self._engine) as connection:
                rows = connection.execute(_SOME, {"numbers": ordered[page : page + _PAGE]}).all()
            for row in rows:
                yield _entry(row)

    def open_records(self) -> Sequence[int]:
        """See ``LogStorage``."""
        answer = log_entry.alias("answer")
        answered = exists().where(answer.c.refers == _e.sequence)
        return self._sequences(select(_e.sequence).where(_e.kind == RECORD, ~answered).order_by(_e.sequence))

    def erasable(self, before: datetime) -> Sequence[int]:
        """See ``LogStorage``."""
        found = select(_e.sequence).join_from(log_entry, log_payload, _p.sequence == _e.sequence)
        old = found.where(_e.time < micros(before), _e.kind.not_in(KEPT)).order_by(_e.sequence)
        return self._sequences(old)

    def latest(self) -> datetime | None:
        """See ``LogStorage``."""
        with asking(self._engine) as ask:
            return next((moment_of(time) for (time,) in ask(_LATEST)), None)

    def last(self, kind: str) -> int | None:
        """See ``LogStorage``."""
        with reading(self._engine) as connection:
            return _last(connection, kind)

    def _sequences(self, found: Select[Any]) -> Sequence[int]:
        with reading(self._engine) as connection:
            return [row[0] for row in connection.execute(found)]

    def _catch_up(self, connection: Connection, known: _Known | None) -> _Known:
        """The end of the log now: what is known, continued by what others appended since."""
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
        if known is None or not known.frontier.size:
            return self._load(connection)
        size = known.frontier.size
        rows = _run(connection, _SINCE, (size - 1,)).all()
        if len(rows) == 1 and rows[0].hash == known.hash:
            return known
        if not rows or len(rows) == _MOST or rows[0].hash != known.hash:
            return self._load(connection)
        return self._continued(known, rows[1:])

    def _continued(self, known: _Known, rows: Sequence[_Since | Row[Any]]) -> _Known:
        """What is known, with rows that others appended."""
        if not rows:
            return known
        frontier, key = known.frontier, known.key
        for row in rows:
            data = bytes(row.hash)
            frontier = frontier.append(data)[0]
            key = row.sequence if row.kind == KEY else key
            if row.case_id is not None and row.case_sequence is not None:
                self._cases[row.case_id] = (row.case_sequence, data)
        return _Known(frontier, data, bytes(rows[-1].signature), key)

    def _load(self, connection: Connection) -> _Known:
        self._cases.clear()
        size = _size(connection)
        if not size:
            return _Known()
        last = _run(connection, _SINCE, (size - 1,)).one()
        peaks = tuple(_nodes(connection, cover(0, size)))
        return _Known(Frontier(size, peaks), last.hash, last.signature, _last(connection, KEY))

    def tail(self, connection: Connection, known: _Known, case: str | None) -> Tail:
        """The end of the log with that of one case."""
        ended = None if case is None else self._cases.get(case)
        if case is not None and ended is None:
            row = _run(connection, _CASE, (case,)).one_or_none()
            ended = (row.case_sequence, bytes(row.hash)) if row else None
        return Tail(known.frontier, known.signature, ended, known.key)

    def _remember(self, known: _Known, added: Addition) -> None:
        entry = added.entry
        frontier = known.frontier.append(entry.hash)[0]
        key = entry.sequence if entry.header.kind == KEY else known.key
        self._known = _Known(frontier, entry.hash, entry.signature, key)
        if entry.header.case is not None and entry.header.case_sequence is not None:
            self._cases[entry.header.case] = (entry.header.case_sequence, entry.hash)

    def _conflict(self, error: Exception) -> AuditError:
        said = str(getattr(error, "orig", error))
        if "refers" in said:
            return AuditError("this act has an outcome in the log already: see it there")
        return AuditError(
            f"{name_of(self._engine)}: somebody else wrote to the log without holding it: run it again, then "
            "'audit verify'"
        )

    def _scrub(self) -> None:
        """Leave no copy of erased payloads: in SQLite's write-ahead log, in PostgreSQL's dead rows."""
        connection = self._engine.connect().execution_options(isolation_level="AUTOCOMMIT")
        with connection:
            if self._engine.dialect.name == "sqlite":
                connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").close()
            else:
                connection.exec_driver_sql("VACUUM log_payload")


def write_addition(connection: Connection, added: Addition) -> None:
    """Write the rows of one append."""
    entry = added.entry
    row = _row(entry)
    _run(connection, _ADD, tuple(row[name] for name in _COLUMNS))
    _run(connection, _ADD_PAYLOAD, (entry.sequence, entry.salt, entry.sealed))
    if added.nodes:
        _run(connection, _ADD_NODES, [(level, at, found) for (level, at), found in added.nodes])
    if added.erased:
        connection.execute(_ERASE, [{"start": start, "end": end} for start, end in added.erased])


def _run(connection: Connection, statement: str, values: Any) -> CursorResult[Any]:
    """Run a statement that is written out."""
    return connection.exec_driver_sql(marked(connection.dialect, statement), values)


def _row(entry: Entry) -> dict[str, Any]:
    header = entry.header
    return {
        "sequence": entry.sequence,
        "leaf": entry.leaf,
        "hash": entry.hash,
        "signature": entry.signature,
        "time": micros(header.time),
        "kind": header.kind,
        "case_id": header.case,
        "case_sequence": header.case_sequence,
        "refers": header.refers,
    }


def _plain(value: Any) -> Any:
    return bytes(value) if isinstance(value, memoryview) else value


def _entry(row: Any) -> Entry:
    try:
        salt = None if row.salt is None else bytes(row.salt)
        sealed = None if row.payload is None else bytes(row.payload)
        entry = Entry.of_leaf(bytes(row.leaf), bytes(row.signature), salt, sealed)
    except TypeError as error:  # SQLite keeps any type in any column
        raise AuditError(f"entry {row.sequence}: it was changed: check it against another copy") from error
    except AuditError as error:
        raise AuditError(f"entry {row.sequence}: {error}") from error
    if _row(entry) != {name: _plain(getattr(row, name)) for name in _COLUMNS}:
        raise AuditError(f"entry {row.sequence}: it was changed: check it against another copy")
    return entry


def _size(connection: Connection) -> int:
    last: int | None = connection.execute(select(func.max(_e.sequence))).scalar()
    return 0 if last is None else last + 1


def _last(connection: Connection, kind: str) -> int | None:
    found: int | None = connection.execute(_LAST, {"kind": kind}).scalar()
    return found


def _nodes(connection: Connection, wanted: Sequence[Node]) -> list[bytes]:
    found: dict[Node, bytes] = {}
    for start in range(0, len(wanted), _TERMS):
        found.update(_some_nodes(connection, wanted[start : start + _TERMS]))
    try:
        return [found[node] for node in wanted]
    except KeyError as error:
        raise AuditError(
            f"the log lacks a part of its tree (level, place: {error}): put back a copy"
        ) from error


def _some_nodes(connection: Connection, wanted: Sequence[Node]) -> Iterator[tuple[Node, bytes]]:
    leaves = [at for level, at in wanted if level == 0]
    inner = [and_(_n.level == level, _n.position == at) for level, at in wanted if level]
    if leaves:
        for at, data in connection.execute(select(_e.sequence, _e.hash).where(_e.sequence.in_(leaves))):
            yield (0, at), bytes(data)
    if inner:
        for level, at, data in connection.execute(select(log_node).where(or_(*inner))):
            yield (level, at), bytes(data)
