"""One walk along the entries of a log, first to last: what must hold of each, which is the first bad one."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from synopticon.errors import AuditError
from synopticon.governance.audit.checkpoint import body
from synopticon.governance.audit.entry import ERASURE, KEY, OUTCOME, RECORD, WITNESS, Entry, check_payload
from synopticon.governance.audit.export import Erasures
from synopticon.governance.audit.log import Witnessed, read_rotation, read_witness
from synopticon.governance.audit.merkle import EMPTY, Frontier, Node
from synopticon.governance.keys import PublicKey

_JUMP = 2.0  # seconds that a clock may go back unmentioned: two machines never agree better


@dataclass(slots=True)
class Walk:
    """What is known after the entries taken so far. ``sizes`` are those whose roots are wanted."""

    origin: str
    sizes: frozenset[int]
    frontier: Frontier = field(default_factory=Frontier)
    roots: dict[int, bytes] = field(default_factory=lambda: {0: EMPTY})
    erasures: Erasures = field(default_factory=Erasures)
    gone: list[tuple[int, int | None]] = field(default_factory=list)  # entry, erased by (None: not said)
    withheld: int = 0
    changes: list[tuple[int, PublicKey, PublicKey]] = field(default_factory=list)  # entry, old and new key
    witnessed: list[Witnessed] = field(default_factory=list)
    backwards: list[tuple[int, float]] = field(default_factory=list)  # entry, seconds
    unanswered: dict[int, Entry] = field(default_factory=dict)
    first: datetime | None = None
    last: datetime | None = None
    _cases: dict[str, tuple[int, str]] = field(default_factory=dict)
    _hashes: bytearray = field(default_factory=bytearray)
    _signatures: bytearray = field(default_factory=bytearray)

    def take(self, entry: Entry, *, withheld: bool = False) -> list[tuple[Node, bytes]]:
        """Check the next entry against all before it; returns the inner nodes that it completes.

        Raises ``AuditError`` (what is wrong with it, without its number).
        """
        if entry.sequence != self.frontier.size:
            raise AuditError(
                f"here stands entry {entry.sequence}: some are missing or moved; use another copy"
            )
        if withheld:
            self.withheld += 1
        elif entry.sealed is not None or entry.salt is not None:
            check_payload(entry)
        self._take_case(entry)
        self._take_answer(entry)
        self._take_kind(entry)
        self._take_time(entry)
        self._hashes += entry.hash
        self._signatures += entry.signature.ljust(64, b"\0")[:64]
        self.frontier, nodes = self.frontier.append(entry.hash)
        if self.frontier.size in self.sizes:
            self.roots[self.frontier.size] = self.frontier.root()
        return nodes

    def key_at(self, size: int, last: PublicKey) -> PublicKey:
        """The key that signs the tree of ``size``; ``last`` is the present one, if none was changed."""
        newest = self.changes[-1][2] if self.changes else last
        return next((old for at, old, _ in self.changes if at >= size - 1), newest)

    def first_bad(self, last: PublicKey) -> int | None:
        """The first entry whose tree does not fit the signature made when it was appended; None: all fit.

        One changed entry changes all trees after it, so that halving finds the first.
        """
        size = len(self._hashes) // 32
        if not size or self._signed(size, last):
            return None
        low, high = 0, size  # the tree of ``low`` fits, that of ``high`` does not
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (middle, high) if self._signed(middle, last) else (low, middle)
        return high - 1

    def first_unsigned(self, last: PublicKey) -> int | None:
        """The first entry whose own signature does not fit; looks at each."""
        frontier = Frontier()
        for number in range(len(self._hashes) // 32):
            frontier = frontier.append(self._hash(number))[0]
            if not self._fits(frontier, last):
                return number
        return None

    def _signed(self, size: int, last: PublicKey) -> bool:
        frontier = Frontier()
        for number in range(size):
            frontier = frontier.append(self._hash(number))[0]
        return self._fits(frontier, last)

    def _fits(self, frontier: Frontier, last: PublicKey) -> bool:
        signature = bytes(self._signatures[(frontier.size - 1) * 64 : frontier.size * 64])
        text = body(self.origin, frontier.size, frontier.root()).encode()
        return self.key_at(frontier.size, last).verify(signature, text)

    def _hash(self, number: int) -> bytes:
        return bytes(self._hashes[number * 32 : number * 32 + 32])

    def _take_case(self, entry: Entry) -> None:
        case = entry.header.case
        if case is None:
            return
        number, previous = self._cases.get(case, (-1, None))
        if (entry.header.case_sequence, entry.header.case_previous) != (number + 1, previous):
            raise AuditError(
                "it does not continue its case: an entry was removed or changed; use another copy"
            )
        self._cases[case] = (number + 1, entry.hash.hex())

    def _take_answer(self, entry: Entry) -> None:
        if entry.header.kind == RECORD:
            self.unanswered[entry.sequence] = entry
        elif entry.header.kind == OUTCOME:
            record = self.unanswered.pop(entry.header.refers if entry.header.refers is not None else -1, None)
            if record is None or record.header.case != entry.header.case:
                raise AuditError("it is the outcome of no open record: use another copy")

    def _take_kind(self, entry: Entry) -> None:
        if entry.header.kind == KEY:
            old, new = read_rotation(self.origin, entry)
            if self.changes and self.changes[-1][2] != old:
                raise AuditError("it replaces a key that was not the log's: use another copy")
            self.changes.append((entry.sequence, old, new))
        elif entry.header.kind == WITNESS:
            self.witnessed.append(read_witness(entry))
        elif entry.header.kind == ERASURE:
            self.erasures.add(entry)

    def _take_time(self, entry: Entry) -> None:
        time = entry.header.time
        if self.last is not None and (back := (self.last - time).total_seconds()) > _JUMP:
            self.backwards.append((entry.sequence, back))
        self.first, self.last = self.first or time, time


def check_gone(walk: Walk, gone: Sequence[tuple[int, int | None]]) -> None:
    """Raise ``AuditError`` unless an erasure in the log covers each payload that is missing."""
    for number, said in gone:
        by = walk.erasures.by(number)
        if by is None or (said is not None and said != by):
            raise AuditError(
                f"entry {number}: its payload is missing and no erasure says so: use another copy"
            )
