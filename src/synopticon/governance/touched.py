"""Which acts of the log touched the tracks of a person: consultations, combinations and disclosures.

Two ways, told apart for each: the act *named* one of the tracks (it was looked for, decided about or shown
clear), or its *scope* reaches them: it was allowed to see the recording, or the camera at that time. Where a
payload was erased, only the header is left: such acts are counted, since nothing tells what they touched.
"""

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from synopticon.errors import UsageError
from synopticon.governance.audit.entry import OUTCOME, RECORD, Entry
from synopticon.governance.capability import FOOTAGE, Operation, operation_of
from synopticon.governance.demand import Shown
from synopticon.governance.grant import Scope

_COUNT = (Operation.CONSULTATION, Operation.COMBINATION, Operation.DISCLOSURE)
LOOKS = frozenset(name for name in FOOTAGE if operation_of(name) in _COUNT)
ScopeOf = Callable[[str], Scope]


class How(StrEnum):
    """By what an act touched the tracks."""

    NAMED = "named"
    SCOPE = "scope"


@dataclass(frozen=True, slots=True)
class Touch:
    """An act that touched the tracks. ``why``: the reason given; ``who``: the name of who acted."""

    entry: int
    at: datetime
    capability: str
    operation: str
    how: How
    case: str
    why: str
    recipient: str
    who: str


@dataclass(frozen=True, slots=True)
class Touched:
    """All of them in the order of the log; ``erased``: acts of which nothing but their time is known."""

    touches: tuple[Touch, ...]
    erased: int


def touched(entries: Iterable[Entry], tracks: Sequence[Shown], scope_of: ScopeOf) -> Touched:
    """Go through the log. ``scope_of``: of a case, for acts that name no scope of their own.

    An act that failed counts too: what it had shown by then is not known.
    """
    waiting: dict[int, Entry] = {}
    found: list[Touch] = []
    erased = 0
    for entry in entries:
        header = entry.header
        if header.kind == RECORD and header.capability in LOOKS:
            if entry.payload is None:
                erased += 1
            else:
                waiting[entry.sequence] = entry
        elif header.kind == OUTCOME and header.refers in waiting:
            found += _touch(waiting.pop(header.refers), entry.payload or {}, tracks, scope_of)
    for record in waiting.values():
        found += _touch(record, {}, tracks, scope_of)
    return Touched(tuple(sorted(found, key=lambda one: one.entry)), erased)


def _touch(
    record: Entry, outcome: Mapping[str, Any], tracks: Sequence[Shown], scope_of: ScopeOf
) -> list[Touch]:
    said, header = record.payload or {}, record.header
    how = _how(said, outcome, header.case, tracks, scope_of)
    if how is None:
        return []
    ids = {one.track for one in tracks}
    to = said.get("recipient")
    recipient = to if isinstance(to, str) else ""
    return [
        Touch(
            record.sequence, header.time, header.capability, header.operation, how, header.case or "",
            _reason(said.get("reason"), ids), recipient, str(said.get("actor", "")),
        )
    ]  # fmt: skip


def _how(
    said: Mapping[str, Any],
    outcome: Mapping[str, Any],
    case: str | None,
    tracks: Sequence[Shown],
    scope_of: ScopeOf,
) -> How | None:
    ids = {one.track for one in tracks}
    alone = {_listed([one]) for one in ids} | {_listed(ids)}
    for told in (said, outcome):
        if ids & set(_texts(told.get("subjects"))) or told.get("track_list") in alone:
            return How.NAMED
    try:
        scope = Scope.of_plain(said["scope"])
    except (KeyError, UsageError):
        return None
    if not scope and case is not None:
        scope = scope_of(case)
    return How.SCOPE if any(reaches(scope, one) for one in tracks) else None


def reaches(scope: Scope, shown: Shown) -> bool:
    """Whether a scope names the recording of a track, or its camera at some of its time."""
    if set(scope.digests) & set(shown.digests):
        return True
    if shown.camera not in scope.cameras:
        return False
    return any(w.start <= shown.end and shown.start < w.end for w in scope.windows)


def _reason(lines: object, ids: set[str]) -> str:
    """The words of a reason; of one that lists tracks, without their ids, which may be of others."""
    texts = _texts(lines)
    if not texts:
        return ""
    mine = [text for text in texts if text.partition(": ")[0] in ids] or list(texts)
    named, colon, words = mine[0].partition(": ")
    return words if colon and (named in ids or len(texts) > 1) else mine[0]


def _listed(ids: Iterable[str]) -> str:
    return hashlib.sha256("\n".join(sorted(ids)).encode()).hexdigest()


def _texts(value: object) -> tuple[str, ...]:
    return tuple(v for v in value if isinstance(v, str)) if isinstance(value, list) else ()
