"""Destruction of a part (a camera and day): its key first, then everything else.

So a stop at any point leaves nothing that can be read, and the next run goes on.

1. the wrapped data keys: from here on no copy or backup of the blobs opens
2. footage bytes where the workspace owns them (overwritten, then removed), and the blobs
3. rows: tubes, boxes, tracks, gaps, runs, footage, descriptors, plates, events and decisions on them, marks
   and links of tracks; the digests of its files are kept, so that they are not taken in again unnoticed
4. free pages and the write-ahead log of the database (``sweep``), once for all parts
"""

import contextlib
import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import ColumnElement, Engine, Table, delete, func, insert, select

from synopticon.errors import OutputError
from synopticon.governance.grant import Grant
from synopticon.store.database import reading, writing
from synopticon.store.moments import Clock, micros
from synopticon.store.place import Folder, Remote
from synopticon.store.tables_events import event, event_decision
from synopticon.store.tables_footage import (
    blob,
    destroyed,
    footage,
    footage_file,
    gap,
    run,
    track,
    track_box,
    tube,
)
from synopticon.store.tables_plates import plate_block, plate_list
from synopticon.store.tables_search import mark, trait_file
from synopticon.store.tables_similar import descriptor, journey_link
from synopticon.store.vault import Vault

_BLOCK = 1 << 20
_TABLES = (blob, tube, track_box, trait_file, track, gap, run, footage_file)


@dataclass(frozen=True, slots=True)
class Erased:
    """What was destroyed of a part. ``elsewhere``: files that the workspace does not own, left alone."""

    camera: str
    part: str
    keys: int
    files: int
    blobs: int
    recordings: int
    tracks: int
    digests: tuple[str, ...]
    elsewhere: tuple[str, ...]


def erase_part(
    engine: Engine,
    place: Folder | Remote,
    vault: Vault,
    clock: Clock,
    grant: Grant,
    camera: str,
    part: str,
    entry: int,
) -> Erased:
    """Destroy a part; ``entry`` is the sequence of its record in the log. Does what is left after a stop.

    Raises ``RefusedError`` without a grant for it, ``OutputError`` when a file cannot be removed: the key is
    gone then.
    """
    grant.check(clock(), "retention.run")
    keys = vault.destroy(grant, camera, part)
    sweep_log(engine)
    here = (footage.c.camera == camera, footage.c.part == part)
    with reading(engine) as connection:
        ids = select(footage.c.id).where(*here)
        recordings = len(connection.execute(ids).all())
        query = select(footage_file).where(footage_file.c.footage.in_(ids)).order_by(footage_file.c.digest)
        files = connection.execute(query).all()
        count = select(func.count()).select_from(track).where(track.c.footage.in_(ids))
        tracks = int(connection.execute(count).scalar_one())
    owned = [Path(f.path) for f in files if f.owned]
    for path in owned:
        destroy_file(path)
    blobs = place.remove(f"{camera}/{part}")
    digests = tuple(f.digest for f in files)
    with writing(engine) as connection:
        rows = [
            {"digest": d, "camera": camera, "part": part, "at": micros(clock()), "entry": entry}
            for d in digests
        ]
        if rows:
            connection.execute(delete(destroyed).where(destroyed.c.digest.in_(digests)))
            connection.execute(insert(destroyed), rows)
        for table in _TABLES:
            connection.execute(delete(table).where(table.c.footage.in_(ids)))
        connection.execute(delete(footage).where(*here))
        connection.execute(delete(descriptor).where(_of(descriptor, camera, part)))
        for own in (plate_block, mark, event_decision, event):
            connection.execute(delete(own).where(_of(own, camera, part)))
        connection.execute(delete(journey_link).where(_leads_to(camera, part)))
    elsewhere = tuple(f.path for f in files if not f.owned)
    return Erased(camera, part, keys, len(owned), blobs, recordings, tracks, digests, elsewhere)


def _of(table: Table, camera: str, part: str) -> ColumnElement[bool]:
    return (table.c.camera == camera) & (table.c.part == part)


def _leads_to(camera: str, part: str) -> ColumnElement[bool]:
    """The condition that a link between two tracks has one of them in this part."""
    c = journey_link.c
    first = (c.first_camera == camera) & (c.first_part == part)
    return first | ((c.second_camera == camera) & (c.second_part == part))


def destroy_file(path: Path) -> None:
    """Overwrite a file with zeros, flush, and remove it; what is not there is no error.

    On drives that write elsewhere (SSD, copy on write) the old bytes may live on below the file system.
    """
    try:
        size = path.stat().st_size
        with path.open("r+b") as file:
            for at in range(0, size, _BLOCK):
                file.write(bytes(min(_BLOCK, size - at)))
            file.flush()
            os.fsync(file.fileno())
        path.unlink()
        with contextlib.suppress(OSError):
            path.parent.rmdir()  # when it was the last
    except FileNotFoundError:
        return
    except OSError as error:
        raise OutputError(
            f"{path}: cannot be destroyed ({error.strerror}): check who may write there"
        ) from error


def sweep(engine: Engine) -> tuple[str, ...]:
    """Rewrite the database without free pages and empty the write-ahead log; gives what was done, in words.

    SQLite overwrites deleted rows at once (``secure_delete``); PostgreSQL keeps them until a vacuum, and its
    write-ahead log and replicas are its administrator's.
    """
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        if engine.dialect.name == "sqlite":
            raw = connection.connection.dbapi_connection
            assert raw is not None, "the connection is open"
            raw.execute("VACUUM")
            busy = raw.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
            return (
                "free pages rewritten",
                "write-ahead log in use by another process" if busy else "write-ahead log emptied",
            )
        for table in _names():
            connection.exec_driver_sql(f"VACUUM FULL {table}")
    return (
        "tables rewritten (VACUUM FULL)",
        "write-ahead log and replicas of PostgreSQL untouched",
    )


def sweep_log(engine: Engine) -> None:
    """Empty SQLite's write-ahead log, where a destroyed key would live on; as far as no reader holds it."""
    if engine.dialect.name == "sqlite":
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            raw = connection.connection.dbapi_connection
            assert raw is not None, "the connection is open"
            raw.execute("PRAGMA wal_checkpoint(TRUNCATE)").close()


def _names() -> Iterable[str]:
    known = [t.name for t in (*_TABLES, footage, descriptor, plate_block, plate_list, mark, journey_link)]
    known += [event.name, event_decision.name]
    return [*known, "data_key", "case_key", "demand", "demand_step", "demand_key"]
