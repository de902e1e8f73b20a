"""What can be done at all: the closed list of capabilities, each with its operation.

The operations are the six of directive (EU) 2016/680, article 25(1). A profile allows a subset of the
capabilities; an act on the workspace itself (users, keys, retention) is no matter of profiles, but of roles.
"""

import difflib
from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from synopticon.errors import UsageError


class Operation(StrEnum):
    """What an act is in the words of directive 2016/680 art. 25(1); disclosure includes transfers."""

    COLLECTION = "collection"
    ALTERATION = "alteration"
    CONSULTATION = "consultation"
    DISCLOSURE = "disclosure"
    COMBINATION = "combination"
    ERASURE = "erasure"


_IN, _SET, _SEE = Operation.COLLECTION, Operation.ALTERATION, Operation.CONSULTATION
_OUT, _JOIN, _END = Operation.DISCLOSURE, Operation.COMBINATION, Operation.ERASURE

# The eight of decree 2023-828 (art. 3), then those that an operator draws into the picture, then the rest.
EVENTS = (
    "abandoned-object", "weapon", "wrong-way", "forbidden-zone", "person-on-ground", "crowd-movement",
    "density", "fire", "line", "dwell", "stopped-vehicle",
    "removed-object", "camera", "speed", "running", "proximity",
)  # fmt: skip

# What is done with footage, or with what was derived from it.
FOOTAGE: Mapping[str, Operation] = MappingProxyType(
    {
        "ingest": _IN,
        "live": _IN,
        "view.masked": _SEE,
        "view.unmasked": _SEE,
        "synopsis": _SEE,
        "search.attributes": _SEE,
        "search.plate": _SEE,
        "search.similar": _JOIN,  # compares one person's look with everybody's
        "journey": _JOIN,  # joins what several cameras saw
        "statistics": _SEE,
        "case.mark": _SET,  # decide and note about tracks: accepted, rejected, tags, a note
        "redact": _SET,  # a changed copy is made; the original stays as it is
        "handover": _OUT,
        "export.masked": _OUT,
        "export.original": _OUT,
        "request.search": _SEE,  # for a person filmed: candidates, in the place and time that they named
        "request": _OUT,  # of a person filmed: their images, to them
        **{f"event.{name}": _SEE for name in EVENTS},
    }
)

# What is done with cases and cameras; a profile may refuse these too.
FRAME: Mapping[str, Operation] = MappingProxyType(
    {
        "case.open": _IN,
        "case.approve": _SET,
        "case.answer": _SET,  # bring in what an approver signed elsewhere
        "case.extend": _SET,
        "case.close": _SET,
        "case.expire": _SET,
        "case.emergency": _IN,
        "case.read": _SEE,
        "camera.add": _IN,
        "camera.set": _SET,
        "camera.clock": _SET,
        "camera.zones": _SET,
        "camera.suspend": _SET,  # switch a camera or a rule off, or on again, while it is watched
        "camera.read": _SEE,
        "audit.read": _SEE,
    }
)

# What keeps the house: the law asks for it in every setting, so no profile can refuse it. Roles decide.
HOUSE: Mapping[str, Operation] = MappingProxyType(
    {
        "audit.witness": _SET,
        "audit.export": _OUT,
        "audit.review": _SEE,  # the misuse review
        "audit.erase": _END,  # payloads at the end of the log's own retention
        "retention.run": _END,
        "retention.report": _SEE,
        "retention.hold": _SET,
        "retention.release": _SET,
        "documents": _SEE,
        "request.open": _IN,  # of a person filmed; what is sent is a matter of the profile
        "request.extend": _SET,
        "request.decide": _SET,
        "request.read": _SEE,
        "dpia.register": _SET,
        "declaration": _OUT,
        "profile.change": _SET,
        "user.add": _IN,
        "user.change": _SET,
        "user.login": _SEE,
        "user.notice": _SET,  # confirm having read a notice of one's own
        "user.password": _SET,  # one's own
        "user.read": _SEE,
        "key.make": _IN,
        "key.rotate": _SET,
        "webhook.set": _OUT,  # say where alerts are sent
        "webhook.send": _OUT,
        "webhook.read": _SEE,
        "workspace.init": _IN,
    }
)

CAPABILITIES: Mapping[str, Operation] = MappingProxyType({**FOOTAGE, **FRAME, **HOUSE})


def operation_of(capability: str) -> Operation:
    """Return the operation of a capability; raises ``UsageError`` for one that is not on the list."""
    try:
        return CAPABILITIES[capability]
    except KeyError:
        raise unknown(capability) from None


def unknown(capability: str) -> UsageError:
    """The error for a capability that is not on the list, with the nearest that is."""
    near = difflib.get_close_matches(capability, CAPABILITIES, n=3) or ["synopsis", "view.masked"]
    return UsageError(f"{capability!r} is no capability: choose one of the list, such as {', '.join(near)}")


def spread(pattern: str) -> tuple[str, ...]:
    """Capabilities that a pattern names: one, or a family as ``event.*``; raises ``UsageError`` for none.

    A family with members of the frame is of the frame: ``case.*`` says nothing of footage (``case.mark``).
    """
    if pattern.endswith(".*"):
        kin = tuple(name for name in CAPABILITIES if name.startswith(pattern[:-1]))
        found = tuple(name for name in kin if name in FRAME) or kin
    else:
        found = (pattern,) if pattern in CAPABILITIES else ()
    if not found:
        raise unknown(pattern)
    return found
