"""A synopsis of a camera's day, or of its last hour: made of what was kept, as any of a workspace is."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from synopticon.acts.analysis import Progress
from synopticon.acts.kinds import Made, Task
from synopticon.acts.leaving import safe_name
from synopticon.acts.selection import SelectionResult, synopsis_of_hits
from synopticon.acts.synopsis import SynopsisRequest
from synopticon.acts.workspace import Workspace
from synopticon.errors import UsageError
from synopticon.store.cameras import Camera

LENGTH = "1m"  # of a day's synopsis
_DAY = timedelta(days=1)


def day_payload(camera: str, day: str, length: str = LENGTH) -> dict[str, Any]:
    """What the job of a day needs; ``day``: ISO 8601."""
    return {"camera": camera, "day": day, "length": length}


def make_day(task: Task) -> Made:
    """Make the synopsis of ``camera``'s ``day``: one video; ``FootageError`` where nothing was kept."""
    asked = task.payload
    output = task.folder / f"{safe_name(asked['camera'])}-{asked['day']}.synopsis.mp4"
    query = f"{_camera(asked['camera'])} on:{asked['day']}"
    request = SynopsisRequest(
        (), output, where=query, length=asked["length"], clips=False, case=task.case, reason=task.reason
    )  # fmt: skip
    made = synopsis_of_hits(task.workspace, request, task.progress)
    first = max(made.videos, key=lambda v: v.shown)
    said = {"shown": sum(v.shown for v in made.videos), "seconds": round(first.length_seconds, 2)}
    return Made({**said, "gaps": made.gaps}, first.video, "video/mp4")


def last_of(
    workspace: Workspace, camera: str, last: float, request: SynopsisRequest, progress: Progress | None = None
) -> tuple[SelectionResult, datetime, datetime]:
    """A synopsis of the last ``last`` seconds of a camera (a day at most), as far as they were taken in.

    Gives what was made, and from when to when (UTC).
    """
    if not 0 < last <= _DAY.total_seconds():
        raise UsageError("the last of it is a day at most: use 'live day' for more")
    known = workspace.cameras.find(camera)
    end = workspace.clock()
    start = end - timedelta(seconds=last)
    made = synopsis_of_hits(workspace, replace(request, where=_hours(known, start, end)), progress)
    return made, start, end


def _hours(camera: Camera, start: datetime, end: datetime) -> str:
    """The query of a stretch of less than a day, in the camera's zone; hours are of the day they begin."""
    first, last = camera.local(start), camera.local(end)
    hours = f"from:{first:%H:%M:%S} to:{last:%H:%M:%S}"
    return f"{_camera(camera.name)} on:{first.date().isoformat()} {hours}"


def _camera(name: str) -> str:
    quoted = name.replace("\\", "\\\\").replace('"', '\\"')
    return f'camera:"{quoted}"'
