"""Runs tasks in several processes of this machine.

Tasks and results are small: each process reads its own footage and writes its own results into the store. A
process that dies takes only its task with it, and the error names it.
"""

import multiprocessing
import os
import signal
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from types import TracebackType
from typing import Any, Self

from synopticon.errors import SynopticonError


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
            for index, item in enumerate(items):
                yield index, task(item)
            return
        waiting: dict[Future[Any], int] = {}
        todo = iter(enumerate(items))
        try:
            while True:
                while len(waiting) < self.workers and (following := next(todo, None)) is not None:
                    waiting[self._executor().submit(task, following[1])] = following[0]
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
            context = multiprocessing.get_context("spawn")
            self._pool = ProcessPoolExecutor(self.workers, context, initializer=_prepare)
        return self._pool

    def close(self) -> None:
        """End the processes; tasks that had begun are finished."""
        if self._pool is not None:
            self._pool.shutdown(wait=True, cancel_futures=True)
            self._pool = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def cores() -> int:
    """Cores that this process may use."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # Windows, macOS
        return os.cpu_count() or 1


def _prepare() -> None:
    """Set up a worker: one thread, and Ctrl-C is the parent's business."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    from synopticon.vision.threads import single_thread

    single_thread()
