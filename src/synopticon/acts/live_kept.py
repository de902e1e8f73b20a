"""What is kept of a stream: its segments become recordings of the camera; each day that is over, a synopsis.

Both are jobs, as if somebody had asked for them by hand: a segment is taken in with its own copy, so the
camera's retention holds for it as for any recording, and the file that was written live goes. What a killed
process left is taken in when the camera is recorded again.
"""

import hashlib
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from synopticon.acts import jobs
from synopticon.acts.day_synopsis import day_payload
from synopticon.acts.foreman import Foreman
from synopticon.acts.kinds import DAILY, INGEST
from synopticon.acts.workspace import Workspace
from synopticon.errors import SynopticonError
from synopticon.footage.segments import PART, Segment, segment_of
from synopticon.governance.retention import days_of
from synopticon.store.cameras import Camera

FOLDER = "live"
LOOK = 60.0  # seconds between two looks at what is due
NIGHT = timedelta(minutes=15)  # after midnight, when a day is over and taken in
HANDS = 1


@dataclass
class Keeper:
    """Asks for the jobs. ``say``: is told what could not be asked for, and why."""

    workspace: Workspace
    case: str | None
    model: str
    models_folder: Path | None
    reason: str
    say: Callable[[str], None] = lambda _line: None
    _leave: threading.Event = field(default_factory=threading.Event)

    def folder(self, camera: Camera) -> Path:
        """Where the segments of a camera are written."""
        return self.workspace.folder / FOLDER / camera.id

    @contextmanager
    def working(self, cameras: Sequence[Camera], *, record: bool, daily: bool) -> Iterator[None]:
        """Let jobs be done, and ask for those that are due, meanwhile."""
        if not record and not daily:
            yield
            return
        if record:
            for camera in cameras:
                self._left(camera, parts=True)
        thread = threading.Thread(
            target=self._run, args=(tuple(cameras), record, daily), name="keeper", daemon=True
        )
        with Foreman(self.workspace, HANDS):
            thread.start()
            try:
                yield
            finally:
                self._leave.set()
                thread.join()

    def take(self, camera: Camera, segment: Segment) -> None:
        """Ask for a segment to be taken in; what cannot be asked for is tried at the next start."""
        start = datetime.fromtimestamp(segment.start, UTC)
        payload = {
            "path": str(segment.path), "camera": camera.name, "own": True, "moved": True,
            "start": start.isoformat(), "model": self.model, "workers": 1,
            "models_folder": str(self.models_folder.absolute()) if self.models_folder else "",
        }  # fmt: skip
        once = hashlib.sha256(f"segment {segment.path.name} {camera.id}".encode()).hexdigest()
        title = f"{camera.name} {start.isoformat(timespec='seconds')}"
        try:
            jobs.submit(
                self.workspace, INGEST, payload, title=title, case=self.case, reason=self.reason, once=once
            )
        except SynopticonError as error:
            self.say(f"{title}: {error}")

    def _left(self, camera: Camera, *, parts: bool) -> None:
        """Take in what was left, and destroy what may not be kept any longer.

        ``parts``: files that are not whole, too, which nobody writes any more.
        """
        days = days_of(camera.retention_days, self.workspace.retention_days)
        oldest = None if days is None else self.workspace.clock().timestamp() - days * 86400.0
        for path in sorted(self.folder(camera).glob("*")):
            segment = segment_of(path)
            if segment is None or (path.name.endswith(PART) and not parts):
                continue
            if oldest is not None and segment.start < oldest:
                path.unlink(missing_ok=True)
                continue
            if path.name.endswith(PART):
                path = path.replace(path.with_name(path.name.removesuffix(PART)))  # noqa: PLW2901
            self.take(camera, Segment(path, segment.start))

    def _run(self, cameras: Sequence[Camera], record: bool, daily: bool) -> None:
        while not self._leave.wait(LOOK):
            for camera in cameras:
                if record:
                    self._left(camera, parts=False)
                if daily:
                    self._daily(camera)

    def _daily(self, camera: Camera) -> None:
        local = camera.local(self.workspace.clock())
        day = (local - NIGHT).date() - timedelta(days=1)
        try:
            ask_for_day(self.workspace, camera, day.isoformat(), case=self.case, reason=self.reason)
        except SynopticonError as error:
            self.say(f"{camera.name} {day}: {error}")


def ask_for_day(
    workspace: Workspace, camera: Camera, day: str, *, case: str | None = None, reason: str = ""
) -> jobs.Job:
    """Ask once for the synopsis of a camera's day (ISO 8601); gives the job that makes it."""
    once = hashlib.sha256(f"daily {camera.id} {day} {case or ''}".encode()).hexdigest()
    payload = day_payload(camera.name, day)
    title = f"{camera.name} {day}"
    return jobs.submit(workspace, DAILY, payload, title=title, case=case, reason=reason, once=once)
