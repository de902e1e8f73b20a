"""What the log needs of whoever stores it, and a storage in memory (for tests, and for trying things)."""

import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from synopticon.errors import AuditError
from synopticon.governance.audit.entry import KEPT, KEY, OUTCOME, RECORD, Entry
from synopticon.governance.audit.merkle import Frontier, Node

Span = tuple[int, int]  # entries from the first number up to, not including, the second


@dataclass(frozen=True, slots=True)
class Tail:
    """The end of the log while a writer holds it: all that the next entry depends on.

    ``signature`` is that of the last entry (None: there is none). ``case`` is the number within its case and
    the leaf hash of the last entry of the case that was asked for (None: it has none). ``key`` is the number
    of the last entry that changed the log's key (None: none did).
    """

    frontier: Frontier
    signature: bytes | None
    case: tuple[int, bytes] | None
    key: int | None


@dataclass(frozen=True, slots=True)
class Addition:
    """What one append writes, all or nothing: an entry, inner nodes it completes, payloads it erases."""

    entry: Entry
    nodes: Sequence[tuple[Node, bytes]] = ()
    erased: Sequence[Span] = ()


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which entries to list; what is None is not asked for."""

    case: str | None = None
    kind: str | None = None
    start: datetime | None = None
    end: datetime | None = None  # exclusive
    before: int | None = None  # entries below this sequence
    last: int | None = None  # of those that fit, as many of the last


class LogStorage(Protocol):
    """Keeps a log; several processes may use one at a time. Implemented by ``synopticon.store.log``."""

    def append(self, case: str | None, build: Callable[[Tail], Addition]) -> Entry:
        """Hold the log, ask ``build`` for what follows its tail, write that; durable when it returns.

        No other writer comes between. If ``build`` or the disk fails, nothing is written.
        """
        ...

    def settle(self) -> None:
        """Return when all that can be read now is durable; an entry may be read a moment before it is."""
        ...

    def size(self) -> int:
        """Number of entries."""
        ...

    def entries(self, start: int, end: int) -> Iterator[Entry]:
        """Entries from ``start`` up to, not including, ``end``, in order; those that are there."""
        ...

    def nodes(self, wanted: Sequence[Node]) -> Sequence[bytes]:
        """The hashes of these complete subtrees, in that order; raises ``AuditError`` if one is missing."""
        ...

    def find(self, wanted: Wanted) -> Sequence[int]:
        """The sequences of the entries that fit, in order."""
        ...

    def some(self, numbers: Sequence[int]) -> Iterator[Entry]:
        """The entries of these sequences, in order; those that are there."""
        ...

    def open_records(self) -> Sequence[int]:
        """The sequences of records that have no outcome, in order."""
        ...

    def erasable(self, before: datetime) -> Sequence[int]:
        """The sequences of entries older than ``before`` whose payload may be erased, in order."""
        ...

    def latest(self) -> datetime | None:
        """The time of the last entry, as it is stored beside it; None: there is none."""
        ...

    def last(self, kind: str) -> int | None:
        """The sequence of the last entry of that kind."""
        ...


@dataclass(slots=True)
class MemoryStorage:
    """A log in memory, for threads of one process."""

    rows: list[Entry] = field(default_factory=list)
    inner: dict[Node, bytes] = field(default_factory=dict)
    frontier: Frontier = field(default_factory=Frontier)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def append(self, case: str | None, build: Callable[[Tail], Addition]) -> Entry:
        """See ``LogStorage``."""
        with self.lock:
            mine = [e for e in self.rows if case is not None and e.header.case == case]
            last = (mine[-1].header.case_sequence or 0, mine[-1].hash) if mine else None
            signature = self.rows[-1].signature if self.rows else None
            added = build(Tail(self.frontier, signature, last, self.last(KEY)))
            if added.entry.header.kind == OUTCOME and self._answered(added.entry.header.refers):
                raise AuditError(f"entry {added.entry.header.refers} has an outcome already: see it there")
            self.inner.update(added.nodes)
            self.rows.append(added.entry)
            self.frontier = self.frontier.append(added.entry.hash)[0]
            for start, end in added.erased:
                self.rows[start:end] = [_bare(e) for e in self.rows[start:end]]
            return added.entry

    def settle(self) -> None:
        """See ``LogStorage``."""

    def size(self) -> int:
        """See ``LogStorage``."""
        return len(self.rows)

    def entries(self, start: int, end: int) -> Iterator[Entry]:
        """See ``LogStorage``."""
        return iter(self.rows[max(0, start) : max(0, end)])

    def nodes(self, wanted: Sequence[Node]) -> Sequence[bytes]:
        """See ``LogStorage``."""
        return [self.inner[node] if node[0] else self.rows[node[1]].hash for node in wanted]

    def find(self, wanted: Wanted) -> Sequence[int]:
        """See ``LogStorage``."""
        found = [e.sequence for e in self.rows if _fits(e, wanted)]
        return found if wanted.last is None else found[len(found) - min(wanted.last, len(found)) :]

    def some(self, numbers: Sequence[int]) -> Iterator[Entry]:
        """See ``LogStorage``."""
        return (self.rows[n] for n in sorted(numbers) if 0 <= n < len(self.rows))

    def open_records(self) -> Sequence[int]:
        """See ``LogStorage``."""
        return [e.sequence for e in self.rows if e.header.kind == RECORD and not self._answered(e.sequence)]

    def erasable(self, before: datetime) -> Sequence[int]:
        """See ``LogStorage``."""
        old = [e for e in self.rows if e.header.time < before and e.header.kind not in KEPT]
        return [e.sequence for e in old if e.sealed is not None]

    def latest(self) -> datetime | None:
        """See ``LogStorage``."""
        return self.rows[-1].header.time if self.rows else None

    def last(self, kind: str) -> int | None:
        """See ``LogStorage``."""
        return max((e.sequence for e in self.rows if e.header.kind == kind), default=None)

    def _answered(self, sequence: int | None) -> bool:
        return any(e.header.refers == sequence for e in self.rows)


def _bare(entry: Entry) -> Entry:
    if entry.header.kind in KEPT:
        return entry
    return Entry(entry.header, entry.leaf, entry.hash, entry.signature, None, None)


def _fits(entry: Entry, wanted: Wanted) -> bool:
    header = entry.header
    return (
        wanted.case in (None, header.case)
        and wanted.kind in (None, header.kind)
        and (wanted.start is None or header.time >= wanted.start)
        and (wanted.end is None or header.time < wanted.end)
        and (wanted.before is None or entry.sequence < wanted.before)
    )
