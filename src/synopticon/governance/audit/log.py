"""The log of acts: append an entry, prove it, have it witnessed, erase payloads.

An entry is durable when ``record`` returns, and signed: with each goes the log's signature over the
checkpoint of the tree that ends with it, and nothing is appended to a tree that does not fit its last
signature. Whoever changes the database without the key is found by ``verify``; whoever holds the key, too, by
a witness only.
"""

import base64
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from hmac import compare_digest
from typing import Any

from synopticon.errors import AuditError, UsageError
from synopticon.governance.audit import entry as kinds
from synopticon.governance.audit.checkpoint import Checkpoint, Cosignature, body, cosignatures
from synopticon.governance.audit.entry import ActHeader, Entry, Header
from synopticon.governance.audit.merkle import (
    Frontier,
    consistency_proof,
    hash_leaf,
    inclusion_proof,
    root_at,
)
from synopticon.governance.audit.note import Note, NoteSignature, check_name
from synopticon.governance.audit.storage import Addition, LogStorage, Span, Tail, Wanted
from synopticon.governance.canonical import canonical
from synopticon.governance.keys import PublicKey, SigningKey, key_id, unbase64


@dataclass(frozen=True, slots=True)
class Clock:
    """A clock: what reads it (an aware time), and its name, which stands in every entry."""

    read: Callable[[], datetime]
    source: str

    def __call__(self) -> datetime:
        """The time, in UTC."""
        return self.read().astimezone(UTC)


system_clock = Clock(lambda: datetime.now(UTC), "system")


@dataclass(frozen=True, slots=True)
class Witnessed:
    """The last time that somebody else saw the log: entries from ``size`` on can be rewritten unseen."""

    size: int
    entry: int  # that says so
    by: tuple[Cosignature, ...]

    @property
    def time(self) -> datetime:
        """When, by the clock of the last witness."""
        return max(cosignature.time for cosignature in self.by)

    @property
    def names(self) -> str:
        """Who, for people."""
        return ", ".join(cosignature.name for cosignature in self.by)


class AuditLog:
    """A log that appends with one key, under one name (``origin``: no spaces, no '+').

    Raises ``AuditError`` when the key is not the log's present key.
    """

    def __init__(
        self, storage: LogStorage, key: SigningKey, origin: str, clock: Clock = system_clock
    ) -> None:
        self.storage = storage
        self.origin = check_name(origin)
        self.clock = clock
        self._key = key
        self._key_entry: int | None = None  # the last change of key that this object knows to fit ``key``
        self._signed: Frontier | None = None  # the tree that it signed last

    @property
    def public(self) -> PublicKey:
        """The public half of the key that signs."""
        return self._key.public

    def record(self, act: ActHeader, payload: Mapping[str, Any]) -> Entry:
        """Append what is about to be done, or was refused; durable when it returns."""
        if act.kind not in (kinds.RECORD, kinds.REFUSAL):
            raise UsageError(f"{act.kind!r} is no kind of act: use record or refusal")
        return self._append(act, payload)

    def outcome(self, of: Entry, payload: Mapping[str, Any]) -> Entry:
        """Append how the act of that record ended; once only."""
        if of.header.kind != kinds.RECORD:
            raise UsageError(f"entry {of.sequence} is no record of an act: give what record() returned")
        header = of.header
        act = ActHeader(
            header.operation, header.capability, header.actor, header.case, header.profile, kinds.OUTCOME
        )
        return self._append(act, payload, refers=of.sequence)

    def erase_payloads(self, before: datetime, act: ActHeader) -> Entry:
        """Erase the payloads and salts of entries older than ``before``, with an entry that says which.

        What proves the log (changes of key, witnesses, erasures) stays; so do all headers.
        """
        spans = _spans(self.storage.erasable(before))
        payload = {
            "before": kinds.format_time(before),
            "count": sum(end - start for start, end in spans),
            "spans": [[start, end] for start, end in spans],
        }
        return self._append(replace(act, kind=kinds.ERASURE), payload, erased=spans)

    def rotate(self, new: SigningKey, act: ActHeader) -> Entry:
        """Append that ``new`` signs from the next entry on; both keys sign that. Use ``new`` from then on."""
        payload = rotation(self.origin, self._key, new)
        made = self._append(replace(act, kind=kinds.KEY), payload)
        self._key, self._key_entry = new, made.sequence
        return made

    def checkpoint(self, size: int | None = None) -> Checkpoint:
        """The signed checkpoint of the log, or of its first ``size`` entries.

        The signature is the one that was made when the last of them was appended: what somebody changed in
        the database since is never signed again. Raises ``AuditError`` if it does not fit what is stored.
        """
        now = self.storage.size()
        self.storage.settle()  # nobody may hold a checkpoint of what a loss of power could take back
        size = now if size is None else size
        if not 0 <= size <= now:
            raise UsageError(f"the log has {now} entries, not {size}: choose a smaller size")
        root = root_at(size, self.storage.nodes)
        if size == 0:
            return Checkpoint.make(self.origin, size, root, self._key)
        key = self._signer(size - 1)
        mark = NoteSignature(self.origin, key_id(self.origin, key), self.entry(size - 1).signature)
        made = Checkpoint(self.origin, size, root, Note(body(self.origin, size, root), (mark,)))
        made.verify(key)
        return made

    def seal(self, text: str) -> Note:
        """Sign a text that is no checkpoint (its first line says what it is) with the log's key."""
        return Note(text).signed(self.origin, self._key)

    def mark(self, text: bytes) -> str:
        """A name for a text that only the log's key can make; see ``SigningKey.mark``."""
        return self._key.mark(text)

    def witness(self, cosigned: str, keys: Mapping[str, PublicKey], act: ActHeader) -> Entry:
        """Record that witnesses (their keys by name) cosigned a checkpoint of this log.

        Raises ``AuditError`` unless it is a checkpoint of this log that one of them cosigned.
        """
        checkpoint = Checkpoint.parse(cosigned)
        self.check(checkpoint)
        found = [c for c in cosignatures(checkpoint, keys) if c.key != self.public]
        if not found:
            raise AuditError(
                "no known witness cosigned this checkpoint: check names and keys of the witnesses"
            )
        by = [{"key": c.key.text(), "name": c.name, "time": kinds.format_time(c.time)} for c in found]
        payload = {"checkpoint": cosigned, "size": checkpoint.size, "witnesses": by}
        return self._append(replace(act, kind=kinds.WITNESS), payload)

    def last_witnessed(self) -> Witnessed | None:
        """The largest checkpoint that the log knows to be cosigned; None if there is none."""
        known = [self.witnessed_by(number) for number in self.storage.find(Wanted(kind=kinds.WITNESS))]
        return max(known, key=lambda w: (w.size, w.time), default=None)

    def witnessed_by(self, sequence: int) -> Witnessed:
        """What the witness entry of that sequence says, verified again."""
        return read_witness(self.entry(sequence))

    def check(self, checkpoint: Checkpoint) -> None:
        """Raise ``AuditError`` unless the present log continues that checkpoint (of any age)."""
        size = self.storage.size()
        if checkpoint.origin != self.origin:
            raise AuditError(f"the checkpoint is of {checkpoint.origin}, not {self.origin}: check which log")
        if checkpoint.size > size:
            raise AuditError(
                f"the log holds {size} entries, the checkpoint {checkpoint.size}: entries were removed, or "
                "an old copy was put back; put back the newest copy"
            )
        if root_at(checkpoint.size, self.storage.nodes) != checkpoint.root:
            raise AuditError(
                f"the first {checkpoint.size} entries are not those of the checkpoint (it was rewritten): "
                "put back another copy"
            )

    def entry(self, sequence: int) -> Entry:
        """One entry; raises ``UsageError`` if there is none."""
        for found in self.storage.entries(sequence, sequence + 1):
            return found
        raise UsageError(f"there is no entry {sequence}: choose one below {self.storage.size()}")

    def entries(self, start: int = 0, end: int | None = None) -> Iterator[Entry]:
        """Entries from ``start`` up to, not including, ``end`` (None: all), in order."""
        return self.storage.entries(start, self.storage.size() if end is None else end)

    def find(self, wanted: Wanted) -> Iterator[Entry]:
        """The entries that fit, in order."""
        return self.storage.some(self.storage.find(wanted))

    def inclusion(self, sequence: int, size: int | None = None) -> list[bytes]:
        """The audit path of an entry in the present log, or in its first ``size`` entries."""
        return inclusion_proof(sequence, self.storage.size() if size is None else size, self.storage.nodes)

    def consistency(self, old: int, size: int | None = None) -> list[bytes]:
        """Proof that the present log continues that of ``old`` entries."""
        return consistency_proof(old, self.storage.size() if size is None else size, self.storage.nodes)

    def open_records(self) -> Sequence[int]:
        """The sequences of records without an outcome: acts that run now, or whose *outcome is unknown*."""
        return self.storage.open_records()

    def _append(
        self,
        act: ActHeader,
        payload: Mapping[str, Any],
        *,
        refers: int | None = None,
        erased: Sequence[Span] = (),
    ) -> Entry:
        sealed, salt = canonical(payload), kinds.new_salt()

        def build(tail: Tail) -> Addition:
            """The entry that follows the tail, signed."""
            self._trust(tail)
            header = self._header(act, tail, refers, kinds.commitment(salt, sealed))
            leaf = header.leaf()
            hashed = hash_leaf(leaf)
            frontier, nodes = tail.frontier.append(hashed)
            signed = self._key.sign(body(self.origin, frontier.size, frontier.root()).encode())
            self._signed = frontier
            return Addition(Entry(header, leaf, hashed, signed, salt, sealed), nodes, erased)

        return self.storage.append(act.case, build)

    def _header(self, act: ActHeader, tail: Tail, refers: int | None, commitment: str) -> Header:
        """The header of the next entry; the clock is read while the log is held, so that times follow it."""
        number, previous = tail.case if tail.case else (-1, None)
        return Header(
            sequence=tail.frontier.size,
            time=self.clock(),
            clock=self.clock.source,
            kind=act.kind,
            operation=str(act.operation),
            capability=act.capability,
            actor=act.actor,
            case=act.case,
            case_sequence=number + 1 if act.case is not None else None,
            case_previous=previous.hex() if act.case is not None and previous else None,
            refers=refers,
            profile=act.profile,
            commitment=commitment,
        )

    def _trust(self, tail: Tail) -> None:
        """Refuse to sign with a key that was replaced, or for a tree that does not fit its last signature."""
        if tail.frontier == self._signed and tail.key == self._key_entry:
            return
        self._check_key(tail.key)
        if tail.signature and not self._fits(tail.signature, tail):
            raise AuditError(
                "the log in the database does not fit its last signature, or this is not its key: check it "
                "with 'audit verify', and put back a copy"
            )

    def _fits(self, signature: bytes, tail: Tail) -> bool:
        """Whether the signature of the last entry is that of the tree, by the key it should be of."""
        size = tail.frontier.size
        signed = body(self.origin, size, tail.frontier.root()).encode()
        if tail.key == size - 1:  # the entry that changed the key: the one before signed it
            return self._signer(size - 1).verify(signature, signed)
        # Signing takes a third of verifying, and others wait; the same key signs the same (RFC 8032).
        return compare_digest(self._key.sign(signed), signature)

    def _check_key(self, change: int | None) -> None:
        if change is not None and change != self._key_entry:
            new = read_rotation(self.origin, self.entry(change))[1]
            if new != self.public:
                raise AuditError(
                    f"the log's key was changed by entry {change}: use the key {new.fingerprint}"
                )
        self._key_entry = change

    def _signer(self, sequence: int) -> PublicKey:
        """The key that signed that entry, as the changes of key say."""
        for change in self.storage.find(Wanted(kind=kinds.KEY)):
            if change >= sequence:
                return read_rotation(self.origin, self.entry(change))[0]
        return self.public


def rotation(origin: str, old: SigningKey, new: SigningKey) -> dict[str, Any]:
    """The payload of a change of key: both public keys, and a signature by each over both."""
    text = _rotated(origin, old.public, new.public)
    return {
        "new": new.public.text(),
        "new_signature": base64.b64encode(new.sign(text)).decode(),
        "old": old.public.text(),
        "old_signature": base64.b64encode(old.sign(text)).decode(),
    }


def read_rotation(origin: str, entry: Entry) -> tuple[PublicKey, PublicKey]:
    """The old and the new key of a change of key; raises ``AuditError`` unless both signed it."""
    try:
        said = entry.payload or {}
        old, new = PublicKey.of_text(said["old"]), PublicKey.of_text(said["new"])
        signatures = [
            (old, unbase64(said["old_signature"])),
            (new, unbase64(said["new_signature"])),
        ]
    except (KeyError, TypeError, ValueError) as error:
        raise AuditError("its change of key is incomplete: check it against another copy") from error
    if not all(key.verify(signature, _rotated(origin, old, new)) for key, signature in signatures):
        raise AuditError("its change of key is not signed by both keys: check it against another copy")
    return old, new


def read_witness(entry: Entry) -> Witnessed:
    """What a witness entry says; raises ``AuditError`` unless each cosignature in it verifies."""
    try:
        said = entry.payload or {}
        keys = {w["name"]: PublicKey.of_text(w["key"]) for w in said["witnesses"]}
        checkpoint = Checkpoint.parse(said["checkpoint"])
    except (KeyError, TypeError, ValueError) as error:
        raise AuditError("its cosignatures are incomplete: check it against another copy") from error
    by = cosignatures(checkpoint, keys)
    if len({c.name for c in by}) != len(keys) or not by:
        raise AuditError("a cosignature that it names is missing: check it against another copy")
    return Witnessed(checkpoint.size, entry.sequence, by)


def _rotated(origin: str, old: PublicKey, new: PublicKey) -> bytes:
    return f"synopticon change of key/1\n{origin}\n{old.text()}\n{new.text()}\n".encode()


def _spans(numbers: Sequence[int]) -> list[Span]:
    """Numbers in order as runs."""
    spans: list[Span] = []
    for number in numbers:
        if spans and spans[-1][1] == number:
            spans[-1] = (spans[-1][0], number + 1)
        else:
            spans.append((number, number + 1))
    return spans
