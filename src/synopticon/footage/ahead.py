"""Runs an iterator in a thread, some items ahead of who takes them."""

import threading
from collections import deque
from collections.abc import Iterator
from typing import Generic, Self, TypeVar

T = TypeVar("T")


class Ahead(Generic[T]):
    """An iterator over ``items`` that a thread fills, at most ``size`` items ahead.

    An exception of ``items`` is raised where it would have been. ``close`` stops the thread, waits for it,
    and may be called again; the thread closes ``items`` itself, so what they hold is freed where it was made.
    """

    def __init__(self, items: Iterator[T], size: int) -> None:
        self._mine: deque[T] = deque()
        self._state = _State[T](max(1, size // 2))  # as many again may have been handed over
        self._thread = threading.Thread(
            target=_fill, args=(items, self._state), name="synopticon-decode", daemon=True
        )
        self._thread.start()

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> T:
        if not self._mine:
            self._mine = self._state.take()
        return self._mine.popleft()

    def close(self) -> None:
        """Stop the thread and drop what it has made."""
        self._state.stop()
        self._mine.clear()
        if self._thread is not threading.current_thread():
            self._thread.join()

    def __del__(self) -> None:
        if hasattr(self, "_state"):
            self._state.stop()


class _State(Generic[T]):
    """What the two threads share; the filling one holds no reference to Ahead, so that can be collected."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._items: deque[T] = deque()
        self._changed = threading.Condition()
        self._stopped = False
        self._finished = False
        self._error: BaseException | None = None

    def put(self, item: T) -> bool:
        """Wait for room and add an item; False when nobody wants it any more."""
        with self._changed:
            while len(self._items) >= self._size and not self._stopped:
                self._changed.wait()
            if self._stopped:
                return False
            self._items.append(item)
            if len(self._items) == 1:
                self._changed.notify()
            return True

    def finish(self, error: BaseException | None) -> None:
        """Say that no more items come, because of ``error`` or because they are all there."""
        with self._changed:
            self._finished, self._error = True, error
            self._changed.notify_all()

    def take(self) -> deque[T]:
        """Wait for items and take all there are, at least one: the threads meet as seldom as can be."""
        with self._changed:
            while not (self._items or self._finished or self._stopped):
                self._changed.wait()
            if self._items:
                taken, self._items = self._items, deque()
                self._changed.notify()
                return taken
            if self._error is not None and not self._stopped:
                error, self._error = self._error, None
                raise error
            raise StopIteration

    def stop(self) -> None:
        """Say that no more items are wanted."""
        with self._changed:
            self._stopped = True
            self._items.clear()
            self._changed.notify_all()


def _fill(items: Iterator[T], state: _State[T]) -> None:
    error: BaseException | None = None
    try:
        for item in items:
            if not state.put(item):
                break
    except BaseException as caught:  # noqa: BLE001 - handed to the thread that reads
        error = caught
    finally:
        close = getattr(items, "close", None)
        if close is not None:
            close()
        state.finish(error)
