"""Which tracks are in events of a rule: for questions with ``event:``, and for nothing else.

No other question reads an event.
"""

from collections.abc import Mapping

from synopticon.acts.workspace import Workspace
from synopticon.governance.capability import EVENTS, Operation
from synopticon.governance.grant import Grant
from synopticon.store.events import EventsWanted
from synopticon.values.query import Query

OPERATION = Operation.CONSULTATION
_GIVEN = "a part of the look that this permission is for"


def permitted(workspace: Workspace, grant: Grant) -> tuple[str, ...]:
    """The kinds of event (capabilities) that may be seen where this grant holds, for its reason."""
    found = []
    for name in EVENTS:
        checks = workspace.explain(f"event.{name}", case=grant.case, scope=grant.scope, reason=_GIVEN)
        if all(check.holds for check in checks):
            found.append(f"event.{name}")
    return tuple(found)


def events_asked(workspace: Workspace, grant: Grant, query: Query) -> Mapping[str, tuple[str, ...]]:
    """For each value of ``event:`` the tracks in kept events of that rule; nothing is read for others."""
    values = {str(v) for term in query.of("event") for v in term.values}
    if not values:
        return {}
    may = permitted(workspace, grant)
    found: dict[str, set[str]] = {value: set() for value in values}
    for one in workspace.events.find(grant, EventsWanted(capabilities=may)):
        for value in values & {one.event.rule, one.event.name}:
            found[value].update(one.event.tracks)
    return {value: tuple(sorted(tracks)) for value, tracks in found.items()}
