"""Columns that were opened, kept for the next question as long as the key that opened them is there.

They are as plain as the data keys that a process remembers, and go with these: whoever looks for a column
must have its key, and what was opened with a destroyed key is forgotten by the next question. A file of
columns is never written again under its name, so that nothing kept can be out of date.
"""

import threading
from collections import OrderedDict
from collections.abc import Container, Mapping
from dataclasses import dataclass, field
from typing import Any

from numpy.typing import NDArray

from synopticon.governance.keys import DataKey

MOST = 256 << 20  # bytes of columns that a process keeps

Column = NDArray[Any]


@dataclass(slots=True)
class _File:
    key: DataKey
    columns: dict[str, Column] = field(default_factory=dict)

    @property
    def size(self) -> int:
        return sum(column.nbytes for column in self.columns.values())


class KeptColumns:
    """For several threads. ``most``: bytes; the files that were not asked for longest make room."""

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._lock = threading.Lock()
        self._files: OrderedDict[str, _File] = OrderedDict()
        self._size = 0

    def forget(self, but: Container[DataKey]) -> None:
        """Forget what was opened with other keys than these."""
        with self._lock:
            for name in [name for name, file in self._files.items() if file.key not in but]:
                self._size -= self._files.pop(name).size

    def of(self, name: str, key: DataKey) -> Mapping[str, Column]:
        """What is kept of a file that this key opens, by column; it grows as ``keep`` adds to it."""
        with self._lock:
            file = self._files.get(name)
            if file is None or file.key != key:
                file = self._files[name] = _File(key)
            self._files.move_to_end(name)
            return file.columns

    def keep(self, name: str, column: str, values: Column) -> None:
        """Keep a column of a file that was asked for before; nothing where that was forgotten meanwhile."""
        with self._lock:
            file = self._files.get(name)
            if file is None or column in file.columns:
                return
            file.columns[column] = values
            self._size += values.nbytes
            while self._size > self._most:
                self._size -= self._files.popitem(last=False)[1].size
