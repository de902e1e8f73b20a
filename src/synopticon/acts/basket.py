"""The basket of a case: what was accepted in it, in groups that people name; its pictures, masked and clear.

The basket is no store of its own: a track lies in it while its mark says *accepted*, and its groups are the
tags of the mark. So what is exported from it, and what a report says of it, cannot differ.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from synopticon.acts.reporting import gallery_of
from synopticon.acts.search import listed, scope_for
from synopticon.acts.workspace import RULE_CLEAR, Workspace, singled_out
from synopticon.errors import RefusedError, UsageError
from synopticon.evidence.gallery import Shot
from synopticon.governance.authority import Reason
from synopticon.governance.capability import Operation
from synopticon.store.marks import Mark
from synopticon.store.tracks import TrackRow, Wanted
from synopticon.values.query import Query

OPERATION = Operation.CONSULTATION
ACCEPTED = "accepted"
MOST = 50  # pictures at once


@dataclass(frozen=True, slots=True)
class Kept:
    """A track in the basket, and what people noted about it."""

    track: TrackRow
    mark: Mark


def list_basket(workspace: Workspace, *, case: str | None = None, reason: str = "") -> tuple[Kept, ...]:
    """What was accepted in the case (or in one's own workspace), by camera and time; no picture is opened."""
    scope = scope_for(workspace, Query(), case)
    with workspace.act("view.masked", case=case, scope=scope, reason=reason, payload=_WHAT) as act:
        marks = {m.track: m for m in workspace.marks.read(act.grant) if m.verdict == ACCEPTED}
        rows = workspace.tracks.find(act.grant, Wanted(ids=tuple(marks))) if marks else ()
        act.note(track_count=len(rows), track_list=listed([row.id for row in rows]))
        return tuple(Kept(row, marks[row.id]) for row in rows)


_WHAT = {"what": "basket"}


def shots_of(
    workspace: Workspace, tracks: Sequence[str], *, case: str | None = None, reason: str = ""
) -> tuple[Shot, ...]:
    """The best masked picture of each track. Raises ``UsageError`` for one that is not in the scope."""
    _check(tracks)
    scope = scope_for(workspace, Query(), case)
    said = {"what": "gallery", "track_list": listed(tracks)}
    with workspace.act("view.masked", case=case, scope=scope, reason=reason, payload=said) as act:
        return gallery_of(workspace, act.grant, tracks).shots


def clear_shots_of(
    workspace: Workspace, tracks: Sequence[str], *, case: str | None = None, reason: str = ""
) -> tuple[Shot, ...]:
    """The same pictures without masks: the log says whose, and why.

    Raises ``RefusedError`` without a reason, and where the profile or the case does not allow it.
    """
    _check(tracks)
    if not reason.strip():
        says = f"clear pictures need a reason (rule {RULE_CLEAR}): say why, or look at the masked ones"
        raise workspace.refuse("view.unmasked", RefusedError(says, RULE_CLEAR), case=case)
    scope = scope_for(workspace, Query(), case)
    said = {"what": "gallery", "masked": False, **singled_out(tracks)}
    why = Reason(reason, tuple(tracks))
    with workspace.act("view.unmasked", case=case, scope=scope, reason=why, payload=said) as act:
        return gallery_of(workspace, act.grant, tracks, clear=True).shots


def _check(tracks: Sequence[str]) -> None:
    if not 0 < len(tracks) <= MOST:
        raise UsageError(f"{len(tracks)} tracks: name 1 to {MOST}")
