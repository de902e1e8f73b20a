"""What was read of number plates: one sealed block a camera and part, searched in memory within a grant.

A block holds fixed-width columns, rows in the order of their *marks*: a keyed hash of the text (BLAKE2b
under the key of the part). A plate is found by its mark, without looking at texts; a pattern is compared with
them. Both columns are kept as long as the key is (``store.kept``), everything else is opened for the rows
that answered, and given only as far as they lie in the grant's scope, by the rule of ``scoped``.

Once the key of a part is destroyed its block opens no more, in any copy.
"""

import hashlib
import json
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, Engine, delete, insert, select
from sqlalchemy.exc import IntegrityError

from synopticon.errors import StoreError
from synopticon.governance.grant import Grant, Scope
from synopticon.governance.keys import DataKey
from synopticon.store.database import reading, writing
from synopticon.store.moments import SECOND, Clock, span
from synopticon.store.placed import placed
from synopticon.store.remembered import Remembered
from synopticon.store.scoped import FOOTAGE, in_scope, inside, named, reached
from synopticon.store.tables_footage import footage
from synopticon.store.tables_plates import plate_block
from synopticon.store.tracks import barred
from synopticon.store.vault import Vault
from synopticon.values.plate import LONGEST, PlateReading
from synopticon.values.track import Track

SEARCHES = ("search.plate",)
_MAGIC = b"SYNOP\x01"
_AT_ONCE = 200  # blocks that are read with one statement
_KINDS: Mapping[str, str] = {
    "ids": "S48", "footage": "<i4", "begin": "<i8", "finish": "<i8", "time": "<i8",
    "text": f"({LONGEST},)|u1", "sure": f"({LONGEST},)|u1", "country": "S2", "corrected": "|u1",
    "mark": "<u8",
}  # fmt: skip
_SEARCHED = ("mark", "text")  # are kept once they were opened


@dataclass(frozen=True, slots=True, eq=False)
class Plates:
    """Readings, n rows. ``footages``, ``runs``: what ``footage`` (int32) indexes, each with its run.

    ``ids`` of tracks, bytes ``S48``; ``begin``, ``finish`` of the track and ``time`` of the frame that shows
    the plate best, int64 microseconds on the footage's timeline; ``text`` uint8 ``(n, LONGEST)``, 0 behind
    the end; ``sure`` uint8 ``(n, LONGEST)``, how sure each character is; ``country`` ``S2``; ``corrected``
    uint8 0 or 1; ``mark`` uint64.
    """

    footages: tuple[str, ...]
    runs: tuple[str, ...]
    ids: NDArray[np.bytes_]
    footage: NDArray[np.int32]
    begin: NDArray[np.int64]
    finish: NDArray[np.int64]
    time: NDArray[np.int64]
    text: NDArray[np.uint8]
    sure: NDArray[np.uint8]
    country: NDArray[np.bytes_]
    corrected: NDArray[np.uint8]
    mark: NDArray[np.uint64]

    def __len__(self) -> int:
        return len(self.ids)

    def take(self, rows: NDArray[np.bool_] | NDArray[np.intp]) -> "Plates":
        """The rows of a mask or of indices."""
        return replace(self, **{name: getattr(self, name)[rows] for name in _KINDS})

    @staticmethod
    def join(parts: "Sequence[Plates]") -> "Plates":
        """All rows of several, in their order; footage that several name is named once, idle names not."""
        columns: dict[str, Any] = {
            name: np.concatenate([getattr(p, name) for p in parts]) if parts else np.zeros(0, kind)
            for name, kind in _KINDS.items()
        }
        footages, runs, columns["footage"] = placed(parts)
        return Plates(footages, runs, **columns)


@dataclass(frozen=True, slots=True)
class _Source:
    """Footage that the scope reaches. ``run``: whose tracks are kept; ``whole``: all of it is in scope."""

    run: str
    start: int | None
    slack: int
    whole: bool


@dataclass(frozen=True, slots=True)
class _Part:
    """A camera and day that has a block of this name, and its footage that the scope reaches."""

    camera: str
    part: str
    name: str
    sources: dict[str, _Source]

    @property
    def place(self) -> tuple[str, str]:
        return self.camera, self.part

    @property
    def kept(self) -> str:
        """What opened columns of its block are kept under."""
        return f"plates {self.name}"


class PlateStore:
    """The readings of a workspace. ``clock`` gives the time against which grants expire."""

    def __init__(self, engine: Engine, vault: Vault, clock: Clock) -> None:
        self._engine = engine
        self._vault = vault
        self._clock = clock
        self._known: Remembered[list[_Part]] = Remembered()

    def replace(
        self,
        grant: Grant,
        footage_id: str,
        run_id: str,
        readings: Sequence[PlateReading],
        tracks: Sequence[Track],
        key: DataKey,
    ) -> int:
        """Keep these readings of footage and no others; gives how many.

        Whoever calls has seen to it that the profile lets plates be searched. Raises ``StoreError`` for a
        reading whose track is none of ``tracks``.
        """
        grant.check(self._clock(), "ingest", "live")
        fresh = _rows(footage_id, run_id, readings, tracks, key)
        try:
            self._put(footage_id, fresh, key)
        except IntegrityError:  # another process made the block of this part meanwhile: it is there now
            self._put(footage_id, fresh, key)
        return len(fresh)

    def _put(self, footage_id: str, fresh: Plates, key: DataKey) -> None:
        with writing(self._engine) as connection:
            _put(connection, footage_id, fresh, key)

    def view(self, grant: Grant) -> "PlateView":
        """What may be searched within a grant for ``search.plate``, and for nothing else."""
        scope = grant.check(self._clock(), *SEARCHES)
        keys = self._vault.keys_for(grant)
        with reading(self._engine) as connection:
            parts = self._known.of(connection, scope, lambda: _parts(connection, scope))
        hidden = [i.encode() for ids in barred(self._engine, grant, scope).values() for i in ids]
        return PlateView(self._engine, self._clock, grant, self._vault, keys, parts, hidden)


class PlateView:
    """Readings in a grant's scope. Made by ``PlateStore``."""

    def __init__(
        self,
        engine: Engine,
        clock: Clock,
        grant: Grant,
        vault: Vault,
        keys: Mapping[tuple[str, str], DataKey],
        parts: Sequence[_Part],
        hidden: Sequence[bytes],
    ) -> None:
        self._engine = engine
        self._clock = clock
        self._grant = grant
        self._kept = vault.kept
        self._parts = [part for part in parts if part.place in keys]
        self._keys = [keys[part.place] for part in self._parts]
        self._hidden = np.array(hidden, "S48")

    def same(self, texts: Sequence[str]) -> Plates:
        """The readings that say just one of these texts, found by their marks."""
        from synopticon.store.marked import marked  # loads the compiler, as opening a workspace must not

        self._grant.check(self._clock(), *SEARCHES)
        said, (marks, edges) = [text.encode() for text in texts], self._marks()
        found: dict[int, list[int]] = {}
        for text in said:
            wanted = np.array([_mark(key, text) for key in self._keys], np.uint64)
            for k, first, last in marked(marks, edges, wanted).tolist():
                found.setdefault(k, []).extend(range(first, last))
        rows = self._taken({k: np.array(sorted(set(own)), np.intp) for k, own in found.items()})
        kept = np.isin(_strings(rows.text), np.array(said, f"S{LONGEST}")) if said else np.zeros(0, np.bool_)
        return rows.take(kept)

    def like(self, answers: Callable[[NDArray[np.uint8]], NDArray[np.bool_]]) -> Plates:
        """The readings whose text answers; ``answers`` is given texts, uint8 ``(n, LONGEST)``."""
        found = {k: np.flatnonzero(answers(texts)) for k, texts in enumerate(self._columns("text"))}
        return self._taken({k: rows for k, rows in found.items() if len(rows)})

    def of(self, tracks: Sequence[str], places: Collection[tuple[str, str]]) -> Plates:
        """The readings of these tracks, which are of these cameras and parts."""
        wanted = np.array([t.encode() for t in tracks], "S48")
        here = [k for k, part in enumerate(self._parts) if part.place in places]
        blocks = self._blocks(here).items()
        return Plates.join([self._in_scope(k, block.take(np.isin(block.ids, wanted))) for k, block in blocks])

    def _marks(self) -> tuple[NDArray[np.uint64], NDArray[np.int64]]:
        """The marks of all parts, one after another, and where each begins and the last ends."""
        name, keys = ("plates", *(part.name for part in self._parts)), frozenset(self._keys)
        known = self._kept.of(name, keys)
        if "edges" in known and "mark" in known:
            return known["mark"], known["edges"]
        parts = list(self._columns("mark"))
        marks = np.concatenate([np.zeros(0, np.uint64), *parts])
        edges = np.cumsum([0, *map(len, parts)])
        for column, values in (("mark", marks), ("edges", edges)):
            self._kept.keep(name, column, values)
        return marks, edges

    def _some(self) -> Iterator[range]:
        """All parts, some at a time."""
        for first in range(0, len(self._parts), _AT_ONCE):
            yield range(first, min(first + _AT_ONCE, len(self._parts)))

    def _columns(self, name: str) -> Iterator[NDArray[Any]]:
        """A column of each part, with the rows that are out of scope: not for giving out."""
        self._grant.check(self._clock(), *SEARCHES)
        for some in self._some():
            names = [self._parts[k].kept for k in some]
            known = self._kept.several(names, self._keys[some.start : some.stop])
            kept = {k: one.get(name) for k, one in zip(some, known, strict=True)}
            opened = self._blocks([k for k, column in kept.items() if column is None])
            for k, column in kept.items():
                yield getattr(opened[k], name) if column is None else column

    def _blocks(self, at: Sequence[int]) -> dict[int, Plates]:
        """The blocks of some parts, opened with their keys; what is searched of them is kept."""
        self._grant.check(self._clock(), *SEARCHES)
        c, by_name = plate_block.c, {self._parts[k].name: k for k in at}
        with reading(self._engine) as connection:
            query = select(c.name, c.block).where(c.name.in_(list(by_name)))
            sealed = connection.execute(query).all() if by_name else ()
        if len(sealed) != len(by_name):
            raise StoreError("plates were kept or destroyed while they were searched: try again")
        return {by_name[name]: self._opened(by_name[name], data) for name, data in sealed}

    def _opened(self, at: int, sealed: bytes) -> Plates:
        part, key = self._parts[at], self._keys[at]
        block = _unpacked(key.open(sealed, _about(*part.place)))
        (kept,) = self._kept.several([part.kept], [key])
        for column in _SEARCHED:
            if column not in kept:
                self._kept.keep(part.kept, column, getattr(block, column).copy())
        return block

    def _taken(self, rows: Mapping[int, NDArray[np.intp]]) -> Plates:
        """Some rows of some parts, as far as they are in scope."""
        taken, parts = [], sorted(rows)
        for n in range(0, len(parts), _AT_ONCE):
            for k, block in self._blocks(parts[n : n + _AT_ONCE]).items():
                taken.append(self._in_scope(k, block.take(rows[k])))
        return Plates.join(taken)

    def _in_scope(self, at: int, rows: Plates) -> Plates:
        """The rows that lie in the scope, of the runs whose tracks are kept, and that may be used."""
        part, held = self._parts[at], np.zeros(len(rows), np.bool_)
        for k, (name, run) in enumerate(zip(rows.footages, rows.runs, strict=True)):
            source = part.sources.get(name)
            if source is None or source.run != run:
                continue
            mine = rows.footage == k
            if source.whole:
                held |= mine
            elif source.start is not None and part.camera in self._grant.scope.cameras:
                low, high = (
                    column + source.start + slack
                    for column, slack in ((rows.begin, -source.slack), (rows.finish, source.slack))
                )
                held |= mine & inside(self._grant.scope, low, high)
        return rows.take(held & ~np.isin(rows.ids, self._hidden))


def _parts(connection: Connection, scope: Scope) -> list[_Part]:
    f, b = footage.c, plate_block.c
    at = (f.id, f.camera, f.part, f.run, f.start, f.low, b.name)
    query = (
        select(*at, named(scope, f.id), in_scope(scope, FOOTAGE))
        .join_from(footage, plate_block, (b.camera == f.camera) & (b.part == f.part))
        .where(reached(scope))
        .order_by(f.camera, f.part, f.id)
    )
    found: dict[tuple[str, str], _Part] = {}
    for id_, camera, part, run, start, low, name, by_name, inside_ in connection.execute(query).all():
        place = found.setdefault((camera, part), _Part(camera, part, name, {}))
        slack = 0 if start is None else start - low
        place.sources[id_] = _Source(run or "", start, slack, bool(by_name or inside_))
    return list(found.values())


def _put(connection: Connection, footage_id: str, fresh: Plates, key: DataKey) -> None:
    """Write the block of the footage's part anew, with these rows of it."""
    f, b = footage.c, plate_block.c
    home = connection.execute(select(f.camera, f.part).where(f.id == footage_id)).one()
    here = (b.camera == home.camera, b.part == home.part)
    sealed = connection.execute(select(b.block).where(*here).with_for_update()).scalar_one_or_none()
    about, others = _about(home.camera, home.part), []
    if sealed is not None:
        before = _unpacked(key.open(sealed, about))
        mine = [k for k, name in enumerate(before.footages) if name == footage_id]
        others = [before.take(~np.isin(before.footage, mine))]
        if not len(fresh) and len(others[0]) == len(before):
            return
        connection.execute(delete(plate_block).where(*here))
    block = Plates.join([*others, fresh])
    if len(block):
        data = key.seal(_packed(block.take(np.argsort(block.mark, kind="stable"))), about)
        row = {"camera": home.camera, "part": home.part, "rows": len(block), "block": data}
        connection.execute(insert(plate_block).values(name=hashlib.sha256(data).hexdigest(), **row))


def _rows(
    footage_id: str, run_id: str, readings: Sequence[PlateReading], tracks: Sequence[Track], key: DataKey
) -> Plates:
    """Readings as columns."""
    spans = {t.id: span(t.start, t.end) for t in tracks}
    if strange := [r.track for r in readings if r.track not in spans]:
        raise StoreError(f"{strange[0]}: a plate was read of no track of its footage: run 'ingest' again")
    n = len(readings)
    times = np.array([spans[r.track] for r in readings], np.int64).reshape(n, 2)
    text, sure = np.zeros((n, LONGEST), np.uint8), np.zeros((n, LONGEST), np.uint8)
    for k, r in enumerate(readings):
        text[k, : len(r.text)] = np.frombuffer(r.text.encode(), np.uint8)
        sure[k, : len(r.text)] = np.rint(255 * np.clip(r.confidence, 0, 1))
    return Plates(
        (footage_id,), (run_id,), ids=np.array([r.track.encode() for r in readings], "S48"),
        footage=np.zeros(n, np.int32), begin=times[:, 0], finish=times[:, 1],
        time=np.array([round(SECOND * r.time) for r in readings], np.int64), text=text, sure=sure,
        country=np.array([r.country.encode() for r in readings], "S2"),
        corrected=np.array([r.corrected for r in readings], np.uint8),
        mark=np.array([_mark(key, r.text.encode()) for r in readings], np.uint64),
    )  # fmt: skip


def _mark(key: DataKey, text: bytes) -> int:
    return int.from_bytes(key.mark(text), "little")


def _strings(text: NDArray[np.uint8]) -> NDArray[np.bytes_]:
    return np.ascontiguousarray(text).view(f"S{LONGEST}").ravel()


def _about(camera: str, part: str) -> bytes:
    return f"plates\n{camera}\n{part}".encode()


def _packed(block: Plates) -> bytes:
    wide = max(map(len, block.ids.tolist()), default=1)
    head = {"footages": block.footages, "runs": block.runs, "rows": len(block), "wide": wide}
    text = json.dumps(head).encode()
    columns = (np.ascontiguousarray(getattr(block, name), _kind(name, wide).base) for name in _KINDS)
    return _MAGIC + len(text).to_bytes(4, "little") + text + b"".join(c.tobytes() for c in columns)


def _unpacked(data: bytes) -> Plates:
    try:
        if not data.startswith(_MAGIC):
            raise ValueError("of another version")
        at = len(_MAGIC) + 4
        length = int.from_bytes(data[at - 4 : at], "little")
        head = json.loads(data[at : at + length])
        n, at, columns = head["rows"], at + length, {}
        for name in _KINDS:
            kind = _kind(name, head["wide"])
            columns[name] = np.frombuffer(data, kind, n, at)
            at += columns[name].nbytes
        return Plates(tuple(head["footages"]), tuple(head["runs"]), **columns)
    except (ValueError, KeyError, TypeError) as error:
        raise StoreError(f"plates are damaged ({error}): put back a copy of the database") from error


def _kind(name: str, wide: int) -> np.dtype[Any]:
    """Type of a row of a column; ids are as wide as the longest of them."""
    return np.dtype(f"S{wide}" if name == "ids" else _KINDS[name])


assert set(_KINDS) == {f.name for f in fields(Plates)} - {"footages", "runs"}, "a column has a kind"
