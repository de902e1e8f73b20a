"""What is read of a request before it is answered: who looked at the tracks, the notice of an extension."""

import functools

from synopticon.acts.request_papers import letter_of
from synopticon.acts.requests import find_request
from synopticon.acts.workspace import Workspace
from synopticon.errors import UsageError
from synopticon.governance.capability import Operation
from synopticon.governance.documents.letter import extension
from synopticon.governance.documents.page import Page
from synopticon.governance.documents.texts import texts
from synopticon.governance.touched import Touched, touched

OPERATION = Operation.CONSULTATION


def looks_of(workspace: Workspace, id: str) -> Touched:
    """Every act so far that touched the tracks of a request that was granted.

    Raises ``UsageError`` before: no track is known to show the person.
    """
    found = find_request(workspace, id)
    if found.decision is None or not found.decision.granted:
        raise UsageError(f"{id}: no track was named as the person yet: name it in the decision")
    with workspace.act("request.read", scope=found.scope, demand=id, payload={"what": "looks"}) as act:
        entries = workspace.log.entries(0, act.entry.sequence)
        told = touched(entries, found.decision.tracks, functools.cache(workspace.scope_of))
        act.note(looks=len(told.touches))
    return told


def notice_of(workspace: Workspace, id: str, language: str, contact: str = "") -> Page:
    """The notice of an extension that was made. Raises ``UsageError`` where there is none."""
    found = find_request(workspace, id)
    if found.extended is None:
        raise UsageError(f"{id}: was not extended, so that there is no notice: see the request")
    with workspace.act("request.read", scope=found.scope, demand=id) as act:
        person = workspace.demands.person(act.grant, id)
        reason = workspace.demands.reason(act.grant, id, "extended")
    return extension(letter_of(workspace, found, person, reason, contact), texts(language))
