"""The analysis of footage as one grant lets it be seen: tubes in the scope, their sprites, nothing else.

It has what composing asks of an ``AnalysisStore`` (``blob``), and gives only bytes of tubes that the grant
covers; clear patches only when the permission is for ``view.unmasked``.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Engine, RowMapping, select

from synopticon.errors import RefusedError, StoreError
from synopticon.governance.grant import Grant, Scope
from synopticon.governance.keys import DataKey
from synopticon.store.analysis import CHECKED, GLANCED, WATCHED, AnalysisStore, Arrays
from synopticon.store.database import reading
from synopticon.store.moments import SECOND, Clock, moment_of
from synopticon.store.place import Folder, Remote
from synopticon.store.scoped import named, reached
from synopticon.store.sealed import SealedFiles
from synopticon.store.tables_footage import footage, run
from synopticon.store.tracks import PICTURES, RULE_REACH, TrackStore, Wanted
from synopticon.store.vault import Vault, destroyed
from synopticon.values.footage import Clock as ClockOf
from synopticon.values.footage import Footage, SourceFile
from synopticon.values.scene import Bank
from synopticon.values.track import Track
from synopticon.values.traits import Traits
from synopticon.values.tube import BlobRef, SpriteKind, Tube

Place = Folder | Remote
_MINUTE = 60.0  # seconds
_AT_ONCE = 200  # recordings whose rows are asked for at once


def place_of_run(place: Place, camera: str, part: str, footage_id: str, run_key: str) -> Place:
    """Where the analysis of footage lies, sealed: CAMERA/PART/FOOTAGE/RUN."""
    return place.below(f"{camera}/{part}/{footage_id}/{run_key}")


class GrantedAnalysis:
    """One footage's analysis, within a grant. Made by ``open_granted``."""

    def __init__(
        self,
        store: AnalysisStore,
        row: RowMapping,
        grant: Grant,
        clock: Clock,
        tubes: tuple[Tube, ...],
    ):
        self._store = store
        self._row = row
        self._grant = grant
        self._clock = clock
        self._tubes = tubes
        self._known = {
            *(("picture", r.part, r.offset, r.length) for t in tubes for r in t.picture),
            *(("clear", r.part, r.offset, r.length) for t in tubes for r in t.clear),
        }

    def tubes(self) -> tuple[Tube, ...]:
        """The tubes that lie wholly in the scope, in id order."""
        return self._tubes

    def load_bank(self) -> Bank | None:
        """The backgrounds that were learned wholly within the scope, or None when there are none."""
        self._grant.check(self._clock(), *PICTURES)
        return _bank(self._store, self._grant, self._row)

    def scene_times(self) -> tuple[tuple[float, float], ...]:
        """Start and end (seconds on the timeline) of what ``load_bank`` gives, without opening a picture."""
        self._grant.check(self._clock(), *PICTURES)
        return tuple(filter(_within(self._grant, self._row), self._store.scene_times()))

    def traits(self) -> Traits | None:
        """What is known of the tubes beyond their boxes, or None where it is not kept."""
        self._grant.check(self._clock(), *PICTURES)
        found = self._store.load_traits()
        return None if found is None else found.take(np.isin(found.ids, self._ids()))

    def everybody(self) -> tuple[Track, ...]:
        """All tracks of the footage, in the scope or not: to fill their heads, and for nothing else."""
        self._grant.check(self._clock(), *PICTURES)
        found = self._store.load_tracks()
        if found is None:
            raise StoreError("this footage was not analysed to its end: run 'synopticon ingest' again")
        return found[0]

    def watched(self, segments: slice = slice(None)) -> Iterator[Arrays]:
        """What was seen in some segments of the footage, or all: to place masks, and for nothing else."""
        self._grant.check(self._clock(), *PICTURES)
        yield from self._store.load_all(WATCHED, segments)

    def checked(self) -> Iterator[Arrays]:
        """How whole pictures within the scope compared with the empty scene, segment by segment."""
        self._grant.check(self._clock(), *PICTURES)
        may = _within(self._grant, self._row)
        for found in self._store.load_all(CHECKED):
            if len(found["time"]):
                minute = np.floor(found["time"] / _MINUTE).astype(np.int64)
                open_ = {m: may((m * _MINUTE, (m + 1) * _MINUTE)) for m in set(minute.tolist())}
                rows = np.array([open_[m] for m in minute.tolist()], np.bool_)
                yield {column: values[rows] for column, values in found.items()}

    def glanced(self) -> Iterator[Arrays]:
        """What was counted of the tubes while they were cut, part by part."""
        self._grant.check(self._clock(), *PICTURES)
        mine = self._ids()
        for found in self._store.load_all(GLANCED):
            rows = np.isin(found["track"], mine)
            yield {column: values[rows] for column, values in found.items()}

    def _ids(self) -> NDArray[np.bytes_]:
        return np.array([t.id.encode() for t in self._tubes], "S48")

    def load_recording(self) -> Footage:
        """What was probed of the footage: names of its files, and times as its clock says them now."""
        found = self._store.load_recording()
        if found is None:
            raise StoreError("this footage was ingested by an older version: run 'synopticon ingest' again")
        return replace(found, files=tuple(_timed(f, self._row) for f in found.files))

    def blob(self, kind: SpriteKind, ref: BlobRef) -> bytes:
        """The bytes of a sprite video of one of these tubes; raises ``RefusedError`` for any other."""
        self._grant.check(self._clock(), *(("view.unmasked",) if kind == "clear" else PICTURES))
        if (kind, ref.part, ref.offset, ref.length) not in self._known:
            text = f"{ref.part} at {ref.offset} is out of scope (rule {RULE_REACH})"
            raise RefusedError(f"{text}: see 'synopticon explain'", RULE_REACH)
        return self._store.blob(kind, ref)


def open_granted(
    engine: Engine,
    place: Place,
    vault: Vault,
    clock: Clock,
    grant: Grant,
    footage_id: str,
    only: Sequence[str] = (),
) -> GrantedAnalysis:
    """Open what was found in footage, as far as the grant goes; ``only`` these tracks, if any are named.

    Raises ``RefusedError`` when the grant reaches none of it, ``StoreError``.
    """
    key = vault.key_for(grant, footage_id)  # refuses what is out of scope, names a key that was destroyed
    found = _opened(engine, place, clock, grant, {footage_id: only}, lambda _camera, _part: key)
    return dict(found)[footage_id]


def open_several(
    engine: Engine,
    place: Place,
    vault: Vault,
    clock: Clock,
    grant: Grant,
    only: Mapping[str, Sequence[str]],
) -> Iterator[tuple[str, GrantedAnalysis]]:
    """The same of several recordings, by id, that the grant reaches, with as few questions as one takes."""
    keys = vault.keys_for(grant)

    def key_of(camera: str, part: str) -> DataKey:
        if (camera, part) not in keys:
            raise destroyed(camera, part)
        return keys[camera, part]

    return _opened(engine, place, clock, grant, only, key_of)


def _opened(
    engine: Engine,
    place: Place,
    clock: Clock,
    grant: Grant,
    only: Mapping[str, Sequence[str]],
    key_of: Callable[[str, str], DataKey],
) -> Iterator[tuple[str, GrantedAnalysis]]:
    """Open recordings one after another; ``key_of`` gives the key of a camera's part."""
    grant.check(clock(), *PICTURES)
    tracks, ids = TrackStore(engine, clock), tuple(only)
    for some in (ids[at : at + _AT_ONCE] for at in range(0, len(ids), _AT_ONCE)):
        rows = _rows(engine, grant.scope, some)
        tubes: dict[str, set[str]] = {}
        for tube in tracks.tubes(grant, Wanted(footages=some)):
            tubes.setdefault(tube.footage, set()).add(tube.id)
        for one in some:
            row = rows.get(one)
            if row is None:
                raise StoreError(f"{one} has not been analysed yet: run 'synopticon ingest' again")
            where = place_of_run(place, row["camera"], row["part"], one, row["key"])
            store = AnalysisStore(SealedFiles(where, key_of(row["camera"], row["part"]), one))
            allowed = tubes.get(one, set())
            found = store.tubes(allowed & set(only[one]) if only[one] else allowed)
            yield one, GrantedAnalysis(store, row, grant, clock, found)


def _rows(engine: Engine, scope: Scope, footages: Sequence[str]) -> dict[str, RowMapping]:
    """Footage that was analysed and is reached, with the key of its run; ``named``: in scope as a whole."""
    query = select(footage, run.c.key, named(scope, footage.c.id).label("named"))
    query = query.join(run, footage.c.run == run.c.id).where(footage.c.id.in_(footages), reached(scope))
    with reading(engine) as connection:
        return {row["id"]: row for row in connection.execute(query).mappings()}


def _timed(file: SourceFile, row: RowMapping) -> SourceFile:
    """A file with the clock that its footage has now: it may have been set since it was probed."""
    start = None if row["start"] is None else row["start"] / SECOND + file.offset
    return replace(file, clock=ClockOf(start, row["source"], row["uncertainty"], row["zone"]))


def _bank(store: AnalysisStore, grant: Grant, row: RowMapping) -> Bank | None:
    """The scenes that were learned within the scope: a background shows whoever stood still."""
    bank, may = store.load_bank(), _within(grant, row)
    if bank is None or row["named"]:
        return bank
    scenes = tuple(scene for scene in bank.scenes if may((scene.start, scene.end)))
    return replace(bank, scenes=scenes, quiet=()) if scenes else None


def _within(grant: Grant, row: RowMapping) -> Callable[[tuple[float, float]], bool]:
    """Whether a stretch (seconds) of a recording's timeline lies wholly in the scope."""
    if row["named"] or row["start"] is None:
        return lambda _: bool(row["named"])
    start, length = moment_of(row["start"]), row["duration"] / SECOND

    def covered(stretch: tuple[float, float]) -> bool:
        a, b = max(stretch[0], 0.0), min(stretch[1], length)
        ends = (start + timedelta(seconds=a), start + timedelta(seconds=max(a, b)))
        return grant.scope.covers(row["camera"], *ends, row["uncertainty"])

    return covered
