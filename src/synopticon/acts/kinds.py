"""The kinds of jobs, in one table. To add one: a function of an act's module, and a row here.

The function runs in a process of its own, as whoever asked, with nothing but what ``Task`` holds; it does
its acts as always. What it raises ends the job with that one line. It may be begun more than once, if the
server is killed meanwhile: what it makes goes into ``Task.folder``, which is empty at each begin, or appears
whole or not at all.
"""

import importlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any

from synopticon.acts.workspace import Workspace

Progress = Callable[[str, float], None]


@dataclass(frozen=True, slots=True)
class Task:
    """A job that runs. ``payload``: what was asked for; ``progress``: takes the stage and its share, 0..1.

    ``progress`` is also where a job is stopped that nobody wants any more: call it often.
    """

    workspace: Workspace
    payload: Mapping[str, Any]
    case: str | None
    reason: str
    folder: Path
    progress: Progress


@dataclass(frozen=True, slots=True)
class Made:
    """What came of a job: values for people and the log (JSON), and a file in ``Task.folder`` if it made one.

    ``name``: what the file is called where it is saved ("" = its own); ``media``: its media type.
    """

    said: Mapping[str, Any] = field(default_factory=dict)
    file: Path | None = None
    media: str = "application/octet-stream"
    name: str = ""


@dataclass(frozen=True, slots=True)
class Kind:
    """A row: the capability under which the job is asked for, and its function as ``module:function``.

    The function is named, not imported: the server starts without what only its workers need.
    """

    capability: str
    run: str

    def function(self) -> Callable[[Task], Made]:
        """Import the function."""
        module, _, name = self.run.partition(":")
        found: Callable[[Task], Made] = getattr(importlib.import_module(module), name)
        return found


INGEST = "ingest"
PLAN = "synopsis-plan"
DAILY = "synopsis-day"
CLOCK = "clock"
MASKS, CLEAR_MASKS = "masks", "masks-clear"  # the page that reviews masks; heads are shown on the second

KINDS: Mapping[str, Kind] = MappingProxyType(
    {
        INGEST: Kind("ingest", "synopticon.acts.taking_in:take_in"),
        PLAN: Kind("synopsis", "synopticon.acts.plans:export_plan"),
        DAILY: Kind("synopsis", "synopticon.acts.day_synopsis:make_day"),
        "export": Kind("export.masked", "synopticon.acts.export_job:make_export"),
        MASKS: Kind("view.masked", "synopticon.acts.masks:make_masks"),
        CLEAR_MASKS: Kind("view.unmasked", "synopticon.acts.masks:make_masks"),
        CLOCK: Kind("view.masked", "synopticon.acts.clock_job:make_clock"),
        "answer": Kind("request.read", "synopticon.acts.answer_job:make_answer"),
    }
)
