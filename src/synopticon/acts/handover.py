"""Hand recordings over, whole or cut between key frames, in a package with a receipt and the log's entry.

What browsers do not play gets a masked working copy beside it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from synopticon.acts.analysis import Progress
from synopticon.acts.leaving import (
    Delivery,
    Recording,
    check_absent,
    cut_into,
    paths_of,
    receipt,
    recipient_of,
    scratch_beside,
    seconds_of,
)
from synopticon.acts.originals import check_places
from synopticon.acts.working import CopyWish, Working, make_working
from synopticon.acts.workspace import Workspace
from synopticon.errors import UsageError
from synopticon.evidence.format import NO_CASE, RECEIPT
from synopticon.evidence.package import Contents, Item, write_package
from synopticon.footage.digest import sha256
from synopticon.footage.find import find_files
from synopticon.footage.probe import probe
from synopticon.governance.capability import Operation
from synopticon.governance.grant import Scope

OPERATION = Operation.DISCLOSURE
KIND = "handover"
UNTOUCHED = (
    "Recordings as they were made; nobody in them is masked.",
    "Enregistrements tels qu'ils ont été faits ; personne n'y est masqué.",
)
COPIES = (
    "In the working copies heads and plates are masked; masked is not anonymous, a copy is no recording.",
    "Dans les copies de travail, têtes et plaques sont masquées ; masqué n'est pas anonyme.",
)


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
    working_copy: bool | None = None  # True: of each; False: of none; None: of what browsers do not play
    model: str = "auto"
    models_folder: Path | None = None


@dataclass(frozen=True, slots=True)
class HandedOver:
    """What was written, as ``Package`` says it; ``notes``: of which recordings there is no working copy."""

    path: Path
    sha256: str
    fingerprint: str
    files: int
    bytes: int
    notes: tuple[str, ...]


def hand_over(workspace: Workspace, request: HandoverRequest, progress: Progress | None = None) -> HandedOver:
    """Write the package; see ``HandoverRequest``.

    Raises ``UsageError`` without a recipient and for times that show nothing, ``OutputError`` when the folder
    exists, ``FootageError`` for a file that changed since ingest, ``RefusedError`` where the profile or the
    case does not allow it, and the errors of ``write_package``.
    """
    to = recipient_of(request.recipient)
    check_absent(request.output)
    recordings = tuple(_timed(request) if request.since or request.until else _whole(request))
    check_places(workspace, {r.file: r.sha256 for r in recordings})
    digests = tuple(r.sha256 for r in recordings)
    said = {
        "recipient": to,
        "originals": [r.sha256 for r in recordings if r.span is None],
        "parts": {r.sha256: list(r.span) for r in recordings if r.span is not None},
        "files": {r.sha256: r.file.name for r in recordings},
    }
    scope = Scope(digests=tuple(dict.fromkeys(digests)))
    wish = CopyWish(request.working_copy, request.model, request.models_folder, request.case is not None)
    tell = progress or (lambda _stage, _share: None)
    with workspace.act(
        "handover", case=request.case, scope=scope, reason=request.reason, payload=said
    ) as act:
        with scratch_beside(request.output) as scratch:
            ready = cut_into(scratch, recordings)
            working = make_working(workspace, ready, scratch, wish, tell)
            tell("writing the package", 0.0)
            contents = _contents(workspace, request, to, ready, working, act.entry.sequence)
            made = write_package(request.output, contents, workspace.log)
        act.note(manifest=made.sha256, files=made.files, bytes=made.bytes)
    return HandedOver(
        made.path, made.sha256, made.fingerprint, made.files, made.bytes, (*working.lines(), *working.notes)
    )


def _whole(request: HandoverRequest) -> Iterator[Recording]:
    files = find_files(request.footage)
    for file, path in zip(files, paths_of(files), strict=True):
        yield Recording(file, path, file.stat().st_size, sha256(file))


def _timed(request: HandoverRequest) -> Iterator[Recording]:
    """The files that show the time wanted, each with what is wanted of it."""
    footage = probe(request.footage, start=request.start, zone=request.zone)
    if bad := [f for f in footage.files if f.error]:
        raise UsageError(
            f"{bad[0].path}: its times cannot be told ({bad[0].error}): name the others, or leave out --from "
            "and --until"
        )
    begin = seconds_of(footage, request.since, request.zone, 0.0)
    end = seconds_of(footage, request.until, request.zone, footage.duration)
    shown = [f for f in footage.files if f.offset < end and f.offset + f.duration > begin]
    if begin >= end or not shown:
        raise UsageError(
            f"nothing was recorded from {begin:.3f} s to {end:.3f} s of {footage.duration:.3f} s: "
            "check --from and --until with 'synopticon probe'"
        )
    for file, path in zip(shown, paths_of([f.path for f in shown]), strict=True):
        span = (max(begin, file.offset), min(end, file.offset + file.duration))
        whole = span == (file.offset, file.offset + file.duration)
        yield Recording(
            file.path, path, file.size_bytes, file.sha256, span=None if whole else span, source=file
        )


def _contents(
    workspace: Workspace,
    request: HandoverRequest,
    to: str,
    recordings: tuple[Recording, ...],
    working: Working,
    entry: int,
) -> Contents:
    now, by = workspace.clock(), workspace.settings.organisation or workspace.actor.name
    mark = workspace.profile.mark or ("" if request.case else NO_CASE)
    says = (*UNTOUCHED, *(COPIES if working.copies else ()), *working.lines())
    delivery = Delivery(to, request.reason, request.case, mark, entry, now, says)
    every = (*recordings, *working.copies)
    items = [Item(r.path, r.role, r.file, r.sha256) for r in every]
    items.append(Item("receipt.txt", RECEIPT, receipt(workspace, delivery, every).encode()))
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
            "without_working_copy": dict(working.without),
            "working_copies": {r.path: r.told for r in working.copies},
        },
    )
