"""Descriptors of tracks, of one case: what tracks look like, as small numbers, one block a camera and part.

They are made within a grant for ``search.similar`` or ``journey``, and for no other. A block is sealed under
the data key of its part, and that under the key of its case: once either is destroyed it opens no more, in
any copy. A read gives the rows that lie in the grant's scope and no others, by the same rule as ``scoped``.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Engine, RowMapping, delete, func, insert, select

from synopticon.errors import StoreError
from synopticon.governance.grant import Grant, Scope
from synopticon.store.database import reading, writing
from synopticon.store.erase import sweep_log
from synopticon.store.moments import Clock, moment_of
from synopticon.store.placed import placed
from synopticon.store.scoped import Columns, in_scope, inside, named, reached
from synopticon.store.tables_footage import footage, track, tube
from synopticon.store.tables_plates import plate_list
from synopticon.store.tables_similar import case_key, descriptor
from synopticon.store.tracks import barred
from synopticon.store.vault import SINGLING_OUT, Vault

_MAGIC = b"SYND1"
_COLUMNS = {
    "ids": "S48", "footage": "<i4", "start": "<i8", "end": "<i8",
    "label": "|u1", "enters": "|u1", "leaves": "|u1",
}  # fmt: skip
_TRACK = Columns(track.c.camera, track.c.footage, track.c.low, track.c.high)


@dataclass(frozen=True, slots=True)
class Source:
    """Analysed footage that a grant reaches, and how many of its tubes lie in the scope.

    ``width``, ``height``: of its picture, pixels. ``start`` UTC, None where the clock is unknown;
    ``uncertainty`` seconds. ``clock``: where its time is from.
    """

    footage: str
    camera: str
    part: str
    run: str
    name: str
    width: int
    height: int
    start: datetime | None
    uncertainty: float
    clock: str
    tubes: int


@dataclass(frozen=True, slots=True, eq=False)
class Described:
    """Tracks with their descriptors, n rows.

    ``ids`` bytes ``S48``; ``footage`` int32, index into ``footages``; ``start``, ``end`` int64 microseconds
    on the footage's timeline (``end`` just after the last frame); ``label`` uint8 index into CLASSES;
    ``enters``, ``leaves`` uint8 the sides of the picture at which it begins and ends, as bits (see
    ``values.sides``), 0 = inside; ``vectors`` int8 ``(n, size)``, all 0 where too little was seen. ``runs``:
    of each footage the run whose tracks these are.
    """

    footages: tuple[str, ...]
    runs: tuple[str, ...]
    ids: NDArray[np.bytes_]
    footage: NDArray[np.int32]
    start: NDArray[np.int64]
    end: NDArray[np.int64]
    label: NDArray[np.uint8]
    enters: NDArray[np.uint8]
    leaves: NDArray[np.uint8]
    vectors: NDArray[np.int8]

    def __post_init__(self) -> None:
        n = len(self.ids)
        if self.vectors.ndim != 2 or any(len(getattr(self, c)) != n for c in (*_COLUMNS, "vectors")):
            raise ValueError("descriptors: columns must be of one length")

    def __len__(self) -> int:
        return len(self.ids)

    def take(self, rows: NDArray[np.bool_] | NDArray[np.intp]) -> "Described":
        """The rows of a mask or of indices."""
        return replace(self, **{c: getattr(self, c)[rows] for c in (*_COLUMNS, "vectors")})

    @staticmethod
    def join(parts: Sequence["Described"]) -> "Described":
        """All rows of several parts, in order; footage that several name is named once, idle names not."""
        columns: dict[str, NDArray[Any]] = {
            c: np.concatenate([getattr(p, c) for p in parts]) for c in (*_COLUMNS, "vectors")
        }
        footages, runs, columns["footage"] = placed(parts)
        return Described(footages, runs, **columns)

    @property
    def pairs(self) -> tuple[tuple[str, str], ...]:
        """Footage and run, as ``footage`` counts them."""
        return tuple(zip(self.footages, self.runs, strict=True))

    @staticmethod
    def none(size: int) -> "Described":
        """No row at all."""
        empty = {c: np.zeros(0, kind) for c, kind in _COLUMNS.items()}
        return Described((), (), **empty, vectors=np.zeros((0, size), np.int8))


class DescriptorStore:
    """The descriptors of a workspace. ``clock`` gives the time against which grants expire."""

    def __init__(self, engine: Engine, vault: Vault, clock: Clock) -> None:
        self._engine = engine
        self._vault = vault
        self._clock = clock

    def put(self, grant: Grant, camera: str, part: str, block: Described) -> None:
        """Keep the block of a part for the grant's case, instead of the one before."""
        scope = grant.check(self._clock(), *SINGLING_OUT)
        own = self._vault.case_key(grant)
        with reading(self._engine) as connection:
            query = select(footage.c.id).where(footage.c.camera == camera, footage.c.part == part)
            first = connection.execute(query.where(reached(scope))).scalars().first()
        key = self._vault.key_for(grant, first or "")  # refuses what the grant does not reach
        about = _about(grant, camera, part)
        sealed = own.seal(key.seal(_packed(block), about), about)
        here = _here(grant, camera, part)
        with writing(self._engine) as connection:
            connection.execute(delete(descriptor).where(*here))
            row = {"case_id": grant.case, "camera": camera, "part": part, "block": sealed}
            connection.execute(insert(descriptor).values(**row))

    def block(self, grant: Grant, camera: str, part: str, footage_id: str) -> Described | None:
        """All that is kept of a part for the case, to be added to; None if nothing is.

        ``footage_id``: footage of the part that the grant reaches. Not for giving out: see ``read``.
        """
        grant.check(self._clock(), *SINGLING_OUT)
        with reading(self._engine) as connection:
            query = select(descriptor.c.block).where(*_here(grant, camera, part))
            sealed = connection.execute(query).scalar_one_or_none()
        if sealed is None:
            return None
        about = _about(grant, camera, part)
        opened = self._vault.case_key(grant).open(sealed, about)
        return _unpacked(self._vault.key_for(grant, footage_id).open(opened, about))

    def sources(self, grant: Grant) -> tuple[Source, ...]:
        """What there is to describe in the scope: analysed footage, by camera and part."""
        scope = grant.check(self._clock(), *SINGLING_OUT)
        columns = ("camera", "part", "run", "name", "width", "height", "start", "uncertainty")
        joined = footage.join(track, track.c.footage == footage.c.id).join(
            tube, (tube.c.footage == footage.c.id) & (tube.c.track == track.c.id)
        )
        named_ = (footage.c.id.label("footage"), footage.c.source.label("clock"))
        chosen = [*named_, *(footage.c[name] for name in columns)]
        query = select(*chosen, func.count().label("tubes")).select_from(joined)
        query = query.where(in_scope(scope, _TRACK), footage.c.run.is_not(None)).group_by(footage.c.id)
        with reading(self._engine) as connection:
            rows = connection.execute(query.order_by(footage.c.camera, footage.c.part, footage.c.id))
            return tuple(_source(row) for row in rows.mappings())

    def read(self, grant: Grant) -> Iterator[tuple[tuple[str, str], Described]]:
        """By camera and part the rows in the scope, of the runs whose tracks are kept now."""
        scope = grant.check(self._clock(), *SINGLING_OUT)
        whole = named(scope, footage.c.id).label("named")
        query = select(footage, whole).where(reached(scope)).order_by(footage.c.camera, footage.c.part)
        with reading(self._engine) as connection:
            rows = connection.execute(query).mappings().all()
        parts: dict[tuple[str, str], list[RowMapping]] = {}
        for row in rows:
            parts.setdefault((row["camera"], row["part"]), []).append(row)
        hidden = [i.encode() for ids in barred(self._engine, grant, scope).values() for i in ids]
        for place, here in parts.items():
            block = self.block(grant, *place, here[0]["id"])
            if block is not None:
                used = ~np.isin(block.ids, np.array(hidden, "S48"))
                yield place, block.take(_within(block, scope, here) & used)

    def forget(self, grant: Grant, case: str) -> int:
        """Destroy the key of a case, its descriptors and lists of plates; gives how many blocks it had."""
        grant.check(self._clock(), "case.close", "retention.run")
        self._vault.forget_case(grant, case)
        with writing(self._engine) as connection:
            connection.execute(delete(plate_list).where(plate_list.c.case_id == case))
            gone = connection.execute(delete(descriptor).where(descriptor.c.case_id == case)).rowcount
        sweep_log(self._engine)
        return gone

    def cases(self, grant: Grant) -> tuple[str, ...]:
        """The cases that have descriptors, or a key for them."""
        grant.check(self._clock(), "retention.run")
        query = select(descriptor.c.case_id).union(select(case_key.c.case_id))
        with reading(self._engine) as connection:
            return tuple(sorted(connection.execute(query).scalars()))


def _source(row: RowMapping) -> Source:
    start = None if row["start"] is None else moment_of(row["start"])
    return Source(**{**row, "start": start})


def _here(grant: Grant, camera: str, part: str) -> tuple[Any, ...]:
    c = descriptor.c
    return (c.case_id == grant.case, c.camera == camera, c.part == part)


def _about(grant: Grant, camera: str, part: str) -> bytes:
    return f"descriptors\n{grant.case}\n{camera}\n{part}".encode()


def _within(block: Described, scope: Scope, rows: Sequence[RowMapping]) -> NDArray[np.bool_]:
    """Which rows of a block are in scope: by the rule of ``scoped``."""
    by_id = {row["id"]: row for row in rows}
    held = np.zeros(len(block), np.bool_)
    for index, (name, run) in enumerate(zip(block.footages, block.runs, strict=True)):
        row = by_id.get(name)
        if row is None or row["run"] != run:
            continue
        mine = block.footage == index
        if row["named"]:
            held |= mine
        elif row["start"] is not None and row["camera"] in scope.cameras:
            slack = row["start"] - row["low"]
            low, high = row["start"] + block.start - slack, row["start"] + block.end + slack
            held |= mine & inside(scope, low, high)
    return held


def _packed(block: Described) -> bytes:
    head = {"footages": block.footages, "runs": block.runs, "shape": block.vectors.shape}
    text = json.dumps(head).encode()
    columns = [np.ascontiguousarray(getattr(block, c), kind) for c, kind in _COLUMNS.items()]
    body = b"".join(c.tobytes() for c in (*columns, np.ascontiguousarray(block.vectors, np.int8)))
    return _MAGIC + len(text).to_bytes(4, "little") + text + body


def _unpacked(data: bytes) -> Described:
    try:
        if not data.startswith(_MAGIC):
            raise ValueError("of another version")
        at = len(_MAGIC) + 4
        length = int.from_bytes(data[at - 4 : at], "little")
        head = json.loads(data[at : at + length])
        n, size = head["shape"]
        at += length
        columns = {}
        for name, kind in (*_COLUMNS.items(), ("vectors", "|i1")):
            count = n * size if name == "vectors" else n
            columns[name] = np.frombuffer(data, kind, count, at)
            at += columns[name].nbytes
        vectors = columns.pop("vectors").reshape(n, size)
        return Described(tuple(head["footages"]), tuple(head["runs"]), **columns, vectors=vectors)
    except (ValueError, KeyError, TypeError) as error:
        raise StoreError(
            f"descriptors are damaged ({error}): use the version that made them, or open another case"
        ) from error
