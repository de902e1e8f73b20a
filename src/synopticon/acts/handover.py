"""Hand recordings over, whole or cut between key frames, in a package with a receipt and the log's entry."""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from synopticon import __version__
from synopticon.acts.workspace import Workspace
from synopticon.aside import beside, remove
from synopticon.errors import OutputError, UsageError
from synopticon.evidence.format import INSTEAD, NO_CASE, ORIGINAL, PART, RECEIPT, same
from synopticon.evidence.package import Contents, Item, Package, write_package
from synopticon.footage.clock import posix
from synopticon.footage.cut import cut
from synopticon.footage.digest import sha256
from synopticon.footage.find import find_files
from synopticon.footage.probe import probe
from synopticon.governance.audit.entry import format_time
from synopticon.governance.capability import Operation
from synopticon.governance.grant import Scope
from synopticon.store.atomic import translated
from synopticon.values.duration import parse_duration
from synopticon.values.footage import Footage, SourceFile

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
    since: str = ""  # a time into the recording, or a moment; "" = from its beginning
    until: str = ""
    start: datetime | None = None  # when the first frame was taken
    zone: str = ""


@dataclass(frozen=True, slots=True)
class _Recording:
    """A file to be handed over: where it is, its name in the package, bytes, digest of the source.

    ``span``: seconds on the timeline that are wanted of ``source``; None = the whole file. ``told``: what was
    cut out of it, for people.
    """

    file: Path
    path: str
    size: int
    sha256: str
    role: str = ORIGINAL
    span: tuple[float, float] | None = None
    source: SourceFile | None = None
    told: str = ""


def hand_over(workspace: Workspace, request: HandoverRequest) -> Package:
    """Write the package; see ``HandoverRequest``.

    Raises ``UsageError`` without a recipient and for times that show nothing, ``OutputError`` when the folder
    exists, ``RefusedError`` where the profile or the case does not allow it, and the errors of
    ``write_package``.
    """
    to = " ".join(request.recipient.split())
    if not to:
        raise UsageError("the recipient is empty: name who receives the recordings with --to NAME")
    if request.output.exists() or request.output.is_symlink():
        raise OutputError(f"{request.output}: exists already: choose another name; packages are not replaced")
    recordings = tuple(_timed(request) if request.since or request.until else _whole(request))
    digests = tuple(r.sha256 for r in recordings)
    said = {
        "recipient": to,
        "originals": [r.sha256 for r in recordings if r.span is None],
        "parts": {r.sha256: list(r.span) for r in recordings if r.span is not None},
        "files": {r.sha256: r.file.name for r in recordings},
    }
    scope = Scope(digests=tuple(dict.fromkeys(digests)))
    with workspace.act(
        "handover", case=request.case, scope=scope, reason=request.reason, payload=said
    ) as act:
        with _cut(recordings, request.output) as ready:
            contents = _contents(workspace, request, to, ready, act.entry.sequence)
            made = write_package(request.output, contents, workspace.log)
        act.note(manifest=made.sha256, files=made.files, bytes=made.bytes)
    return made


def _whole(request: HandoverRequest) -> Iterator[_Recording]:
    files = find_files(request.footage)
    for file, path in zip(files, _paths(files), strict=True):
        yield _Recording(file, path, file.stat().st_size, sha256(file))


def _timed(request: HandoverRequest) -> Iterator[_Recording]:
    """The files that show the time wanted, each with what is wanted of it."""
    footage = probe(request.footage, start=request.start, zone=request.zone)
    if bad := [f for f in footage.files if f.error]:
        raise UsageError(
            f"{bad[0].path}: its times cannot be told ({bad[0].error}): name the others, or leave out --from "
            "and --until"
        )
    begin = _seconds(footage, request.since, request.zone, 0.0)
    end = _seconds(footage, request.until, request.zone, footage.duration)
    shown = [f for f in footage.files if f.offset < end and f.offset + f.duration > begin]
    if begin >= end or not shown:
        raise UsageError(
            f"nothing was recorded from {begin:.3f} s to {end:.3f} s of {footage.duration:.3f} s: "
            "check --from and --until with 'synopticon probe'"
        )
    for file, path in zip(shown, _paths([f.path for f in shown]), strict=True):
        span = (max(begin, file.offset), min(end, file.offset + file.duration))
        whole = span == (file.offset, file.offset + file.duration)
        yield _Recording(
            file.path, path, file.size_bytes, file.sha256, span=None if whole else span, source=file
        )


def _seconds(footage: Footage, text: str, zone: str, default: float) -> float:
    """A time into the recording (``1m30s``), or a moment, as seconds on its timeline."""
    if not text:
        return default
    try:
        return 0.0 if text.strip() in ("0", "0s") else parse_duration(text).seconds(float(footage.frame_rate))
    except UsageError:
        pass
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        raise UsageError(
            f"{text!r} is no time: write a time into the recording (1m30s), or 2024-05-01T08:30:00+02:00"
        ) from None
    if footage.start_utc is None:
        raise UsageError(
            f"{text!r}: the clock of the recording is unknown: give --start, or a time into it (1m30s)"
        )
    return posix(moment, zone) - footage.start_utc


def _paths(files: Sequence[Path]) -> Iterator[str]:
    taken: set[str] = set()
    for file in files:
        name = same(_ODD.sub("_", file.name))
        if name.casefold() in taken:  # of another folder
            name = f"{len(taken) + 1:03}-{name}"
        taken.add(name.casefold())
        yield f"footage/{name}"


@contextmanager
def _cut(recordings: tuple[_Recording, ...], output: Path) -> Iterator[tuple[_Recording, ...]]:
    """What is handed over: parts are cut into a hidden folder beside the package, which goes at the end."""
    if all(r.span is None for r in recordings):
        yield recordings
        return
    scratch = beside(output)
    with translated(output, scratch):
        scratch.mkdir()
    try:
        with translated(output, scratch):
            ready = tuple(_part(r, scratch / f"{n}{r.file.suffix}") for n, r in enumerate(recordings))
        yield ready
    finally:
        remove(scratch)


def _part(recording: _Recording, target: Path) -> _Recording:
    if recording.span is None or recording.source is None:
        return recording
    done = cut(recording.source, target, *recording.span)
    if done is None:
        return replace(recording, role=INSTEAD, span=None)
    end = recording.source.duration if done.end is None else done.end
    told = f"{done.first:.3f} s to {end:.3f} s of {recording.file.name} (SHA-256 {recording.sha256})"
    return replace(
        recording, file=target, size=target.stat().st_size, sha256=sha256(target), role=PART, told=told
    )


def _contents(
    workspace: Workspace, request: HandoverRequest, to: str, recordings: tuple[_Recording, ...], entry: int
) -> Contents:
    now, by = workspace.clock(), workspace.settings.organisation or workspace.actor.name
    mark = workspace.profile.mark or ("" if request.case else NO_CASE)
    receipt = _receipt(workspace, request, to, recordings, entry, now, mark)
    items = [Item(r.path, r.role, r.file, r.sha256) for r in recordings]
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
            "originals": {r.path: r.file.name for r in recordings if not r.told},
            "parts": {r.path: r.told for r in recordings if r.told},
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
        "Recordings as they were made; nobody in them is masked.",
        "Enregistrements tels qu'ils ont été faits ; personne n'y est masqué.",
        "",
    ]
    for r in recordings:
        lines += [r.path, f"  {r.role}", *([f"  {r.told}"] if r.told else [])]
        lines += [f"  {r.size} bytes", f"  SHA-256 {r.sha256}", ""]
    lines += [
        "To check: open verify.html in a browser and drop this folder on it; no network is needed.",
        "Pour vérifier : ouvrez verify.html dans un navigateur et déposez-y ce dossier, sans réseau.",
        "",
        "Received on / reçu le: ____________________   Signature: ____________________",
    ]
    return "\n".join(lines) + "\n"
