"""Hand recordings over: whole files, byte for byte, in a package with a receipt and the log's entry."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from synopticon import __version__
from synopticon.acts.workspace import Workspace
from synopticon.errors import OutputError, UsageError
from synopticon.evidence.format import NO_CASE, ORIGINAL, RECEIPT, same
from synopticon.evidence.package import Contents, Item, Package, write_package
from synopticon.footage.digest import sha256
from synopticon.footage.find import find_files
from synopticon.governance.audit.entry import format_time
from synopticon.governance.capability import Operation
from synopticon.governance.grant import Scope

OPERATION = Operation.DISCLOSURE
KIND = "handover"
_ODD = re.compile(r'[\x00-\x1f\x7f\\/:*?"<>|]')  # of names: what some system does not take


@dataclass(frozen=True, slots=True)
class HandoverRequest:
    """What to hand over to whom; the fields are the options of ``synopticon handover``."""

    footage: tuple[str, ...]
    recipient: str
    output: Path
    reason: str = ""
    case: str | None = None


@dataclass(frozen=True, slots=True)
class _Recording:
    """A file to be handed over: where it is, its name in the package, bytes, digest."""

    file: Path
    path: str
    size: int
    sha256: str


def hand_over(workspace: Workspace, request: HandoverRequest) -> Package:
    """Write the package; see ``HandoverRequest``.

    Raises ``UsageError`` without a recipient, ``OutputError`` when the folder exists, ``RefusedError`` where
    the profile or the case does not allow it, and the errors of ``write_package``.
    """
    to = " ".join(request.recipient.split())
    if not to:
        raise UsageError("the recipient is empty: name who receives the recordings with --to NAME")
    if request.output.exists() or request.output.is_symlink():
        raise OutputError(f"{request.output}: exists already: choose another name; packages are not replaced")
    recordings = tuple(_recordings(find_files(request.footage)))
    digests = tuple(r.sha256 for r in recordings)
    said = {
        "recipient": to,
        "originals": list(digests),
        "files": {r.sha256: r.file.name for r in recordings},
    }
    scope = Scope(digests=tuple(dict.fromkeys(digests)))
    with workspace.act(
        "handover", case=request.case, scope=scope, reason=request.reason, payload=said
    ) as act:
        contents = _contents(workspace, request, to, recordings, act.entry.sequence)
        made = write_package(request.output, contents, workspace.log)
        act.note(manifest=made.sha256, files=made.files, bytes=made.bytes)
    return made


def _recordings(files: Sequence[Path]) -> Iterator[_Recording]:
    taken: set[str] = set()
    for file in files:
        name = same(_ODD.sub("_", file.name))
        if name.casefold() in taken:  # of another folder
            name = f"{len(taken) + 1:03}-{name}"
        taken.add(name.casefold())
        yield _Recording(file, f"footage/{name}", file.stat().st_size, sha256(file))


def _contents(
    workspace: Workspace, request: HandoverRequest, to: str, recordings: tuple[_Recording, ...], entry: int
) -> Contents:
    now, by = workspace.clock(), workspace.settings.organisation or workspace.actor.name
    mark = workspace.profile.mark or ("" if request.case else NO_CASE)
    receipt = _receipt(workspace, request, to, recordings, entry, now, mark)
    items = [Item(r.path, ORIGINAL, r.file, r.sha256) for r in recordings]
    items.append(Item("receipt.txt", RECEIPT, receipt.encode()))
    return Contents(
        kind=KIND,
        recipient=to,
        by=by,
        made=now,
        items=tuple(items),
        entries=(entry,),
        mark=mark,
        about={
            "case": request.case,
            "masked": False,
            "originals": {r.path: r.file.name for r in recordings},
            "profile": {"digest": workspace.profile.digest, "name": workspace.profile.label},
            "reason": request.reason.strip(),
        },
    )


def _receipt(
    workspace: Workspace,
    request: HandoverRequest,
    to: str,
    recordings: tuple[_Recording, ...],
    entry: int,
    now: datetime,
    mark: str,
) -> str:
    key = workspace.log.public.fingerprint
    organisation = workspace.settings.organisation
    by = workspace.actor.name + (f", {organisation}" if organisation else "")
    reason = " ".join(request.reason.split())
    lines = [
        "RECEIPT / REÇU",
        "",
        f"Received by / reçu par:   {to}",
        f"Handed over by / par:     {by}",
        f"When / quand (UTC):       {format_time(now)}, by the clock of this machine",
        *([f"Case / dossier:           {request.case}"] if request.case else []),
        *([f"Reason / motif:           {reason}"] if reason else []),
        *([f"Mark / mention:           {mark}"] if mark else []),
        f"Log / journal:            {workspace.settings.origin}, entry {entry}",
        f"Key / clé:                {key}",
        f"Program / logiciel:       Synopticon {__version__}",
        "",
        "Recordings, every byte as it was; nobody in them is masked.",
        "Enregistrements, octet pour octet ; personne n'y est masqué.",
        "",
    ]
    for r in recordings:
        lines += [r.path, f"  {r.size} bytes", f"  SHA-256 {r.sha256}", ""]
    lines += [
        "To check: open verify.html in a browser and drop this folder on it; no network is needed.",
        "Pour vérifier : ouvrez verify.html dans un navigateur et déposez-y ce dossier, sans réseau.",
        "",
        "Received on / reçu le: ____________________   Signature: ____________________",
    ]
    return "\n".join(lines) + "\n"
