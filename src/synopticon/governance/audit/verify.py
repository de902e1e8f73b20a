"""Verify a log: an export offline, or the database. Verification raises; it never returns that all is bad.

What is checked, in this order:

1. every line is canonical, complete, and one of its kind in its place (an export), or every row repeats what
   its leaf says and every stored subtree is the right one (a database);
2. every entry has its number, continues its case, answers an open record, and its payload is the one that it
   commits to, or an erasure in the log says that it is gone;
3. every change of key is signed by the old and the new key, every recorded cosignature verifies;
4. the tree of all entries has the root that the checkpoint states, and the log's key signed that; the key is
   the one that was given, or a change of key leads from or to it;
5. the seal over the file fits (an export);
6. every given checkpoint is the log's own, and the log continues it.
"""

import base64
import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO

from synopticon.errors import AuditError, SynopticonError, UsageError
from synopticon.governance.audit.checkpoint import Checkpoint, Cosignature, cosignatures
from synopticon.governance.audit.entry import Entry, Header, format_time
from synopticon.governance.audit.export import FORMAT, seal_text
from synopticon.governance.audit.log import AuditLog, Witnessed
from synopticon.governance.audit.merkle import hash_leaf
from synopticon.governance.audit.note import Note, check_name
from synopticon.governance.audit.walk import Walk, check_gone
from synopticon.governance.canonical import canonical, parse_canonical
from synopticon.governance.keys import PublicKey, unbase64

_PAGE = 1000  # entries whose subtrees are compared at once
_CHANGED = "it was changed, removed, moved or added without the key: check it against another copy"


@dataclass(frozen=True, slots=True)
class Checked:
    """A checkpoint that the log continues, and who cosigned it (as far as their keys are known)."""

    name: str
    size: int
    by: tuple[Cosignature, ...]


@dataclass(frozen=True, slots=True)
class Report:
    """What verification found in a log that holds."""

    origin: str
    size: int
    root: bytes
    key: PublicKey
    key_from_file: bool
    first: datetime | None
    last: datetime | None
    erased: tuple[tuple[int, int], ...]  # entry, erased by
    withheld: int
    backwards: tuple[tuple[int, float], ...]  # entry, seconds by which its time is before the one before
    open_records: tuple[int, ...]
    changes: tuple[int, ...]  # entries that changed the key
    witnessed: Witnessed | None
    checkpoints: tuple[Checked, ...]

    def lines(self) -> list[str]:
        """The report for people."""
        said = [
            f"{self.origin}: {self.size} entries, all in place, root {base64.b64encode(self.root).decode()}"
        ]
        if self.first and self.last:
            said.append(f"from {format_time(self.first)} to {format_time(self.last)}")
        said.append(f"signed with key {self.key.fingerprint}" + self._key_note())
        said += [f"entry {n}: changes the key" for n in self.changes]
        said += [f"entry {n}: payload erased by entry {by}" for n, by in self.erased]
        if self.withheld:
            said.append(f"{self.withheld} payloads are withheld from this file")
        said += [f"entry {n}: the clock went back by {s:.0f} s" for n, s in self.backwards]
        said += [f"entry {n}: outcome unknown" for n in self.open_records]
        for check in self.checkpoints:
            names = (
                ", ".join(f"{c.name} on {format_time(c.time)}" for c in check.by)
                or "nobody whose key is known"
            )
            said.append(f"{check.name}: continued from its {check.size} entries; cosigned by {names}")
        return [*said, self._witness_note()]

    def _key_note(self) -> str:
        return "; key taken from the file: proves integrity, not authorship" if self.key_from_file else ""

    def _witness_note(self) -> str:
        if self.witnessed is None:
            return "never witnessed: whoever holds the machine can rewrite all of it"
        when, size = format_time(self.witnessed.time), self.witnessed.size
        after = f"entries from {size} on can be rewritten by whoever holds the machine"
        return f"last witnessed {when} by {self.witnessed.names}; {after}"


def verify_export(
    path: str | Path,
    key: PublicKey | None = None,
    checkpoints: Sequence[str | Path] = (),
    witnesses: Mapping[str, PublicKey] | None = None,
) -> Report:
    """Verify an export, offline; ``checkpoints`` are files, ``witnesses`` keys by name.

    Raises ``AuditError`` that names the first bad entry, ``UsageError`` for a file that cannot be read.
    """
    given = [(str(p), read_checkpoint(p)) for p in checkpoints]
    try:
        with Path(path).open("rb") as file:
            return _verify_file(file, key, given, witnesses or {})
    except OSError as error:
        raise UsageError(f"{path}: cannot be read ({error.strerror}): name an export of a log") from error
    except AuditError as error:
        raise AuditError(f"{path}: {error}") from error


def verify_log(
    log: AuditLog,
    checkpoints: Sequence[str | Path | Checkpoint] = (),
    witnesses: Mapping[str, PublicKey] | None = None,
) -> Report:
    """Verify a log where it is stored, with its own key; raises ``AuditError`` naming the first bad entry."""
    given = [
        (f"checkpoint of {p.size}", p) if isinstance(p, Checkpoint) else (str(p), read_checkpoint(p))
        for p in checkpoints
    ]
    size = log.storage.size()
    walk = Walk(log.origin, frozenset(c.size for _, c in given) | {size})
    try:
        _walk_storage(walk, log, size)
        check_gone(walk, walk.gone)
        if (bad := walk.first_bad(log.public)) is not None:
            raise AuditError(f"entry {bad}: {_CHANGED}")
    except AuditError as error:
        raise _blamed(walk, log.public, error) from error
    return _report(walk, log.public, False, given, witnesses or {})


def read_checkpoint(path: str | Path) -> Checkpoint:
    """Read a checkpoint from a file, also from a request that carries one; ``AuditError``, ``UsageError``."""
    try:
        text = Path(path).read_bytes().decode("utf-8")
        return Checkpoint.parse(_carried(text) if text.startswith("{") else text)
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path}: cannot be read: name a checkpoint file") from error
    except AuditError as error:
        raise AuditError(f"{path}: {error}") from error


def _carried(text: str) -> str:
    """The checkpoint in a request for an approval, whose approver holds it."""
    try:
        return str(json.loads(text)["checkpoint"])
    except (ValueError, KeyError, TypeError) as error:
        raise AuditError("carries no checkpoint: name a checkpoint or a request file") from error


def _verify_file(
    file: BinaryIO,
    key: PublicKey | None,
    given: Sequence[tuple[str, Checkpoint]],
    witnesses: Mapping[str, PublicKey],
) -> Report:
    hashed = hashlib.sha256()
    lines = _lines(file, hashed)
    origin, file_key, size = _head(next(lines, b""))
    walk = Walk(origin, frozenset(c.size for _, c in given) | {size})
    try:
        for number in range(size):
            _take_line(walk, number, next(lines, b""))
        check_gone(walk, walk.gone)
        foot = next(lines, b"")
        digest = hashed.digest()  # of all lines before the foot
        checkpoint, seal = _foot(foot)
        if next(lines, b""):
            raise AuditError("goes on after its last line: use the file as it was written")
        _check_key(walk, file_key, key)
        _check_signed(walk, checkpoint, size, file_key)
        if seal.text != seal_text(checkpoint, digest):
            raise AuditError("its seal is of another file: use the file as it was written")
        seal.verify(origin, file_key)
    except AuditError as error:
        raise _blamed(walk, file_key, error) from error
    return _report(walk, key or file_key, key is None, given, witnesses)


def _lines(file: BinaryIO, hashed: Any) -> Iterator[bytes]:
    """The lines without their ends; each is hashed when the next one is asked for."""
    for line in file:
        if not line.endswith(b"\n"):
            raise AuditError("ends in the middle of a line: the file was cut off; use another copy")
        yield line[:-1]
        hashed.update(line)


def _object(line: bytes, *names: set[str]) -> dict[str, Any]:
    if not line:
        raise AuditError("the file ends here: it was cut off; use another copy")
    try:
        found = parse_canonical(line)
    except UsageError as error:
        raise AuditError(f"its line {error}") from error
    if set(found) not in names:
        raise AuditError("its line lacks or adds a field: use the file as it was written")
    return found


def _head(line: bytes) -> tuple[str, PublicKey, int]:
    try:
        head = _object(line, {"format", "key", "origin", "size"})
        size, key = head["size"], PublicKey.of_text(_text(head, "key"))
        origin = check_name(_text(head, "origin"))
    except (AuditError, UsageError) as error:
        raise AuditError(f"is no export of a log: {error}") from error
    if head["format"] != FORMAT or type(size) is not int or size < 0:
        raise AuditError("is no export of a log of this version: check where it comes from")
    return origin, key, size


def _foot(line: bytes) -> tuple[Checkpoint, Note]:
    try:
        foot = _object(line, {"checkpoint", "seal"})
        return Checkpoint.parse(_text(foot, "checkpoint")), Note.parse(_text(foot, "seal"))
    except AuditError as error:
        raise AuditError(f"the last line: {error}") from error


def _text(line: Mapping[str, Any], name: str) -> str:
    if not isinstance(line[name], str):
        raise AuditError(f"its {name} is no text: use the file as it was written")
    return str(line[name])


def _take_line(walk: Walk, number: int, line: bytes) -> None:
    try:
        found = _object(
            line,
            {"header", "payload", "salt", "signature"},
            {"header", "signature", "erased_by"},
            {"header", "signature", "withheld"},
        )
        withheld = "withheld" in found
        if withheld and found["withheld"] is not True:
            raise AuditError("its line says neither what it holds nor what not: use another copy")
        if "erased_by" in found:
            walk.gone.append((number, int(found["erased_by"])))
        walk.take(_entry(found), withheld=withheld)
    except (SynopticonError, TypeError, ValueError) as error:
        said = error if isinstance(error, SynopticonError) else "its line is damaged: use another copy"
        raise AuditError(f"entry {number}: {said}") from error


def _entry(line: Mapping[str, Any]) -> Entry:
    header = Header.of_fields(line["header"])
    leaf = canonical(line["header"])
    salt = unbase64(_text(line, "salt")) if "salt" in line else None
    sealed = canonical(line["payload"]) if "payload" in line else None
    return Entry(header, leaf, hash_leaf(leaf), unbase64(_text(line, "signature")), salt, sealed)


def _check_key(walk: Walk, file_key: PublicKey, key: PublicKey | None) -> None:
    if walk.changes and walk.changes[-1][2] != file_key:
        raise AuditError("its key is not the last one of the log: use the file as it was written")
    known = {file_key} | {k for _, old, new in walk.changes for k in (old, new)}
    if key is not None and key not in known:
        raise AuditError(
            f"is signed with another key, {file_key.fingerprint}: check whose log this is, and the key given"
        )


def _check_signed(walk: Walk, checkpoint: Checkpoint, size: int, last: PublicKey) -> None:
    if (checkpoint.origin, checkpoint.size) != (walk.origin, size):
        raise AuditError("its checkpoint is of another log or size: use the file as it was written")
    checkpoint.verify(walk.key_at(size, last))
    if checkpoint.root != walk.roots[size]:
        raise AuditError("its entries do not add up to what was signed: use another copy")


def _blamed(walk: Walk, last: PublicKey, error: AuditError) -> AuditError:
    """The error that names the first bad entry: an earlier one may have been changed with skill.

    Where an entry is named and not even the first signature fits, a change of key may lie ahead: as named.
    """
    bad, named = walk.first_bad(last), str(error).startswith("entry ")
    if bad is not None and (bad or not named):
        return AuditError(f"entry {bad}: {_CHANGED}")
    if not named and (bad := walk.first_unsigned(last)) is not None:
        return AuditError(f"entry {bad}: its signature was changed: use another copy")
    return error


def _walk_storage(walk: Walk, log: AuditLog, size: int) -> None:
    nodes: list[tuple[tuple[int, int], bytes]] = []
    for entry in log.entries(0, size):
        number = walk.frontier.size
        try:
            nodes += walk.take(entry)
        except AuditError as error:
            raise AuditError(f"entry {number}: {error}") from error
        if entry.sealed is None:
            walk.gone.append((number, None))
        if number % _PAGE == _PAGE - 1:
            _compare(log, nodes)
    _compare(log, nodes)
    if walk.frontier.size != size:
        raise AuditError(f"entry {walk.frontier.size}: is missing: put back a copy")


def _compare(log: AuditLog, nodes: list[tuple[tuple[int, int], bytes]]) -> None:
    stored = log.storage.nodes([node for node, _ in nodes])
    for ((level, position), wanted), found in zip(nodes, stored, strict=True):
        if wanted != found:
            first, last = position << level, (position + 1 << level) - 1
            raise AuditError(f"the stored tree over entries {first} to {last} was changed: put back a copy")
    nodes.clear()


def _report(
    walk: Walk,
    key: PublicKey,
    from_file: bool,
    given: Sequence[tuple[str, Checkpoint]],
    witnesses: Mapping[str, PublicKey],
) -> Report:
    last = walk.changes[-1][2] if walk.changes else key
    known = {c.name: c.key for w in walk.witnessed for c in w.by} | dict(witnesses)
    checked = tuple(Checked(name, c.size, _continues(walk, name, c, last, known)) for name, c in given)
    size = walk.frontier.size
    return Report(
        walk.origin,
        size,
        walk.roots[size],
        key,
        from_file,
        walk.first,
        walk.last,
        tuple((n, walk.erasures.by(n) or 0) for n, _ in walk.gone),
        walk.withheld,
        tuple(walk.backwards),
        tuple(walk.unanswered),
        tuple(n for n, _, _ in walk.changes),
        max(walk.witnessed, key=lambda w: (w.size, w.time), default=None),
        checked,
    )


def _continues(
    walk: Walk, name: str, checkpoint: Checkpoint, last: PublicKey, known: Mapping[str, PublicKey]
) -> tuple[Cosignature, ...]:
    """Raise ``AuditError`` unless the log continues the checkpoint; who cosigned it."""
    size = walk.frontier.size
    if checkpoint.origin != walk.origin:
        raise AuditError(f"{name}: is a checkpoint of another log, {checkpoint.origin}: check which log")
    try:
        checkpoint.verify(walk.key_at(checkpoint.size, last))
        by = cosignatures(checkpoint, known)
    except AuditError as error:
        raise AuditError(f"{name}: {error}") from error
    if checkpoint.size > size:
        raise AuditError(
            f"{name}: the log had {checkpoint.size} entries then, and has {size} now: its end was cut off; "
            "check it against another copy"
        )
    if walk.roots[checkpoint.size] != checkpoint.root:
        raise AuditError(
            f"{name}: the first {checkpoint.size} entries are not those of the checkpoint: it was rewritten; "
            "check it against another copy"
        )
    return by
