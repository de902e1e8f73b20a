"""The log of acts, read, exported, checked and witnessed; reading it is an act too."""

from base64 import b64encode
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any

from synopticon.acts.workspace import Workspace
from synopticon.errors import UsageError
from synopticon.governance.audit.checkpoint import Checkpoint, cosign
from synopticon.governance.audit.entry import ActHeader, Entry, format_time
from synopticon.governance.audit.export import write_export
from synopticon.governance.audit.log import Witnessed
from synopticon.governance.audit.qr import Kind, qr
from synopticon.governance.audit.storage import Wanted
from synopticon.governance.audit.verify import Report, read_checkpoint, verify_export, verify_log
from synopticon.governance.capability import Operation
from synopticon.governance.keys import PublicKey, SigningKey
from synopticon.store.atomic import write_bytes, write_whole

OPERATION = Operation.CONSULTATION
ALL = Wanted()


@dataclass(frozen=True, slots=True)
class Listed:
    """Entries as they are shown, and the last time that somebody else saw the log."""

    entries: tuple[dict[str, Any], ...]
    size: int
    witnessed: Witnessed | None


def list_entries(
    workspace: Workspace, *, wanted: Wanted = ALL, last: int = 50, before: int | None = None
) -> Listed:
    """The last entries that fit, in order, without what their payloads say; ``before``: that entry."""
    asked = {"case": wanted.case, "last": last, "kind": wanted.kind, "before": before}
    asked |= {"from": _time(wanted.start), "to": _time(wanted.end)}
    said = {name: value for name, value in asked.items() if value is not None or name == "case"}
    with workspace.act("audit.read", payload=said) as act:
        log = workspace.log
        size = log.storage.size()
        end = size if before is None else min(before, size)
        if wanted == ALL:
            found = tuple(log.entries(max(end - last, 0), end))
        else:
            found = tuple(log.find(replace(wanted, before=end, last=last)))
        act.note(entries=len(found))
        return Listed(tuple(e.header.fields() for e in found), size, log.last_witnessed())


def _time(moment: datetime | None) -> str | None:
    return format_time(moment) if moment else None


def show_entry(workspace: Workspace, sequence: int) -> dict[str, Any]:
    """One entry, with its payload as far as it has not been erased."""
    with workspace.act("audit.read", payload={"entry": sequence}):
        return _shown(workspace.log.entry(sequence))


def export_log(workspace: Workspace, output: Path, *, payloads: bool = True, overwrite: bool = False) -> int:
    """Write the log into one file that anyone can check offline; gives the number of entries in it."""
    if output.exists() and not overwrite:
        raise UsageError(f"{output}: exists already: add --overwrite, or name another file")
    with workspace.act("audit.export", payload={"payloads": payloads}) as act:
        with write_whole(output, overwrite=overwrite) as temporary:
            checkpoint = write_export(workspace.log, temporary, payloads=payloads)
        act.note(entries=checkpoint.size)
        return checkpoint.size


def verify_file(
    path: Path, key: str = "", checkpoints: Sequence[Path] = (), witnesses: Sequence[str] = ()
) -> Report:
    """Check an export, offline, without a workspace. ``key``: public key, text or file; see ``known``."""
    return verify_export(path, public(key) if key else None, checkpoints, known(witnesses))


def verify_workspace(
    workspace: Workspace, checkpoints: Sequence[Path | Checkpoint] = (), witnesses: Sequence[str] = ()
) -> Report:
    """Check the log where it is. Raises ``AuditError`` naming the first bad entry."""
    with workspace.act("audit.read", payload={"verify": True}) as act:
        report = verify_log(workspace.log, checkpoints, known(witnesses))
        act.note(entries=report.size)
        return report


def prove_entry(workspace: Workspace, sequence: int) -> dict[str, Any]:
    """That an entry is in the log: its leaf, its audit path (RFC 6962, 2.1.1), the checkpoint it leads to."""
    with workspace.act("audit.read", payload={"prove": sequence}):
        log = workspace.log
        checkpoint, entry = log.checkpoint(), log.entry(sequence)
        path = [b64encode(h).decode() for h in log.inclusion(sequence, checkpoint.size)]
        return {
            "leaf": b64encode(entry.leaf).decode(),
            "leaf_hash": b64encode(entry.hash).decode(),
            "sequence": sequence,
            "size": checkpoint.size,
            "path": path,
            "checkpoint": checkpoint.text(),
        }


def write_checkpoint(workspace: Workspace, output: Path | None = None, qr_code: Path | None = None) -> int:
    """Write the present checkpoint for a witness to sign; gives its number of entries.

    ``output``: as a file; ``qr_code``: as a picture, ``.svg`` or ``.png``; one of them, or both.
    """
    if output is None and qr_code is None:
        raise UsageError("nothing is to be written: add -o FILE, or --qr FILE.svg")
    with _checkpoint(workspace) as checkpoint:
        _write(checkpoint, output, qr_code)
        return checkpoint.size


def show_checkpoint(workspace: Workspace) -> tuple[Checkpoint, bytes]:
    """The present checkpoint for a witness, and its QR code (SVG)."""
    with _checkpoint(workspace) as checkpoint:
        return checkpoint, qr(checkpoint.text(), "svg")


@contextmanager
def _checkpoint(workspace: Workspace) -> Iterator[Checkpoint]:
    with workspace.act("audit.read", payload={"checkpoint": True}) as act:
        checkpoint = workspace.log.checkpoint()
        yield checkpoint
        act.note(entries=checkpoint.size)


def sign_checkpoint(
    checkpoint: Path,
    output: Path | None,
    name: str,
    key: Path,
    passphrase: str | None,
    qr_code: Path | None = None,
) -> None:
    """Cosign a checkpoint as a witness, on any machine; needs no workspace. For the outputs see above."""
    if output is None and qr_code is None:
        raise UsageError("nothing is to be written: add -o FILE, or --qr FILE.svg")
    signed = cosign(read_checkpoint(checkpoint), name, SigningKey.load(key, passphrase), datetime.now(UTC))
    _write(signed, output, qr_code)


def _write(checkpoint: Checkpoint, output: Path | None, qr_code: Path | None) -> None:
    text = checkpoint.text()
    if qr_code is not None:
        kind = _QR.get(qr_code.suffix.lower())
        if kind is None:
            raise UsageError(f"{qr_code}: a QR code is written as .svg or .png: choose one of them")
        write_bytes(qr_code, qr(text, kind))
    if output is not None:
        write_bytes(output, text.encode())


_QR: Mapping[str, Kind] = MappingProxyType({".svg": "svg", ".png": "png"})


def take_witness(workspace: Workspace, cosigned: Path, witnesses: Sequence[str]) -> Witnessed:
    """Enter into the log that witnesses cosigned one of its checkpoints."""
    return take_cosigned(workspace, read_checkpoint(cosigned), known(witnesses))


def take_cosigned(workspace: Workspace, cosigned: Checkpoint, keys: Mapping[str, PublicKey]) -> Witnessed:
    """The same with a checkpoint that was read already, and the witnesses' keys by name."""
    text = cosigned.text()
    with workspace.act("audit.witness", payload={"witnesses": sorted(keys)}) as act:
        done = act.entry.header
        header = ActHeader(done.operation, done.capability, done.actor, done.case, done.profile)
        workspace.log.witness(text, keys, header)
        found = workspace.log.last_witnessed()
        assert found is not None, "it was just entered"
        act.note(size=found.size)
        return found


def known(witnesses: Sequence[str]) -> dict[str, PublicKey]:
    """Witnesses as ``NAME=KEY``, the key as text or as a file; raises ``UsageError``."""
    found = {}
    for text in witnesses:
        name, _, key = text.partition("=")
        if not name or not key:
            raise UsageError(f"{text}: is no witness: write NAME=KEY, with the key's text or its file")
        found[name] = public(key)
    return found


def public(key: str) -> PublicKey:
    """A public key from its text or from a file that holds it."""
    path = Path(key)
    try:
        text = path.read_text("utf-8") if path.is_file() else key
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{key}: cannot be read as a key: name a file that holds a public key") from error
    return PublicKey.of_text(text.strip())


def public_key(workspace: Workspace) -> str:
    """The public key that signs the log, to be given to those who verify."""
    return workspace.log.public.text()


def _shown(entry: Entry) -> dict[str, Any]:
    return {
        **entry.header.fields(),
        "time": format_time(entry.header.time),
        "leaf_hash": b64encode(entry.hash).decode(),
        "payload": entry.payload,
    }
