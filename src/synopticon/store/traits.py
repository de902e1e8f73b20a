"""What is known of tracks beyond their boxes, column by column: what a search reads, within a grant.

Each footage has one file of columns one after another, each sealed by itself (AES-GCM under the key of its
camera and day): a question opens the columns that it asks for, of the footage that the grant reaches, and
nothing else. Where a column lies follows from the number of rows. Times are kept on the footage's timeline:
when its clock is set, nothing here has to move. The file carries its digest in its name; the row that names
it is written after it, so a stop at any point leaves the columns before or the new ones.
"""

import hashlib
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, Engine, Row, delete, insert, select

from synopticon.errors import StoreError
from synopticon.governance.grant import Grant, Scope
from synopticon.governance.keys import DataKey
from synopticon.store.database import reading, writing
from synopticon.store.kept import KeptColumns
from synopticon.store.moments import Clock, span
from synopticon.store.place import Folder, Remote
from synopticon.store.remembered import Remembered
from synopticon.store.scoped import FOOTAGE, in_scope, inside, named, reached
from synopticon.store.sealed import OVERHEAD
from synopticon.store.tables_footage import footage
from synopticon.store.tables_search import trait_file
from synopticon.store.tracks import FINDS, barred
from synopticon.store.vault import Vault
from synopticon.values.track import Track
from synopticon.values.traits import COLUMNS, UNTIMED, Traits

BATCH = 1_000_000  # rows that are held at once, at most (one footage may have more)
_FILE = "columns"
_MAGIC = b"SYNOC\x01"  # a sealed file of columns, version 1
_SPAN = ("begin", "finish")  # microseconds on the timeline, the latter just after the last frame
_TIMES, _PLACES = ("start", "end", "low", "high"), ("camera", "footage")  # from the row of the footage
_KINDS: Mapping[str, tuple[np.dtype[Any], tuple[int, ...]]] = {
    **{name: (np.dtype("<i8"), ()) for name in _SPAN},
    **{
        name: (np.dtype(kind).newbyteorder("<"), shape)
        for name, (kind, shape) in COLUMNS.items()
        if name not in (*_TIMES, *_PLACES)
    },
}


@dataclass(frozen=True, slots=True)
class Source:
    """A footage whose tracks may be found. ``aspect``: width of its picture by its height.

    ``start``: microseconds (UTC) of its first frame, ``slack`` those of its clock's uncertainty; ``start`` is
    None where the clock is unknown. ``zone``: of its camera. ``file``: of its columns, in which an id has
    ``wide`` bytes.
    """

    footage: str
    camera: str
    part: str
    rows: int
    file: str
    wide: int
    start: int | None
    slack: int
    zone: str
    aspect: float


class TraitStore:
    """The columns of a workspace. ``clock`` gives the time against which grants expire."""

    def __init__(self, engine: Engine, place: Folder | Remote, vault: Vault, clock: Clock) -> None:
        self._engine = engine
        self._place = place
        self._vault = vault
        self._clock = clock
        self._known: Remembered[list[tuple[Source, bool]]] = Remembered()

    def replace(
        self, grant: Grant, footage_id: str, traits: Traits, tracks: Sequence[Track], key: DataKey
    ) -> None:
        """Keep what is known of the tracks of footage, instead of what was before; rows in id order."""
        grant.check(self._clock(), "ingest", "live")
        by_id = {t.id: t for t in tracks}
        spans = np.array([span(by_id[i].start, by_id[i].end) for i in _texts(traits.ids)], np.int64)
        columns = dict(zip(_SPAN, spans.reshape(-1, 2).T, strict=True))
        columns |= {name: getattr(traits, name) for name in _KINDS if name not in _SPAN}
        wide = max(map(len, traits.ids.tolist()), default=1)
        data = _MAGIC + b"".join(
            key.seal(_bytes(columns[name], _kind(name, wide)), _about(footage_id, name, len(traits)))
            for name in _KINDS
        )
        with reading(self._engine) as connection:
            home = connection.execute(select(footage).where(footage.c.id == footage_id)).mappings().one()
            own = trait_file.c.footage == footage_id
            old = connection.execute(select(trait_file.c.name).where(own)).scalar_one_or_none()
        folder = self._place.below(f"{home['camera']}/{home['part']}/{footage_id}")
        name = f"traits-{hashlib.sha256(data).hexdigest()[:16]}"
        folder.write(f"{name}/{_FILE}", data)
        row = {"footage": footage_id, "name": name, "rows": len(traits), "wide": wide}
        with writing(self._engine) as connection:
            connection.execute(delete(trait_file).where(own))
            connection.execute(insert(trait_file), [row])
        if old is not None and old != name:
            folder.remove(old)

    def lacking(self, footages: Sequence[str]) -> tuple[str, ...]:
        """Which of these have no columns: nothing of what footage shows."""
        with reading(self._engine) as connection:
            kept = set(connection.execute(select(trait_file.c.footage)).scalars())
        return tuple(f for f in footages if f not in kept)

    def views(self, grant: Grant, most: int = BATCH) -> Iterator["TraitView"]:
        """All tracks in the scope, by camera and day, about ``most`` rows at a time."""
        scope = grant.check(self._clock(), *FINDS)
        keys, hidden = self._vault.keys_for(grant), barred(self._engine, grant, scope)
        batch: list[tuple[Source, bool]] = []
        rows = 0
        for one in self._sources(scope):
            if batch and rows + one[0].rows > most:
                yield TraitView(self._place, self._clock, grant, keys, batch, hidden, self._vault.kept)
                batch, rows = [], 0
            batch.append(one)
            rows += one[0].rows
        if batch:
            yield TraitView(self._place, self._clock, grant, keys, batch, hidden, self._vault.kept)

    def _sources(self, scope: Scope) -> list[tuple[Source, bool]]:
        """Footage that the scope reaches, and whether it lies in it as a whole."""
        with reading(self._engine) as connection:
            return self._known.of(connection, scope, lambda: _sources_in(connection, scope))


class TraitView:
    """Tracks in a grant's scope, n rows, whose columns are opened when they are asked for.

    ``view["upper"]`` is that column of ``Traits``, and so for each of its columns. Made by ``TraitStore``.
    """

    def __init__(
        self,
        place: Folder | Remote,
        clock: Clock,
        grant: Grant,
        keys: Mapping[tuple[str, str], DataKey],
        sources: Sequence[tuple[Source, bool]],
        hidden: Mapping[str, Sequence[str]],
        kept: KeptColumns,
    ) -> None:
        self._place, self._files = place, place.opened()
        self._clock = clock
        self._grant = grant
        self._keys = keys
        self.sources = tuple(source for source, _ in sources)
        """The footage that the rows are of, in order; column ``footage`` has indices into it."""
        self.cameras = tuple(dict.fromkeys(source.camera for source in self.sources))
        """Ids of cameras; column ``camera`` has indices into it."""
        self._sources = sources
        self._partly = tuple(source for source, whole in sources if not whole)
        self._hidden = hidden
        self._kept = kept
        self._known: dict[str, Mapping[str, NDArray[Any]]] = {}  # of each footage, what is kept of its file
        self._open: dict[str, NDArray[Any]] = {}
        self._joins = True  # columns over all footage are kept for other questions

    def of(self, footages: Collection[str]) -> "TraitView":
        """The rows of these footages, as far as they are here; of others nothing is opened.

        Raises ``StoreError`` where the key of any of the rows was destroyed: they were not looked at.
        """
        for source in self.sources:
            self._key(source)
        some = [one for one in self._sources if one[0].footage in footages]
        view = TraitView(self._place, self._clock, self._grant, self._keys, some, self._hidden, self._kept)
        view._joins = False
        return view

    def __len__(self) -> int:
        return sum(self._counts)

    def __getitem__(self, name: str) -> NDArray[Any]:
        if name not in self._open:
            self._open[name] = self._column(name)
        return self._open[name]

    def _column(self, name: str) -> NDArray[Any]:
        """A column over all footage, without the rows that lie out of scope."""
        if name in self._whole:
            self._grant.check(self._clock(), *FINDS)
            return self._whole[name]
        if name in _TIMES:
            column: NDArray[Any] = self._time(name)
        elif name in _PLACES:
            column = self._places(name)
        else:
            column = self._joined(name)
        if self._joins and not self._masks:
            self._kept.keep(self._all, name, column)
        return column

    def pick(self, name: str, rows: NDArray[np.intp]) -> NDArray[Any]:
        """Some rows of a column, from the blocks of just the footage that they are of, where they are few."""
        if name in self._open or name in (*_TIMES, *_PLACES) or len(rows) > len(self.sources):
            return self[name][rows]
        order = np.argsort(rows, kind="stable")
        edges = np.concatenate([[0], np.cumsum(self._counts)])
        ends = np.searchsorted(rows[order], edges)  # of each footage, where its rows are in that order
        wanted = np.flatnonzero(np.diff(ends)).tolist()
        parts = self._read(name, [self.sources[k] for k in wanted])
        out = np.zeros((len(rows), *_KINDS[name][1]), _KINDS[name][0])
        for k in wanted:
            s, here = self.sources[k], order[ends[k] : ends[k + 1]]
            out[here] = parts[s.footage][self._masks.get(s.footage, slice(None))][rows[here] - edges[k]]
        return out

    def traits(self) -> Traits:
        """All columns."""
        names = tuple(source.footage for source in self.sources)
        return Traits(self.cameras, names, **{name: self[name] for name in COLUMNS})

    @cached_property
    def _masks(self) -> dict[str, NDArray[np.bool_]]:
        """Of footage that is partly in scope, or partly restricted: which of its rows may be seen."""
        begin, finish = (self._read(name, self._partly) for name in _SPAN)
        masks = {s.footage: self._within(s, begin[s.footage], finish[s.footage]) for s in self._partly}
        partly = [s for s in self.sources if s.footage in self._hidden]
        for footage_id, ids in self._read("ids", partly).items():
            out = np.isin(ids, np.array([i.encode() for i in self._hidden[footage_id]]))
            masks[footage_id] = masks.get(footage_id, np.ones(len(ids), np.bool_)) & ~out
        return masks

    def _within(
        self, source: Source, begin: NDArray[np.int64], finish: NDArray[np.int64]
    ) -> NDArray[np.bool_]:
        if source.start is None or source.camera not in self._grant.scope.cameras:
            return np.zeros(len(begin), np.bool_)
        at = source.start
        return inside(self._grant.scope, begin + at - source.slack, finish + at + source.slack)

    @cached_property
    def _counts(self) -> list[int]:
        masks = self._masks
        return [int(masks[s.footage].sum()) if s.footage in masks else s.rows for s in self.sources]

    def _joined(self, name: str) -> NDArray[Any]:
        parts, masks = self._read(name, self.sources), self._masks
        return np.concatenate(
            [
                parts[s.footage][masks[s.footage]] if s.footage in masks else parts[s.footage]
                for s in self.sources
            ]
        )

    @cached_property
    def _all(self) -> tuple[object, ...]:
        """What columns over all footage are kept under: the files of it, and as its clocks are set now."""
        return tuple(what for s in self.sources for what in (s.file, s.start, s.slack))

    @cached_property
    def _whole(self) -> Mapping[str, NDArray[Any]]:
        """What is kept of the columns over all footage; nothing where some rows may not be seen."""
        if not self._joins or self._masks:
            return {}
        return self._kept.of(self._all, frozenset(map(self._key, self.sources)))

    def _read(self, name: str, sources: Sequence[Source]) -> dict[str, NDArray[Any]]:
        """A column of each footage, with the rows that are out of scope."""
        self._grant.check(self._clock(), *FINDS)
        return {s.footage: self._opened(s, name) for s in sources}

    def _opened(self, source: Source, name: str) -> NDArray[Any]:
        if source.footage not in self._known:
            self._known[source.footage] = self._kept.of(source.file, frozenset((self._key(source),)))
        kept = self._known[source.footage].get(name)
        if kept is not None:
            return kept
        kind, shape = _kind(name, source.wide)
        at, length = _layout(source.rows, source.wide)[name]
        sealed = self._files.read_at(source.file, at, length)
        plain = self._key(source).open(sealed, _about(source.footage, name, source.rows))
        column = np.frombuffer(plain, kind).reshape(source.rows, *shape)
        self._kept.keep(source.file, name, column)
        return column

    def _key(self, source: Source) -> DataKey:
        key = self._keys.get((source.camera, source.part))
        if key is None:
            raise StoreError(f"{source.footage}: the key of its day was destroyed: run 'retention report'")
        return key

    def _places(self, name: str) -> NDArray[np.int32]:
        """Which footage, or whose camera, each row is of."""
        if name == "footage":
            return np.repeat(np.arange(len(self.sources), dtype=np.int32), self._counts)
        return np.repeat(
            np.array([self.cameras.index(s.camera) for s in self.sources], np.int32), self._counts
        )

    def _time(self, name: str) -> NDArray[np.int64]:
        """Times as the clock of each footage says them now: ``low`` and ``high`` with its error."""
        error = {"low": -1, "high": 1}.get(name, 0)
        at = np.array([(s.start or 0) + error * s.slack for s in self.sources], np.int64)
        column = self["begin" if name in ("start", "low") else "finish"] + np.repeat(at, self._counts)
        if any(s.start is None for s in self.sources):
            known = np.repeat(np.array([s.start is not None for s in self.sources], np.bool_), self._counts)
            column = np.where(known, column, UNTIMED)
        return column


def _sources_in(connection: Connection, scope: Scope) -> list[tuple[Source, bool]]:
    f, t = footage.c, trait_file.c
    at = (f.id, f.camera, f.part, t.rows, t.name, t.wide, f.start, f.low, f.zone, f.width, f.height)
    query = (
        select(named(scope, f.id), in_scope(scope, FOOTAGE), *at)
        .join_from(footage, trait_file, t.footage == f.id)
        .where(reached(scope))
        .order_by(f.camera, f.part, f.id)
    )
    return [(_source(row), bool(row[0] or row[1])) for row in connection.execute(query).all()]


def _source(row: Row[Any]) -> Source:
    id_, camera, part, rows, name, wide, start, low, zone, width, height = tuple(row)[2:]
    slack = 0 if start is None else start - low
    file = f"{camera}/{part}/{id_}/{name}/{_FILE}"
    return Source(id_, camera, part, rows, file, wide, start, slack, zone, width / max(height, 1))


def _kind(name: str, wide: int) -> tuple[np.dtype[Any], tuple[int, ...]]:
    """Type and shape of one row of a column; ids are as wide as the longest of them."""
    return (np.dtype(f"S{wide}"), ()) if name == "ids" else _KINDS[name]


@lru_cache(maxsize=4096)
def _layout(rows: int, wide: int) -> dict[str, tuple[int, int]]:
    """Where each sealed column lies in a file: first byte, length."""
    at, places = len(_MAGIC), {}
    for name in _KINDS:
        kind, shape = _kind(name, wide)
        length = rows * kind.itemsize * prod(shape) + OVERHEAD
        places[name] = (at, length)
        at += length
    return places


def _texts(ids: NDArray[np.bytes_]) -> list[str]:
    return [i.decode() for i in ids.tolist()]


def _bytes(column: NDArray[Any], kind: tuple[np.dtype[Any], tuple[int, ...]]) -> bytes:
    return np.ascontiguousarray(column, kind[0]).tobytes()


def _about(footage_id: str, name: str, rows: int) -> bytes:
    return f"traits\n{footage_id}\n{name}\n{rows}".encode()
