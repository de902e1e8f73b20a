"""Signed notes (C2SP signed-note): a text and, below a blank line, who signed it.

— NAME base64(key id || signature)
"""

import base64
import re
from dataclasses import dataclass, replace
from typing import Self

from synopticon.errors import AuditError, UsageError
from synopticon.governance.keys import PublicKey, SigningKey, key_id, unbase64

MOST = 64  # signatures of one note that are looked at
_LINE = re.compile(r"— (?P<name>[^\s+]+) (?P<data>[A-Za-z0-9+/]+={0,2})")


@dataclass(frozen=True, slots=True)
class NoteSignature:
    """One line: the signer's name, the 4 bytes that name the key, the signature's bytes."""

    name: str
    key: bytes
    data: bytes

    def line(self) -> str:
        """The line as it stands in the note, without its end."""
        return f"— {self.name} {base64.b64encode(self.key + self.data).decode()}"


@dataclass(frozen=True, slots=True)
class Note:
    """A text that ends with a newline, and its signatures."""

    text: str
    signatures: tuple[NoteSignature, ...] = ()

    @classmethod
    def parse(cls, written: str) -> Self:
        """Read a note; raises ``AuditError`` for what is none. Says nothing yet of who signed."""
        text, blank, signatures = written.rpartition("\n\n")
        lines = signatures.split("\n")
        if not blank or lines.pop() or not 1 <= len(lines) <= MOST:
            raise AuditError("is no signed note: check that the file is whole (text, blank line, signatures)")
        if any(c < " " and c != "\n" for c in written):
            raise AuditError("is no signed note: it holds control characters; use the file as it was written")
        return cls(text + "\n", tuple(_signature(line) for line in lines))

    def written(self) -> str:
        """The note as one text."""
        return self.text + "\n" + "".join(f"{s.line()}\n" for s in self.signatures)

    def signed(self, name: str, key: SigningKey) -> "Note":
        """The note with one more signature, by the Ed25519 key that goes by ``name``."""
        check_name(name)
        mine = NoteSignature(name, key_id(name, key.public), key.sign(self.text.encode()))
        return replace(self, signatures=(*self.signatures, mine))

    def of(self, name: str, key: bytes) -> NoteSignature:
        """The signature of that name and key id; raises ``AuditError`` if there is none, or more than one."""
        found = [s for s in self.signatures if (s.name, s.key) == (name, key)]
        if len(found) != 1:
            raise AuditError(f"is not signed by {name} with that key: check the key, or use another copy")
        return found[0]

    def verify(self, name: str, key: PublicKey) -> None:
        """Raise ``AuditError`` unless ``name`` signed the text with ``key``."""
        found = self.of(name, key_id(name, key))
        if not key.verify(found.data, self.text.encode()):
            raise AuditError(f"the signature of {name} does not fit: use another copy, this one was changed")


def check_name(name: str) -> str:
    """Return ``name`` if it may stand in a signature line; raises ``UsageError`` if not."""
    if not name or re.search(r"[\s+]", name) or any(c < " " for c in name):
        raise UsageError(f"{name!r} cannot be the name of a key: write it without spaces and '+'")
    return name


def _signature(line: str) -> NoteSignature:
    match = _LINE.fullmatch(line)
    try:
        data = unbase64(match["data"]) if match else b""
    except UsageError:
        data = b""
    if match is None or len(data) < 5:
        raise AuditError("is no signed note: a signature line is damaged; use the file as it was written")
    return NoteSignature(match["name"], data[:4], data[4:])
