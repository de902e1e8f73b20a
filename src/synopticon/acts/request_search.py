"""Look for a person filmed who asks: in the cameras and hours of their request, pictures masked."""

from dataclasses import replace

from synopticon.acts.requests import find_request, reason_of
from synopticon.acts.search import Answer, Wishes, answered, asked, check_wishes
from synopticon.acts.workspace import Workspace
from synopticon.governance.capability import Operation
from synopticon.search.query import text_of

OPERATION = Operation.CONSULTATION


def search_request(
    workspace: Workspace,
    id: str,
    text: str,
    *,
    plain: bool = False,
    limit: int | None = None,
    wishes: Wishes | None = None,
) -> Answer:
    """Candidates for the person: the request itself is the reason, and its place and time the scope.

    Tracks count that lie in the window from their first picture to their last, the clock's error included.
    Raises ``QueryError``, ``RefusedError`` once the request was answered, ``StoreError`` without a key.
    """
    found = find_request(workspace, id)
    understood = asked(workspace, text, case=None, plain=plain, capability="request.search")
    query = understood.query if limit is None else replace(understood.query, limit=limit)
    wishes = wishes or Wishes()
    check_wishes(wishes)
    said = {"query": text_of(query), "typed": text, "plain": plain}
    why = reason_of(found)
    with workspace.act("request.search", scope=found.scope, reason=why, payload=said, demand=id) as act:
        return answered(workspace, act, query, wishes, understood.ignored)
