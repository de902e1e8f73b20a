"""Passwords that were tried, in the database, so that all processes of all machines count together."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Engine, delete, select, update
from sqlalchemy.dialects import postgresql, sqlite

from synopticon.governance.lockout import LONGEST, WINDOW, Tries, must_wait, try_once
from synopticon.store.database import reading, writing
from synopticon.store.moments import micros, moment_of
from synopticon.store.tables_tries import password_try

_FORGET = 2 * (LONGEST + WINDOW)  # what nobody tried for so long counts no more, and its row goes


@dataclass(frozen=True, slots=True)
class TryStore:
    """Counts the passwords tried for each name."""

    engine: Engine

    def begin(self, name: str, now: datetime) -> None:
        """Count one more try for a name; raises ``RefusedError`` when it must wait. See ``try_once``.

        It is durable before the password is looked at; of several at once each is counted.
        """
        with writing(self.engine, aside=True) as connection:
            here = password_try.c.name == _digest(name)
            kind = sqlite if connection.dialect.name == "sqlite" else postgresql
            fresh = {"name": _digest(name), "count": 0, "last": micros(now)}
            connection.execute(kind.insert(password_try).values(**fresh).on_conflict_do_nothing())
            row = connection.execute(select(password_try).where(here).with_for_update()).one()
            tried, wait = try_once(_tries(row), now)
            connection.execute(update(password_try).where(here).values(**_values(tried)))
            old = password_try.c.last < micros(now - _FORGET)
            connection.execute(delete(password_try).where(old & ~here))
        if wait:
            raise must_wait(wait)

    def right(self, name: str) -> None:
        """Forget what was tried for a name: the right password came, or a new one was set."""
        with writing(self.engine, aside=True) as connection:
            connection.execute(delete(password_try).where(password_try.c.name == _digest(name)))

    def waiting(self, now: datetime) -> int:
        """For how many names a password must wait now."""
        with reading(self.engine) as connection:
            rows = connection.execute(select(password_try.c.until).where(password_try.c.until > micros(now)))
            return len(rows.all())


def _digest(name: str) -> str:
    return hashlib.sha256(name.strip().encode()).hexdigest()


def _tries(row: Any) -> Tries:
    if not row.count:
        return Tries()
    return Tries(row.count, moment_of(row.last), None if row.until is None else moment_of(row.until))


def _values(tries: Tries) -> dict[str, Any]:
    last = micros(tries.last or moment_of(0))
    return {"count": tries.count, "last": last, "until": tries.until and micros(tries.until)}
