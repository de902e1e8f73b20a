"""Footage: what was registered, where its bytes are, what of it may be looked at.

Reads of what is in footage take a grant; its scope is part of the query. Two kinds of read do not: whether a
digest is known (so that nothing is ingested twice), and what retention must know of everything (times and
digests, under a grant for retention).
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from math import ceil
from typing import Any

from sqlalchemy import (
    Connection,
    Engine,
    RowMapping,
    Select,
    and_,
    delete,
    false,
    func,
    insert,
    literal,
    or_,
    select,
    update,
)
from sqlalchemy.exc import IntegrityError

from synopticon.errors import UsageError
from synopticon.governance.capability import FOOTAGE as READS
from synopticon.governance.grant import Grant, Scope
from synopticon.governance.retention import Kept
from synopticon.store.database import reading, writing
from synopticon.store.moments import SECOND, Clock, micros, moment_of
from synopticon.store.remembered import Remembered
from synopticon.store.scoped import Columns, clip, in_scope, named, reached
from synopticon.store.tables_events import event
from synopticon.store.tables_footage import blob, destroyed, footage, footage_file, gap, run, track
from synopticon.store.tables_search import trait_file
from synopticon.values.footage import Clock as ClockOf
from synopticon.values.footage import Footage, Gap, GapReason

LOOKS = tuple(READS)  # capabilities that look at footage


@dataclass(frozen=True, slots=True)
class Registered:
    """Footage that the workspace knows: no time, no content."""

    id: str
    digest: str
    camera: str
    part: str
    state: str


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch of footage that a grant covers, cut to its windows; UTC, None where the clock is unknown."""

    footage: str
    camera: str
    name: str
    start: datetime | None
    end: datetime | None
    seconds: float


@dataclass(frozen=True, slots=True)
class Blind:
    """A stretch within the scope that was not seen; UTC, None where the clock is unknown."""

    footage: str
    camera: str
    start: datetime | None
    end: datetime | None
    seconds: float
    reason: str


@dataclass(frozen=True, slots=True)
class StoredFile:
    """Where the bytes of a file are, and whether they are the workspace's own copy."""

    footage: str
    digest: str
    path: str
    owned: bool
    size: int


@dataclass(frozen=True, slots=True)
class Run:
    """One analysis of one footage: what it ran with."""

    id: str
    footage: str
    key: str
    settings: Mapping[str, Any]
    versions: Mapping[str, str]
    model: str
    model_digest: str


def digest_of(files: Iterable[str]) -> str:
    """The digest of footage: that of its file, or of the list of its files' digests."""
    known = list(files)
    return known[0] if len(known) == 1 else hashlib.sha256("\n".join(known).encode()).hexdigest()


class FootageStore:
    """The footage of a workspace. ``clock`` gives the time against which grants expire."""

    def __init__(self, engine: Engine, clock: Clock) -> None:
        self._engine = engine
        self._clock = clock
        self._stretches: Remembered[tuple[Stretch, ...]] = Remembered()
        self._gaps: Remembered[tuple[Blind, ...]] = Remembered()
        self._models: Remembered[dict[str, str]] = Remembered()

    # --- writing ---------------------------------------------------------------------------------------

    def register(
        self,
        grant: Grant,
        recording: Footage,
        place: Registered,
        paths: Mapping[str, tuple[str, bool]] | None = None,
    ) -> Registered:
        """Keep a recording; of two at once, one is kept and both get it.

        ``place.id``, ``camera`` and ``part`` say where it belongs; ``paths``: where the bytes of a digest
        are, and whether they are the workspace's own. Raises ``UsageError`` when one of its files is known
        as a part of other footage.
        """
        now = self._clock()
        grant.check(now, "ingest", "live")
        files = recording.readable
        row = _footage_row(recording, place, now)
        rows = [
            {
                "digest": f.sha256,
                "footage": place.id,
                "position": n,
                "path": (paths or {}).get(f.sha256, (str(f.path.absolute()), False))[0],
                "owned": (paths or {}).get(f.sha256, ("", False))[1],
                "size": f.size_bytes,
            }
            for n, f in enumerate(files)
        ]
        try:
            with writing(self._engine) as connection:
                connection.execute(insert(footage).values(**row))
                connection.execute(insert(footage_file), rows)
        except IntegrityError as error:
            known = self.known([f.sha256 for f in files])
            found = set(known.values())
            if len(known) == len(files) and len(found) == 1:
                return found.pop()
            names = ", ".join(f.path.name for f in files if f.sha256 in known)
            raise UsageError(
                f"{names}: ingested already as other footage: give the other files only"
            ) from error
        return place

    def own_copy(self, grant: Grant, digest: str, path: str) -> None:
        """Say that the workspace now has its own copy of a file."""
        grant.check(self._clock(), "ingest", "live")
        change = update(footage_file).where(footage_file.c.digest == digest).values(path=path, owned=True)
        with writing(self._engine) as connection:
            connection.execute(change)

    def begin_run(self, grant: Grant, new: Run) -> str:
        """Keep what a run runs with; gives its id, or that of the same run begun before."""
        now = self._clock()
        grant.check(now, "ingest", "live")
        same = (run.c.footage == new.footage, run.c.key == new.key)
        row = {
            "id": new.id, "footage": new.footage, "key": new.key, "settings": json.dumps(dict(new.settings)),
            "versions": json.dumps(dict(new.versions)), "model": new.model, "model_digest": new.model_digest,
            "state": "begun", "began": micros(now), "done": 0.0, "tracks": 0, "result": "",
        }  # fmt: skip
        try:
            with writing(self._engine) as connection:
                connection.execute(insert(run).values(**row))
        except IntegrityError:
            with reading(self._engine) as connection:
                return str(connection.execute(select(run.c.id).where(*same)).scalar_one())
        return new.id

    def end_run(
        self,
        grant: Grant,
        run_id: str,
        footage_id: str,
        done: float,
        tracks: int,
        result: str,
        gaps: Sequence[Gap],
    ) -> None:
        """Mark footage as analysed by a run, with what it did not see."""
        now = self._clock()
        grant.check(now, "ingest", "live")
        ended = {"state": "done", "ended": micros(now), "done": done, "tracks": tracks, "result": result}
        with writing(self._engine) as connection:
            connection.execute(update(run).where(run.c.id == run_id).values(**ended))
            change = update(footage).where(footage.c.id == footage_id)
            connection.execute(change.values(state="analysed", run=run_id))
            _replace_gaps(connection, footage_id, gaps)

    def set_clock(
        self, grant: Grant, footage_id: str, start: datetime, uncertainty: float, zone: str
    ) -> None:
        """Set when footage begins (UTC) and how surely (seconds); everything in it moves along.

        Raises ``UsageError`` for footage that is not there or not in the grant's scope.
        """
        scope = grant.check(self._clock(), "camera.clock")
        slack = _slack(uncertainty)
        with writing(self._engine) as connection:
            query = select(footage).where(footage.c.id == footage_id, reached(scope))
            old = connection.execute(query).mappings().first()
            if old is None:
                raise UsageError(f"no footage {footage_id} is in this scope: give its camera or its digest")
            at = micros(start)
            row = {
                "start": at, "low": at - slack, "high": at + old["duration"] + slack,
                "uncertainty": uncertainty, "source": "user", "zone": zone,
            }  # fmt: skip
            connection.execute(update(footage).where(footage.c.id == footage_id).values(**row))
            _move_tracks(connection, footage_id, at - (old["start"] or 0), slack)
            _move_gaps(connection, footage_id, at, slack)
            _move_blobs(connection, footage_id, at, slack)
            _move_events(connection, footage_id, at, slack)

    # --- what is known without looking -----------------------------------------------------------------

    def known(self, digests: Sequence[str]) -> dict[str, Registered]:
        """Which of these files (by digest) are registered, and as what."""
        query = select(footage_file.c.digest.label("file"), footage).join_from(footage_file, footage)
        found: dict[str, Registered] = {}
        with reading(self._engine) as connection:
            for group in _groups(digests):
                rows = connection.execute(query.where(footage_file.c.digest.in_(group))).mappings()
                found |= {row["file"]: _registered(row) for row in rows}
        return found

    def taken_from(self, paths: Sequence[str]) -> dict[str, set[str]]:
        """Of these places, those from which files were taken in: the digests of what lay there."""
        query = select(footage_file.c.path, footage_file.c.digest)
        found: dict[str, set[str]] = {}
        with reading(self._engine) as connection:
            for group in _groups(paths):
                for row in connection.execute(query.where(footage_file.c.path.in_(group))):
                    found.setdefault(row.path, set()).add(row.digest)
        return found

    def home(self, footage_id: str) -> tuple[str, tuple[str, ...]] | None:
        """The camera of a recording and the digests of its files: nothing of what is in them."""
        query = select(footage.c.camera, footage_file.c.digest).join_from(footage, footage_file)
        with reading(self._engine) as connection:
            rows = connection.execute(query.where(footage.c.id == footage_id)).all()
        return (rows[0].camera, tuple(row.digest for row in rows)) if rows else None

    def erased(self, digests: Sequence[str]) -> dict[str, datetime]:
        """Which of these files were destroyed here, and when."""
        query = select(destroyed.c.digest, destroyed.c.at)
        found: dict[str, datetime] = {}
        with reading(self._engine) as connection:
            for group in _groups(digests):
                rows = connection.execute(query.where(destroyed.c.digest.in_(group)))
                found |= {row.digest: moment_of(row.at) for row in rows}
        return found

    def kept(self, grant: Grant) -> tuple[Kept, ...]:
        """What retention must know of all footage: for retention, documents, and answers about erasure."""
        grant.check(self._clock(), "retention.run", "retention.report", "documents", "request")
        digests: dict[str, list[str]] = {}
        with reading(self._engine) as connection:
            for row in connection.execute(select(footage_file.c.footage, footage_file.c.digest)):
                digests.setdefault(row.footage, []).append(row.digest)
            rows = connection.execute(select(footage).order_by(footage.c.id)).mappings().all()
        return tuple(_kept(row, tuple(sorted(digests.get(row["id"], ())))) for row in rows)

    def about(self, grant: Grant) -> tuple[int, int]:
        """How many recordings may show the place and time of a request, and how many have no known time.

        Nothing of what is in them; for those who take a request in.
        """
        scope = grant.check(self._clock(), "request.open", "request.read")
        within = [footage.c.low < micros(w.end) for w in scope.windows]
        after = [footage.c.high > micros(w.start) for w in scope.windows]
        times = or_(false(), *(and_(a, b) for a, b in zip(within, after, strict=True)))
        here = select(func.count()).select_from(footage).where(footage.c.camera.in_(scope.cameras))
        with reading(self._engine) as connection:
            inside = connection.execute(here.where(times)).scalar_one()
            unknown = connection.execute(here.where(footage.c.start.is_(None))).scalar_one()
        return int(inside), int(unknown)

    # --- within a scope --------------------------------------------------------------------------------

    def stretches(self, grant: Grant) -> tuple[Stretch, ...]:
        """What may be looked at: footage cut to the windows of the scope."""
        scope = grant.check(self._clock(), *LOOKS, "camera.clock")
        with reading(self._engine) as connection:
            return self._stretches.of(connection, scope, lambda: _stretches_in(connection, scope))

    def gaps(self, grant: Grant) -> tuple[Blind, ...]:
        """What was not seen within the scope, cut to its windows."""
        scope = grant.check(self._clock(), *LOOKS)
        with reading(self._engine) as connection:
            return self._gaps.of(connection, scope, lambda: _gaps_in(connection, scope))

    def clocks(self, grant: Grant) -> dict[str, ClockOf]:
        """The clock of each footage that the scope reaches, as it is set now; by its id."""
        scope = grant.check(self._clock(), *LOOKS)
        f = footage.c
        query = select(f.id, f.start, f.source, f.uncertainty, f.zone).where(reached(scope))
        with reading(self._engine) as connection:
            rows = connection.execute(query).all()
        return {
            r.id: ClockOf(None if r.start is None else r.start / SECOND, r.source, r.uncertainty, r.zone)
            for r in rows
        }

    def files(self, grant: Grant, footage_id: str) -> tuple[StoredFile, ...]:
        """Where the bytes of footage are, if the grant reaches any of it; otherwise nothing."""
        scope = grant.check(self._clock(), *LOOKS)
        query = select(footage_file).join_from(footage_file, footage, footage_file.c.footage == footage.c.id)
        query = query.where(footage.c.id == footage_id, reached(scope)).order_by(footage_file.c.position)
        with reading(self._engine) as connection:
            rows = connection.execute(query).all()
        return tuple(StoredFile(r.footage, r.digest, r.path, r.owned, r.size) for r in rows)

    def reached(self, grant: Grant) -> tuple[Registered, ...]:
        """Footage of which some frame may be in the scope."""
        scope = grant.check(self._clock(), *LOOKS)
        query = select(footage).where(reached(scope)).order_by(footage.c.camera, footage.c.id)
        with reading(self._engine) as connection:
            return tuple(_registered(row) for row in connection.execute(query).mappings())

    def runs(self, grant: Grant) -> dict[str, Run]:
        """Of each footage that the scope reaches and that can be searched: what it was analysed with."""
        scope = grant.check(self._clock(), *LOOKS)
        with reading(self._engine) as connection:
            rows = connection.execute(_searchable(scope, select(run))).mappings()
            return {row["footage"]: _run(row) for row in rows}

    def models(self, grant: Grant) -> Mapping[str, str]:
        """Of each footage that the scope reaches and that can be searched: the model that looked at it."""
        scope = grant.check(self._clock(), *LOOKS)
        query = _searchable(scope, select(run.c.footage, run.c.model))
        with reading(self._engine) as connection:
            return self._models.of(
                connection, scope, lambda: {row[0]: row[1] for row in connection.execute(query).all()}
            )

    def timeline_gaps(self, grant: Grant) -> dict[str, tuple[Gap, ...]]:
        """What was not seen of footage that the scope reaches, on the timeline of each; by its id."""
        scope = grant.check(self._clock(), *LOOKS)
        query = select(gap).join(footage, gap.c.footage == footage.c.id).where(reached(scope))
        found: dict[str, list[Gap]] = {}
        with reading(self._engine) as connection:
            for r in connection.execute(query.order_by(gap.c.footage, gap.c.number)):
                own = Gap(r.start, r.end, GapReason(r.reason), r.file, r.detail)
                found.setdefault(r.footage, []).append(own)
        return {footage_id: tuple(gaps) for footage_id, gaps in found.items()}

    def whole(self, grant: Grant) -> tuple[Registered, ...]:
        """Footage that lies in the scope from its first frame to its last."""
        scope = grant.check(self._clock(), *LOOKS)
        of = Columns(footage.c.camera, footage.c.id, footage.c.low, footage.c.high)
        query = select(footage).where(in_scope(scope, of)).order_by(footage.c.camera, footage.c.id)
        with reading(self._engine) as connection:
            return tuple(_registered(row) for row in connection.execute(query).mappings())

    def digests(self, cameras: Sequence[str] = ()) -> tuple[str, ...]:
        """The digests of all files, or of those of some cameras (ids): nothing of what is in them."""
        query = select(footage_file.c.digest)
        if cameras:
            query = query.join(footage, footage_file.c.footage == footage.c.id)
            query = query.where(footage.c.camera.in_(cameras))
        with reading(self._engine) as connection:
            return tuple(sorted(connection.execute(query).scalars().all()))

    def count(self) -> int:
        """How many recordings there are."""
        with reading(self._engine) as connection:
            return int(connection.execute(select(func.count()).select_from(footage)).scalar_one())


def _footage_row(recording: Footage, place: Registered, now: datetime) -> dict[str, Any]:
    known = recording.start_utc
    clock = recording.readable[0].clock
    uncertainty = max(f.clock.uncertainty for f in recording.readable)
    duration = ceil(recording.duration * SECOND)
    start = None if known is None else round(known * SECOND)
    slack = _slack(uncertainty)
    return {
        "id": place.id,
        "digest": place.digest,
        "camera": place.camera,
        "part": place.part,
        "name": recording.readable[0].path.name,
        "start": start,
        "low": None if start is None else start - slack,
        "high": None if start is None else start + duration + slack,
        "uncertainty": uncertainty,
        "source": clock.source,
        "zone": clock.zone,
        "duration": duration,
        "width": recording.width,
        "height": recording.height,
        "state": place.state,
        "registered": micros(now),
        "run": None,
    }


def _slack(uncertainty: float) -> int:
    """Microseconds of an uncertainty in seconds; raises ``UsageError`` when it is none."""
    if not 0 <= uncertainty <= 366 * 86400:
        raise UsageError(
            f"a clock that is uncertain by {uncertainty} s: expected 0 s or more, at most a year"
        )
    return ceil(uncertainty * SECOND)


def _replace_gaps(connection: Connection, footage_id: str, gaps: Sequence[Gap]) -> None:
    row = connection.execute(select(footage).where(footage.c.id == footage_id)).mappings().one()
    start, slack = row["start"], _slack(row["uncertainty"])
    connection.execute(delete(gap).where(gap.c.footage == footage_id))
    rows = [
        {
            "footage": footage_id, "number": n, "start": g.start, "end": g.end, "reason": g.reason.value,
            "file": g.file, "detail": g.detail,
            "low": None if start is None else start + round(g.start * SECOND) - slack,
            "high": None if start is None else start + round(g.end * SECOND) + slack,
        }
        for n, g in enumerate(gaps)
    ]  # fmt: skip
    if rows:
        connection.execute(insert(gap), rows)


def _move_tracks(connection: Connection, footage_id: str, shift: int, slack: int) -> None:
    c = track.c
    moved = {
        "start": c.start + shift,
        "end": c.end + shift,
        "low": c.start + (shift - slack),
        "high": c.end + (shift + slack),
    }
    connection.execute(update(track).where(c.footage == footage_id).values(**moved))


def _move_gaps(connection: Connection, footage_id: str, at: int, slack: int) -> None:
    rows = connection.execute(select(gap).where(gap.c.footage == footage_id)).mappings().all()
    for row in rows:
        low, high = at + round(row["start"] * SECOND) - slack, at + round(row["end"] * SECOND) + slack
        here = (gap.c.footage == footage_id, gap.c.number == row["number"])
        connection.execute(update(gap).where(*here).values(low=low, high=high))


def _move_blobs(connection: Connection, footage_id: str, at: int, slack: int) -> None:
    moved = {"low": blob.c.start + (at - slack), "high": blob.c.end + (at + slack)}
    connection.execute(update(blob).where(blob.c.footage == footage_id).values(**moved))


def _move_events(connection: Connection, footage_id: str, at: int, slack: int) -> None:
    c = event.c
    moved = {"start": c.begin + at, "low": c.begin + (at - slack), "high": c.finish + (at + slack)}
    connection.execute(update(event).where(c.footage == footage_id).values(**moved))


def _registered(row: Any) -> Registered:
    return Registered(row["id"], row["digest"], row["camera"], row["part"], row["state"])


def _kept(row: Any, digests: tuple[str, ...]) -> Kept:
    known = row["start"] is not None
    first = row["low"] if known else row["registered"]
    last = row["high"] if known else row["registered"] + row["duration"]
    return Kept(row["id"], row["camera"], row["part"], moment_of(first), moment_of(last), digests, known)


def _run(row: RowMapping) -> Run:
    return Run(
        row["id"], row["footage"], row["key"], json.loads(row["settings"]), json.loads(row["versions"]),
        row["model"], row["model_digest"],
    )  # fmt: skip


def _searchable(scope: Scope, of_run: Select[Any]) -> Select[Any]:
    """Of the run in force of all footage that a scope reaches and that can be searched."""
    query = of_run.join(footage, footage.c.run == run.c.id)
    query = query.join(trait_file, trait_file.c.footage == footage.c.id)
    return query.where(reached(scope), footage.c.state == "analysed")


def _gaps_in(connection: Connection, scope: Scope) -> tuple[Blind, ...]:
    found: list[Blind] = []
    if scope.cameras and scope.windows:
        part = clip(scope, gap.c.low, gap.c.high)
        at = (footage.c.id, footage.c.camera, gap.c.reason, part.start.label("a"), part.end.label("b"))
        query = (
            select(*at)
            .join_from(gap, footage, gap.c.footage == footage.c.id)
            .join(part.window, literal(True))
            .where(footage.c.camera.in_(scope.cameras), part.start < part.end)
        )
        if scope.digests:
            query = query.where(~named(scope, footage.c.id))
        found += [_blind(r.id, r.camera, r.a, r.b, r.b - r.a, r.reason) for r in connection.execute(query)]
    if scope.digests:
        found += _blind_in_named(connection, scope)
    return tuple(sorted(found, key=lambda g: (g.camera, g.footage, str(g.start), g.seconds)))


def _blind_in_named(connection: Connection, scope: Scope) -> Iterator[Blind]:
    query = select(footage.c.id, footage.c.camera, footage.c.start.label("at"), gap)
    query = query.join_from(gap, footage, gap.c.footage == footage.c.id)
    for r in connection.execute(query.where(named(scope, footage.c.id))):
        a, b = round(r.start * SECOND), round(r.end * SECOND)
        at = (None, None) if r.at is None else (r.at + a, r.at + b)
        yield _blind(r.id, r.camera, at[0], at[1], b - a, r.reason)


def _stretches_in(connection: Connection, scope: Scope) -> tuple[Stretch, ...]:
    found = [*_clipped(connection, scope), *(_named(connection, scope) if scope.digests else ())]
    unique = {(s.footage, s.start): s for s in found}
    first = datetime.min.replace(tzinfo=UTC)
    return tuple(sorted(unique.values(), key=lambda s: (s.camera, s.start or first, s.footage)))


def _clipped(connection: Connection, scope: Scope) -> list[Stretch]:
    if not (scope.cameras and scope.windows):
        return []
    part = clip(scope, footage.c.low, footage.c.high)
    columns = (footage.c.id, footage.c.camera, footage.c.name)
    query = (
        select(*columns, part.start, part.end, part.end - part.start)
        .join_from(footage, part.window, literal(True))
        .where(footage.c.camera.in_(scope.cameras), part.start < part.end)
    )
    if scope.digests:
        query = query.where(~named(scope, footage.c.id))
    return [_stretch(*row) for row in connection.execute(query).all()]


def _named(connection: Connection, scope: Scope) -> list[Stretch]:
    rows = connection.execute(select(footage).where(named(scope, footage.c.id))).all()
    return [
        _stretch(
            r.id, r.camera, r.name, r.start, None if r.start is None else r.start + r.duration, r.duration
        )
        for r in rows
    ]


def _stretch(id_: str, camera: str, name: str, start: int | None, end: int | None, length: int) -> Stretch:
    return Stretch(id_, camera, name, _moment(start), _moment(end), length / SECOND)


def _blind(id_: str, camera: str, start: int | None, end: int | None, length: int, reason: str) -> Blind:
    return Blind(id_, camera, _moment(start), _moment(end), length / SECOND, reason)


def _moment(microseconds: int | None) -> datetime | None:
    return None if microseconds is None else moment_of(microseconds)


def _groups(items: Sequence[str], size: int = 500) -> Iterable[Sequence[str]]:
    return (items[at : at + size] for at in range(0, len(items), size))
