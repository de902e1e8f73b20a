"""Work with hits: accept, reject, doubt, note, tag and trim them, in a case; by whom and when is kept."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from synopticon.acts.search import scope_for
from synopticon.acts.workspace import Workspace, singled_out
from synopticon.errors import RefusedError, UsageError
from synopticon.governance.canonical import digest
from synopticon.governance.capability import Operation
from synopticon.search.sensitive import refuse_in
from synopticon.store.marks import VERDICTS, Mark
from synopticon.store.tracks import TrackRow, Wanted
from synopticon.values.query import Query

__all__ = ["Mark", "Marking", "list_marks", "mark_tracks"]
OPERATION = Operation.ALTERATION
LONGEST = 2000  # characters of a note


@dataclass(frozen=True, slots=True)
class Marking:
    """What is to be noted; None leaves as it is. ``tags`` are added, ``untag`` taken away."""

    verdict: str | None = None
    note: str | None = None
    tags: tuple[str, ...] = ()
    untag: tuple[str, ...] = ()
    trim: tuple[float, float] | None = None


def mark_tracks(
    workspace: Workspace,
    tracks: Sequence[str],
    marking: Marking,
    *,
    case: str | None = None,
    reason: str = "",
) -> tuple[Mark, ...]:
    """Note something about tracks in the scope; all or none. Raises ``RefusedError``, ``UsageError``.

    The log keeps what was noted, and a digest of what stood there before.
    """
    _check(tracks, marking)
    try:
        for tag in marking.tags:
            refuse_in(tag)
    except RefusedError as error:
        raise workspace.refuse("case.mark", error, case=case) from error
    said = {**singled_out(tracks), **_said(marking)}
    scope = scope_for(workspace, Query(), case)
    with workspace.act("case.mark", case=case, scope=scope, reason=reason, payload=said) as act:
        rows = {row.id: row for row in workspace.tracks.find(act.grant, Wanted(ids=tuple(tracks)))}
        if missing := sorted(set(tracks) - set(rows)):
            raise UsageError(f"{missing[0]}: is no track in this scope: see 'synopticon search'")
        before = {m.track: m for m in workspace.marks.read(act.grant)}
        made = tuple(_marked(workspace, rows[t], before.get(t), marking) for t in sorted(rows))
        workspace.marks.put(act.grant, made)
        act.note(marked=len(made), before=digest_of([before[t] for t in sorted(rows) if t in before]))
    return made


def digest_of(marks: Sequence[Mark]) -> str:
    """SHA-256 of marks in canonical JSON, as the log keeps what stood before: ``{"marks": [...]}``."""
    return digest({"marks": [{**asdict(m), "at": m.at.isoformat()} for m in marks]})


def list_marks(workspace: Workspace, *, case: str | None = None, reason: str = "") -> tuple[Mark, ...]:
    """All that was noted in the case (or in one's own workspace) about tracks in its scope."""
    scope = scope_for(workspace, Query(), case)
    with workspace.act("view.masked", case=case, scope=scope, reason=reason) as act:
        found = workspace.marks.read(act.grant)
        act.note(marks=len(found))
    return found


def _marked(workspace: Workspace, row: TrackRow, old: Mark | None, new: Marking) -> Mark:
    tags = ({*(old.tags if old else ()), *new.tags}) - set(new.untag)
    trim = new.trim or (old.trim if old else None)
    if trim and not 0 <= trim[0] < trim[1] <= row.seconds + 1:
        raise UsageError(
            f"{row.id}: lasts {row.seconds:.1f} s: give a trim inside that, such as 0-{row.seconds:.0f}"
        )
    return Mark(
        row.id, row.camera, row.part,
        new.verdict or (old.verdict if old else "new"), workspace.actor.id, workspace.clock(),
        tuple(sorted(tags)), (old.note if old else "") if new.note is None else new.note, trim,
    )  # fmt: skip


def _said(marking: Marking) -> dict[str, Any]:
    """All of a marking, for the log."""
    return {
        name: list(value) if isinstance(value, tuple) else value for name, value in asdict(marking).items()
    }


def _check(tracks: Sequence[str], marking: Marking) -> None:
    if not tracks:
        raise UsageError("no track is named: give one or more, as 'synopticon search' names them")
    if marking.verdict is not None and marking.verdict not in VERDICTS:
        raise UsageError(f"{marking.verdict!r} is no verdict: choose from {', '.join(VERDICTS)}")
    if marking.note is not None and len(marking.note) > LONGEST:
        raise UsageError(f"a note of {len(marking.note)} characters: keep it under {LONGEST}")
    for tag in (*marking.tags, *marking.untag):
        if not tag.strip() or len(tag) > 50 or "," in tag or not tag.isprintable():
            raise UsageError(f"{tag!r} is no tag: use up to 50 printable characters without a comma")
