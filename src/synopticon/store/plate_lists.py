"""The plates that a case looks for: lists with a reason and an end, sealed under the key of the case."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Engine, delete, insert, select

from synopticon.errors import RefusedError, UsageError
from synopticon.governance.grant import Grant
from synopticon.store.database import reading, writing
from synopticon.store.moments import Clock, micros, moment_of
from synopticon.store.plates import SEARCHES
from synopticon.store.tables_plates import plate_list
from synopticon.store.vault import Vault

RULE_ENDED = "plates.list-not-ended"


@dataclass(frozen=True, slots=True)
class PlateList:
    """A list of a case: whose, imported when and in force until when (UTC), how many plates it has."""

    case: str
    name: str
    by: str
    at: datetime
    until: datetime
    count: int


@dataclass(frozen=True, slots=True)
class Listed:
    """What is sealed of a list: its plates, as cleaned texts, and why they are looked for."""

    plates: tuple[str, ...]
    reason: str


class PlateLists:
    """The lists of a workspace, each of one case. ``clock`` gives the time against which they end."""

    def __init__(self, engine: Engine, vault: Vault, clock: Clock) -> None:
        self._engine = engine
        self._vault = vault
        self._clock = clock

    def put(self, grant: Grant, one: PlateList, listed: Listed) -> None:
        """Keep a list for the grant's case, instead of the one of that name; refused outside a case."""
        key = self._vault.case_key(grant)
        data = json.dumps({"plates": listed.plates, "reason": listed.reason}).encode()
        row = {
            "case_id": grant.case, "name": one.name, "by": one.by, "at": micros(one.at),
            "until": micros(one.until), "count": one.count, "sealed": key.seal(data, _about(grant, one.name)),
        }  # fmt: skip
        with writing(self._engine, aside=True) as connection:
            connection.execute(delete(plate_list).where(*_same(grant, one.name)))
            connection.execute(insert(plate_list).values(**row))

    def all(self, grant: Grant) -> tuple[tuple[PlateList, Listed], ...]:
        """The lists of the grant's case, by name; what has ended is told without what it held."""
        grant.check(self._clock(), *SEARCHES)
        query = select(plate_list).where(plate_list.c.case_id == grant.case).order_by(plate_list.c.name)
        with reading(self._engine) as connection:
            rows = connection.execute(query).all()
        return tuple((_list(r), self._open(grant, r)) for r in rows)

    def read(self, grant: Grant, name: str) -> Listed:
        """The plates of a list that is in force.

        Raises ``UsageError`` where the case has none of this name, ``RefusedError`` after its end.
        """
        grant.check(self._clock(), *SEARCHES)
        with reading(self._engine) as connection:
            row = connection.execute(select(plate_list).where(*_same(grant, name))).first()
        if row is None:
            raise UsageError(f"the case has no list of plates called {name!r}: see 'synopticon plates lists'")
        if self._ended(row):
            ended = moment_of(row.until).isoformat(timespec="minutes")
            text = f"the list {name} ended at {ended} (rule {RULE_ENDED})"
            raise RefusedError(f"{text}: use 'plates import' again, with a later end", RULE_ENDED)
        return self._open(grant, row)

    def drop(self, grant: Grant, name: str) -> bool:
        """Forget a list of the grant's case; says whether there was one."""
        grant.check(self._clock(), *SEARCHES)
        with writing(self._engine, aside=True) as connection:
            return bool(connection.execute(delete(plate_list).where(*_same(grant, name))).rowcount)

    def forget_ended(self, grant: Grant) -> int:
        """Destroy all lists that have ended, of all cases; gives how many."""
        now = self._clock()
        grant.check(now, "retention.run")
        with writing(self._engine, aside=True) as connection:
            return connection.execute(delete(plate_list).where(plate_list.c.until <= micros(now))).rowcount

    def _ended(self, row: Any) -> bool:
        return bool(row.until <= micros(self._clock()))

    def _open(self, grant: Grant, row: Any) -> Listed:
        if self._ended(row):
            return Listed((), "")
        said = json.loads(self._vault.case_key(grant).open(row.sealed, _about(grant, row.name)))
        return Listed(tuple(said["plates"]), said["reason"])


def _same(grant: Grant, name: str) -> tuple[Any, ...]:
    return (plate_list.c.case_id == grant.case, plate_list.c.name == name)


def _about(grant: Grant, name: str) -> bytes:
    return f"plate list\n{grant.case}\n{name}".encode()


def _list(row: Any) -> PlateList:
    return PlateList(row.case_id, row.name, row.by, moment_of(row.at), moment_of(row.until), row.count)
