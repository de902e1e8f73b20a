"""Masked pictures of tracks, as somebody looks at them: an act for each handful, not for each picture."""

from collections.abc import Sequence

from synopticon.acts.search import listed, scope_for, thumbnails_of
from synopticon.acts.workspace import Workspace
from synopticon.errors import UsageError
from synopticon.governance.capability import Operation
from synopticon.store.tracks import Wanted
from synopticon.values.query import Query

OPERATION = Operation.CONSULTATION
MOST = 100  # tracks at once


def pictures_of(
    workspace: Workspace, tracks: Sequence[str], *, case: str | None = None, reason: str = ""
) -> dict[str, bytes]:
    """A masked picture (JPEG) of each track in the scope that has a stored one.

    Raises ``UsageError`` for none or too many; a track that is not there, or not in the scope, has none.
    """
    if not 0 < len(tracks) <= MOST:
        raise UsageError(f"{len(tracks)} tracks: name 1 to {MOST}")
    scope = scope_for(workspace, Query(), case)
    said = {"what": "pictures", "track_list": listed(tracks)}
    with workspace.act("view.masked", case=case, scope=scope, reason=reason, payload=said) as act:
        rows = workspace.tracks.find(act.grant, Wanted(ids=tuple(tracks)))
        found = thumbnails_of(workspace, act.grant, {row.id: row.footage for row in rows})
        act.note(shown=len(found))
        return found
