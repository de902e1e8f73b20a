"""Jobs: long work, asked for by an act, done by a process of its own, ended by the outcome of that act.

The asking is decided and recorded like every act; its outcome is written when the job ends, however it ends.
What the job does in between are acts of their own, decided when they begin, as whoever asked.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from synopticon.acts.kinds import KINDS, Kind
from synopticon.acts.workspace import Workspace
from synopticon.aside import remove
from synopticon.errors import RefusedError, SynopticonError, UsageError
from synopticon.governance.authority import Check
from synopticon.governance.case import new_id
from synopticon.store.jobs import End, Job, State
from synopticon.store.lock import held

__all__ = [
    "Job", "NoJobError", "again", "cancel", "finish", "folder_of", "hindrance", "kind_of", "lock_of",
    "my_job", "my_jobs", "refusal", "result_file", "seconds_left", "submit", "tell_end",
]  # fmt: skip

PAYLOAD = 1 << 20  # bytes
OPEN = 100  # jobs of one person that have not ended
FILE_LASTS = timedelta(hours=24)  # since the job ended
KEPT = timedelta(days=30)  # ended jobs in the list
RULE_MANY = "job.few-at-once"
_SOON = 0.02  # share of a phase before which nobody can tell how long it takes
_PENDING = (State.RECEIVING, State.WAITING, State.RUNNING)


class NoJobError(SynopticonError):
    """There is no such job, or it is somebody else's."""


def kind_of(name: str) -> Kind:
    """The row of a kind; raises ``UsageError``."""
    if (found := KINDS.get(name)) is None:
        raise UsageError(f"{name!r} is no kind of job: choose one of {', '.join(KINDS)}")
    return found


def submit(
    workspace: Workspace,
    kind: str,
    payload: Mapping[str, Any],
    *,
    title: str,
    case: str | None = None,
    reason: str = "",
    once: str | None = None,
    receiving: bool = False,
) -> Job:
    """Ask for a job: an act of the kind's capability, in the log before the job can begin.

    ``payload``: JSON values; ``title``: what people call it; ``once``: a digest of what is to be done once:
    where a job has it, that one is given, and nothing is asked for; ``receiving``: its bytes come first.
    Raises ``RefusedError`` with the rule, and ``UsageError`` for a payload that is too large.
    """
    row = kind_of(kind)
    if once is not None and (known := workspace.jobs.once(once)) is not None:
        return known
    if len(json.dumps(payload)) > PAYLOAD:
        raise UsageError(f"what is asked for takes more than {PAYLOAD} bytes: give less at once")
    _check_few(workspace, row, case)
    id_ = new_id("job")
    said = {"job": id_, "job_kind": kind, "title": title}
    act = workspace.begin(row.capability, case=case, reason=reason or None, payload=said)
    state = State.RECEIVING if receiving else State.WAITING
    actor = workspace.actor
    new = Job(
        id_, kind, title, actor.id, actor.sign_in, case, reason, payload, act.entry.sequence,
        workspace.clock(), state, once,
    )  # fmt: skip
    kept = workspace.jobs.add(new)
    if kept.id != new.id:  # another process was quicker
        workspace.log.outcome(act.entry, {"state": "done", "known_as": kept.id})
    return kept


def _check_few(workspace: Workspace, row: Kind, case: str | None) -> None:
    mine = workspace.jobs.of_actor(workspace.actor.id)
    if sum(not job.over for job in mine) >= OPEN:
        text = f"{OPEN} jobs of yours have not ended (rule {RULE_MANY}): wait for some, or cancel them"
        raise workspace.refuse(row.capability, RefusedError(text, RULE_MANY), case=case)


def my_jobs(workspace: Workspace, since: int = 0) -> list[Job]:
    """The jobs that whoever acts asked for, newest first; those that changed at ``since`` or later."""
    return workspace.jobs.of_actor(workspace.actor.id, since)


def my_job(workspace: Workspace, job: str) -> Job:
    """A job of whoever acts; raises ``NoJobError`` in the same words for another's and for none."""
    found = workspace.jobs.find(job)
    if found is None or found.actor != workspace.actor.id:
        raise NoJobError("there is no such job of yours: see the list of your jobs")
    return found


def cancel(workspace: Workspace, job: str) -> Job:
    """Stop a job of one's own; one that runs ends within seconds. Nothing happens to one that has ended."""
    found = my_job(workspace, job)
    if workspace.jobs.ask_to_stop(job):
        finish(workspace, found, End(State.CANCELLED, "was cancelled"), (State.RECEIVING, State.WAITING))
    return my_job(workspace, job)


def again(workspace: Workspace, job: str) -> Job:
    """Ask anew for the same as a job that ended without success, as who one is now."""
    old = my_job(workspace, job)
    if not old.over or old.state is State.DONE:
        raise UsageError(f"{old.title}: has not failed: choose one that ended without success")
    return submit(workspace, old.kind, old.payload, title=old.title, case=old.case, reason=old.reason)


def result_file(workspace: Workspace, job: str) -> tuple[Job, Path]:
    """The file that a job of one's own made, decided anew; raises ``NoJobError`` where there is none."""
    found = my_job(workspace, job)
    path = folder_of(workspace, found.id)
    if found.file is None or not (path / found.file.name).is_file():
        raise NoJobError("this job has no file, or no more: ask for it again")
    if (bad := hindrance(workspace, found)) is not None:
        raise workspace.refuse(kind_of(found.kind).capability, refusal(bad), case=found.case)
    return found, path / found.file.name


def folder_of(workspace: Workspace, job: str) -> Path:
    """Where a job makes its file."""
    return workspace.folder / "jobs" / job


def lock_of(workspace: Workspace, job: str) -> Path:
    """The lock that whoever works on a job holds."""
    return workspace.folder / "locks" / f"{job}.lock"


def hindrance(workspace: Workspace, job: Job) -> Check | None:
    """The first rule by which a job may not be done now; None: it may. Nothing is logged."""
    capability = kind_of(job.kind).capability
    checks = workspace.explain(capability, case=job.case, reason=job.reason or None)
    return next((check for check in checks if not check.holds), None)


def refusal(check: Check) -> RefusedError:
    """What a check that does not hold says, to be raised."""
    return RefusedError(f"{check.says} (rule {check.rule}): {check.remedy}", check.rule)


def seconds_left(job: Job, now: datetime) -> float | None:
    """How long the phase of a running job still takes, by how fast it went so far; None: nobody can tell."""
    gone = job.share - job.base
    if job.state is not State.RUNNING or job.since is None or gone < _SOON:
        return None
    return max((now - job.since).total_seconds(), 0.0) * (1.0 - job.share) / gone


def finish(workspace: Workspace, job: Job, end: End, of: Sequence[State] = (State.RUNNING,)) -> bool:
    """End a job, first in its row, then in the log; gives whether it was in one of these states."""
    if not workspace.jobs.end(job.id, end, workspace.clock(), of):
        return False
    tell_end(workspace, replace(job, state=end.state, says=end.says, rule=end.rule, made=end.made))
    return True


def tell_end(workspace: Workspace, job: Job) -> None:
    """Write the outcome of the asking into the log, once."""
    with held(workspace.folder / "locks" / "ends-of-jobs.lock"):
        if job.entry in workspace.log.open_records():
            said = {**job.made, "state": job.state.value, **({"error": job.says} if job.says else {})}
            workspace.log.outcome(workspace.log.entry(job.entry), said)
    workspace.jobs.tell(job.id)
    if job.state is not State.DONE:
        remove(folder_of(workspace, job.id))
