"""Small pictures made from footage (thumbnails, crops), sealed like everything with pixels in a workspace."""

from dataclasses import dataclass
from math import ceil, floor
from typing import Any

from sqlalchemy import Engine, RowMapping, delete, insert, select

from synopticon.errors import RefusedError, StoreError
from synopticon.governance.grant import Grant
from synopticon.governance.keys import DataKey
from synopticon.store.database import reading, writing
from synopticon.store.moments import SECOND, Clock
from synopticon.store.place import Folder, Remote
from synopticon.store.scoped import Columns, in_scope
from synopticon.store.sealed import SealedFiles
from synopticon.store.tables_footage import blob, footage
from synopticon.store.tracks import PICTURES, RULE_REACH
from synopticon.store.vault import Vault


@dataclass(frozen=True, slots=True)
class NewBlob:
    """A blob to keep: ``start``..``end`` in seconds of the footage's timeline; whether it shows heads."""

    footage: str
    name: str
    start: float
    end: float
    clear: bool = False


class BlobStore:
    """Blobs with their times, read one by one.

    They lie sealed beside the analysis of their footage; a row says when they are of, so that reading one is
    scoped like any other read.
    """

    def __init__(self, engine: Engine, place: Folder | Remote, vault: Vault, clock: Clock) -> None:
        self._engine = engine
        self._place = place
        self._vault = vault
        self._clock = clock

    def put(self, grant: Grant, new: NewBlob, data: bytes) -> None:
        """Keep a blob; replaces one of that name."""
        grant.check(self._clock(), "ingest", "live")
        with reading(self._engine) as connection:
            of = connection.execute(select(footage).where(footage.c.id == new.footage)).mappings().one()
        key = self._vault.make(grant, of["camera"], of["part"])
        self._files(of["camera"], of["part"], new.footage, key).write(new.name, data)
        with writing(self._engine) as connection:
            here = (blob.c.footage == new.footage, blob.c.name == new.name)
            connection.execute(delete(blob).where(*here))
            connection.execute(insert(blob).values(**_blob_row(new, of, len(data))))

    def get(self, grant: Grant, footage_id: str, name: str) -> bytes:
        """A blob in the scope of the grant; clear ones only with ``view.unmasked``. ``RefusedError``."""
        scope = grant.check(self._clock(), *PICTURES)
        of = Columns(blob.c.camera, blob.c.footage, blob.c.low, blob.c.high)
        query = select(blob).where(blob.c.footage == footage_id, blob.c.name == name, in_scope(scope, of))
        with reading(self._engine) as connection:
            row = connection.execute(query).mappings().first()
        if row is None:
            text = f"{footage_id}/{name} is out of scope (rule {RULE_REACH})"
            raise RefusedError(f"{text}: see 'synopticon explain'", RULE_REACH)
        if row["clear"]:
            grant.check(self._clock(), "view.unmasked")
        key = self._vault.key_for(grant, footage_id)
        data = self._files(row["camera"], row["part"], footage_id, key).read(name)
        if data is None:
            raise StoreError(f"{footage_id}/{name}: is gone: run the ingest of its footage again")
        return data

    def names(self, grant: Grant, footage_id: str) -> tuple[str, ...]:
        """Names of the blobs of footage that are in scope."""
        scope = grant.check(self._clock(), *PICTURES)
        of = Columns(blob.c.camera, blob.c.footage, blob.c.low, blob.c.high)
        query = select(blob.c.name).where(blob.c.footage == footage_id, in_scope(scope, of))
        with reading(self._engine) as connection:
            return tuple(row.name for row in connection.execute(query.order_by(blob.c.name)))

    def _files(self, camera: str, part: str, footage_id: str, key: DataKey) -> SealedFiles:
        return SealedFiles(
            self._place.below(f"{camera}/{part}/{footage_id}/single"), key, f"{footage_id}/single"
        )


def _blob_row(new: NewBlob, of: RowMapping, size: int) -> dict[str, Any]:
    start, end = floor(new.start * SECOND), ceil(new.end * SECOND) + 1
    known = of["start"] is not None
    slack = of["start"] - of["low"] if known else 0
    return {
        "footage": new.footage,
        "name": new.name,
        "camera": of["camera"],
        "part": of["part"],
        "start": start,
        "end": end,
        "low": of["start"] + start - slack if known else None,
        "high": of["start"] + end + slack if known else None,
        "clear": new.clear,
        "size": size,
    }
