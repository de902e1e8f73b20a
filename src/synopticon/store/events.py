"""Events that were found, on recordings and live, and what people decided about them; read within a grant.

An event is kept once: found again, by another run of its rule or while it still lasts, it is the same as long
as its camera, recording, rule, name, start (to the millisecond) and first track are; only what lasted longer
takes the place of what was there. What of it could show somebody's way (box, tracks, what was measured) is
sealed under the key of its camera and day, and goes with it.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Engine, and_, delete, func, insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from synopticon.errors import StoreError, UsageError
from synopticon.governance.grant import Grant, Scope
from synopticon.governance.keys import DataKey
from synopticon.governance.retention import Kept
from synopticon.store.camera_rules import CameraRules
from synopticon.store.database import reading, writing
from synopticon.store.moments import SECOND, Clock, micros, moment_of, span
from synopticon.store.scoped import Columns, in_scope
from synopticon.store.tables_events import event, event_decision
from synopticon.store.tables_footage import footage
from synopticon.store.tracks import FINDS, barred
from synopticon.store.vault import Vault
from synopticon.values.event import Event, Measured

VERDICTS = ("accepted", "rejected", "unsure")
LIVE = "live"  # stands for the recording of an event that was seen live
_KEEPS = ("ingest", "live")
_OWN = "event."
_SCOPED = Columns(event.c.camera, func.coalesce(event.c.footage, ""), event.c.low, event.c.high)
_GROUP = 500  # ids in one statement


@dataclass(frozen=True, slots=True)
class NewEvent:
    """An event to be kept. ``camera``: its id; ``capability``: what its rule needs, ``event.line``.

    ``footage``: the id of the recording it was found in. Of a live event it is "", and ``start`` (UTC), how
    surely that is known (``uncertainty``, seconds) and ``part``, the camera's day, must be said.
    """

    event: Event
    camera: str
    capability: str
    footage: str = ""
    start: datetime | None = None
    uncertainty: float = 0.0
    part: str = ""

    @property
    def id(self) -> str:
        """The same for the same event, whenever and however often it is found."""
        e = self.event
        at = e.start if self.footage or self.start is None else self.start.timestamp()
        source = self.footage or LIVE
        said = [self.camera, source, e.rule, e.name, round(at * 1000), e.tracks[0] if e.tracks else ""]
        return f"event-{hashlib.sha256(json.dumps(said).encode()).hexdigest()[:24]}"


@dataclass(frozen=True, slots=True)
class Decision:
    """What ``by`` decided ``at`` a time (UTC) about an event in a case."""

    event: str
    verdict: str
    by: str
    at: datetime
    note: str = ""


@dataclass(frozen=True, slots=True)
class StoredEvent:
    """A kept event. ``start``, ``end`` (UTC): None where the clock is unknown; ``footage`` "" = live.

    ``raised``: when it was found; ``decision``: that of the grant's case, None = nobody decided yet.
    """

    id: str
    event: Event
    camera: str
    part: str
    footage: str
    capability: str
    start: datetime | None
    end: datetime | None
    raised: datetime
    decision: Decision | None = None

    @property
    def verdict(self) -> str:
        """What was decided; "new" = nothing yet."""
        return self.decision.verdict if self.decision else "new"


@dataclass(frozen=True, slots=True)
class EventsWanted:
    """What to find; empty fields ask nothing, None neither. ``after``..``before`` (UTC): when it begins.

    ``rules``: kinds; ``names``: what rules are called; ``verdicts``: of ``VERDICTS`` or "new".
    """

    camera: str = ""
    rules: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    capabilities: tuple[str, ...] | None = None
    verdicts: tuple[str, ...] = ()
    after: datetime | None = None
    before: datetime | None = None
    raised_after: datetime | None = None
    ids: tuple[str, ...] | None = None
    live: bool | None = None


class EventStore:
    """The events of a workspace, and the rules of its cameras. ``clock``: when grants expire."""

    def __init__(self, engine: Engine, vault: Vault, clock: Clock) -> None:
        self._engine = engine
        self._vault = vault
        self._clock = clock
        self.rules = CameraRules(engine)

    def keep(self, grant: Grant, events: Sequence[NewEvent]) -> tuple[str, ...]:
        """Keep events, all or none; gives the ids of those that were not known before.

        The grant is one for ``ingest``, ``live``, or for the events' own capability. Raises ``RefusedError``
        for another, ``StoreError`` where the recording of an event is not there any more.
        """
        now = self._clock()
        for one in events:
            grant.check(now, *_KEEPS, one.capability)
        longest = {one.id: one for one in sorted(events, key=lambda one: one.event.end)}
        rows = self._rows(grant, longest)
        try:
            return self._put(rows)
        except IntegrityError:  # another process kept one of them meanwhile: it is known now
            return self._put(rows)

    def find(
        self, grant: Grant, wanted: EventsWanted | None = None, limit: int | None = None
    ) -> tuple[StoredEvent, ...]:
        """Events in the grant's scope, in the order of their starts; with ``limit`` the latest of them.

        Of a grant for one kind of event (``event.line``) only those of that kind. Left out are events that
        name a track whose use a person filmed had restricted, and those whose key was destroyed.
        """
        scope = grant.check(self._clock(), *FINDS)
        asked = wanted or EventsWanted()
        decided = and_(event_decision.c.event == event.c.id, event_decision.c.case_id == (grant.case or ""))
        d = event_decision.c
        columns = (event, d.verdict, d.note, d.by, d.at)
        query = select(*columns).select_from(event.outerjoin(event_decision, decided))
        query = query.where(in_scope(scope, _SCOPED), *_asked(asked), *_kind(grant))
        at = func.coalesce(event.c.start, event.c.begin)
        with reading(self._engine) as connection:
            rows = connection.execute(query.order_by(at.desc(), event.c.id.desc()).limit(limit)).all()
        keys = self._vault.keys_at(grant, {(r.camera, r.part) for r in rows})
        hidden = {i for ids in barred(self._engine, grant, scope).values() for i in ids}
        found = (_stored(r, keys[r.camera, r.part]) for r in reversed(rows) if (r.camera, r.part) in keys)
        return tuple(one for one in found if not hidden.intersection(one.event.tracks))

    def decide(self, grant: Grant, decisions: Sequence[Decision]) -> None:
        """Keep decisions, all or none, instead of those of the same case before.

        Raises ``UsageError`` for an event that is not in the grant's scope, and for an unknown verdict.
        """
        scope = grant.check(self._clock(), "case.mark")
        if wrong := [d.verdict for d in decisions if d.verdict not in VERDICTS]:
            raise UsageError(f"{wrong[0]!r} is no decision: choose one of {', '.join(VERDICTS)}")
        case, c = grant.case or "", event_decision.c
        with writing(self._engine, aside=True) as connection:
            known = _places(connection, scope, [d.event for d in decisions])
            for one in decisions:
                if one.event not in known:
                    raise UsageError(f"{one.event}: is no event in this scope: see 'synopticon event list'")
                connection.execute(delete(event_decision).where(c.case_id == case, c.event == one.event))
                connection.execute(insert(event_decision).values(_decided(case, one, *known[one.event])))

    def kept(self, grant: Grant) -> tuple[Kept, ...]:
        """What retention must know of days of which there may be live events and no recording."""
        grant.check(self._clock(), "retention.run", "retention.report", "documents", "request")
        c = event.c
        days = select(c.camera, c.part, func.min(c.low).label("low"), func.max(c.high).label("high"))
        days = days.where(c.footage.is_(None)).group_by(c.camera, c.part).order_by(c.camera, c.part)
        with reading(self._engine) as connection:
            rows = connection.execute(days).all()
        return tuple(Kept(LIVE, r.camera, r.part, moment_of(r.low), moment_of(r.high), ()) for r in rows)

    def _rows(self, grant: Grant, events: Mapping[str, NewEvent]) -> list[dict[str, Any]]:
        """The rows of new events, sealed under the keys of their days."""
        names = sorted({e.footage for e in events.values() if e.footage})
        with reading(self._engine) as connection:
            recorded: dict[str, Any] = {}
            for ids in _groups(names):
                found = connection.execute(select(footage).where(footage.c.id.in_(ids))).all()
                recorded |= {r.id: r for r in found}
        if gone := [name for name in names if name not in recorded]:
            raise StoreError(f"{gone[0]}: was destroyed while events were looked for: try again")
        keys: dict[tuple[str, str], DataKey] = {}
        rows, raised = [], micros(self._clock())
        for one in events.values():
            own = _placed(one, recorded.get(one.footage))
            place = own["camera"], own["part"]
            if place not in keys:
                keys[place] = (
                    self._vault.key_for(grant, one.footage)
                    if one.footage
                    else self._vault.make(grant, *place)
                )
            rows.append(
                {**own, "raised": raised, "sealed": keys[place].seal(_packed(one.event), _about(one.id))}
            )
        return rows

    def _put(self, rows: Sequence[dict[str, Any]]) -> tuple[str, ...]:
        fresh = []
        with writing(self._engine, aside=True) as connection:
            ends = _ends(connection, [row["id"] for row in rows])
            for row in rows:
                if row["id"] not in ends:
                    fresh.append(row)
                elif row["finish"] > ends[row["id"]]:  # it lasted longer: what was raised and decided stays
                    longer = {name: row[name] for name in ("finish", "high", "severity", "sealed")}
                    connection.execute(update(event).where(event.c.id == row["id"]).values(**longer))
            if fresh:
                connection.execute(insert(event), fresh)
        return tuple(row["id"] for row in fresh)


def _placed(one: NewEvent, recording: Any) -> dict[str, Any]:
    """The columns of an event that are not sealed, and not about when it was raised."""
    begin, finish = span(one.event.start, one.event.end)
    if recording is not None:
        camera, part, at = recording.camera, recording.part, recording.start
        slack = 0 if at is None else at - recording.low
    elif one.start is None or not one.part:
        raise UsageError("a live event needs its time and its camera's day: give both")
    else:
        camera, part, at = one.camera, one.part, micros(one.start) - begin
        slack = round(one.uncertainty * SECOND)
    return {
        "id": one.id, "camera": camera, "part": part, "footage": one.footage or None,
        "rule": one.event.rule, "name": one.event.name or one.event.rule, "capability": one.capability,
        "severity": one.event.severity, "begin": begin, "finish": finish,
        "start": None if at is None else at + begin,
        "low": None if at is None else at + begin - slack,
        "high": None if at is None else at + finish + slack,
    }  # fmt: skip


def _ends(connection: Connection, ids: Sequence[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for group in _groups(ids):
        rows = connection.execute(select(event.c.id, event.c.finish).where(event.c.id.in_(group)))
        found |= {r.id: r.finish for r in rows}
    return found


def _places(connection: Connection, scope: Scope, ids: Sequence[str]) -> dict[str, tuple[str, str]]:
    """Camera and part of those of these events that are in a scope."""
    found: dict[str, tuple[str, str]] = {}
    for group in _groups(ids):
        query = select(event.c.id, event.c.camera, event.c.part)
        rows = connection.execute(query.where(event.c.id.in_(group), in_scope(scope, _SCOPED)))
        found |= {r.id: (r.camera, r.part) for r in rows}
    return found


def _decided(case: str, one: Decision, camera: str, part: str) -> dict[str, Any]:
    return {
        "case_id": case, "event": one.event, "camera": camera, "part": part, "verdict": one.verdict,
        "note": one.note, "by": one.by, "at": micros(one.at),
    }  # fmt: skip


def _asked(w: EventsWanted) -> list[ColumnElement[bool]]:
    c = event.c
    at = [c.camera == w.camera] if w.camera else []
    for column, values in ((c.rule, w.rules), (c.name, w.names)):
        at += [column.in_(values)] if values else []
    for column, ids in ((c.id, w.ids), (c.capability, w.capabilities)):
        at += [] if ids is None else [column.in_(ids)]
    at += [] if w.after is None else [c.start >= micros(w.after)]
    at += [] if w.before is None else [c.start < micros(w.before)]
    at += [] if w.raised_after is None else [c.raised > micros(w.raised_after)]
    at += [] if w.live is None else [c.footage.is_(None) if w.live else c.footage.is_not(None)]
    if w.verdicts:
        verdict = event_decision.c.verdict
        new = [verdict.is_(None)] if "new" in w.verdicts else []
        at.append(or_(verdict.in_(w.verdicts), *new))
    return at


def _kind(grant: Grant) -> list[ColumnElement[bool]]:
    own = grant.capability.startswith(_OWN)
    return [event.c.capability == grant.capability] if own else []


def _packed(e: Event) -> bytes:
    reason = [[m.what, m.value, m.limit, m.unit] for m in e.reason]
    return json.dumps(
        {"start": e.start, "end": e.end, "box": e.box, "tracks": e.tracks, "reason": reason}
    ).encode()


def _stored(r: Any, key: DataKey) -> StoredEvent:
    plain = json.loads(key.open(r.sealed, _about(r.id)))
    x, y, width, height = plain["box"]
    found = Event(
        r.rule, plain["start"], plain["end"], (x, y, width, height), tuple(plain["tracks"]),
        tuple(Measured(*m) for m in plain["reason"]), r.name, r.severity,
    )  # fmt: skip
    start = None if r.start is None else moment_of(r.start)
    end = None if start is None else start + timedelta(microseconds=r.finish - 1 - r.begin)
    decision = None if r.verdict is None else Decision(r.id, r.verdict, r.by, moment_of(r.at), r.note)
    return StoredEvent(
        r.id,
        found,
        r.camera,
        r.part,
        r.footage or "",
        r.capability,
        start,
        end,
        moment_of(r.raised),
        decision,
    )


def _about(id_: str) -> bytes:
    return f"event {id_}".encode()


def _groups(ids: Sequence[str]) -> Iterable[Sequence[str]]:
    return (ids[at : at + _GROUP] for at in range(0, len(ids), _GROUP))
