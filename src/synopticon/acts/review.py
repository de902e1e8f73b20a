"""The misuse review: the data protection officer looks through the log for patterns to ask about."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from synopticon.acts.workspace import Workspace
from synopticon.errors import UsageError
from synopticon.governance.audit.entry import OUTCOME, RECORD, Entry
from synopticon.governance.capability import FOOTAGE, Operation
from synopticon.governance.case import check_text
from synopticon.governance.review import Finding, Look, ReviewSettings, review

OPERATION = Operation.CONSULTATION
_DIGEST = re.compile(r"[0-9a-f]{64}")
_LOOKS = frozenset(FOOTAGE) - {"ingest", "live"}  # what comes in is no look


@dataclass(slots=True)
class Counts:
    """What was gone through. ``erased``: looks whose payload is gone, so that only their hour is known."""

    entries: int = 0
    looks: int = 0
    erased: int = 0


@dataclass(frozen=True, slots=True)
class Seen:
    """That somebody (a name) confirmed having looked into a finding, when, and what they noted."""

    by: str
    at: datetime
    note: str
    entry: int


@dataclass(frozen=True, slots=True)
class Review:
    """What was found, by whom (names by id), in how much of the log, by which measure.

    ``seen``: what was confirmed of findings, by their ids.
    """

    findings: tuple[Finding, ...]
    names: Mapping[str, str]
    counts: Counts
    settings: ReviewSettings
    seen: Mapping[str, Seen]


def review_log(
    workspace: Workspace,
    *,
    settings: ReviewSettings | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
) -> Review:
    """Go through the log, an entry at a time; each finding lists the entries that show it.

    ``since``, ``until``: only looks of that time. Raises ``RefusedError`` for whom it is not,
    ``UsageError`` for a zone that does not exist or a time without zone.
    """
    _check(since, until)
    chosen = settings or ReviewSettings(zone=_zone(workspace))
    span = {"since": since and since.isoformat(), "until": until and until.isoformat(), "zone": chosen.zone}
    with workspace.act("audit.review", payload=span) as act:
        counts, seen = Counts(), dict[str, Seen]()
        entries = _confirmed(workspace.log.entries(), seen)
        found = review(looks_of(entries, counts, since, until), chosen)
        act.note(entries=counts.entries, looks=counts.looks, findings=len(found))
        actors = {finding.actor for finding in found if finding.actor}
        users = [workspace.people.user(actor) for actor in sorted(actors)]
    return Review(found, {user.id: user.name for user in users if user}, counts, chosen, seen)


def confirm_finding(workspace: Workspace, finding: str, note: str) -> None:
    """Confirm, in the log, that a finding (its id) was looked into; ``note``: what came of it, in words.

    Raises ``UsageError`` for a note that says nothing or an id that is none.
    """
    check_text("note", note)
    if not _DIGEST.fullmatch(finding):
        raise UsageError(f"{finding[:70]!r} is no finding: use one that the review shows")
    with workspace.act("audit.review", payload={"seen": finding, "note": note}):
        pass  # its record in the log is all there is to it


def _confirmed(entries: Iterator[Entry], seen: dict[str, Seen]) -> Iterator[Entry]:
    """The same entries; what was confirmed of findings is kept in passing, the last of each."""
    for entry in entries:
        said = entry.payload or {}
        if entry.header.capability == "audit.review" and entry.header.kind == RECORD and "seen" in said:
            by, note = str(said.get("actor", "")), str(said.get("note", ""))
            seen[str(said["seen"])] = Seen(by, entry.header.time, note, entry.sequence)
        yield entry


def looks_of(
    entries: Iterator[Entry], counts: Counts, since: datetime | None = None, until: datetime | None = None
) -> Iterator[Look]:
    """The looks in some entries: each record with its outcome, in the order in which they ended.

    Only records that wait for their outcome are kept. An export that failed is none.
    """
    waiting: dict[int, Entry] = {}
    for entry in entries:
        counts.entries += 1
        header = entry.header
        if header.kind == RECORD and header.capability in _LOOKS:
            if (since is None or header.time >= since) and (until is None or header.time < until):
                waiting[entry.sequence] = entry
        elif header.kind == OUTCOME and header.refers in waiting:
            yield from _look(waiting.pop(header.refers), entry.payload or {}, counts)
    for record in waiting.values():
        yield from _look(record, {}, counts)


def _look(record: Entry, outcome: Mapping[str, Any], counts: Counts) -> Iterator[Look]:
    header, said = record.header, record.payload
    if outcome.get("state", "done") != "done" and header.capability.startswith(("export.", "handover")):
        return
    part = said is not None and "within" in said
    counts.looks += not part
    counts.erased += said is None
    said = said or {}
    subjects = tuple(dict.fromkeys(_texts(said.get("subjects")) + _texts(outcome.get("subjects"))))
    yield Look(
        record.sequence,
        header.time,
        header.actor,
        header.case or "",
        header.capability,
        _reason(_texts(said.get("reason")), subjects),
        subjects,
        part,
    )


def _reason(lines: tuple[str, ...], subjects: tuple[str, ...]) -> str:
    """The words of a reason, without the track that each of its lines names."""
    if not lines:
        return ""
    named, colon, words = lines[0].partition(": ")
    return words if colon and named in subjects else lines[0]


def _texts(value: object) -> tuple[str, ...]:
    """A list of texts as it stands in a payload; anything else (a count) is none."""
    return tuple(v for v in value if isinstance(v, str)) if isinstance(value, list) else ()


def _zone(workspace: Workspace) -> str:
    """The zone of the cameras, if they all have one and the same; else UTC."""
    zones = {camera.zone for camera in workspace.cameras.all()}
    return (zones.pop() if len(zones) == 1 else "") or "UTC"


def _check(*times: datetime | None) -> None:
    for time in times:
        if time is not None and time.tzinfo is None:
            raise UsageError(f"{time.isoformat()} has no time zone: add one, such as +01:00")
