"""Look for a person filmed who asks: in the cameras and hours of their request, pictures masked."""

from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

from synopticon.acts.requests import find_request, reason_of
from synopticon.acts.search import Answer, Wishes, answered, asked, check_wishes, thumbnails_of
from synopticon.acts.workspace import Act, Workspace
from synopticon.governance.capability import Operation
from synopticon.search.query import text_of
from synopticon.values.query import Query

Found = TypeVar("Found")
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
    wishes = wishes or Wishes()
    check_wishes(wishes)
    return _searched(
        workspace,
        id,
        text,
        plain,
        limit,
        lambda act, query, ignored: answered(workspace, act, query, wishes, ignored),
    )


def candidates(
    workspace: Workspace, id: str, text: str, *, plain: bool = False, limit: int = 50
) -> tuple[Answer, dict[str, bytes]]:
    """The same, with a masked picture (JPEG) of each candidate that has one."""

    def looked(act: Act, query: Query, ignored: tuple[str, ...]) -> tuple[Answer, dict[str, bytes]]:
        answer = answered(workspace, act, query, Wishes(), ignored)
        return answer, thumbnails_of(workspace, act.grant, {h.track: h.footage for h in answer.found.hits})

    return _searched(workspace, id, text, plain, limit, looked)


def _searched(
    workspace: Workspace,
    id: str,
    text: str,
    plain: bool,
    limit: int | None,
    do: Callable[[Act, Query, tuple[str, ...]], Found],
) -> Found:
    """Do something with a question within the permission that the request itself is."""
    found = find_request(workspace, id)
    understood = asked(workspace, text, case=None, plain=plain, capability="request.search")
    query = understood.query if limit is None else replace(understood.query, limit=limit)
    said = {"query": text_of(query), "typed": text, "plain": plain}
    why = reason_of(found)
    with workspace.act("request.search", scope=found.scope, reason=why, payload=said, demand=id) as act:
        return do(act, query, understood.ignored)
