"""What people decided and noted about tracks of a case: verdict, tags, note, trim. It goes with the track."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Engine, and_, delete, insert, select

from synopticon.governance.grant import Grant
from synopticon.store.database import reading, writing
from synopticon.store.moments import Clock, micros, moment_of
from synopticon.store.scoped import Columns, in_scope
from synopticon.store.tables_footage import track
from synopticon.store.tables_search import mark
from synopticon.store.tracks import FINDS

VERDICTS = ("new", "accepted", "rejected", "unsure")
_SCOPED = Columns(track.c.camera, track.c.footage, track.c.low, track.c.high)


@dataclass(frozen=True, slots=True)
class Mark:
    """What ``by`` decided ``at`` a time (UTC) about a track; ``trim``: seconds of it that matter, or None."""

    track: str
    camera: str
    part: str
    verdict: str
    by: str
    at: datetime
    tags: tuple[str, ...] = ()
    note: str = ""
    trim: tuple[float, float] | None = None


class MarkStore:
    """The marks of a workspace, each of one case; "" is one's own workspace without cases."""

    def __init__(self, engine: Engine, clock: Clock) -> None:
        self._engine = engine
        self._clock = clock

    def put(self, grant: Grant, marks: Sequence[Mark]) -> None:
        """Keep marks, all or none, instead of those before on the same tracks."""
        grant.check(self._clock(), "case.mark")
        with writing(self._engine, aside=True) as connection:
            for one in marks:
                same = (mark.c.case_id == (grant.case or ""), mark.c.track == one.track)
                connection.execute(delete(mark).where(*same))
            connection.execute(insert(mark), [_row(grant, one) for one in marks])

    def read(self, grant: Grant) -> tuple[Mark, ...]:
        """The marks of the grant's case on tracks in its scope, in track order."""
        scope = grant.check(self._clock(), *FINDS)
        same = and_(track.c.camera == mark.c.camera, track.c.day == mark.c.part, track.c.id == mark.c.track)
        query = select(mark).join(track, same).where(mark.c.case_id == (grant.case or ""))
        with reading(self._engine) as connection:
            rows = connection.execute(query.where(in_scope(scope, _SCOPED)).order_by(mark.c.track)).all()
        return tuple(_mark(row) for row in rows)


def _row(grant: Grant, m: Mark) -> dict[str, Any]:
    start, end = m.trim or (None, None)
    return {
        "case_id": grant.case or "", "track": m.track, "camera": m.camera, "part": m.part,
        "verdict": m.verdict, "tags": json.dumps(sorted(m.tags)), "note": m.note,
        "trim_start": start, "trim_end": end, "by": m.by, "at": micros(m.at),
    }  # fmt: skip


def _mark(r: Any) -> Mark:
    trim = None if r.trim_start is None else (r.trim_start, r.trim_end)
    tags = tuple(json.loads(r.tags))
    return Mark(r.track, r.camera, r.part, r.verdict, r.by, moment_of(r.at), tags, r.note, trim)
