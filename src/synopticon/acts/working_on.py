"""The process that works on one job: ``python -m synopticon.acts.working_on WORKSPACE JOB``.

It holds the job's lock as long as it lives. It ends when whoever started it closes its standard input (also
by dying): the job then waits for its turn anew. It ends, too, when the job is cancelled, or may not be done
any more.
"""

import logging
import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from types import FrameType

from synopticon.acts.jobs import finish, folder_of, hindrance, kind_of, lock_of, refusal
from synopticon.acts.kinds import Made, Task
from synopticon.acts.workspace import Actor, Workspace, open_workspace
from synopticon.aside import remove
from synopticon.errors import RefusedError, StoreError, SynopticonError
from synopticon.store.atomic import make_folder
from synopticon.store.jobs import End, Job, ResultFile, State
from synopticon.store.lock import held

LOOK = 1.0  # seconds between two looks whether a job should end
ASK = 30.0  # seconds between two looks whether it may still be done
NOTE = 0.5  # seconds between two notes of progress
NICE = 10  # the server goes first
_SIGNED_IN = "user.signed-in"  # asked for at the begin; a long job may outlast the sitting
_log = logging.getLogger("synopticon.jobs")


class StoppedError(BaseException):
    """The job is to end now; passes what catches errors, so that each clears up behind itself."""


def main(arguments: list[str] | None = None) -> int:
    """Work on a job; 0: it is done with, or not ours to do."""
    folder, job = arguments or sys.argv[1:]
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, _stop)
    if hasattr(os, "nice"):
        os.nice(NICE)
    with open_workspace(Path(folder)) as workspace:
        return work(workspace, job, Watched(sys.stdin.buffer.read))


def work(workspace: Workspace, id_: str, watched: "Watched") -> int:
    """Take a job and do it, unless somebody else has it."""
    with held(lock_of(workspace, id_), wait=False) as mine:
        if not mine or not workspace.jobs.begin(id_, workspace.clock()):
            return 0
        job = workspace.jobs.find(id_)
        assert job is not None, "it was begun a moment ago"
        here = _as_who_asked(workspace, job)
        end: End | None
        try:
            watched.begin(here, job)
            end = _end_of(here, job)
        except StoppedError:
            end = watched.verdict(workspace, job)
        finally:
            watched.over = True
        if end is None:  # whoever started us is gone: somebody else will go on
            workspace.jobs.again(id_)
        else:
            finish(workspace, job, end)
    return 0


def _as_who_asked(workspace: Workspace, job: Job) -> Workspace:
    user = workspace.people.user(job.actor)
    name = user.name if user else job.sign_in.account
    return workspace.acting(Actor(job.actor, name, job.sign_in), job.entry)


def _end_of(here: Workspace, job: Job) -> End:
    """Do the job; how it ends."""
    try:
        kind = kind_of(job.kind)
        if (bad := hindrance(here, job)) is not None:
            raise here.refuse(kind.capability, refusal(bad), case=job.case)
        folder = folder_of(here, job.id)
        remove(folder)
        make_folder(folder).chmod(0o700)
        made = kind.function()(Task(here, job.payload, job.case, job.reason, folder, _Progress(here, job)))
        return _done(made, folder)
    except RefusedError as error:
        return End(State.REFUSED, _line(error), error.rule)
    except SynopticonError as error:
        return End(State.FAILED, _line(error))
    except MemoryError:
        return End(State.FAILED, "the machine ran out of memory: try a shorter recording")
    except Exception as error:  # noqa: BLE001 (what nobody expected ends the job, not the others)
        _log.critical("job %s (%s): %s", job.id, job.kind, type(error).__name__, exc_info=error)
        return End(State.FAILED, f"unexpected {type(error).__name__}: the server's own terminal says more")


def _done(made: Made, folder: Path) -> End:
    if made.file is None:
        return End(State.DONE, made=made.said)
    name = made.name or made.file.name
    if made.file != folder / name:
        made.file.rename(folder / name)
    return End(State.DONE, made=made.said, file=ResultFile(name, made.media, (folder / name).stat().st_size))


def _line(error: SynopticonError) -> str:
    return str(error).split("\n")[0]


@dataclass(slots=True)
class _Progress:
    """Notes how far a job has come, not too often; stops it where it is to end."""

    workspace: Workspace
    job: Job
    _phase: str = ""
    _base: float = 0.0
    _since: datetime | None = None
    _noted: float = 0.0

    def __call__(self, phase: str, share: float) -> None:
        share = min(max(share, 0.0), 1.0)
        if phase != self._phase or self._since is None or share < self._base:
            self._phase, self._base, self._since = phase, share, self.workspace.clock()
        elif time.monotonic() - self._noted < NOTE:
            return
        self._noted = time.monotonic()
        if not self.workspace.jobs.progress(self.job.id, phase, share, self._base, self._since):
            raise StoppedError


@dataclass(slots=True)
class Watched:
    """Looks beside the work whether it should end. ``gone``: returns when whoever started us is gone."""

    gone: Callable[[], object]
    over: bool = False
    _orphan: bool = False
    _refused: list[End] = field(default_factory=list)

    def begin(self, here: Workspace, job: Job) -> None:
        """Look from now on."""
        threading.Thread(target=self._outlive_nobody, daemon=True).start()
        threading.Thread(target=self._look, args=(here, job), daemon=True).start()

    def verdict(self, workspace: Workspace, job: Job) -> End | None:
        """Why it was stopped; None: not for good."""
        if self._refused:
            return self._refused[0]
        return End(State.CANCELLED, "was cancelled") if workspace.jobs.stopping(job.id) else None

    def _outlive_nobody(self) -> None:
        self.gone()
        self._interrupt()

    def _look(self, here: Workspace, job: Job) -> None:
        asked = time.monotonic()
        while not self.over:
            time.sleep(LOOK)
            ask = time.monotonic() - asked > ASK
            asked = time.monotonic() if ask else asked
            with suppress(StoreError):  # the database is locked: the next look may do
                if here.jobs.stopping(job.id) or (ask and self._hindered(here, job)):
                    self._interrupt()
                    return

    def _hindered(self, here: Workspace, job: Job) -> bool:
        """Whether it may not be done any more; that is logged, and how the job ends."""
        bad = hindrance(here, job)
        if bad is None or bad.rule == _SIGNED_IN:
            return False
        error = here.refuse(kind_of(job.kind).capability, refusal(bad), case=job.case)
        self._refused.append(End(State.REFUSED, _line(error), error.rule))
        return True

    def _interrupt(self) -> None:
        if not self.over:
            os.kill(os.getpid(), signal.SIGTERM)  # a signal, so that the main thread wakes up from waiting


def _stop(number: int, frame: FrameType | None) -> None:
    """Raise where the program is, unless that is a finaliser, which would swallow it: then a little later."""
    while frame is not None:
        if frame.f_code.co_name == "__del__":
            threading.Timer(0.02, os.kill, (os.getpid(), number)).start()
            return
        frame = frame.f_back
    raise StoppedError


if __name__ == "__main__":
    sys.exit(main())
