"""Columns that were opened, kept for the next question as long as the key that opened them is there.

They are as plain as the data keys that a process remembers, and go with these: whoever looks for a column
must have its key, and what was opened with a destroyed key is forgotten by the next question. A file of
columns is never written again under its name, so that nothing kept can be out of date.
"""

import threading
from collections import OrderedDict
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from numpy.typing import NDArray

from synopticon.governance.keys import DataKey

MOST = 256 << 20  # bytes of columns that a process keeps

Column = NDArray[Any]
Keys = frozenset[DataKey]


@dataclass(slots=True)
class _Kept:
    keys: Keys
    columns: dict[str, Column] = field(default_factory=dict)

    @property
    def size(self) -> int:
        return sum(column.nbytes for column in self.columns.values())


class KeptColumns:
    """For several threads. ``most``: bytes; what was not asked for longest makes room.

    Columns are kept under the name of their file; those of several files, joined, under the names of all.
    """

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._lock = threading.Lock()
        self._kept: OrderedDict[Hashable, _Kept] = OrderedDict()
        self._size = 0

    def forget(self, but: Keys) -> None:
        """Forget what was opened with any other key than these."""
        with self._lock:
            for name in [name for name, one in self._kept.items() if not one.keys <= but]:
                self._size -= self._kept.pop(name).size

    def of(self, name: Hashable, keys: Keys) -> Mapping[str, Column]:
        """What is kept under a name for whoever has just these keys; it grows as ``keep`` adds to it."""
        with self._lock:
            one = self._kept.get(name)
            if one is None or one.keys != keys:
                self._size -= one.size if one else 0
                one = self._kept[name] = _Kept(keys)
            self._kept.move_to_end(name)
            return one.columns

    def several(self, names: Sequence[Hashable], keys: Sequence[DataKey]) -> list[Mapping[str, Column]]:
        """The same for several files, each with its one key."""
        found: list[Mapping[str, Column]] = []
        with self._lock:
            for name, key in zip(names, keys, strict=True):
                one = self._kept.get(name)
                if one is None or one.keys != {key}:
                    self._size -= one.size if one else 0
                    one = self._kept[name] = _Kept(frozenset((key,)))
                self._kept.move_to_end(name)
                found.append(one.columns)
        return found

    def keep(self, name: Hashable, column: str, values: Column) -> None:
        """Keep a column under a name that was asked for; not where that was forgotten meanwhile."""
        with self._lock:
            one = self._kept.get(name)
            if one is None or column in one.columns:
                return
            one.columns[column] = values
            self._size += values.nbytes
            while self._size > self._most:
                self._size -= self._kept.popitem(last=False)[1].size
