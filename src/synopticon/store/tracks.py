"""Tracks and tubes as rows: narrow, clustered by (camera, day, start); boxes beside them, sealed.

Each track says which of 8 x 8 cells of the picture its boxes touched (bit 0 = top left, row by row), so that
"what passed here" needs no box. Every read takes a grant; its scope is part of the query.
"""

import struct
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import ColumnElement, Engine, RowMapping, Select, delete, func, insert, select, update

from synopticon.errors import RefusedError, StoreError
from synopticon.governance.capability import FOOTAGE as LOOKS
from synopticon.governance.grant import Grant, Scope
from synopticon.governance.keys import DataKey
from synopticon.store.database import reading, writing
from synopticon.store.moments import SECOND, Clock, micros, moment_of, span
from synopticon.store.scoped import Columns, in_scope
from synopticon.store.tables_demands import restricted
from synopticon.store.tables_footage import footage, run, track, track_box, tube
from synopticon.values.cells import visited
from synopticon.values.track import Track
from synopticon.values.tube import Tube

RULE_REACH = "scope.covers-the-track"
RULE_RESTRICTED = "request.restricted"
UNRESTRICTED = ("request", "request.search")  # of the person who had the use of their tracks restricted
FINDS = tuple(name for name in LOOKS if name not in ("live", "ingest"))
PICTURES = tuple(name for name in FINDS if name not in ("statistics", "case.mark"))
_SCOPED = Columns(track.c.camera, track.c.footage, track.c.low, track.c.high)
_RESTRICTED = select(restricted.c.track).limit(1)


@dataclass(frozen=True, slots=True)
class TrackRow:
    """A track without its boxes. ``start``..``end`` UTC, None where the clock is unknown.

    ``cells``: the cells of the picture that it touched, a 64-bit mask. ``samples``: how many boxes it has.
    """

    id: str
    footage: str
    camera: str
    part: str
    start: datetime | None
    end: datetime | None
    seconds: float
    label: str
    score: float
    samples: int
    cells: int


@dataclass(frozen=True, slots=True)
class TubeRow:
    """Where a track's picture is: its footage; its largest sprite (pixels); whether heads were masked."""

    id: str
    footage: str
    camera: str
    part: str
    width: int
    height: int
    pixels: int
    masked: bool


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to find; empty fields ask nothing. ``cells``: any of these cells; ``after``, ``before``: UTC.

    ``ids``: only these, nothing where there are none; None asks nothing.
    """

    footages: tuple[str, ...] = ()
    camera: str = ""
    labels: tuple[str, ...] = ()
    cells: int = 0
    after: datetime | None = None
    before: datetime | None = None
    ids: tuple[str, ...] | None = None


class TrackStore:
    """The tracks of a workspace. ``clock`` gives the time against which grants expire."""

    def __init__(self, engine: Engine, clock: Clock) -> None:
        self._engine = engine
        self._clock = clock

    def replace(
        self,
        grant: Grant,
        footage_id: str,
        tracks: Sequence[Track],
        tubes: Sequence[Tube],
        key: DataKey,
        run_id: str,
    ) -> int:
        """Keep the tracks of footage instead of those before, all or none; gives how many there are."""
        grant.check(self._clock(), "ingest", "live")
        with writing(self._engine) as connection:
            row = connection.execute(select(footage).where(footage.c.id == footage_id)).mappings().one()
            for table in (track, track_box, tube):
                connection.execute(delete(table).where(table.c.footage == footage_id))
            if tracks:
                connection.execute(insert(track), [_track_row(t, row) for t in tracks])
                connection.execute(insert(track_box), [_box_row(t, footage_id, key) for t in tracks])
            if tubes:
                connection.execute(insert(tube), [_tube_row(t, footage_id) for t in tubes])
            connection.execute(update(run).where(run.c.id == run_id).values(tracks=len(tracks)))
            connection.execute(update(footage).where(footage.c.id == footage_id).values(run=run_id))
        return len(tracks)

    def find(
        self, grant: Grant, wanted: Wanted | None = None, limit: int | None = None
    ) -> tuple[TrackRow, ...]:
        """Tracks in the scope, in the order of camera, day and time."""
        query = self._query(grant, select(track, footage.c.start.label("at")), FINDS, wanted)
        query = query.order_by(track.c.camera, track.c.day, track.c.start, track.c.id)
        with reading(self._engine) as connection:
            rows = connection.execute(query if limit is None else query.limit(limit)).mappings()
            return tuple(_row(r) for r in rows)

    def count(self, grant: Grant, wanted: Wanted | None = None) -> dict[str, int]:
        """How many tracks of each class are in the scope."""
        query = self._query(grant, select(track.c.label, func.count().label("n")), FINDS, wanted)
        with reading(self._engine) as connection:
            return {r.label: r.n for r in connection.execute(query.group_by(track.c.label))}

    def tracks(self, grant: Grant, key: DataKey, wanted: Wanted) -> tuple[Track, ...]:
        """Tracks in the scope with their boxes, opened with the key of their part; in id order."""
        columns = select(track, track_box.c.boxes)
        query = self._query(grant, columns, FINDS, wanted).join(track_box, _same(track_box))
        with reading(self._engine) as connection:
            rows = connection.execute(query.order_by(track.c.id)).mappings().all()
        return tuple(_track(r, key) for r in rows)

    def tubes(self, grant: Grant, wanted: Wanted | None = None) -> tuple[TubeRow, ...]:
        """Tubes in the scope, in id order."""
        columns = select(tube, track.c.camera, track.c.day)
        query = self._query(grant, columns, PICTURES, wanted).join(tube, _same(tube))
        with reading(self._engine) as connection:
            rows = connection.execute(query.order_by(track.c.id)).mappings().all()
        names = ("footage", "camera", "width", "height", "pixels", "masked")
        return tuple(TubeRow(id=r["track"], part=r["day"], **{n: r[n] for n in names}) for r in rows)

    def one(self, grant: Grant, track_id: str) -> TrackRow:
        """The row of one track; raises ``RefusedError`` when it is not in the scope (or not there)."""
        found = self.find(grant, Wanted(ids=(track_id,)))
        if not found and self._is_restricted(track_id):
            text = f"{track_id}: its use is restricted, as a person filmed asked (rule {RULE_RESTRICTED})"
            raise RefusedError(f"{text}: see 'synopticon request list'", RULE_RESTRICTED)
        if not found:
            raise RefusedError(
                f"{track_id} is out of scope (rule {RULE_REACH}): see 'synopticon explain'", RULE_REACH
            )
        return found[0]

    def restricted(self, grant: Grant) -> int:
        """How many tracks in the scope are passed over, since a person filmed had their use restricted."""
        scope = grant.check(self._clock(), *FINDS)
        return sum(map(len, barred(self._engine, grant, scope).values()))

    def _is_restricted(self, track_id: str) -> bool:
        query = select(restricted.c.track).where(restricted.c.track == track_id)
        with reading(self._engine) as connection:
            return connection.execute(query).first() is not None

    def _query(
        self, grant: Grant, columns: Select[Any], allowed: Sequence[str], wanted: Wanted | None
    ) -> Select[Any]:
        scope = grant.check(self._clock(), *allowed)
        query = columns.select_from(track).join(footage, track.c.footage == footage.c.id)
        used = () if grant.capability in UNRESTRICTED else (track.c.id.not_in(select(restricted.c.track)),)
        return query.where(in_scope(scope, _SCOPED), *_prune(scope), *_asked(wanted or Wanted()), *used)


def barred(engine: Engine, grant: Grant, scope: Scope) -> dict[str, list[str]]:
    """Tracks in the scope that must not be used, since a person filmed had that restricted; by footage."""
    if grant.capability in UNRESTRICTED:
        return {}
    found: dict[str, list[str]] = {}
    with reading(engine) as connection:
        if connection.execute(_RESTRICTED).first() is None:  # as nearly always: no track is looked at
            return {}
        here = track.c.id.in_(select(restricted.c.track))
        query = select(track.c.footage, track.c.id).where(here, in_scope(scope, _SCOPED))
        for row in connection.execute(query):
            found.setdefault(row.footage, []).append(row.id)
    return found


def _same(table: Any) -> ColumnElement[bool]:
    joined: ColumnElement[bool] = (table.c.footage == track.c.footage) & (table.c.track == track.c.id)
    return joined


def _prune(scope: Scope) -> list[ColumnElement[bool]]:
    """Names the stretch of the index to read; it only narrows what ``in_scope`` lets through."""
    if scope.digests or not (scope.cameras and scope.windows):
        return []
    first, last = scope.windows[0].start, max(w.end for w in scope.windows)
    return [track.c.camera.in_(scope.cameras), track.c.start >= micros(first), track.c.start < micros(last)]


def _asked(w: Wanted) -> list[ColumnElement[bool]]:
    asked: list[ColumnElement[bool]] = []
    if w.footages:
        asked.append(track.c.footage.in_(w.footages))
    if w.camera:
        asked.append(track.c.camera == w.camera)
    if w.labels:
        asked.append(track.c.label.in_(w.labels))
    if w.cells:
        asked.append(track.c.visited.op("&")(_signed(w.cells)) != 0)
    if w.after is not None:
        asked.append(track.c.end > micros(w.after))
    if w.before is not None:
        asked.append(track.c.start < micros(w.before))
    if w.ids is not None:
        asked.append(track.c.id.in_(w.ids))
    return asked


# --- rows --------------------------------------------------------------------------------------------------


def _track_row(t: Track, of: RowMapping) -> dict[str, Any]:
    start, end = span(t.start, t.end)
    known = of["start"] is not None
    slack = of["start"] - of["low"] if known else 0
    at = of["start"] if known else 0
    return {
        "camera": of["camera"],
        "day": of["part"],
        "start": at + start,
        "end": at + end,
        "low": at + start - slack if known else None,
        "high": at + end + slack if known else None,
        "id": t.id,
        "footage": of["id"],
        "label": t.label,
        "score": t.score,
        "samples": len(t),
        "visited": _signed(visited(t, of["width"], of["height"])),
    }


def _box_row(t: Track, footage_id: str, key: DataKey) -> dict[str, Any]:
    return {
        "footage": footage_id,
        "track": t.id,
        "boxes": key.seal(packed(t), _about(footage_id, t.id)),
    }


def _tube_row(t: Tube, footage_id: str) -> dict[str, Any]:
    return {
        "footage": footage_id,
        "track": t.id,
        "width": t.canvas[0],
        "height": t.canvas[1],
        "pixels": t.pixels,
        "masked": bool(t.clear),
    }


def _about(footage_id: str, track_id: str) -> bytes:
    return f"boxes\n{footage_id}\n{track_id}".encode()


def _row(r: RowMapping) -> TrackRow:
    known = r["at"] is not None
    return TrackRow(
        id=r["id"],
        footage=r["footage"],
        camera=r["camera"],
        part=r["day"],
        start=moment_of(r["start"]) if known else None,
        end=moment_of(r["end"]) if known else None,
        seconds=(r["end"] - r["start"]) / SECOND,
        label=r["label"],
        score=r["score"],
        samples=r["samples"],
        cells=r["visited"] & (1 << 64) - 1,
    )


def _track(r: RowMapping, key: DataKey) -> Track:
    return unpacked(key.open(r["boxes"], _about(r["footage"], r["id"])), r["id"], r["label"], r["score"])


# --- cells and boxes ---------------------------------------------------------------------------------------


def _signed(mask: int) -> int:
    """A 64-bit mask as the signed number that databases keep."""
    return mask - (1 << 64) if mask >> 63 else mask


def packed(t: Track) -> bytes:
    """The samples of a track, without loss: columns, times and places as differences, compressed."""
    columns: Iterable[NDArray[Any]] = (
        np.diff(t.file.astype("<i4"), prepend=np.int32(0)),
        np.diff(t.pts.astype("<i8"), prepend=np.int64(0)),
        _shuffled(t.times.astype("<f8")),
        _shuffled(t.boxes.astype("<f4").T),
        np.packbits(t.observed),
    )
    body = b"".join(np.ascontiguousarray(c).tobytes() for c in columns)
    return struct.pack("<I", len(t)) + zlib.compress(body, 6)


def unpacked(data: bytes, id_: str, label: str, score: float) -> Track:
    """The track that ``packed`` packed; raises ``StoreError`` for anything else."""
    try:
        (n,) = struct.unpack("<I", data[:4])
        body, at = zlib.decompress(data[4:]), 0
        parts: list[bytes] = []
        for size in (4 * n, 8 * n, 8 * n, 16 * n, (n + 7) // 8):
            parts.append(body[at : at + size])
            at += size
        boxes = _ordered(parts[3], "<f4").reshape(4, n).T
        observed = np.unpackbits(np.frombuffer(parts[4], np.uint8), count=n).astype(bool)
        file = np.cumsum(np.frombuffer(parts[0], "<i4"), dtype=np.int32)
        pts = np.cumsum(np.frombuffer(parts[1], "<i8"), dtype=np.int64)
        return Track(
            id_, label, score, file, pts, _ordered(parts[2], "<f8"), np.ascontiguousarray(boxes), observed
        )
    except (struct.error, zlib.error, ValueError) as error:
        raise StoreError(f"the boxes of track {id_} are damaged ({error}): put back a copy") from error


def _shuffled(values: NDArray[Any]) -> NDArray[np.uint8]:
    """Byte planes: equal exponents side by side compress."""
    flat = np.ascontiguousarray(values).ravel()
    return np.ascontiguousarray(flat.view(np.uint8).reshape(len(flat), -1).T)


def _ordered(data: bytes, dtype: str) -> NDArray[Any]:
    size = np.dtype(dtype).itemsize
    planes = np.frombuffer(data, np.uint8).reshape(size, -1)
    return np.ascontiguousarray(planes.T).view(dtype).ravel()
