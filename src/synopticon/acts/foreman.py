"""Gives jobs to processes, a few at a time, and looks after what they leave: a thread of the server.

Nothing that it knows is lost with it: what waits and what ran is in the database, who works is told by locks.
"""

import logging
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Self

from synopticon.acts import jobs
from synopticon.acts.workspace import Workspace
from synopticon.aside import remove
from synopticon.errors import SynopticonError
from synopticon.store.jobs import End, State
from synopticon.store.lock import held

WORKERS = 2  # a short job need not wait for a long one
TICK = 0.5  # seconds between two looks for work
TIDY = 60.0  # seconds between two looks at what has expired
DEATHS = 3  # processes that may die of a job before it is given up
GRACE = 15.0  # seconds that a process has to end when told to
WORKER = (sys.executable, "-m", "synopticon.acts.working_on")
_log = logging.getLogger("synopticon.jobs")


@dataclass(slots=True)
class _Worker:
    """A process, its job, and since when it has been told to end (monotonic seconds; 0: it was not)."""

    process: "subprocess.Popen[bytes]"
    job: str
    told: float = 0.0


@dataclass(slots=True)
class Foreman:
    """Runs jobs while it is entered; a context manager. ``workers``: processes at once, 0 = none."""

    workspace: Workspace
    workers: int = WORKERS
    command: Sequence[str] = WORKER
    _hands: list[_Worker] = field(default_factory=list)
    _leave: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None
    _tidied: float = float("-inf")

    def __enter__(self) -> Self:
        self._thread = threading.Thread(target=self._run, name="foreman", daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Let the processes end; what they did waits for its turn anew."""
        self._leave.set()
        if self._thread is not None:
            self._thread.join()
        for hand in self._hands:
            _send_home(hand)
        for hand in self._hands:
            _wait_for(hand)

    def _run(self) -> None:
        while not self._leave.is_set():
            try:
                self.look()
            except SynopticonError as error:  # the database is locked, the disk full: the next look may do
                _log.warning("jobs wait: %s", error)
            self._leave.wait(TICK)

    def look(self) -> None:
        """See who has ended, what was left, and what waits; begin as much as there are hands for."""
        self._reap()
        self._take_up()
        if time.monotonic() - self._tidied > TIDY:
            self._tidied = time.monotonic()
            tidy(self.workspace)
        self._begin()

    def _begin(self) -> None:
        free = self.workers - len(self._hands)
        busy = {hand.job for hand in self._hands}
        for job in self.workspace.jobs.in_state(State.WAITING):
            if free <= 0:
                return
            if job.id not in busy:
                self._hands.append(_Worker(self._start(job.id), job.id))
                free -= 1

    def _start(self, job: str) -> "subprocess.Popen[bytes]":
        command = [*self.command, str(self.workspace.folder), job]
        return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL)

    def _reap(self) -> None:
        """Take back hands; a process that died without a word is counted against its job."""
        for hand in tuple(self._hands):
            if hand.process.poll() is None:
                self._hurry(hand)
                continue
            self._hands.remove(hand)
            if hand.process.stdin is not None:
                hand.process.stdin.close()
            self._left(hand.job, died=hand.process.returncode != 0)

    def _hurry(self, hand: _Worker) -> None:
        """A job that should end, and whose process does not, is ended."""
        if not self.workspace.jobs.stopping(hand.job):
            return
        hand.told = hand.told or time.monotonic()
        if time.monotonic() - hand.told > GRACE:
            hand.process.kill()

    def _take_up(self) -> None:
        """Jobs of processes that are gone, ours or those of a server before, wait for their turn anew."""
        busy = {hand.job for hand in self._hands}
        for job in self.workspace.jobs.in_state(State.RUNNING):
            if job.id not in busy:
                self._left(job.id, died=False)
        for job in self.workspace.jobs.untold():
            jobs.tell_end(self.workspace, job)

    def _left(self, id_: str, *, died: bool) -> None:
        with held(jobs.lock_of(self.workspace, id_), wait=False) as free:
            job = self.workspace.jobs.find(id_)
            if not free or job is None or job.state is not State.RUNNING:
                return
            if job.stop:
                jobs.finish(self.workspace, job, End(State.CANCELLED, "was cancelled"))
            elif died and job.deaths + 1 >= DEATHS:
                says = f"its process died {DEATHS} times (out of memory?): try a shorter recording"
                jobs.finish(self.workspace, job, End(State.FAILED, says))
            else:
                self.workspace.jobs.again(id_, died=died)


def tidy(workspace: Workspace) -> None:
    """Remove what has expired: files that jobs made, and old jobs themselves."""
    now = workspace.clock()
    for job in workspace.jobs.with_files(now - jobs.FILE_LASTS):
        remove(jobs.folder_of(workspace, job.id))
        workspace.jobs.drop_file(job.id)
    for id_ in workspace.jobs.forget(now - jobs.KEPT):
        remove(jobs.folder_of(workspace, id_))
        remove(jobs.lock_of(workspace, id_))


def _send_home(hand: _Worker) -> None:
    if hand.process.stdin is not None:
        hand.process.stdin.close()  # that is the word


def _wait_for(hand: _Worker) -> None:
    try:
        hand.process.wait(GRACE)
    except subprocess.TimeoutExpired:
        hand.process.kill()
        hand.process.wait()
