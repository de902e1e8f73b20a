"""What is drawn into a camera's picture: zones, lines, and where its ground lies. Nothing is of footage."""

import json
from typing import Any

from sqlalchemy import Engine, delete, insert, select

from synopticon.errors import UsageError
from synopticon.store.database import reading, writing
from synopticon.store.remembered import Remembered
from synopticon.store.tables_search import area, ground
from synopticon.values.area import Area


class Areas:
    """The zones, lines and grounds of a workspace's cameras."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._known: Remembered[tuple[Area, ...]] = Remembered()

    def set(self, new: Area) -> None:
        """Keep an area, instead of the one of this name before."""
        row = {"camera": new.camera, "name": new.name, "kind": new.kind, "points": json.dumps(new.points)}
        with writing(self._engine) as connection:
            connection.execute(delete(area).where(area.c.camera == new.camera, area.c.name == new.name))
            connection.execute(insert(area).values(**row))

    def drop(self, camera: str, name: str) -> None:
        """Forget an area; raises ``UsageError`` when there is none of this name."""
        with writing(self._engine) as connection:
            here = (area.c.camera == camera, area.c.name == name)
            if not connection.execute(delete(area).where(*here)).rowcount:
                raise UsageError(
                    f"this camera has no zone or line called {name!r}: see 'synopticon zones list'"
                )

    def all(self) -> tuple[Area, ...]:
        """All areas, by camera and name."""
        query = select(area).order_by(area.c.camera, area.c.name)
        with reading(self._engine) as connection:
            return self._known.of(connection, "", lambda: tuple(map(_area, connection.execute(query).all())))

    def of(self, camera: str) -> dict[str, Area]:
        """The areas of a camera (its id), by name."""
        return {a.name: a for a in self.all() if a.camera == camera}

    def set_ground(self, camera: str, plane: dict[str, Any]) -> None:
        """Keep where the ground of a camera lies (JSON values)."""
        with writing(self._engine) as connection:
            connection.execute(delete(ground).where(ground.c.camera == camera))
            connection.execute(insert(ground).values(camera=camera, plane=json.dumps(plane)))

    def grounds(self) -> dict[str, dict[str, Any]]:
        """The grounds of all cameras that have one."""
        with reading(self._engine) as connection:
            return {r.camera: json.loads(r.plane) for r in connection.execute(select(ground))}


def _area(row: Any) -> Area:
    return Area(row.name, row.camera, row.kind, tuple((x, y) for x, y in json.loads(row.points)))
