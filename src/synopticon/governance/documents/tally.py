"""What the log says, in one pass over its entries: counts by month, transmissions, destructions.

Counts rest on headers, which are never erased; what stands in payloads (hours, recipients, whether an
approval was independent) is counted as far as they are there, and what was erased is counted as such.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from synopticon.errors import UsageError
from synopticon.governance.audit.entry import OUTCOME, RECORD, REFUSAL, Entry, Header
from synopticon.governance.capability import FOOTAGE, Operation, operation_of
from synopticon.governance.grant import Scope

LOOKS = frozenset(c for c in FOOTAGE if operation_of(c) in (Operation.CONSULTATION, Operation.COMBINATION))
LEAVES = frozenset(c for c in FOOTAGE if operation_of(c) is Operation.DISCLOSURE)
_APPROVALS = ("case.approve", "case.answer")
ScopeOf = Callable[[str], Scope]  # the scope of a case, by its id


@dataclass(slots=True)
class Month:
    """Counts of one month (UTC). ``seconds``: of recordings opened to looks, as far as scopes tell.

    ``unmeasured``: looks whose hours no entry tells; ``unjudged``: approvals whose payload was erased;
    ``parts``: of ``acts``, those that are a part of another act.
    """

    name: str
    opened: int = 0
    emergencies: int = 0
    refusals: int = 0
    approvals: int = 0
    dependent: int = 0  # approvals that are not independent
    unjudged: int = 0
    seconds: float = 0.0
    unmeasured: int = 0
    unknown: int = 0  # records without an outcome
    parts: int = 0
    acts: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True, slots=True)
class Transmission:
    """Something that left: entry, when, what act, of which case and cameras, to whom. None = erased."""

    entry: int
    at: datetime
    capability: str
    case: str | None
    scope: Scope | None
    recipient: str | None


@dataclass(frozen=True, slots=True)
class Destruction:
    """A destruction as the log records it; camera and day None where its payload was erased."""

    entry: int
    at: datetime
    camera: str | None
    day: str | None
    files: int | None


@dataclass(frozen=True, slots=True)
class Tally:
    """What one pass over the log gave."""

    months: tuple[Month, ...] = ()
    transmissions: tuple[Transmission, ...] = ()
    destructions: tuple[Destruction, ...] = ()


def tally(entries: Iterable[Entry], scope_of: ScopeOf, seconds_of: Mapping[str, float]) -> Tally:
    """Count. ``scope_of``: of a case, for looks at all of it; ``seconds_of``: of files, by digest."""
    counting = _Counting(scope_of, seconds_of)
    for entry in entries:
        counting.take(entry)
    return counting.result()


@dataclass(slots=True)
class _Counting:
    scope_of: ScopeOf
    seconds_of: Mapping[str, float]
    months: dict[str, Month] = field(default_factory=dict)
    open: dict[int, Entry] = field(default_factory=dict)  # records without an outcome yet
    transmissions: list[Transmission] = field(default_factory=list)
    destructions: list[Destruction] = field(default_factory=list)

    def take(self, entry: Entry) -> None:
        """Count an entry, in the order of the log."""
        header = entry.header
        month = self.month(header)
        if header.kind == REFUSAL:
            month.refusals += 1
            month.refused[header.capability] += 1
        elif header.kind == RECORD:
            self.open[entry.sequence] = entry
        elif header.kind == OUTCOME and header.refers is not None:
            record = self.open.pop(header.refers, None)
            if record is not None:
                self.ended(record, entry.payload)

    def result(self) -> Tally:
        """What was counted, months without an entry too; acts without an outcome are unknown."""
        for record in self.open.values():
            self.month(record.header).unknown += 1
            self.ended(record, {})
        names = _between(min(self.months), max(self.months)) if self.months else []
        months = tuple(self.months.get(name) or Month(name) for name in names)
        key = _by_entry
        return Tally(
            months, tuple(sorted(self.transmissions, key=key)), tuple(sorted(self.destructions, key=key))
        )

    def month(self, header: Header) -> Month:
        name = header.time.astimezone(UTC).strftime("%Y-%m")
        return self.months.setdefault(name, Month(name))

    def ended(self, record: Entry, outcome: Mapping[str, Any] | None) -> None:
        """Count a record once its outcome is known (None: erased; empty: there is none)."""
        header = record.header
        month, said = self.month(header), record.payload
        month.acts[header.capability] += 1
        month.parts += header.capability in FOOTAGE and _part(said)
        if header.capability == "retention.run":
            self.destroyed(record, outcome)
        failed = bool(outcome) and outcome.get("state", "done") != "done"  # type: ignore[union-attr]
        if failed:
            return
        if header.capability == "case.open":
            month.opened += 1
        elif header.capability == "case.emergency":
            month.emergencies += 1
        elif header.capability in _APPROVALS:
            self.approved(month, {**(said or {}), **(outcome or {})})
        if header.capability in LOOKS:
            self.looked(month, header, said)
        if header.capability in LEAVES and not _asking(said):
            self.left(record)

    def approved(self, month: Month, said: Mapping[str, Any]) -> None:
        month.approvals += 1
        judged = said.get("independent")
        if not isinstance(judged, str):
            month.unjudged += 1
        elif judged != "independent":
            month.dependent += 1

    def looked(self, month: Month, header: Header, said: Mapping[str, Any] | None) -> None:
        if _part(said):  # asked beside another look at the same recordings: not counted twice
            return
        seconds = self.measured(header, said)
        if seconds is None:
            month.unmeasured += 1
        else:
            month.seconds += seconds

    def measured(self, header: Header, said: Mapping[str, Any] | None) -> float | None:
        """Seconds of recordings that a look was allowed to see; None where nothing tells."""
        scope = self.scope(header, said)
        if not scope:
            return None
        known = [self.seconds_of.get(digest) for digest in scope.digests]
        if None in known:
            return None
        hours = sum((w.end - w.start).total_seconds() for w in scope.windows) * len(scope.cameras)
        return hours + sum(seconds for seconds in known if seconds is not None)

    def scope(self, header: Header, said: Mapping[str, Any] | None) -> Scope | None:
        """What a record was about: where it names nothing, all of its case; None where nothing tells."""
        scope = _scope(said)
        if scope is not None and not scope and header.case is not None:
            return self.scope_of(header.case)
        return scope

    def left(self, record: Entry) -> None:
        """Count what was given to somebody outside."""
        said, header = record.payload, record.header
        to = (said or {}).get("recipient")
        names = [to] if isinstance(to, str) else to if isinstance(to, list) else []
        recipient = None if said is None else ", ".join(str(name) for name in names)
        scope = self.scope(header, said)
        made = Transmission(record.sequence, header.time, header.capability, header.case, scope, recipient)
        self.transmissions.append(made)

    def destroyed(self, record: Entry, outcome: Mapping[str, Any] | None) -> None:
        said, header = record.payload, record.header
        if said is None:
            self.destructions.append(Destruction(record.sequence, header.time, None, None, None))
        elif said.get("step") == "destroy":
            files = len(outcome["digests"]) if outcome and "digests" in outcome else None
            place = (str(said.get("camera")), str(said.get("day")))
            self.destructions.append(Destruction(record.sequence, header.time, *place, files))


def _between(first: str, last: str) -> list[str]:
    """Months such as 2026-10 from ``first`` to ``last``, both included; those without any entry, too."""
    (year, month), found = (int(part) for part in first.split("-")), [first]
    while found[-1] < last:
        year, month = (year, month + 1) if month < 12 else (year + 1, 1)
        found.append(f"{year}-{month:02}")
    return found


def _by_entry(one: Transmission | Destruction) -> int:
    return one.entry


def _part(said: Mapping[str, Any] | None) -> bool:
    """Whether a record says that it is a part of another act; one whose payload was erased does not."""
    return said is not None and ("within" in said or _asking(said))


def _asking(said: Mapping[str, Any] | None) -> bool:
    """Whether a record is that of asking for a job: what the job does has records of its own."""
    return said is not None and "job" in said


def _scope(said: Mapping[str, Any] | None) -> Scope | None:
    """The scope that a record states; None where it is erased or garbled."""
    if said is None or "scope" not in said:
        return None
    try:
        return Scope.of_plain(said["scope"])
    except UsageError:
        return None
