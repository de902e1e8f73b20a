"""What is known of cameras that are watched live: which are switched off, and when they were not seen."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Engine, delete, insert, select, update

from synopticon.governance.case import new_id
from synopticon.governance.grant import Grant
from synopticon.store.database import reading, writing
from synopticon.store.moments import Clock, micros, moment_of
from synopticon.store.tables_live import live_gap, live_session, suspension
from synopticon.values.footage import GapReason

KILLED = "whoever watched it was killed"
WHOLE = ""  # stands for the rule where a whole camera is switched off


@dataclass(frozen=True, slots=True)
class Suspension:
    """A camera (by its id), or one rule of it, that is switched off; ``rule`` "" = the whole camera."""

    camera: str
    rule: str
    by: str
    at: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class LiveGap:
    """When a watched camera was not seen, and why; ``end`` None: it lasts, or whoever watched was killed."""

    id: str
    camera: str
    session: str
    start: datetime
    end: datetime | None
    reason: GapReason
    detail: str


class LiveStore:
    """Switches and gaps. ``clock`` gives the time against which grants expire."""

    def __init__(self, engine: Engine, clock: Clock) -> None:
        self._engine = engine
        self._clock = clock

    # --- switches ----------------------------------------------------------------------------------------

    def suspend(self, grant: Grant, one: Suspension) -> None:
        """Switch off; instead of what was said before of the same."""
        grant.check(self._clock(), "camera.suspend")
        row = {
            "camera": one.camera, "rule": one.rule, "by": one.by, "at": micros(one.at), "reason": one.reason
        }  # fmt: skip
        with writing(self._engine, aside=True) as connection:
            connection.execute(delete(suspension).where(*_switch(one.camera, one.rule)))
            connection.execute(insert(suspension).values(**row))

    def resume(self, grant: Grant, camera: str, rule: str) -> bool:
        """Switch on again; says whether it was off."""
        grant.check(self._clock(), "camera.suspend")
        with writing(self._engine, aside=True) as connection:
            return bool(connection.execute(delete(suspension).where(*_switch(camera, rule))).rowcount)

    def suspended(self, camera: str = "") -> tuple[Suspension, ...]:
        """What is switched off, of a camera or of all; nothing of footage, so no grant is asked for."""
        query = select(suspension).order_by(suspension.c.camera, suspension.c.rule)
        query = query.where(suspension.c.camera == camera) if camera else query
        with reading(self._engine) as connection:
            rows = connection.execute(query).all()
        return tuple(Suspension(r.camera, r.rule, r.by, moment_of(r.at), r.reason) for r in rows)

    # --- gaps --------------------------------------------------------------------------------------------

    def begin_gap(self, grant: Grant, gap: LiveGap) -> None:
        """Keep that a camera is not seen from now on."""
        grant.check(self._clock(), "live")
        with writing(self._engine, aside=True) as connection:
            connection.execute(insert(live_gap).values(**_gap_row(gap)))

    def end_gap(self, grant: Grant, id_: str, end: datetime) -> None:
        """Keep that it is seen again."""
        grant.check(self._clock(), "live")
        with writing(self._engine, aside=True) as connection:
            connection.execute(update(live_gap).where(live_gap.c.id == id_).values(finish=micros(end)))

    # --- sessions ----------------------------------------------------------------------------------------

    def begin_session(self, grant: Grant, camera: str, session: str, at: datetime) -> int:
        """Keep that a camera is watched from now on; gives how many gaps others left by being killed.

        Where whoever watched it before was killed, a gap from then until now says so; those that lasted end.
        """
        grant.check(self._clock(), "live")
        c, g = live_session.c, live_gap.c
        left = 0
        with writing(self._engine, aside=True) as connection:
            lasting = connection.execute(
                update(live_gap).where(g.camera == camera, g.finish.is_(None)).values(finish=micros(at))
            )
            for row in connection.execute(select(live_session).where(c.camera == camera, c.finish.is_(None))):
                left += 1
                if not lasting.rowcount:
                    gap = gap_of(camera, row.id, moment_of(row.seen), GapReason.MISSING, KILLED)
                    connection.execute(insert(live_gap).values(_gap_row(replace(gap, end=at))))
            ended = update(live_session).where(c.camera == camera, c.finish.is_(None)).values(finish=c.seen)
            connection.execute(ended)
            new = {"id": session, "camera": camera, "begin": micros(at), "seen": micros(at)}
            connection.execute(insert(live_session).values(**new))
        return left

    def go_on(self, grant: Grant, session: str, at: datetime, *, end: bool = False) -> None:
        """Keep that it is still watched; with ``end`` that it is not any more, since somebody ended it."""
        grant.check(self._clock(), "live")
        values = {"seen": micros(at), **({"finish": micros(at)} if end else {})}
        with writing(self._engine, aside=True) as connection:
            connection.execute(update(live_session).where(live_session.c.id == session).values(**values))

    def gaps(
        self, grant: Grant, cameras: Sequence[str], start: datetime | None = None, end: datetime | None = None
    ) -> tuple[LiveGap, ...]:
        """The gaps of cameras that meet ``start``..``end``, in time order."""
        grant.check(self._clock(), "camera.read")
        c = live_gap.c
        asked: list[Any] = [c.camera.in_(cameras)]
        if start is not None:
            asked.append(c.finish.is_(None) | (c.finish > micros(start)))
        if end is not None:
            asked.append(c.begin < micros(end))
        with reading(self._engine) as connection:
            rows = connection.execute(select(live_gap).where(*asked).order_by(c.begin, c.id)).all()
        return tuple(_gap(r) for r in rows)


def gap_of(camera: str, session: str, start: datetime, reason: GapReason, detail: str) -> LiveGap:
    """A gap that begins."""
    return LiveGap(new_id("gap"), camera, session, start, None, reason, detail)


def _gap_row(gap: LiveGap) -> dict[str, Any]:
    return {
        "id": gap.id, "camera": gap.camera, "session": gap.session, "begin": micros(gap.start),
        "finish": None if gap.end is None else micros(gap.end), "reason": gap.reason.value,
        "detail": gap.detail,
    }  # fmt: skip


def _gap(r: Any) -> LiveGap:
    end = None if r.finish is None else moment_of(r.finish)
    return LiveGap(r.id, r.camera, r.session, moment_of(r.begin), end, GapReason(r.reason), r.detail)


def _switch(camera: str, rule: str) -> tuple[Any, ...]:
    return (suspension.c.camera == camera, suspension.c.rule == rule)
