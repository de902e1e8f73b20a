"""Cameras: their names, places and rules. No row here comes from footage."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Engine, insert, select, update
from sqlalchemy.exc import IntegrityError

from synopticon.errors import UsageError
from synopticon.governance.retention import Hold, HoldKind
from synopticon.store.database import reading, writing
from synopticon.store.moments import micros, moment_of
from synopticon.store.remembered import Remembered
from synopticon.store.tables_footage import camera, hold


@dataclass(frozen=True, slots=True)
class Camera:
    """A camera. ``zone``: IANA name; ``retention_days`` None: as the profile says; ``unit`` "": of all."""

    id: str
    name: str
    place: str
    zone: str
    purpose: str
    retention_days: int | None
    unit: str
    added: datetime

    def local(self, at: datetime) -> datetime:
        """A moment by the clock on the wall beside it; in UTC where its zone is unknown."""
        return at.astimezone(ZoneInfo(self.zone) if self.zone else UTC)


class Cameras:
    """The cameras of a workspace."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._known: Remembered[tuple[Camera, ...]] = Remembered()

    def add(self, new: Camera) -> None:
        """Add a camera; raises ``UsageError`` when its name is taken."""
        try:
            with writing(self._engine) as connection:
                connection.execute(insert(camera).values(**_row(new)))
        except IntegrityError as error:
            raise UsageError(f"a camera is called {new.name!r} already: choose another name") from error

    def change(self, changed: Camera) -> None:
        """Replace what is known of a camera."""
        with writing(self._engine) as connection:
            done = connection.execute(update(camera).where(camera.c.id == changed.id).values(**_row(changed)))
        if not done.rowcount:
            raise UsageError(f"no camera has the id {changed.id}: see 'synopticon camera list'")

    def all(self, unit: str | None = None) -> tuple[Camera, ...]:
        """All cameras by name; with ``unit`` those of the unit and those of all."""
        query = select(camera).order_by(camera.c.name)
        if unit is not None:
            query = query.where(camera.c.unit.in_(["", unit]))
        with reading(self._engine) as connection:
            return self._known.of(
                connection, unit, lambda: tuple(map(_camera, connection.execute(query).mappings().all()))
            )

    def find(self, name: str) -> Camera:
        """The camera of this name or id; raises ``UsageError`` with the names that exist."""
        query = select(camera).where((camera.c.name == name) | (camera.c.id == name))
        with reading(self._engine) as connection:
            row = connection.execute(query).mappings().first()
        if row is None:
            known = ", ".join(c.name for c in self.all()) or "none"
            raise UsageError(
                f"no camera is called {name!r}: add it with 'synopticon camera add' (there are: {known})"
            )
        return _camera(row)


class Holds:
    """The holds of a workspace, those that were released too."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def add(self, new: Hold) -> None:
        """Keep a hold."""
        with writing(self._engine) as connection:
            add_holds(connection, [new])

    def change(self, changed: Hold) -> None:
        """Keep the changed state of a hold."""
        with writing(self._engine) as connection:
            connection.execute(update(hold).where(hold.c.id == changed.id).values(**_hold_row(changed)))

    def all(self) -> tuple[Hold, ...]:
        """All holds in the order in which they were placed."""
        with reading(self._engine) as connection:
            rows = connection.execute(select(hold).order_by(hold.c.placed, hold.c.id)).mappings().all()
        return tuple(_hold(row) for row in rows)

    def find(self, id: str) -> Hold:
        """The hold of this id; raises ``UsageError``."""
        for found in self.all():
            if found.id == id:
                return found
        raise UsageError(f"no hold has the id {id}: see 'synopticon retention report'")


def add_holds(connection: Connection, new: Sequence[Hold]) -> None:
    """Keep holds, in somebody's transaction."""
    connection.execute(insert(hold), [_hold_row(one) for one in new])


def release_holds(connection: Connection, reference: str, at: datetime) -> None:
    """End what a request holds, in somebody's transaction."""
    mine = (hold.c.reference == reference) & (hold.c.kind == HoldKind.REQUEST.value)
    change = update(hold).where(mine, hold.c.released.is_(None)).values(released=micros(at))
    connection.execute(change)


def _row(c: Camera) -> dict[str, Any]:
    names = ("id", "name", "place", "zone", "purpose", "retention_days", "unit")
    return {**{n: getattr(c, n) for n in names}, "added": micros(c.added)}


def _camera(row: Any) -> Camera:
    return Camera(**{**row, "added": moment_of(row["added"])})


def _hold_row(h: Hold) -> dict[str, Any]:
    def time(moment: datetime | None) -> int | None:
        return None if moment is None else micros(moment)

    return {
        "id": h.id,
        "kind": h.kind.value,
        "reference": h.reference,
        "by": h.by,
        "placed": micros(h.placed),
        "camera": h.camera,
        "start": time(h.start),
        "end": time(h.end),
        "digests": json.dumps(list(h.digests)),
        "released": time(h.released),
    }


def _hold(row: Any) -> Hold:
    def time(name: str) -> datetime | None:
        return None if row[name] is None else moment_of(row[name])

    digests: Sequence[str] = json.loads(row["digests"])
    return Hold(
        id=row["id"],
        kind=HoldKind(row["kind"]),
        reference=row["reference"],
        by=row["by"],
        placed=moment_of(row["placed"]),
        camera=row["camera"],
        start=time("start"),
        end=time("end"),
        digests=tuple(digests),
        released=time("released"),
    )
