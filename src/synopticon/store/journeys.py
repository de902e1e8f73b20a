"""Ways from camera to camera, and what people decided about tracks of a case: one and the same, or not."""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Engine, delete, insert, select

from synopticon.governance.grant import Grant
from synopticon.store.database import reading, writing
from synopticon.store.moments import Clock, micros, moment_of
from synopticon.store.tables_similar import camera_link, journey_link

CONFIRMED, REJECTED = "confirmed", "rejected"


@dataclass(frozen=True, slots=True)
class Way:
    """Somebody needs ``low``..``high`` seconds from one camera's picture into the other's, either way.

    ``first_side``, ``second_side``: where they pass the border of each picture then, one of ``SIDES``; "" =
    anywhere.
    """

    first: str
    second: str
    low: float
    high: float
    first_side: str = ""
    second_side: str = ""

    def turned(self) -> "Way":
        """The same way with the cameras in the other order."""
        return Way(self.second, self.first, self.low, self.high, self.second_side, self.first_side)


@dataclass(frozen=True, slots=True)
class Place:
    """A track, and the part that it is erased with."""

    track: str
    camera: str
    part: str


@dataclass(frozen=True, slots=True)
class Link:
    """What ``by`` decided ``at`` a time (UTC) about two tracks; ``verdict``: confirmed or rejected."""

    first: Place
    second: Place
    verdict: str
    by: str
    at: datetime
    note: str = ""


class Ways:
    """The ways between the cameras of a workspace; no row here comes from footage."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def set(self, way: Way) -> None:
        """Keep a way instead of the one before between the same cameras."""
        kept = way if way.first < way.second else way.turned()
        with writing(self._engine) as connection:
            c = camera_link.c
            connection.execute(delete(camera_link).where(c.first == kept.first, c.second == kept.second))
            connection.execute(insert(camera_link).values(**asdict(kept)))

    def all(self) -> tuple[Way, ...]:
        """All ways, by cameras."""
        query = select(camera_link).order_by(camera_link.c.first, camera_link.c.second)
        with reading(self._engine) as connection:
            return tuple(Way(**row) for row in connection.execute(query).mappings())


class JourneyStore:
    """The links of a workspace's cases. ``clock`` gives the time against which grants expire."""

    def __init__(self, engine: Engine, clock: Clock) -> None:
        self._engine = engine
        self._clock = clock

    def decide(self, grant: Grant, link: Link) -> None:
        """Keep what was decided about two tracks in the grant's case, instead of what was before."""
        grant.check(self._clock(), "journey")
        first, second = sorted((link.first, link.second), key=lambda p: p.track)
        c = journey_link.c
        same = (c.case_id == grant.case, c.first == first.track, c.second == second.track)
        row = {
            "case_id": grant.case, "first": first.track, "second": second.track,
            "first_camera": first.camera, "first_part": first.part,
            "second_camera": second.camera, "second_part": second.part,
            "verdict": link.verdict, "by": link.by, "at": micros(link.at), "note": link.note,
        }  # fmt: skip
        with writing(self._engine) as connection:
            connection.execute(delete(journey_link).where(*same))
            connection.execute(insert(journey_link).values(**row))

    def links(self, grant: Grant) -> tuple[Link, ...]:
        """All that was decided in the grant's case, oldest first; what is read of tracks is another's."""
        grant.check(self._clock(), "journey")
        c = journey_link.c
        query = select(journey_link).where(c.case_id == grant.case).order_by(c.at, c.first, c.second)
        with reading(self._engine) as connection:
            return tuple(_link(row) for row in connection.execute(query))


def _link(r: Any) -> Link:
    first = Place(r.first, r.first_camera, r.first_part)
    second = Place(r.second, r.second_camera, r.second_part)
    return Link(first, second, r.verdict, r.by, moment_of(r.at), r.note)
