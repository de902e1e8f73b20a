"""The log as one file that anyone can check offline: JSON lines, each canonical (RFC 8785).

    {"format":"synopticon-audit-log/1","key":...,"origin":...,"size":N}
    {"header":{...},"payload":{...},"salt":...,"signature":...}          N times; without payload and salt:
    {"erased_by":M,"header":{...},"signature":...}                       erased by entry M, or
    {"header":{...},"signature":...,"withheld":true}                     left out of this file
    {"checkpoint":...,"seal":...}

``key`` is the public key that signed the checkpoint. The seal is a signed note over the SHA-256 of all lines
before: not one byte of the file can change unseen. Bytes are base64.
"""

import base64
import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from synopticon.errors import AuditError, OutputError
from synopticon.governance.audit.checkpoint import Checkpoint
from synopticon.governance.audit.entry import ERASURE, KEPT, Entry
from synopticon.governance.audit.log import AuditLog
from synopticon.governance.audit.storage import Wanted
from synopticon.governance.canonical import canonical

FORMAT = "synopticon-audit-log/1"
SEAL = "synopticon-audit-export/1"


def write_export(log: AuditLog, path: str | Path, *, payloads: bool = True) -> Checkpoint:
    """Write the log as it is now; returns its checkpoint. ``payloads=False`` withholds what may name people.

    The file is written as it goes: give a path that is moved into place afterwards. Raises ``OutputError``.
    """
    try:
        with Path(path).open("wb") as file:
            checkpoint = log.checkpoint()
            hashed = hashlib.sha256()
            for line in _lines(log, checkpoint, payloads):
                file.write(line)
                hashed.update(line)
            sealed = log.seal(seal_text(checkpoint, hashed.digest())).written()
            file.write(canonical({"checkpoint": checkpoint.text(), "seal": sealed}) + b"\n")
    except OSError as error:
        raise OutputError(f"{path}: cannot be written ({error.strerror}): choose another place") from error
    return checkpoint


def seal_text(checkpoint: Checkpoint, digest: bytes) -> str:
    """What the seal signs."""
    return f"{SEAL}\n{checkpoint.origin}\n{checkpoint.size}\n{base64.b64encode(digest).decode()}\n"


def head_line(origin: str, key: str, size: int) -> bytes:
    """The first line of an export."""
    return canonical({"format": FORMAT, "key": key, "origin": origin, "size": size}) + b"\n"


def entry_line(entry: Entry, erased_by: int | None, *, withhold: bool = False) -> bytes:
    """The line of an entry."""
    line: dict[str, Any] = {
        "header": entry.header.fields(),
        "signature": base64.b64encode(entry.signature).decode(),
    }
    if entry.salt is None or entry.sealed is None:
        if erased_by is None:
            raise AuditError(f"entry {entry.sequence}: its payload was erased just now: run it again")
        line["erased_by"] = erased_by
    elif withhold:
        line["withheld"] = True
    else:
        line["payload"] = entry.payload
        line["salt"] = base64.b64encode(entry.salt).decode()
    return canonical(line) + b"\n"


class Erasures:
    """Which entry erased which payloads, as the erasures in the log say."""

    def __init__(self) -> None:
        self._spans: list[tuple[int, int, int]] = []  # first, end, erased by

    def add(self, entry: Entry) -> None:
        """Take in an entry of kind ``erasure``; raises ``AuditError`` if it does not say what it erased."""
        try:
            spans = [(int(start), int(end)) for start, end in (entry.payload or {})["spans"]]
        except (KeyError, TypeError, ValueError) as error:
            raise AuditError("it does not say what it erased: check it against another copy") from error
        if any(end > entry.sequence for _, end in spans):
            raise AuditError("it erases what comes after it: check it against another copy")
        self._spans += [(start, end, entry.sequence) for start, end in spans]

    def by(self, sequence: int) -> int | None:
        """The first entry that erased the payload of ``sequence``; None if none did."""
        return min((by for start, end, by in self._spans if start <= sequence < end), default=None)


def erasures_of(log: AuditLog, size: int) -> Erasures:
    """The erasures among the first ``size`` entries of a log."""
    found = Erasures()
    for entry in log.find(Wanted(kind=ERASURE)):
        if entry.sequence < size:
            found.add(entry)
    return found


def _lines(log: AuditLog, checkpoint: Checkpoint, payloads: bool) -> Iterator[bytes]:
    erasures = erasures_of(log, checkpoint.size)
    yield head_line(log.origin, log.public.text(), checkpoint.size)
    for entry in log.entries(0, checkpoint.size):
        withhold = not payloads and entry.header.kind not in KEPT
        yield entry_line(entry, erasures.by(entry.sequence), withhold=withhold)
