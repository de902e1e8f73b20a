"""The public declaration: who uses the system, under which rules, since when; signed with the log's key.

A file is one line of canonical JSON (RFC 8785)::

    {"declaration":{"type":"synopticon declaration 1",...},"seal":...}

The seal is a signed note (C2SP signed-note) over the SHA-256 of the canonical declaration, by the log's key
under the log's name. Many declarations make a register: the newest of each body and workspace, in order.
"""

import base64
import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self

from synopticon.errors import AuditError, SynopticonError, UsageError
from synopticon.governance.audit.checkpoint import Checkpoint, cosignatures
from synopticon.governance.audit.entry import parse_time
from synopticon.governance.audit.note import Note, check_name
from synopticon.governance.canonical import canonical, parse_canonical
from synopticon.governance.keys import PublicKey

TYPE = "synopticon declaration 1"
REGISTER = "synopticon declarations 1"
_FIELDS = {
    "type", "body", "workspace", "units", "since", "at", "profile", "capabilities", "assessments",
    "references", "key", "witnesses", "witnessed", "checkpoint", "program",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Declaration:
    """A declaration that was read and holds. ``digest``: SHA-256 of its file; ``key``: who sealed it."""

    said: Mapping[str, Any]
    seal: str
    key: PublicKey
    digest: str

    @property
    def body(self) -> str:
        """The organisation that declares."""
        return str(self.said["body"])

    @property
    def workspace(self) -> str:
        """The name of its log."""
        return str(self.said["workspace"])

    @property
    def at(self) -> datetime:
        """When it was made (UTC)."""
        return parse_time(str(self.said["at"]))

    @property
    def order(self) -> tuple[datetime, str]:
        """Of two, the newer has the larger; of two at once, the larger digest."""
        return self.at, self.digest

    def lines(self, *, key_given: bool) -> list[str]:
        """What it says, for people."""
        profile, witnessed = self.said["profile"], self.said["witnessed"]
        source = "" if key_given else "; key taken from the file: proves integrity, not authorship"
        last = "never witnessed: whoever holds the machine can rewrite all of its log"
        if witnessed:
            names = ", ".join(str(one["name"]) for one in witnessed["by"])
            last = f"last witnessed {witnessed['time']} by {names}: the first {witnessed['size']} entries"
        return [
            f"{self.body or 'one person'}, workspace {self.workspace}, in use since {self.said['since']}",
            f"declared on {self.said['at']} with Synopticon {self.said['program']}",
            f"profile {profile['label']}, digest {profile['digest']}",
            f"sealed with key {self.key.fingerprint}{source}",
            last,
        ]


@dataclass(frozen=True, slots=True)
class Merged:
    """A register of declarations, and what was to be said on the way. ``data``: its bytes."""

    data: bytes
    kept: tuple[Declaration, ...]
    bad: tuple[str, ...]
    notes: tuple[str, ...]

    @classmethod
    def of(cls, kept: Sequence[Declaration], bad: Sequence[str], notes: Sequence[str]) -> Self:
        """The register of these declarations, in the order of body and workspace."""
        listed = sorted(kept, key=lambda d: (d.body, d.workspace))
        entries = [{"declaration": dict(d.said), "seal": d.seal, "sha256": d.digest} for d in listed]
        data = canonical({"declarations": entries, "type": REGISTER}) + b"\n"
        return cls(data, tuple(listed), tuple(bad), tuple(notes))


def seal_text(said: Mapping[str, Any]) -> str:
    """What the seal of a declaration signs."""
    hashed = base64.b64encode(hashlib.sha256(canonical(said)).digest()).decode()
    return f"{TYPE}\n{check_name(str(said['workspace']))}\n{hashed}\n"


def write(said: Mapping[str, Any], seal: Note) -> bytes:
    """The bytes of a declaration's file."""
    return canonical({"declaration": dict(said), "seal": seal.written()}) + b"\n"


def verify(data: bytes, key: PublicKey | None = None) -> Declaration:
    """Verify a declaration, offline; ``key`` is the body's, known from elsewhere. Raises ``AuditError``.

    1. the file is canonical to the last byte, and says all that a declaration says, and no more;
    2. the seal is one signature over it by the key in it, and that is the key given;
    3. the checkpoint is of the same log, signed with the same key;
    4. each witness that it names for its last witnessed state did cosign that.
    """
    try:
        said, seal = _read(data)
        own = PublicKey.of_text(_text(said["key"], "public"))
        _check_seal(said, seal, own)
        if key is not None and key != own:
            raise AuditError(
                f"is sealed with another key, {own.fingerprint}: check whose it is, and the key given"
            )
        _check_log(said, own)
    except AuditError:
        raise
    except (SynopticonError, KeyError, TypeError, ValueError, AttributeError) as error:
        text = " ".join(str(error).split())
        raise AuditError(f"is damaged, or no declaration ({text}): use another copy") from error
    return Declaration(said, seal, own, hashlib.sha256(data).hexdigest())


def merge(files: Iterable[tuple[str, bytes]]) -> Merged:
    """Make one register of many files (name, bytes): each verified, the newest of each body and workspace.

    Bad ones are named and left out. The order of the files does not matter. Keys come from the files: where
    those of one body and workspace differ, a note says so, for somebody may speak in another's name.
    """
    newest: dict[tuple[str, str], Declaration] = {}
    keys: dict[tuple[str, str], set[str]] = {}
    bad = []
    for name, data in files:
        try:
            found = verify(data)
        except AuditError as error:
            bad.append(f"{name}: {error}")
            continue
        who = (found.body, found.workspace)
        keys.setdefault(who, set()).add(found.key.fingerprint)
        if who not in newest or newest[who].order < found.order:
            newest[who] = found
    notes = [
        f"{body}, {workspace}: sealed with different keys ({', '.join(sorted(known))}): check whose they are"
        for (body, workspace), known in sorted(keys.items())
        if len(known) > 1
    ]
    return Merged.of(list(newest.values()), bad, notes)


def _read(data: bytes) -> tuple[dict[str, Any], str]:
    if not data.endswith(b"\n"):
        raise UsageError("it is cut off: use the file as it was written")
    file = parse_canonical(data[:-1])
    said, seal = file["declaration"], _text(file, "seal")
    if set(file) != {"declaration", "seal"} or set(said) != _FIELDS or said["type"] != TYPE:
        raise UsageError("it lacks a field, or has one too many: use the file as it was written")
    for name in ("body", "workspace", "program", "checkpoint"):
        _text(said, name)
    parse_time(_text(said, "at"))
    parse_time(_text(said, "since"))
    for name in ("label", "digest", "name"):
        _text(said["profile"], name)
    return said, seal


def _text(part: Mapping[str, Any], name: str) -> str:
    if not isinstance(part[name], str):
        raise TypeError(f"{name} is no text")
    return str(part[name])


def _check_seal(said: Mapping[str, Any], seal: str, key: PublicKey) -> None:
    note = Note.parse(seal)
    if note.text != seal_text(said) or len(note.signatures) != 1 or note.written() != seal:
        raise AuditError("its seal is of another text: it was changed; use another copy")
    note.verify(str(said["workspace"]), key)
    if said["key"]["fingerprint"] != key.fingerprint:
        raise AuditError("the fingerprint in it is not that of its key: check where it comes from")


def _check_log(said: Mapping[str, Any], key: PublicKey) -> None:
    checkpoint = Checkpoint.parse(str(said["checkpoint"]))
    if checkpoint.origin != said["workspace"]:
        raise AuditError("its checkpoint is of another log: check where it comes from")
    checkpoint.verify(key)
    last = said["witnessed"]
    if last is None:
        return
    seen = Checkpoint.parse(_text(last, "checkpoint"))
    named = {one["name"]: PublicKey.of_text(one["key"]) for one in last["by"]}
    by = cosignatures(seen, named)
    here = seen.origin == checkpoint.origin and seen.size == last["size"] <= checkpoint.size
    if not here or not by or {c.name for c in by} != set(named):
        raise AuditError("a witness that it names did not sign that state: check where it comes from")
