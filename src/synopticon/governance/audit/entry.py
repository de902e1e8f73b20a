"""What an entry of the log says: a header that stays, and a payload, committed to, that can be erased."""

import hashlib
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Self

from synopticon.errors import AuditError, SynopticonError, UsageError
from synopticon.governance.audit.merkle import hash_leaf
from synopticon.governance.canonical import canonical, parse_canonical

VERSION = 1  # of the header
SALT = 32  # bytes; without it a short payload could be guessed from its commitment after it was erased
RECORD, OUTCOME, REFUSAL = "record", "outcome", "refusal"
ERASURE, WITNESS, KEY = "erasure", "witness", "key"
KINDS = (RECORD, OUTCOME, REFUSAL, ERASURE, WITNESS, KEY)
KEPT = (ERASURE, WITNESS, KEY)  # their payloads are part of the proof and are never erased
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z")
_HEX = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class ActHeader:
    """Who does what: what an act says of itself in the part of its entry that is never erased.

    ``operation`` is one of the six of directive 2016/680 art. 25 (``Operation``), ``profile`` the digest of
    the legal profile. ``actor`` and ``case`` are ids, not names: names belong into the payload. ``kind`` is
    ``record`` (before an act), ``refusal``, or what ``AuditLog`` sets itself.
    """

    operation: str
    capability: str
    actor: str
    case: str | None
    profile: str
    kind: str = RECORD


@dataclass(frozen=True, slots=True)
class Header:
    """The header of an entry; its canonical JSON is the leaf of the tree.

    ``sequence`` counts from 0. ``time`` is UTC by the clock named in ``clock``. ``case_sequence`` counts the
    entries of that case from 0; ``case_previous`` is the leaf hash of the one before (None: it is the first).
    ``refers`` is the sequence of the record that an outcome belongs to. ``commitment`` is SHA-256 of the salt
    and the canonical payload. Hashes are 64 hexadecimal digits.
    """

    sequence: int
    time: datetime
    clock: str
    kind: str
    operation: str
    capability: str
    actor: str
    case: str | None
    case_sequence: int | None
    case_previous: str | None
    refers: int | None
    profile: str
    commitment: str

    def fields(self) -> dict[str, Any]:
        """The header as a JSON object."""
        return {
            "actor": self.actor,
            "capability": self.capability,
            "case": self.case,
            "case_previous": self.case_previous,
            "case_sequence": self.case_sequence,
            "clock": self.clock,
            "commitment": self.commitment,
            "kind": self.kind,
            "operation": self.operation,
            "profile": self.profile,
            "refers": self.refers,
            "sequence": self.sequence,
            "time": format_time(self.time),
            "v": VERSION,
        }

    def leaf(self) -> bytes:
        """The canonical bytes that are hashed into the tree; raises ``UsageError`` if JSON lacks them."""
        return canonical(self.fields())

    @classmethod
    def of_fields(cls, fields: Mapping[str, Any]) -> Self:
        """Read what ``fields`` wrote; raises ``AuditError`` for anything else."""
        values = dict(fields)
        if values.pop("v", None) != VERSION:
            raise AuditError("its header is of another version: use a newer version of Synopticon")
        try:
            header = cls(**(values | {"time": parse_time(values["time"])}))
        except (TypeError, KeyError, ValueError) as error:
            raise AuditError(
                "its header lacks a field or has one too many: check where it comes from"
            ) from error
        if not header._sound():
            raise AuditError("a field of its header is of the wrong kind: check where it comes from")
        return header

    def _sound(self) -> bool:
        texts = (self.clock, self.operation, self.capability, self.actor, self.profile)
        numbers = (self.case_sequence, self.refers)
        return (
            type(self.sequence) is int
            and all(type(n) is int or n is None for n in numbers)
            and all(isinstance(t, str) for t in texts)
            and self.kind in KINDS
            and (self.refers is not None) == (self.kind == OUTCOME)
            and _is_hex(self.commitment)
            and self._sound_case()
        )

    def _sound_case(self) -> bool:
        if self.case is None:
            return self.case_sequence is None and self.case_previous is None
        if self.case_sequence == 0:
            return isinstance(self.case, str) and self.case_previous is None
        return isinstance(self.case, str) and self.case_sequence is not None and _is_hex(self.case_previous)


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry as it is stored. ``salt`` and ``sealed`` (the canonical payload) are None once erased.

    ``signature`` is the log's over the checkpoint of the tree that ends with this entry.
    """

    header: Header
    leaf: bytes
    hash: bytes
    signature: bytes
    salt: bytes | None
    sealed: bytes | None

    @property
    def sequence(self) -> int:
        """Its place in the log, from 0."""
        return self.header.sequence

    @property
    def payload(self) -> dict[str, Any] | None:
        """What the entry commits to; None once erased."""
        return None if self.sealed is None else parse_canonical(self.sealed)

    @classmethod
    def of_leaf(cls, leaf: bytes, signature: bytes, salt: bytes | None, sealed: bytes | None) -> Self:
        """Read an entry from what is stored; raises ``AuditError`` if the leaf is no canonical header."""
        try:
            header = Header.of_fields(parse_canonical(leaf))
        except UsageError as error:
            raise AuditError(f"its header {error}") from error
        return cls(header, leaf, hash_leaf(leaf), signature, salt, sealed)


def new_salt() -> bytes:
    """A salt for one payload."""
    return secrets.token_bytes(SALT)


def commitment(salt: bytes, sealed: bytes) -> str:
    """What a header says of a payload: SHA-256 over salt and canonical bytes, in hexadecimal."""
    return hashlib.sha256(salt + sealed).hexdigest()


def check_payload(entry: Entry) -> None:
    """Raise ``AuditError`` unless the payload is there and is the one that the header commits to."""
    if entry.salt is None or entry.sealed is None:
        raise AuditError("its payload is missing and no erasure says so: check it against another copy")
    if len(entry.salt) != SALT or commitment(entry.salt, entry.sealed) != entry.header.commitment:
        raise AuditError("its payload was changed: check it against another copy")
    try:
        parse_canonical(entry.sealed)
    except SynopticonError as error:
        raise AuditError(f"its payload {error}") from error


def format_time(time: datetime) -> str:
    """A time in UTC, as ``2026-11-24T08:00:00.000000Z``; raises ``UsageError`` if it has no zone."""
    if time.tzinfo is None:
        raise UsageError(f"{time} has no time zone: give a time in UTC")
    return time.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


def parse_time(text: str) -> datetime:
    """Read what ``format_time`` wrote; raises ``ValueError``."""
    if not _TIME.fullmatch(text):
        raise ValueError(text)
    return datetime.fromisoformat(text)


def _is_hex(text: object) -> bool:
    return isinstance(text, str) and _HEX.fullmatch(text) is not None
