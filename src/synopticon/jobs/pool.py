"""Runs tasks in several processes of this machine.

Tasks and results are small: each process reads its own footage and writes its own results into the store. A
process that dies takes only its task with it. When the work is stopped the tasks are too, and when the parent
is killed its workers end themselves.
"""

import ctypes
import multiprocessing
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from functools import lru_cache
from multiprocessing import forkserver
from multiprocessing.connection import wait as wait_for
from types import FrameType, TracebackType
from typing import TYPE_CHECKING, Any, NoReturn, Self

from synopticon.errors import SynopticonError

if TYPE_CHECKING:  # the first is not everywhere
    from multiprocessing.context import ForkServerContext, SpawnContext

GRACE = 2.0  # seconds in which an orphan may clear up behind itself


class Pool:
    """A pool of worker processes; a context manager. ``workers`` 0 = one for each core, 1 = this process."""

    def __init__(self, workers: int = 0) -> None:
        self.workers = workers or cores()
        self._pool: ProcessPoolExecutor | None = None

    def run(self, task: Callable[[Any], Any], items: Sequence[Any]) -> Iterator[tuple[int, Any]]:
        """Run ``task`` on each item and give (index, result) as they are done.

        An error of a task is raised here, after the tasks that had begun are done.
        """
        if self.workers == 1 or len(items) == 1:
            if self.workers > 1:
                _get_ready()  # more tasks will follow: their processes load while this one runs here
            for index, item in enumerate(items):
                yield index, task(item)
            return
        waiting: dict[Future[Any], int] = {}
        todo = iter(enumerate(items))
        try:
            while True:
                while len(waiting) < self.workers and (following := next(todo, None)) is not None:
                    waiting[self._executor().submit(_tidily, task, following[1])] = following[0]
                if not waiting:
                    return
                done, _ = wait(waiting, return_when=FIRST_COMPLETED)
                for future in sorted(done, key=waiting.__getitem__):
                    yield waiting.pop(future), future.result()
        except BrokenProcessPool as error:
            self._pool = None
            raise SynopticonError(
                "a worker process died (out of memory, or killed): what is done is kept; run the same "
                "command again to go on, with --workers 1 if memory is short"
            ) from error
        finally:
            for future in waiting:
                future.cancel()

    def _executor(self) -> ProcessPoolExecutor:
        if self._pool is None:
            self._pool = ProcessPoolExecutor(self.workers, context(), initializer=_prepare)
        return self._pool

    def close(self, *, now: bool = False) -> None:
        """End the processes; tasks that had begun are finished, or with ``now`` broken off."""
        if self._pool is None:
            return
        for process in list((self._pool._processes or {}).values()) if now else ():
            process.terminate()  # raises in the task, so that it clears up behind itself
        self._pool.shutdown(wait=True, cancel_futures=True)
        self._pool = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close(now=kind is not None)


def context() -> "ForkServerContext | SpawnContext":
    """How processes begin: from one that has loaded the libraries once, where the system can."""
    if "forkserver" not in multiprocessing.get_all_start_methods():  # Windows
        return multiprocessing.get_context("spawn")
    found = multiprocessing.get_context("forkserver")
    found.set_forkserver_preload(["synopticon.jobs.preload"])
    return found


def cores() -> int:
    """Cores that this process may use."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # Windows, macOS
        return os.cpu_count() or 1


def _get_ready() -> None:
    """Start the process that others are forked from, without waiting for it."""
    if "forkserver" in multiprocessing.get_all_start_methods():
        context()
        forkserver.ensure_running()


def _prepare() -> None:
    """Set up a worker: one thread, Ctrl-C is the parent's business, and no life without a parent."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, _leave)
    threading.Thread(target=_outlive_nobody, daemon=True).start()
    from synopticon.vision.threads import single_thread

    single_thread()


def _tidily(task: Callable[[Any], Any], item: Any) -> Any:
    """Run a task and give back the memory it leaves unused: pictures come and go in many sizes."""
    try:
        return task(item)
    finally:
        if trim := _trim():
            trim(0)


@lru_cache(maxsize=1)
def _trim() -> Callable[[int], int] | None:
    """The C library's ``malloc_trim(3)``, where it has one (glibc)."""
    try:
        found: Callable[[int], int] = ctypes.CDLL(None).malloc_trim
    except (AttributeError, OSError, TypeError):  # musl, macOS, Windows
        return None
    return found


def _leave(_number: int, _frame: FrameType | None) -> NoReturn:
    sys.exit(128 + signal.SIGTERM)


def _outlive_nobody() -> None:
    """End this process as soon as its parent has: nobody is left who would."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        wait_for([parent.sentinel])
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(GRACE)
        os._exit(1)
