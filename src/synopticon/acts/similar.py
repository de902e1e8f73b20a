"""Which other tracks look like this one? Within a case, by clothing and shape, never by a head.

Singles a person out, so that profiles ask for a second person's approval, or refuse it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from synopticon.acts.analysis import Progress
from synopticon.acts.describing import Looks, looks, wanted
from synopticon.acts.workspace import Act, Workspace, singled_out
from synopticon.errors import UsageError
from synopticon.governance.authority import Reason
from synopticon.governance.capability import Operation
from synopticon.search.similar import Found, comparable, explained, first, likeness
from synopticon.store.descriptors import Source
from synopticon.store.tracks import Wanted

OPERATION = Operation.COMBINATION
LIMIT = 20
MOST = 500
NOTE = (
    "it compares clothing and shape, not people: others who wear the same come first too, and a change of "
    "clothes is not seen through"
)


@dataclass(frozen=True, slots=True)
class Sighting:
    """A track where and when it was seen; UTC, None where the clock is unknown.

    ``uncertainty``: by so many seconds the clock of its recording may err; ``clock``: where that is from.
    """

    track: str
    camera: str
    label: str
    start: datetime | None
    end: datetime | None
    uncertainty: float
    clock: str


@dataclass(frozen=True, slots=True)
class Hit:
    """A track that looks like it: 0..1, and why."""

    seen: Sighting
    score: float
    reason: str


@dataclass(frozen=True, slots=True)
class SimilarResult:
    """The most alike first. ``compared``: tracks in the scope; ``unseen``: too little seen of them.

    ``seconds`` of footage in the scope, of which ``gap_seconds`` were not seen. ``exit_code`` 4: with gaps.
    """

    like: Sighting
    hits: tuple[Hit, ...]
    compared: int
    unseen: int
    seconds: float
    gap_seconds: float
    notes: tuple[str, ...]
    exit_code: int


def similar(
    workspace: Workspace,
    track: str,
    *,
    case: str | None,
    reason: str = "",
    limit: int = LIMIT,
    progress: Progress | None = None,
) -> SimilarResult:
    """The ``limit`` tracks in the scope of the case that look most like ``track``.

    Raises ``RefusedError`` with the rule, ``UsageError`` for a track that cannot be compared.
    """
    check_limit(limit)
    why, said = Reason(reason, (track,)), {"like": track, "limit": limit, **singled_out([track])}
    with workspace.act("search.similar", case=case, reason=why, payload=said) as act:
        seen = looks(workspace, act, progress)
        row = wanted(workspace, act, seen, track)
        found = _ranked(seen, row, limit)
        act.note(shown=len(found), candidates=[seen.id(f.row) for f in found])
        return _result(workspace, act, seen, row, found)


def check_limit(limit: int) -> None:
    """Raise unless so many may be shown."""
    if not 1 <= limit <= MOST:
        raise UsageError(f"a limit of {limit}: give 1 to {MOST}")


def _ranked(seen: Looks, row: int, limit: int) -> tuple[Found, ...]:
    rows = seen.rows
    allowed = comparable(rows.label, int(rows.label[row]))
    allowed[row] = False
    return first(likeness(rows.vectors, rows.vectors[row]), allowed, limit)


def _result(workspace: Workspace, act: Act, seen: Looks, row: int, found: tuple[Found, ...]) -> SimilarResult:
    shown = sightings(workspace, act, seen, [row, *(f.row for f in found)])
    vectors = seen.rows.vectors
    hits = tuple(Hit(shown[f.row], round(f.score, 4), explained(vectors[row], vectors[f.row])) for f in found)
    seconds = sum(s.seconds for s in workspace.footage.stretches(act.grant))
    gaps = sum(g.seconds for g in workspace.footage.gaps(act.grant))
    return SimilarResult(
        shown[row], hits, len(seen.rows), int((~vectors.any(axis=1)).sum()),
        round(seconds, 3), round(gaps, 3), (NOTE,), 4 if gaps else 0,
    )  # fmt: skip


def sightings(workspace: Workspace, act: Act, seen: Looks, rows: list[int]) -> dict[int, Sighting]:
    """Where and when the tracks of these rows were seen."""
    ids = {seen.id(row): row for row in rows}
    return {ids[t]: s for t, s in of_tracks(workspace, act, seen.sources, tuple(ids)).items()}


def of_tracks(
    workspace: Workspace, act: Act, sources: Mapping[str, Source], ids: tuple[str, ...]
) -> dict[str, Sighting]:
    """Where and when these tracks were seen; those that are not in the scope are left out."""
    names = {c.id: c.name for c in workspace.cameras.all()}
    found = workspace.tracks.find(act.grant, Wanted(ids=ids)) if ids else ()
    return {
        t.id: Sighting(
            t.id, names.get(t.camera, t.camera), t.label, t.start, t.end,
            sources[t.footage].uncertainty, sources[t.footage].clock,
        )
        for t in found if t.footage in sources
    }  # fmt: skip
