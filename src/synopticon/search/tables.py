"""Tables of statistics: names of columns, rows in order; written as CSV, JSON, Parquet."""

import csv
import io
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from synopticon.errors import UsageError

Cell: TypeAlias = str | int | float | None


@dataclass(frozen=True, slots=True)
class Table:
    """A table. ``by``: what it is about; ``keys``: how many of its first columns say of what a row is.

    ``least``: at least so many tracks are behind each row (0 = no such rule was applied).
    """

    by: str
    columns: tuple[str, ...]
    keys: int
    rows: tuple[tuple[Cell, ...], ...]
    least: int = 0

    def column(self, name: str) -> tuple[Cell, ...]:
        """All values of one column."""
        at = self.columns.index(name)
        return tuple(row[at] for row in self.rows)


def counted(
    keys: Sequence[NDArray[Any]], *sums: NDArray[Any]
) -> tuple[NDArray[np.int64], NDArray[np.int64], list[NDArray[Any]]]:
    """Group rows by integer keys: the keys of each group in order ``(g, k)``, its size, sums of values."""
    _, one, where, sizes = np.unique(numbered(keys), True, True, True)
    found = np.stack([np.asarray(k, np.int64)[one] for k in keys], axis=1)
    return found, sizes, [np.bincount(where, np.asarray(s, np.float64), len(found)) for s in sums]


def numbered(keys: Sequence[NDArray[Any]]) -> NDArray[np.int64]:
    """One number for each combination of integer keys, in their order, int64 ``(n,)`` from 0."""
    code = np.zeros(len(keys[0]), np.int64)
    for key in keys:
        values, where = np.unique(np.asarray(key, np.int64), return_inverse=True)
        code = np.unique(code * max(len(values), 1) + where, return_inverse=True)[1].astype(np.int64)
    return code


def to_csv(table: Table) -> bytes:
    """Comma-separated, a head line, UTF-8; text that a spreadsheet would run is quoted by '."""
    out = io.StringIO()
    write = csv.writer(out, lineterminator="\n")
    write.writerow(table.columns)
    write.writerows([[_harmless(cell) for cell in row] for row in table.rows])
    return out.getvalue().encode()


def _harmless(cell: Cell) -> Cell:
    return f"'{cell}" if isinstance(cell, str) and cell[:1] in ("=", "+", "-", "@", "\t") else cell


def to_json(table: Table) -> bytes:
    """One object: ``by``, ``least_tracks``, ``rows`` as objects by column."""
    return (json.dumps(plain(table), indent=1, ensure_ascii=False) + "\n").encode()


def plain(table: Table) -> dict[str, Any]:
    """The table as JSON knows it."""
    rows = [dict(zip(table.columns, row, strict=True)) for row in table.rows]
    return {"by": table.by, "least_tracks": table.least, "rows": rows}


def to_parquet(table: Table) -> bytes:
    """Parquet, one typed column each; raises ``UsageError`` where pyarrow is not installed."""
    try:
        import pyarrow as arrow
        from pyarrow import parquet
    except ImportError as error:
        raise UsageError(
            "Parquet needs pyarrow, which is not here: pip install 'synopticon[parquet]', or write .csv"
        ) from error
    columns = {name: list(table.column(name)) for name in table.columns}
    out = io.BytesIO()
    parquet.write_table(arrow.table(columns), out)
    return out.getvalue()


WRITERS: Mapping[str, Callable[[Table], bytes]] = {
    ".csv": to_csv,
    ".json": to_json,
    ".parquet": to_parquet,
}
