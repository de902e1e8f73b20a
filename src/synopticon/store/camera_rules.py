"""The rules that a camera has of its own, as somebody wrote them. Nothing is of footage."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Engine, delete, insert, select

from synopticon.errors import UsageError
from synopticon.store.database import reading, writing
from synopticon.store.moments import micros, moment_of
from synopticon.store.remembered import Remembered
from synopticon.store.tables_events import camera_rule


@dataclass(frozen=True, slots=True)
class CameraRule:
    """A rule of a camera (its id): kind, what its events are called, parameters as a file has them."""

    camera: str
    name: str
    rule: str
    settings: Mapping[str, Any]
    by: str
    at: datetime


class CameraRules:
    """The rules of a workspace's cameras."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._names: Remembered[tuple[str, ...]] = Remembered()

    def set(self, new: CameraRule) -> None:
        """Keep a rule, instead of the one of this name before."""
        c = camera_rule.c
        row = {
            "camera": new.camera, "name": new.name, "rule": new.rule,
            "settings": json.dumps(dict(new.settings)), "by": new.by, "at": micros(new.at),
        }  # fmt: skip
        with writing(self._engine) as connection:
            connection.execute(delete(camera_rule).where(c.camera == new.camera, c.name == new.name))
            connection.execute(insert(camera_rule).values(**row))

    def drop(self, camera: str, name: str) -> None:
        """Forget a rule; raises ``UsageError`` when there is none of this name."""
        here = (camera_rule.c.camera == camera, camera_rule.c.name == name)
        with writing(self._engine) as connection:
            if not connection.execute(delete(camera_rule).where(*here)).rowcount:
                raise UsageError(f"this camera has no rule called {name!r}: see 'synopticon event rules'")

    def names(self) -> tuple[str, ...]:
        """What the rules of all cameras are called, each once, in order."""
        query = select(camera_rule.c.name).distinct().order_by(camera_rule.c.name)
        with reading(self._engine) as connection:
            return self._names.of(connection, "", lambda: tuple(connection.execute(query).scalars()))

    def of(self, camera: str = "") -> tuple[CameraRule, ...]:
        """The rules of a camera, or of all, by camera and name."""
        query = select(camera_rule).order_by(camera_rule.c.camera, camera_rule.c.name)
        if camera:
            query = query.where(camera_rule.c.camera == camera)
        with reading(self._engine) as connection:
            return tuple(_rule(r) for r in connection.execute(query))


def _rule(r: Any) -> CameraRule:
    return CameraRule(r.camera, r.name, r.rule, json.loads(r.settings), r.by, moment_of(r.at))
