"""Write a package: a folder that appears whole or not at all, and was checked before it appeared."""

import base64
import hashlib
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from synopticon import __version__
from synopticon.aside import flush_folder
from synopticon.errors import AuditError, FootageError, OutputError, UsageError
from synopticon.evidence import format as form
from synopticon.evidence.page import page
from synopticon.evidence.verify import verify_package
from synopticon.governance.audit.entry import Entry, format_time
from synopticon.governance.audit.log import AuditLog, Witnessed
from synopticon.governance.canonical import canonical
from synopticon.store.atomic import flush, write_together

_BLOCK = 4 << 20
Tick = Callable[[int], None]  # called with the bytes of each block written


@dataclass(frozen=True, slots=True)
class Item:
    """A file to be put in: its path in the package, what it is, and its bytes or where they are.

    ``sha256``: what a file must still be when it is copied; "" = whatever it is.
    """

    path: str
    role: str
    source: Path | bytes
    sha256: str = ""


@dataclass(frozen=True, slots=True)
class Contents:
    """What a package is and holds. ``entries`` of the log: the first is the act that makes it."""

    kind: str
    recipient: str
    by: str
    made: datetime
    items: tuple[Item, ...]
    entries: tuple[int, ...]
    mark: str = ""
    about: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Package:
    """What was written: where, the digest of the manifest, who signed it, how many files and bytes."""

    path: Path
    sha256: str
    fingerprint: str
    files: int
    bytes: int


def write_package(target: Path, contents: Contents, log: AuditLog, tick: Tick | None = None) -> Package:
    """Write a package, read it back, check it, and give it its name; nothing is left of one that fails.

    Raises ``UsageError`` without a recipient or for paths that cannot be in a package, ``FootageError`` when
    a file changed or cannot be read, ``OutputError`` when it exists already or the disk refuses.
    """
    if not contents.recipient.strip():
        raise UsageError("the recipient is empty: name who receives the package")
    with write_together(target) as (aside,):
        aside.mkdir()
        own = (
            Item(form.LOG, form.LOG_ROLE, canonical(log_part(log, contents.entries))),
            Item(form.PAGE, form.PAGE_ROLE, page()),
        )
        listed = [_put(aside, item, tick) for item in (*contents.items, *own)]
        manifest = _manifest(contents, listed, log)
        data = canonical(manifest.fields())
        signature = log.seal(form.seal_text(log.origin, data)).written().encode()
        _write(aside / form.MANIFEST, data)
        _write(aside / form.SIGNATURE, signature)
        _flush_folders(aside)
        _read_back(aside, target, log)
    digest = hashlib.sha256(data).hexdigest()
    return Package(target, digest, log.public.fingerprint, len(listed), sum(f.size for f in listed))


def log_part(log: AuditLog, entries: Sequence[int]) -> dict[str, Any]:
    """The entries with their proofs, the latest checkpoint, and the last that others saw."""
    last = log.last_witnessed()  # first, so that the checkpoint continues it whoever writes meanwhile
    checkpoint = log.checkpoint()
    return {
        "checkpoint": checkpoint.text(),
        "entries": [_proved(log, log.entry(number), checkpoint.size) for number in entries],
        "format": form.LOG_FORMAT,
        "witnessed": _witnessed(log, last, checkpoint.size),
    }


def _proved(log: AuditLog, entry: Entry, size: int) -> dict[str, Any]:
    proved: dict[str, Any] = {
        "header": entry.header.fields(),
        "path": [_base64(h) for h in log.inclusion(entry.sequence, size)],
    }
    if entry.salt is not None and entry.sealed is not None:
        proved |= {"payload": entry.payload, "salt": _base64(entry.salt)}
    return proved


def _witnessed(log: AuditLog, last: Witnessed | None, size: int) -> dict[str, Any] | None:
    if last is None:
        return None
    payload = log.entry(last.entry).payload or {}
    return {
        "by": [{"key": c.key.text(), "name": c.name} for c in last.by],
        "checkpoint": payload["checkpoint"],
        "consistency": [_base64(h) for h in log.consistency(last.size, size)],
    }


def _manifest(contents: Contents, listed: list[form.Listed], log: AuditLog) -> form.PackageManifest:
    return form.PackageManifest(
        kind=contents.kind,
        made=format_time(contents.made),
        program=__version__,
        recipient=contents.recipient.strip(),
        by=contents.by,
        mark=contents.mark,
        entry=contents.entries[0],
        about=contents.about,
        files=tuple(sorted(listed, key=lambda f: f.path)),
        name=log.origin,
        key=log.public,
    )


def _put(folder: Path, item: Item, tick: Tick | None) -> form.Listed:
    """Copy one file in, hashed as it is written."""
    path = folder / item.path
    if not form.is_safe(item.path) or form.same(item.path) != item.path or path.exists():
        raise UsageError(f"{item.path}: cannot be the name of a file in a package: give it another name")
    path.parent.mkdir(parents=True, exist_ok=True)
    if isinstance(item.source, bytes):
        _write(path, item.source)
        digest, size = hashlib.sha256(item.source).hexdigest(), len(item.source)
    else:
        digest, size = _copy(item.source, path, tick)
    if item.sha256 and digest != item.sha256:
        raise FootageError(
            f"{item.source!s}: changed since it was looked at (then {item.sha256}, now {digest}): "
            "check who writes to it, and run it again"
        )
    return form.Listed(item.path, size, digest, item.role)


def _copy(source: Path, target: Path, tick: Tick | None) -> tuple[str, int]:
    hashed, size = hashlib.sha256(), 0
    with target.open("xb", buffering=0) as out:
        for block in _blocks(source):
            hashed.update(block)
            size += len(block)
            if tick:
                tick(len(block))
            left = block
            while left:  # a disk that fills up writes less than it was given, and fails at the next call
                left = left[out.write(left) or 0 :]
    flush(target)
    return hashed.hexdigest(), size


def _blocks(source: Path) -> Iterator[bytes]:
    """The bytes of a file; errors of reading are told from those of writing. Raises ``FootageError``."""
    try:
        with source.open("rb", buffering=0) as file:
            while block := file.read(_BLOCK):
                yield block
    except OSError as error:
        raise FootageError(
            f"{source}: cannot be read ({error.strerror or error}): check its permissions and the disk"
        ) from error


def _write(path: Path, data: bytes) -> None:
    path.write_bytes(data)
    flush(path)


def _flush_folders(folder: Path) -> None:
    """Make the names durable, too; systems that cannot open folders (Windows) do so on their own."""
    for root, _, _ in os.walk(folder):
        flush_folder(Path(root))


def _read_back(aside: Path, target: Path, log: AuditLog) -> None:
    """Check what is on the disk with the eyes of a recipient, before it has its name."""
    try:
        report = verify_package(aside, log.public.fingerprint)
    except (AuditError, UsageError) as error:
        raise OutputError(f"{target}: could not be read back ({error}): check the disk") from error
    if report.problems:
        raise OutputError(f"{target}: is not what was written ({report.problems[0]}): check the disk")


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode()
