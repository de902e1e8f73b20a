"""Some rows of tracks, whose columns are opened when they are asked for: what is counted, piece by piece."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

PIECE = 131_072  # rows that are reckoned with at once


class Columns(Protocol):
    """Tracks as columns, n rows: ``rows["dwell"]`` is that of ``Traits``; ``camera`` indexes ``cameras``."""

    @property
    def cameras(self) -> tuple[str, ...]: ...  # noqa: D102
    def __len__(self) -> int: ...
    def __getitem__(self, name: str, /) -> NDArray[Any]: ...
    def pick(self, name: str, rows: NDArray[np.intp], /) -> NDArray[Any]: ...  # noqa: D102


@dataclass(frozen=True, slots=True, eq=False)
class Chosen:
    """Rows of others, by their indices; a column is opened once, and only as far as it is needed."""

    rows: Columns
    chosen: NDArray[np.intp]
    known: dict[str, NDArray[Any]]

    @property
    def cameras(self) -> tuple[str, ...]:
        """Those of the rows that these were chosen from."""
        return self.rows.cameras

    def __len__(self) -> int:
        return len(self.chosen)

    def __getitem__(self, name: str, /) -> NDArray[Any]:
        if name not in self.known:
            most = 2 * len(self.chosen) > len(self.rows)
            self.known[name] = self.rows[name][self.chosen] if most else self.rows.pick(name, self.chosen)
        return self.known[name]

    def pick(self, name: str, rows: NDArray[np.intp], /) -> NDArray[Any]:
        """Some rows of a column."""
        return self[name][rows]


@dataclass(frozen=True, slots=True, eq=False)
class Piece:
    """A stretch of rows, whose cameras are counted as ``cameras`` has them."""

    rows: Columns
    at: slice
    cameras: tuple[str, ...]
    numbers: NDArray[np.int32]

    def __len__(self) -> int:
        return int(self.at.stop - self.at.start)

    def __getitem__(self, name: str, /) -> NDArray[Any]:
        found = self.rows[name][self.at]
        return self.numbers[found] if name == "camera" else found

    def pick(self, name: str, rows: NDArray[np.intp], /) -> NDArray[Any]:
        """Some rows of a column."""
        return self[name][rows]


def chosen(rows: Columns, mask: NDArray[np.bool_]) -> Columns:
    """The rows of a mask; the rows themselves where that is all of them."""
    return rows if mask.all() else Chosen(rows, np.flatnonzero(mask), {})


def pieces(rows: Columns, cameras: Sequence[str]) -> Iterator[Piece]:
    """The rows, ``PIECE`` at a time, cameras counted as in ``cameras``, which names all that rows are of."""
    number: Mapping[str, int] = {name: k for k, name in enumerate(cameras)}
    numbers = np.array([number.get(name, -1) for name in rows.cameras], np.int32)
    for first in range(0, len(rows), PIECE):
        yield Piece(rows, slice(first, min(first + PIECE, len(rows))), tuple(cameras), numbers)
