"""Answer a request: a package with letters, and with what was granted; then what it held is let go."""

import functools
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from synopticon.acts.analysis import Progress
from synopticon.acts.leaving import Recording
from synopticon.acts.request_papers import letter_of
from synopticon.acts.request_video import Filmed, write_videos
from synopticon.acts.requests import find_request, reason_of
from synopticon.acts.retention import NOT_PROVED, PROVED, verdicts_of
from synopticon.acts.workspace import Act, Workspace, singled_out
from synopticon.aside import beside, remove
from synopticon.errors import OutputError, RefusedError, UsageError
from synopticon.evidence.format import CERTIFICATE, LETTER, LOOKS, STILL, VIDEO
from synopticon.evidence.package import Contents, Item, Package, write_package
from synopticon.governance.audit.entry import format_time
from synopticon.governance.canonical import canonical
from synopticon.governance.capability import Operation
from synopticon.governance.demand import Decision, Demand, Right, answer, check_decided
from synopticon.governance.documents import letter as letters
from synopticon.governance.documents.letter import Gone, Letter, Video
from synopticon.governance.documents.render import html, text
from synopticon.governance.documents.texts import LANGUAGES, texts
from synopticon.governance.touched import Touched, touched
from synopticon.store.atomic import translated
from synopticon.store.lock import held
from synopticon.store.registers import Registers

OPERATION = Operation.DISCLOSURE
KIND = "request"


@dataclass(frozen=True, slots=True)
class Sent:
    """What was written. ``touches``: acts in the list; ``exit_code`` 4 = something could not be decoded."""

    path: Path
    sha256: str
    fingerprint: str
    granted: bool
    videos: int
    touches: int
    notes: tuple[str, ...]
    exit_code: int


def send_answer(
    workspace: Workspace,
    id: str,
    output: Path,
    *,
    contact: str = "",
    models_folder: Path | None = None,
    progress: Progress | None = None,
    keep: Callable[[Path], None] = lambda _package: None,
) -> Sent:
    """Write the answer to a request that was decided, and end it.

    ``keep``: what else is to be done with the package, so that the request does not end without it.
    Raises ``RefusedError`` before a decision, ``UsageError`` while an erasure was not carried out yet,
    ``FootageError`` when a recording is gone or changed, and the errors of ``write_package``.
    """
    found = find_request(workspace, id)
    try:
        decision = check_decided(found)
    except RefusedError as error:
        raise workspace.refuse("request", error, about=id) from error
    if output.exists() or output.is_symlink():
        raise OutputError(f"{output}: exists already: choose another name; packages are not replaced")
    with held(workspace.folder / "locks" / f"{id}.lock", wait=False) as mine:
        if not mine:
            raise UsageError(f"{id}: somebody is sending the answer right now: wait, then see 'request show'")
        return _send(workspace, found, decision, output, contact, models_folder, progress, keep)


def _send(
    workspace: Workspace,
    demand: Demand,
    decision: Decision,
    output: Path,
    contact: str,
    models_folder: Path | None,
    progress: Progress | None,
    keep: Callable[[Path], None],
) -> Sent:
    name = _recipient(workspace, demand)
    said = {"recipient": name, "right": demand.right.value, "granted": decision.granted}
    said |= {"masked": not _shows(demand, decision)}
    said |= singled_out(decision.ids)
    more: dict[str, Any] = {"scope": demand.scope, "demand": demand.id, "reason": reason_of(demand)}
    with workspace.act("request", payload=said, **more) as act:
        person = workspace.demands.person(act.grant, demand.id)
        reason = workspace.demands.reason(act.grant, demand.id, "decided")
        letter = letter_of(workspace, demand, person, reason, contact)
        scratch = beside(output)
        with translated(output, scratch):
            scratch.mkdir()
        try:
            filmed = _filmed(workspace, act, demand, decision, scratch, models_folder, progress)
            letter, items = _answered(workspace, act, letter, decision, filmed)
            contents = _contents(workspace, demand, letter, act, items)
            made = write_package(output, contents, workspace.log)
            keep(made.path)
        finally:
            remove(scratch)
        ended = answer(demand, workspace.clock())
        workspace.demands.answer(act.grant, ended, {"manifest": made.sha256})
        act.note(manifest=made.sha256, files=made.files, bytes=made.bytes, videos=len(filmed.videos))
    return _sent(made, decision, filmed, letter.touched)


def _shows(demand: Demand, decision: Decision) -> bool:
    """Whether the answer shows the person clear."""
    return decision.granted and demand.right is Right.ACCESS


def _recipient(workspace: Workspace, demand: Demand) -> str:
    """The name of who asks: the recipient, whom the record of the disclosure must name beforehand."""
    with workspace.act("request.read", scope=demand.scope, demand=demand.id) as act:
        person = workspace.demands.person(act.grant, demand.id)
    return letter_of(workspace, demand, person, "", "").person.name


def _filmed(
    workspace: Workspace,
    act: Act,
    demand: Demand,
    decision: Decision,
    folder: Path,
    models_folder: Path | None,
    progress: Progress | None,
) -> Filmed:
    if not _shows(demand, decision):
        return Filmed()
    return write_videos(workspace, act, decision, folder, models_folder, progress)


def _answered(
    workspace: Workspace, act: Act, letter: Letter, decision: Decision, filmed: Filmed
) -> tuple[Letter, list[Item]]:
    """The letter with all that it tells, and the files that go with it."""
    files = [(_inside(v.file), VIDEO, v.file) for v in filmed.videos]
    files += [(still.path, STILL, still) for still in filmed.stills]
    items = [Item(path, role, file.file, file.sha256) for path, role, file in files]
    if _shows(letter.demand, decision):
        entries = workspace.log.entries(0, act.entry.sequence)
        told = touched(entries, decision.tracks, functools.cache(workspace.scope_of))
        shown = tuple(Video(_inside(v.file), v.camera, v.start, v.end) for v in filmed.videos)
        letter = replace(letter, touched=told, videos=shown, unseen=filmed.unseen)
        items.append(Item("looks.json", LOOKS, canonical(_looks(told, letter))))
    if letter.demand.erases:
        letter = replace(letter, gone=_gone(workspace, act, decision))
        certificate = json.dumps(_certificate(workspace, letter), indent=2) + "\n"
        items.append(Item("certificate.json", CERTIFICATE, certificate.encode()))
    for language in LANGUAGES:
        page = letters.answer(letter, texts(language))
        items.append(Item(f"letter.{language}.html", LETTER, html(page).encode()))
        items.append(Item(f"letter.{language}.txt", LETTER, text(page).encode()))
    return letter, items


def _inside(video: Recording) -> str:
    """The place of a video in the package."""
    return f"video/{video.file.name}"


def _looks(told: Touched, letter: Letter) -> dict[str, Any]:
    """The list for machines: what the letter says, no more."""
    rows = [
        {
            "at": format_time(one.at), "capability": one.capability, "entry": one.entry, "how": one.how.value,
            "operation": one.operation, "recipient": one.recipient, "why": one.why,
            **({"who": one.who} if letter.law.staff_names else {}),
        }
        for one in told.touches
    ]  # fmt: skip
    return {"erased": told.erased, "looks": rows, "request": letter.demand.id}


def _gone(workspace: Workspace, act: Act, decision: Decision) -> tuple[Gone, ...]:
    """What became of each camera's day that shows the person. Raises ``UsageError`` for what still waits."""
    verdicts = {(v.camera, v.part): v for v in verdicts_of(workspace, act.grant)}
    done = {
        (one.camera, one.part): one
        for one in Registers(workspace.engine, workspace.clock).destroyed_in(act.grant, decision.parts)
    }
    found = []
    for part in decision.parts:
        if part in done and part not in verdicts:
            found.append(Gone(*part, done[part].at, done[part].entry))
        elif part in verdicts and verdicts[part].state != "held":
            day = " ".join(part)
            raise UsageError(f"{day} is not destroyed yet: run 'synopticon retention run' before")
        else:
            found.append(Gone(*part, None, 0))
    return tuple(found)


def _certificate(workspace: Workspace, letter: Letter) -> dict[str, Any]:
    """What was destroyed for the request, in the words of the certificates of destruction."""
    parts = [
        {"camera": one.camera, "camera_name": letter.camera(one.camera), "part": one.day, "entry": one.entry,
         "at": format_time(one.at)}
        for one in letter.gone if one.at is not None
    ]  # fmt: skip
    return {
        "format": "synopticon-destruction",
        "version": 1,
        "workspace": workspace.settings.origin,
        "organisation": workspace.settings.organisation,
        "at": format_time(letter.at),
        "request": letter.demand.id,
        "destroyed": parts,
        "not_destroyed": [f"{one.camera} {one.day}" for one in letter.gone if one.at is None],
        "proved": list(PROVED),
        "not_proved": list(NOT_PROVED),
        "checkpoint": workspace.log.checkpoint().text(),
    }


def _contents(
    workspace: Workspace, demand: Demand, letter: Letter, act: Act, items: Sequence[Item]
) -> Contents:
    decision = check_decided(demand)
    return Contents(
        kind=KIND,
        recipient=letter.person.name,
        by=workspace.settings.organisation or workspace.actor.name,
        made=letter.at,
        items=tuple(items),
        entries=(act.entry.sequence,),
        mark=workspace.profile.mark,
        about={
            "decision": "granted" if decision.granted else f"refused: {decision.ground}",
            "masked": not _shows(demand, decision),
            "profile": {"digest": workspace.profile.digest, "name": workspace.profile.label},
            "request": demand.id,
            "right": demand.right.value,
            "tracks": list(decision.ids),
        },
    )


def _sent(made: Package, decision: Decision, filmed: Filmed, told: Touched) -> Sent:
    return Sent(
        made.path, made.sha256, made.fingerprint, decision.granted, len(filmed.videos), len(told.touches),
        filmed.notes, 4 if filmed.unseen else 0,
    )  # fmt: skip
