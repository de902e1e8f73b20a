"""What there is to look at: recordings by camera, when they were taken, what of them was not seen."""

from collections.abc import Mapping
from dataclasses import dataclass

from synopticon.acts.search import Coverage, reach_of, scope_for
from synopticon.acts.workspace import Workspace
from synopticon.governance.capability import Operation
from synopticon.store.footage import Blind, Stretch
from synopticon.values.footage import Clock
from synopticon.values.query import Query, Term

__all__ = ["Blind", "Recordings", "Stretch", "list_recordings"]
OPERATION = Operation.CONSULTATION


@dataclass(frozen=True, slots=True)
class Recordings:
    """``stretches``: recordings, cut to what may be looked at; ``gaps``: what of it was not seen.

    ``models``: what looked at each footage that was analysed; ``cameras``: names by id; ``clocks``: of each
    footage, as it is set now.
    """

    stretches: tuple[Stretch, ...]
    gaps: tuple[Blind, ...]
    coverage: Coverage
    models: Mapping[str, str]
    cameras: dict[str, str]
    clocks: Mapping[str, Clock]


def list_recordings(
    workspace: Workspace, camera: str = "", *, case: str | None = None, reason: str = ""
) -> Recordings:
    """What a case (or one's own workspace) may look at, of one camera or all; raises ``UsageError``."""
    cameras = {c.id: c.name for c in workspace.cameras.all()}
    only = workspace.cameras.find(camera) if camera else None
    query = Query((Term("camera", (only.name,)),)) if only else Query()
    scope = scope_for(workspace, query, case)
    said = {"what": "recordings", "camera": only.id if only else None}
    with workspace.act("view.masked", case=case, scope=scope, reason=reason, payload=said) as act:
        reach = reach_of(workspace, act.grant, query)
        act.note(recordings=len(reach.stretches))
        clocks = workspace.footage.clocks(act.grant)
        return Recordings(reach.stretches, reach.gaps, reach.coverage, reach.models, cameras, clocks)
