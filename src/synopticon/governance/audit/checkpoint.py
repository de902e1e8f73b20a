"""Checkpoints: the log's signed statement of its size and root (C2SP tlog-checkpoint), and cosignatures.

    ORIGIN
    SIZE
    base64(ROOT)

    — ORIGIN base64(key id || signature)
    — WITNESS base64(key id || time || signature)

A cosignature (C2SP tlog-cosignature, Ed25519) says: at that time, this was the largest tree of that log that
the witness had seen, and it continued all earlier ones.
"""

import base64
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Self

from synopticon.errors import AuditError, UsageError
from synopticon.governance.audit.note import Note, NoteSignature, check_name
from synopticon.governance.keys import COSIGNATURE, PublicKey, SigningKey, key_id, unbase64

_SIZE = re.compile(r"0|[1-9][0-9]{0,18}")


@dataclass(frozen=True, slots=True)
class Cosignature:
    """A witness's cosignature that verified: who, by which key, when (UTC, by the witness's clock)."""

    name: str
    key: PublicKey
    time: datetime


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A tree's size and root (32 bytes), signed by the log; ``note`` holds the signatures."""

    origin: str
    size: int
    root: bytes
    note: Note

    @classmethod
    def make(cls, origin: str, size: int, root: bytes, key: SigningKey) -> Self:
        """Sign a checkpoint."""
        return cls(origin, size, root, Note(body(origin, size, root)).signed(origin, key))

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a checkpoint; raises ``AuditError`` for what is none. Verifies no signature."""
        note = Note.parse(text)
        lines = note.text.split("\n")
        try:
            origin, size, root = lines[0], lines[1], unbase64(lines[2])
        except (IndexError, UsageError):
            origin, size, root = "", "", b""
        if not origin or not _SIZE.fullmatch(size) or len(root) != 32:
            raise AuditError("is no checkpoint: check that the file is whole (origin, size, root, names)")
        return cls(origin, int(size), root, note)

    def text(self) -> str:
        """The checkpoint as it is written to a file, sent, printed."""
        return self.note.written()

    def verify(self, key: PublicKey) -> None:
        """Raise ``AuditError`` unless the log signed it with ``key``."""
        self.note.verify(self.origin, key)


def body(origin: str, size: int, root: bytes) -> str:
    """What is signed: three lines."""
    return f"{check_name(origin)}\n{size}\n{base64.b64encode(root).decode()}\n"


def cosign(checkpoint: Checkpoint, name: str, key: SigningKey, now: datetime) -> Checkpoint:
    """The checkpoint with a witness's cosignature; the caller has verified that it continues what he knew.

    Raises ``UsageError`` when the log itself would be its own witness.
    """
    stamp = int(now.timestamp())
    data = stamp.to_bytes(8, "big") + key.sign(_cosigned(checkpoint.note.text, stamp))
    mine = NoteSignature(check_name(name), key_id(name, key.public, COSIGNATURE), data)
    if any(s.key == key_id(checkpoint.origin, key.public) for s in checkpoint.note.signatures):
        raise UsageError("the log cannot witness itself: use the key of a second person or machine")
    note = Note(checkpoint.note.text, (*checkpoint.note.signatures, mine))
    return Checkpoint(checkpoint.origin, checkpoint.size, checkpoint.root, note)


def cosignatures(checkpoint: Checkpoint, keys: Mapping[str, PublicKey]) -> tuple[Cosignature, ...]:
    """The cosignatures by the witnesses in ``keys`` (by name); others are ignored.

    Raises ``AuditError`` if one by a known key does not fit.
    """
    found = []
    for name, key in keys.items():
        mine = (name, key_id(name, key, COSIGNATURE))
        fitting = [s for s in checkpoint.note.signatures if (s.name, s.key) == mine]
        found += [Cosignature(name, key, _check(checkpoint, s, key)) for s in fitting]
    return tuple(found)


def _check(checkpoint: Checkpoint, signature: NoteSignature, key: PublicKey) -> datetime:
    stamp = int.from_bytes(signature.data[:8], "big")
    if not key.verify(signature.data[8:], _cosigned(checkpoint.note.text, stamp)):
        raise AuditError(f"the cosignature of {signature.name} does not fit: use another copy")
    try:
        return datetime.fromtimestamp(stamp, UTC)
    except (OverflowError, ValueError, OSError) as error:
        raise AuditError(f"the cosignature of {signature.name} is of no time: use another copy") from error


def _cosigned(text: str, stamp: int) -> bytes:
    return f"cosignature/v1\ntime {stamp}\n{text}".encode()
