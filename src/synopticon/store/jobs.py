"""Jobs in the database: each step is one transaction that looks at the state before it changes it.

::

    receiving -> waiting -> running -> done | failed | refused | cancelled
                    ^----------'  (its process, or the server, is gone)

A job is *running* as long as its row says so; whether somebody still works on it is told by the lock of its
process, which no row can be wrong about (``acts.jobs``).
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Engine,
    RowMapping,
    delete,
    func,
    insert,
    select,
    text,
    update,
)

from synopticon.governance.users import Method, SignIn
from synopticon.store.database import reading, writing
from synopticon.store.moments import micros, moment_of
from synopticon.store.tables_jobs import job as t


class State(StrEnum):
    """How far a job has come; ``RECEIVING``: the bytes that it is about are still on their way."""

    RECEIVING = "receiving"
    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    REFUSED = "refused"
    CANCELLED = "cancelled"


ENDED = (State.DONE, State.FAILED, State.REFUSED, State.CANCELLED)


@dataclass(frozen=True, slots=True)
class ResultFile:
    """A file that a job made: what to call it, its media type, its size."""

    name: str
    media: str
    bytes: int


@dataclass(frozen=True, slots=True)
class Job:
    """A job. ``entry``: the record of asking in the log; ``once``: see ``JobStore.add``.

    ``share`` 0..1 of the ``phase``, which began with ``base`` at ``since`` in this run; ``says``: the line of
    what went wrong, with its ``rule`` if it was refused; ``changed`` grows with each change of any job.
    """

    id: str
    kind: str
    title: str
    actor: str
    sign_in: SignIn
    case: str | None
    reason: str
    payload: Mapping[str, Any]
    entry: int
    submitted: datetime
    state: State = State.WAITING
    once: str | None = None
    stop: bool = False
    phase: str = ""
    share: float = 0.0
    base: float = 0.0
    since: datetime | None = None
    deaths: int = 0
    started: datetime | None = None
    ended: datetime | None = None
    says: str = ""
    rule: str = ""
    made: Mapping[str, Any] = field(default_factory=dict)
    file: ResultFile | None = None
    told: bool = False
    changed: int = 0

    @property
    def over(self) -> bool:
        """Whether it has ended, well or not."""
        return self.state in ENDED


@dataclass(frozen=True, slots=True)
class End:
    """How a job ended."""

    state: State
    says: str = ""
    rule: str = ""
    made: Mapping[str, Any] = field(default_factory=dict)
    file: ResultFile | None = None


@dataclass(frozen=True, slots=True)
class JobStore:
    """The jobs of a workspace; for several threads and processes."""

    engine: Engine

    # --- writing ---------------------------------------------------------------------------------------

    def add(self, new: Job) -> Job:
        """Keep a new job; where there is one of the same ``once``, nothing is added and that one is given."""
        with self._changing() as (connection, number):
            if new.once and (known := _one(connection, t.c.once == new.once)):
                return known
            connection.execute(insert(t).values(**_row(new), changed=number))
        return new

    def received(self, job: str) -> bool:
        """Its bytes are all here: it waits for its turn from now on. Gives whether that is new."""
        return self._change(job, [State.RECEIVING], state=State.WAITING)

    def receive(self, job: str, share: float) -> None:
        """Note how much of its bytes is here."""
        self._change(job, [State.RECEIVING], share=share)

    def begin(self, job: str, now: datetime) -> bool:
        """Take a job that waits; of several at once one gets it."""
        fresh = {"phase": "", "share": 0.0, "base": 0.0, "since": None}
        return self._change(job, [State.WAITING], state=State.RUNNING, started=micros(now), **fresh)

    def progress(self, job: str, phase: str, share: float, base: float, since: datetime) -> bool:
        """Note how far a job has come; gives whether it should go on."""
        values = {"phase": phase, "share": share, "base": base, "since": micros(since)}
        self._change(job, [State.RUNNING], **values)
        return not self.stopping(job)

    def again(self, job: str, *, died: bool = False) -> bool:
        """Let a job that nobody works on any more wait for its turn anew."""
        more = {"deaths": t.c.deaths + 1} if died else {}
        return self._change(job, [State.RUNNING], state=State.WAITING, **more)

    def ask_to_stop(self, job: str) -> bool:
        """Note that a job should end; gives whether it had not ended."""
        open_ = [State.RECEIVING, State.WAITING, State.RUNNING]
        return self._change(job, open_, stop=True)

    def end(self, job: str, end: End, now: datetime, of: Sequence[State] = (State.RUNNING,)) -> bool:
        """End a job that is in one of these states; gives whether it was."""
        values = {
            "state": end.state, "says": end.says, "rule": end.rule[:80], "ended": micros(now),
            "made": json.dumps(end.made), "file": _file_text(end.file),
        }  # fmt: skip
        return self._change(job, of, **values)

    def tell(self, job: str) -> None:
        """Note that the log has the end of a job."""
        self._change(job, ENDED, told=True)

    def drop_file(self, job: str) -> None:
        """Note that the file which a job made is no more."""
        self._change(job, ENDED, file=None)

    def forget(self, before: datetime) -> list[str]:
        """Remove jobs that ended before a moment, if the log has their end; gives their ids."""
        old = t.c.state.in_(ENDED) & t.c.told & (t.c.ended < micros(before))
        with writing(self.engine, aside=True) as connection:
            gone = [row.id for row in connection.execute(select(t.c.id).where(old))]
            connection.execute(delete(t).where(old))
        return gone

    # --- reading ---------------------------------------------------------------------------------------

    def find(self, job: str) -> Job | None:
        """The job of this id."""
        with reading(self.engine) as connection:
            return _one(connection, t.c.id == job)

    def once(self, digest: str) -> Job | None:
        """The job by which something is done that is to be done once."""
        with reading(self.engine) as connection:
            return _one(connection, t.c.once == digest)

    def stopping(self, job: str) -> bool:
        """Whether somebody wants a job to end, or it is gone."""
        with reading(self.engine) as connection:
            found = connection.execute(select(t.c.stop).where(t.c.id == job)).scalar_one_or_none()
        return found is None or bool(found)

    def of_actor(self, actor: str, since: int = 0, limit: int = 1000) -> list[Job]:
        """The jobs that somebody asked for which changed at ``since`` or later, newest first."""
        wanted = (t.c.actor == actor) & (t.c.changed >= since)
        return self._jobs(wanted, t.c.submitted.desc(), limit)

    def in_state(self, *states: State) -> list[Job]:
        """All jobs in these states, oldest first."""
        return self._jobs(t.c.state.in_(states), t.c.submitted)

    def untold(self) -> list[Job]:
        """Jobs that ended, and the log does not know it."""
        return self._jobs(t.c.state.in_(ENDED) & ~t.c.told, t.c.submitted)

    def with_files(self, before: datetime) -> list[Job]:
        """Jobs that made a file and ended before a moment."""
        return self._jobs(t.c.file.is_not(None) & (t.c.ended < micros(before)), t.c.submitted)

    def latest(self) -> int:
        """The number of the last change of any job; 0: there was none."""
        with reading(self.engine) as connection:
            return int(connection.execute(select(func.max(t.c.changed))).scalar() or 0)

    def _jobs(self, wanted: ColumnElement[bool], order: ColumnElement[Any], limit: int = 10_000) -> list[Job]:
        with reading(self.engine) as connection:
            query = select(t).where(wanted).order_by(order, t.c.id).limit(limit)
            return [_job(row) for row in connection.execute(query).mappings()]

    # --- changes are numbered ----------------------------------------------------------------------------

    @contextmanager
    def _changing(self) -> Iterator[tuple[Connection, int]]:
        """A transaction, and the number of its change: whoever reads up to a number has missed nothing."""
        with writing(self.engine, aside=True) as connection:
            if connection.dialect.name == "postgresql":  # one writer at a time, as SQLite has it
                connection.execute(text("LOCK TABLE job IN SHARE ROW EXCLUSIVE MODE"))
            last = connection.execute(select(func.max(t.c.changed))).scalar() or 0
            yield connection, int(last) + 1

    def _change(self, job: str, of: Sequence[State], **values: Any) -> bool:
        with self._changing() as (connection, number):
            here = (t.c.id == job) & t.c.state.in_(of)
            return bool(connection.execute(update(t).where(here).values(changed=number, **values)).rowcount)


def _one(connection: Connection, wanted: ColumnElement[bool]) -> Job | None:
    row = connection.execute(select(t).where(wanted)).mappings().first()
    return None if row is None else _job(row)


def _row(job: Job) -> dict[str, Any]:
    return {
        "id": job.id, "kind": job.kind, "title": job.title, "actor": job.actor,
        "sign_in": json.dumps(job.sign_in.plain()), "case_id": job.case, "reason": job.reason,
        "payload": json.dumps(job.payload), "once": job.once, "entry": job.entry, "state": job.state,
        "stop": job.stop, "phase": job.phase, "share": job.share, "base": job.base,
        "since": _micros(job.since), "deaths": job.deaths, "submitted": micros(job.submitted),
        "started": _micros(job.started), "ended": _micros(job.ended), "says": job.says, "rule": job.rule,
        "made": json.dumps(job.made), "file": _file_text(job.file), "told": job.told,
    }  # fmt: skip


def _job(row: RowMapping) -> Job:
    said = json.loads(row["sign_in"])
    sign_in = SignIn(
        Method(said["method"]), said["host"], said["account"], datetime.fromisoformat(said["at"])
    )
    return Job(
        id=row["id"], kind=row["kind"], title=row["title"], actor=row["actor"], sign_in=sign_in,
        case=row["case_id"], reason=row["reason"], payload=json.loads(row["payload"]), entry=row["entry"],
        submitted=moment_of(row["submitted"]), state=State(row["state"]), once=row["once"], stop=row["stop"],
        phase=row["phase"], share=row["share"], base=row["base"], since=_moment(row["since"]),
        deaths=row["deaths"], started=_moment(row["started"]), ended=_moment(row["ended"]), says=row["says"],
        rule=row["rule"], made=json.loads(row["made"]),
        file=ResultFile(**json.loads(row["file"])) if row["file"] else None, told=row["told"],
        changed=row["changed"],
    )  # fmt: skip


def _file_text(file: ResultFile | None) -> str | None:
    return None if file is None else json.dumps({"name": file.name, "media": file.media, "bytes": file.bytes})


def _micros(moment: datetime | None) -> int | None:
    return None if moment is None else micros(moment)


def _moment(found: int | None) -> datetime | None:
    return None if found is None else moment_of(found)
