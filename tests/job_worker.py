"""Kinds of jobs for tests, and a worker that knows them: ``python -m tests.job_worker WORKSPACE JOB``."""

import os
import signal
import sys
import time
from types import MappingProxyType

from synopticon.acts import jobs, kinds
from synopticon.acts.kinds import KINDS, Kind, Made, Task
from synopticon.acts.working_on import main
from synopticon.errors import FootageError, RefusedError

COMMAND = (sys.executable, "-m", "tests.job_worker")


def write(task: Task) -> Made:
    """A file, with what was asked for in it."""
    task.progress("writing", 0.5)
    path = task.folder / "made.txt"
    path.write_text(f"{task.payload['text']} {task.workspace.actor.name}")
    return Made({"bytes": 1}, path, "text/plain", name=task.payload.get("name", ""))


def crawl(task: Task) -> Made:
    """Goes on until the file ``payload["until"]`` is there; says how often it was begun."""
    begun = task.workspace.folder / "begun.txt"
    with begun.open("a") as file:
        file.write("begun\n")
    (task.folder / "half.txt").write_text("half")
    for n in range(600):
        task.progress("crawling", n / 600)
        if os.path.exists(task.payload["until"]):  # noqa: PTH110
            break
        time.sleep(0.05)
    return write(task)


def fail(task: Task) -> Made:
    """Ends as the payload says."""
    how = task.payload["how"]
    if how == "died":
        os.kill(os.getpid(), signal.SIGKILL)
    raise {
        "failed": FootageError("made.mp4: cannot be read: give another"),
        "refused": RefusedError("not now (rule some.rule): wait", "some.rule"),
        "bug": KeyError("secret"),
    }[how]


ROWS = MappingProxyType(
    {
        **KINDS,
        **{f.__name__: Kind("synopsis", f"{__name__}:{f.__name__}") for f in (write, crawl, fail)},
    }
)


def know() -> None:
    """Add the kinds of tests to the table, in this process."""
    kinds.KINDS = jobs.KINDS = ROWS  # type: ignore[attr-defined]


if __name__ == "__main__":
    from tests import job_worker  # the same under its own name, by which functions are found

    job_worker.know()
    sys.exit(main())
