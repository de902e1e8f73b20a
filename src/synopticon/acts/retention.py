"""Retention: what is due, destroy it with a certificate, hold it for an inquiry or a request, release it."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from synopticon.acts.analysis import forget_analyses
from synopticon.acts.workspace import Act, Workspace
from synopticon.errors import SynopticonError
from synopticon.governance.audit.entry import format_time
from synopticon.governance.capability import Operation
from synopticon.governance.case import State, new_id, stand
from synopticon.governance.demand import held
from synopticon.governance.grant import Grant
from synopticon.governance.retention import (
    Erasing,
    Hold,
    HoldKind,
    Tie,
    Verdict,
    days_of,
    judge,
    place_hold,
    release_hold,
)
from synopticon.store.atomic import write_bytes
from synopticon.store.erase import Erased, erase_part, sweep
from synopticon.store.registers import DestroyedPart, Registers

OPERATION = Operation.ERASURE

PROVED = (
    "the log, checked with 'audit verify', holds the record of this destruction, made before it began",
    "the wrapped data keys of these days are gone from this database; what they sealed opens no more",
    "the blobs, rows and owned recordings named here are gone from this workspace; free pages were rewritten",
)
NOT_PROVED = (
    "originals elsewhere: the recorder's own copy, and files that the workspace did not own",
    "copies of data keys made before: by whoever held a role's private key, or in a backup of the database "
    "together with such a key",
    "what left the workspace before: synopses, exports, packages, prints",
    "blocks that the drive or the file system keeps below the files (SSD, copy on write, snapshots)",
)


@dataclass(frozen=True, slots=True)
class RetentionReport:
    """What is kept and until when, the holds that are in force, what was erased (in the order of the log)."""

    verdicts: tuple[Verdict, ...]
    holds: tuple[Hold, ...]
    erased: tuple[DestroyedPart, ...] = ()

    @property
    def overdue(self) -> tuple[Verdict, ...]:
        """What should have been destroyed already: an error of ``doctor``."""
        return tuple(v for v in self.verdicts if v.state == "overdue")


@dataclass(frozen=True, slots=True)
class Destruction:
    """What was destroyed, what could not be, and the certificate; ``exit_code`` 1 when something was left."""

    erased: tuple[Erased, ...]
    failed: tuple[str, ...]
    certificate: dict[str, Any]
    exit_code: int


def report(workspace: Workspace) -> RetentionReport:
    """What is kept, due, overdue or held, and what was erased."""
    with workspace.act("retention.report") as act:
        verdicts = verdicts_of(workspace, act.grant)
        erased = Registers(workspace.engine, workspace.clock).destroyed(act.grant)
        act.note(**_counts(verdicts))
    return RetentionReport(verdicts, tuple(h for h in workspace.holds.all() if h.released is None), erased)


def run(workspace: Workspace, output: Path | None = None, *, overwrite: bool = False) -> Destruction:
    """Destroy what is due and not held, a camera and day at a time, each with its record; then sweep.

    Descriptors of cases that do not stand any more go too, as closing a case destroys them and its end does
    not; and lists of plates that have ended.

    A part that fails is named and the others go on. ``output``: where the certificate is written (JSON).
    """
    with workspace.act("retention.run", payload={"step": "judge"}) as act:
        due = [v for v in verdicts_of(workspace, act.grant) if v.state in ("due", "overdue")]
        act.note(due=[f"{v.camera} {v.part}" for v in due])
    erased: list[Erased] = []
    entries: list[int] = []
    failed: list[str] = []
    for verdict in due:
        said = {
            "step": "destroy", "camera": verdict.camera, "day": verdict.part, "days": verdict.days,
            "due": verdict.due and format_time(verdict.due), "footage": list(verdict.footage),
        }  # fmt: skip
        try:
            with workspace.act("retention.run", payload=said) as act:
                erased.append(_destroy(workspace, act, verdict))
                entries.append(act.entry.sequence)
        except SynopticonError as error:
            failed.append(f"{verdict.camera} {verdict.part}: {error}")
    with workspace.act("retention.run", payload={"step": "sweep"}) as act:
        act.note(descriptors=_forget_ended(workspace, act.grant))
        act.note(requests=_forget_answered(workspace, act.grant))
        act.note(plate_lists=workspace.plate_lists.forget_ended(act.grant))
        swept = sweep(workspace.engine)
        certificate = _certificate(workspace, erased, entries, failed, swept)
        act.note(swept=list(swept), parts=len(erased), failed=len(failed))
        if output is not None:
            write_bytes(output, json.dumps(certificate, indent=2).encode() + b"\n", overwrite=overwrite)
    return Destruction(tuple(erased), tuple(failed), certificate, 1 if failed else 0)


def hold(
    workspace: Workspace,
    kind: HoldKind,
    reference: str,
    *,
    camera: str = "",
    start: datetime | None = None,
    end: datetime | None = None,
    digests: Sequence[str] = (),
) -> Hold:
    """Keep footage from destruction, with the number of the inquiry or the request that asks for it."""
    named = workspace.cameras.find(camera).id if camera else ""
    asked = Hold(
        new_id("hold"),
        kind,
        reference,
        workspace.actor.id,
        workspace.clock(),
        named,
        start,
        end,
        tuple(digests),
    )
    with workspace.act("retention.hold", about=named, payload=_plain(asked)):
        placed = place_hold(asked)
        workspace.holds.add(placed)
    return placed


def release(workspace: Workspace, hold_id: str) -> Hold:
    """End a hold; what it kept and is due goes with the next run. That of an open request is refused."""
    found = workspace.holds.find(hold_id)
    asked = workspace.demands.find(found.reference) if found.kind is HoldKind.REQUEST else None
    if asked is not None and asked.answered is None:
        raise workspace.refuse("retention.release", held(found), about=found.camera)
    with workspace.act("retention.release", about=found.camera, payload=_plain(found)):
        ended = release_hold(found, workspace.clock())
        workspace.holds.change(ended)
    return ended


def verdicts_of(workspace: Workspace, grant: Grant) -> tuple[Verdict, ...]:
    """What is to become of each camera's day, as the rules, holds and cases say now."""
    profile = workspace.retention_days
    days = {c.id: days_of(c.retention_days, profile) for c in workspace.cameras.all()}
    kept = (*workspace.footage.kept(grant), *workspace.events.kept(grant))
    holds = workspace.holds.all()
    return judge(kept, days, holds, workspace.clock(), _ties(workspace), _erasing(workspace))


def _erasing(workspace: Workspace) -> tuple[Erasing, ...]:
    """What requests that were granted, and are not answered yet, have erased."""
    return tuple(
        Erasing(demand.id, camera, part, demand.decision.at)
        for demand in workspace.demands.all()
        if demand.erases and demand.decision is not None and demand.answered is None
        for camera, part in demand.decision.parts
    )


def _ties(workspace: Workspace) -> tuple[Tie, ...]:
    """The cases whose closing erases their footage, where the profile has it so."""
    if not workspace.profile.limits.erase_at_closure:
        return ()
    now, ties = workspace.clock(), []
    for case in workspace.cases.cases():
        standing = stand(case, workspace.profile, workspace.cases.signers(case), now)
        if standing.state is not State.REFUSED:
            closed = case.closing.at if case.closing else None
            ties.append(Tie(case.id, standing.terms.scope, closed))
    return tuple(ties)


def _forget_ended(workspace: Workspace, grant: Grant) -> list[str]:
    """Destroy the descriptors of cases that do not stand any more; gives those cases."""
    gone, now = [], workspace.clock()
    for name in workspace.descriptors.cases(grant):
        case = workspace.cases.case(name)
        if case and stand(case, workspace.profile, workspace.cases.signers(case), now).works:
            continue
        workspace.descriptors.forget(grant, name)
        gone.append(name)
    return gone


def _forget_answered(workspace: Workspace, grant: Grant) -> list[str]:
    """Destroy the words of requests that were answered longer ago than the log keeps what it says."""
    days = workspace.profile.limits.log_days
    if not days:
        return []
    before = workspace.clock() - timedelta(days=days)
    past = [d.id for d in workspace.demands.all() if d.answered is not None and d.answered < before]
    return [id for id in past if workspace.demands.forget(grant, id)]


def _counts(verdicts: Sequence[Verdict]) -> dict[str, int]:
    states = ("kept", "due", "overdue", "held")
    return {state: sum(v.state == state for v in verdicts) for state in states}


def _destroy(workspace: Workspace, act: Act, verdict: Verdict) -> Erased:
    done = erase_part(
        workspace.engine, workspace.place, workspace.vault, workspace.clock, act.grant,
        verdict.camera, verdict.part, act.entry.sequence,
    )  # fmt: skip
    forgotten = forget_analyses(workspace.folder, done.digests)
    act.note(
        analyses=forgotten, keys=done.keys, files=done.files, blobs=done.blobs,
        recordings=done.recordings, track_count=done.tracks,
        digests=list(done.digests), elsewhere=list(done.elsewhere),
    )  # fmt: skip
    return done


def _certificate(
    workspace: Workspace,
    erased: Sequence[Erased],
    entries: Sequence[int],
    failed: Sequence[str],
    swept: Sequence[str],
) -> dict[str, Any]:
    names = {c.id: c.name for c in workspace.cameras.all()}
    parts = [
        {**asdict(one), "camera_name": names.get(one.camera, ""), "entry": entry}
        for one, entry in zip(erased, entries, strict=True)
    ]
    return {
        "format": "synopticon-destruction",
        "version": 1,
        "workspace": workspace.settings.origin,
        "organisation": workspace.settings.organisation,
        "profile": {"name": workspace.profile.label, "digest": workspace.profile.digest},
        "at": format_time(workspace.clock()),
        "destroyed": parts,
        "not_destroyed": list(failed),
        "database": list(swept),
        "proved": list(PROVED),
        "not_proved": list(NOT_PROVED),
        "checkpoint": workspace.log.checkpoint().text(),
    }


def _plain(h: Hold) -> dict[str, Any]:
    return {
        "hold": h.id,
        "kind": h.kind.value,
        "reference": h.reference,
        "camera": h.camera,
        "start": h.start and format_time(h.start),
        "end": h.end and format_time(h.end),
        "digests": list(h.digests),
    }
