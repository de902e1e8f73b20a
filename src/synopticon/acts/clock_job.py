"""The clock in the picture of a recording that was taken in, read by a job. What it proposes sets nothing.

Pictures are read from the first to the last, so all of the recording must lie in the scope. In those that are
shown all but the clock's own lines is filled.
"""

import json
from base64 import b64encode
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from synopticon.acts.chosen import covered
from synopticon.acts.context import opened_recording
from synopticon.acts.jobs import NoJobError, result_file, submit
from synopticon.acts.kinds import CLOCK, Made, Progress, Task
from synopticon.acts.originals import check_span
from synopticon.acts.read_clock import clock_report
from synopticon.acts.search import scope_for
from synopticon.acts.workspace import Workspace
from synopticon.errors import FootageError
from synopticon.footage.digest import sha256
from synopticon.governance.capability import Operation
from synopticon.governance.grant import Grant
from synopticon.store.jobs import Job
from synopticon.values.footage import Footage
from synopticon.values.query import Query
from synopticon.vision.clock import LOOKS, TextReader

OPERATION = Operation.CONSULTATION
MEDIA, FILE, PICTURES = "application/json", "clock.json", "readings"


def ask_for_clock(
    workspace: Workspace, footage: str, name: str, *, case: str | None = None, reason: str = ""
) -> Job:
    """Ask that the clock of a recording (its id; ``name``: what people call it) be read."""
    return submit(workspace, CLOCK, {"footage": footage}, title=name, case=case, reason=reason)


def make_clock(task: Task) -> Made:
    """Read it. Raises ``FootageError`` for a recording that changed or lies partly out of the scope."""
    from synopticon.vision.ocr import TextReader

    workspace, id_ = task.workspace, task.payload["footage"]
    scope, said = scope_for(workspace, Query(), task.case), {"footage": id_, "clock": True, "masked": True}
    with workspace.act("view.masked", case=task.case, scope=scope, reason=task.reason, payload=said) as act:
        recording, zone = _whole(workspace, act.grant, id_)
        folder, file = task.folder / PICTURES, task.folder / FILE
        report = clock_report(recording, _Telling(TextReader(), task.progress), zone=zone, pictures=folder)
        found = {**report, "footage": id_, "readings": [_shown(r, folder) for r in report["readings"]]}
        file.write_text(json.dumps(found), "utf-8")
        act.note(readings=len(found["readings"]), made={FILE: sha256(file)})
    return Made(_said(found), file, MEDIA, FILE)


def clock_of(workspace: Workspace, job: str) -> dict[str, Any]:
    """What a job of one's own read, decided anew. Raises ``NoJobError``, ``RefusedError``."""
    found, path = result_file(workspace, job)
    if found.kind != CLOCK:
        raise NoJobError("this job read no clock: choose one that did")
    told: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return told


class _Telling:
    """A reader of text that is stopped where nobody wants its job any more."""

    def __init__(self, reader: TextReader, progress: Progress) -> None:
        self._reader = reader
        self._progress = progress
        self._looks = 0

    def detect_text(self, picture: NDArray[np.uint8]) -> NDArray[np.float32]:
        self._progress("looking for the clock", self._looks / LOOKS)
        self._looks += 1
        return self._reader.detect_text(picture)

    def read_lines(self, crops: Sequence[NDArray[np.uint8]]) -> Sequence[tuple[str, Sequence[float]]]:
        self._progress("reading the clock", 0.0)  # how often it must be read shows as it is read
        return self._reader.read_lines(crops)


def _whole(workspace: Workspace, grant: Grant, id_: str) -> tuple[Footage, str]:
    """A recording, its files as they were taken in, and its camera's time zone ("" = not known)."""
    recording, _ = opened_recording(workspace, grant, id_)
    camera = next(row.camera for row in workspace.footage.reached(grant) if row.id == id_)
    if covered(grant.scope, camera, recording) != ((0.0, recording.duration),):
        raise FootageError(
            "only a part of this recording lies in the scope, and its clock is read from its first picture "
            "to its last: set the clock by hand"
        )
    check_span(recording, 0.0, recording.duration)
    return recording, workspace.cameras.find(camera).zone


def _shown(reading: dict[str, Any], folder: Path) -> dict[str, Any]:
    """A reading with its picture (JPEG in base64) in it, instead of the name of a file."""
    name = reading["picture"]
    return {**reading, "picture": name and b64encode((folder / name).read_bytes()).decode()}


def _said(found: dict[str, Any]) -> dict[str, Any]:
    """What came of it, for the list of jobs and the log."""
    proposal = found["proposal"]
    if proposal is None:
        return {"footage": found["footage"], "proposed": None, "why": found["why"]}
    return {"footage": found["footage"], "proposed": proposal["start"], "within": proposal["within"]}
