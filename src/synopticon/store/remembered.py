"""What the database said, given again as long as nothing was written since.

To look at the whole scope of a case, thousands of rows about recordings are read, which hardly ever change.
SQLite carries a count of the transactions that wrote (``writing``, of whatever process); what was read is
kept with the count that stood there, in the same transaction, and is given again while it stands. So nothing
is given that the database would not say now. PostgreSQL has no such count: there all is read each time.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Sized
from typing import Generic, TypeVar

from sqlalchemy import Connection

from synopticon.store.database import written

MOST = 200_000  # rows of one kind that a process remembers

T = TypeVar("T", bound=Sized)


class Remembered(Generic[T]):
    """Answers of one kind; for several threads. Whoever is given one must not change it.

    ``most``: rows of all of them; what was not asked for longest makes room.
    """

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._lock = threading.Lock()
        self._count: int | None = None
        self._known: OrderedDict[Hashable, T] = OrderedDict()
        self._rows = 0

    def of(self, connection: Connection, name: Hashable, read: Callable[[], T]) -> T:
        """What ``read`` gives in the transaction of this connection, or gave when nothing else was there.

        ``name``: all that the answer depends on besides the database.
        """
        count = written(connection)
        if count is None:
            return read()
        with self._lock:
            if count == self._count and name in self._known:
                self._known.move_to_end(name)
                return self._known[name]
        found = read()
        with self._lock:
            self._keep(count, name, found)
        return found

    def _keep(self, count: int, name: Hashable, found: T) -> None:
        if count != self._count:
            self._known.clear()
            self._count, self._rows = count, 0
        if name not in self._known:
            self._known[name] = found
            self._rows += len(found)
        while self._rows > self._most:
            self._rows -= len(self._known.popitem(last=False)[1])
