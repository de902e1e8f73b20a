"""Jobs of whoever is signed in: list, follow, cancel, ask again, fetch what was made."""

from typing import Annotated, Any, Literal
from urllib.parse import quote

from fastapi import Header, Request, Response
from pydantic import BaseModel
from starlette.responses import StreamingResponse

from synopticon.acts import jobs
from synopticon.acts.jobs import Job
from synopticon.acts.workspace import Workspace
from synopticon.web.api.fields import utc
from synopticon.web.auth import At, Here, Signed
from synopticon.web.events import follow
from synopticon.web.ranges import ranged

Number = Annotated[str, Header(alias="Last-Event-ID", max_length=20)]


class JobFile(BaseModel):
    """The file that a job made."""

    name: str
    media: str
    bytes: int


class JobOut(BaseModel):
    """A job. ``share`` 0..1 of its ``phase``; ``eta_seconds``: what the phase still takes, none = not known.

    ``says``: the one line of what went wrong; ``rule``: by which it was refused; ``said``: what came of it;
    ``changed``: grows with each change of any job.
    """

    id: str
    kind: str
    title: str
    case: str | None
    state: Literal["receiving", "waiting", "running", "done", "failed", "refused", "cancelled"]
    stopping: bool
    phase: str
    share: float
    eta_seconds: float | None
    submitted: str
    started: str | None
    ended: str | None
    says: str
    rule: str
    said: dict[str, Any]
    file: JobFile | None
    changed: int


def list_jobs(here: Here) -> list[JobOut]:
    """List the jobs that one asked for, newest first."""
    return [job_out(here, job) for job in jobs.my_jobs(here)]


def show_job(here: Here, job: str) -> JobOut:
    """Show a job of one's own."""
    return job_out(here, jobs.my_job(here, job))


def cancel_job(here: Here, job: str) -> JobOut:
    """Stop a job of one's own; one that runs ends within seconds."""
    return job_out(here, jobs.cancel(here, job))


def repeat_job(here: Here, job: str) -> JobOut:
    """Ask again for what ended without success."""
    return job_out(here, jobs.again(here, job))


def fetch_result(here: Here, request: Request, job: str) -> Response:
    """The file that a job of one's own made, whole or a range; kept for 24 hours."""
    found, path = jobs.result_file(here, job)
    assert found.file is not None, "there is a path"
    answer = ranged(request.headers, path, found.file.media)
    answer.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(found.file.name, safe='')}"
    return answer


async def follow_jobs(here: Here, door: At, visit: Signed, last_event_id: Number = "") -> Response:
    """Each change of one's own jobs, as server-sent events: ``event: job``, ``data: JobOut``."""
    since = int(last_event_id) if last_event_id.isascii() and last_event_id.isdecimal() else 0

    def told(since: int) -> list[tuple[int, str]]:
        found = sorted(jobs.my_jobs(here, since), key=lambda job: job.changed)
        return [(job.changed, job_out(here, job).model_dump_json()) for job in found]

    with_id = follow(door, visit, here.jobs.latest, told, since)
    return StreamingResponse(with_id, media_type="text/event-stream")


def job_out(here: Workspace, job: Job) -> JobOut:
    """A job as the page shows it."""
    left = jobs.seconds_left(job, here.clock())
    made = job.file
    file = None if made is None else JobFile(name=made.name, media=made.media, bytes=made.bytes)
    return JobOut(
        id=job.id, kind=job.kind, title=job.title, case=job.case, state=job.state.value, stopping=job.stop,
        phase=job.phase, share=round(job.share, 4), eta_seconds=None if left is None else round(left, 1),
        submitted=job.submitted.isoformat(), started=utc(job.started), ended=utc(job.ended), says=job.says,
        rule=job.rule, said=dict(job.made), file=file, changed=job.changed,
    )  # fmt: skip
