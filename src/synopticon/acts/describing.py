"""What tracks of a case look like: worked out when it is first asked for, within a grant, never at ingest.

The pictures are opened from the sealed tubes, whose heads were taken out before anything was stored; the
numbers are kept sealed for the case (``store.descriptors``), so that the next question reads them.
"""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from synopticon.acts.analysis import Progress
from synopticon.acts.workspace import Act, Workspace
from synopticon.errors import RefusedError, UsageError
from synopticon.store.descriptors import Described, Source
from synopticon.store.granted import GrantedAnalysis, open_granted
from synopticon.store.moments import span
from synopticon.values.detection import CLASS_INDEX
from synopticon.values.sides import sides_of
from synopticon.values.tube import Tube
from synopticon.vision.descriptor import SIZE, Descriptor, describe

RULE_CLOSED = "case.not-closed"


@dataclass(frozen=True, slots=True, eq=False)
class Looks:
    """Tracks of the scope with what they look like, and the footage that they are of, by its id.

    ``made``: how many were described just now, the others were before.
    """

    rows: Described
    sources: dict[str, Source]
    made: int

    def row(self, track: str) -> int | None:
        """The row of a track, if it is there."""
        found = np.flatnonzero(self.rows.ids == track.encode())
        return int(found[0]) if len(found) else None

    def source(self, row: int) -> Source:
        """The footage of a row."""
        return self.sources[self.rows.footages[int(self.rows.footage[row])]]

    def id(self, row: int) -> str:
        """The track of a row."""
        return str(self.rows.ids[row].decode())

    @property
    def cameras(self) -> NDArray[np.str_]:
        """The camera of each row."""
        return np.array([self.sources[f].camera for f in self.rows.footages], np.str_)[self.rows.footage]

    @property
    def digest(self) -> str:
        """SHA-256 of the ids of all tracks, sorted, a line each: what was looked at, for the log."""
        return hashlib.sha256(b"\n".join(np.sort(self.rows.ids).tolist())).hexdigest()


def looks(workspace: Workspace, act: Act, progress: Progress | None = None) -> Looks:
    """All tracks in the scope of the act's grant, described; what is missing is described now.

    Raises ``RefusedError`` outside a case, ``StoreError`` for damage.
    """
    store, grant = workspace.descriptors, act.grant
    workspace.vault.case_key(grant)  # refuses what is of no case
    sources = {s.footage: s for s in store.sources(grant)}
    found = dict(store.read(grant))
    lacking = [s for s in sources.values() if _count(found.get((s.camera, s.part)), s) < s.tubes]
    made = 0
    for number, source in enumerate(lacking):
        if progress:
            progress("describing what tracks look like", number / len(lacking))
        made += _fill(workspace, act, source)
    if made:
        found = dict(store.read(grant))
    rows = Described.join([found[place] for place in sorted(found)]) if found else Described.none(SIZE)
    act.note(compared=len(rows), described=made)
    looked = Looks(rows, sources, made)
    act.note(track_list=looked.digest)
    return looked


def wanted(workspace: Workspace, act: Act, seen: Looks, track: str) -> int:
    """The row of the track that is asked about; raises ``RefusedError``, ``UsageError``."""
    row = seen.row(track)
    if row is None:
        workspace.tracks.one(act.grant, track)  # refuses what is out of scope
    if row is None or not seen.rows.vectors[row].any():
        raise UsageError(f"{track}: too little of it is seen to compare: choose another track of it")
    return row


def _count(block: Described | None, source: Source) -> int:
    """How many tracks of this footage, as it was analysed last, are described in the scope."""
    pair = (source.footage, source.run)
    if block is None or pair not in block.pairs:
        return 0
    return int(np.count_nonzero(block.footage == block.pairs.index(pair)))


def _fill(workspace: Workspace, act: Act, source: Source) -> int:
    """Describe what of this footage is in the scope and was not described; gives how many tracks."""
    store, grant = workspace.descriptors, act.grant
    before = store.block(grant, source.camera, source.part, source.footage)
    kept = [] if before is None else [before.take(_current(before, source))]
    have = {name.decode() for block in kept for name in block.ids.tolist()}
    opened = open_granted(
        workspace.engine, workspace.place, workspace.vault, workspace.clock, grant, source.footage
    )
    tubes = [t for t in opened.tubes() if t.id not in have]
    if not tubes:
        return 0
    new = _block(source, tubes, list(_described(tubes, opened)))
    _check_open(workspace, grant.case or "")
    store.put(grant, source.camera, source.part, Described.join([*kept, new]))
    return len(tubes)


def _check_open(workspace: Workspace, case: str) -> None:
    """A grant outlives the closing of its case by some hours; nothing may be kept for it then."""
    found = workspace.cases.case(case)
    if found is not None and found.closing is not None:
        text = f"{case} was closed meanwhile (rule {RULE_CLOSED})"
        raise RefusedError(f"{text}: run 'synopticon case open' for another", RULE_CLOSED)


def _current(block: Described, source: Source) -> NDArray[np.bool_]:
    """The rows that are of other footage, or of the run whose tracks are kept now."""
    stale = [f == source.footage and run != source.run for f, run in block.pairs]
    return np.asarray(~np.array(stale, np.bool_)[block.footage])


def _described(tubes: Iterable[Tube], store: GrantedAnalysis) -> Iterator[Descriptor]:
    bank, file = store.load_bank(), store.load_recording().readable[0]
    for tube in tubes:
        found = describe(tube, store, bank, file.colour_matrix, file.full_range)
        yield np.zeros(SIZE, np.int8) if found is None else found


def _block(source: Source, tubes: Sequence[Tube], vectors: Sequence[Descriptor]) -> Described:
    tracks = [t.track for t in tubes]
    times = np.array([span(t.start, t.end) for t in tracks], np.int64)
    size = (source.width, source.height)
    return Described(
        (source.footage,), (source.run,),
        ids=np.array([t.id for t in tracks], "S48"),
        footage=np.zeros(len(tracks), np.int32),
        start=times[:, 0], end=times[:, 1],
        label=np.array([CLASS_INDEX[t.label] for t in tracks], np.uint8),
        enters=np.array([sides_of(t.boxes[0], *size) for t in tracks], np.uint8),
        leaves=np.array([sides_of(t.boxes[-1], *size) for t in tracks], np.uint8),
        vectors=np.stack(vectors),
    )  # fmt: skip
