"""Tables of statistics: names of columns, rows in order; written as CSV, JSON, Parquet."""

import csv
import io
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from synopticon.errors import UsageError

Cell: TypeAlias = str | int | float | None
_WIDE = 1 << 62
_HELD = 1 << 20  # groups


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


@dataclass(frozen=True, slots=True, eq=False)
class Tally:
    """Rows by integer keys: of each group its keys, int64 ``(g, k)`` in order, its size, sums of values."""

    groups: NDArray[np.int64]
    sizes: NDArray[np.int64]
    sums: tuple[NDArray[np.float64], ...] = ()

    def items(self) -> Iterator[tuple[list[int], int]]:
        """Keys and size of each group."""
        return zip(self.groups.tolist(), self.sizes.tolist(), strict=True)


def counted(keys: Sequence[NDArray[Any]], *sums: NDArray[Any]) -> Tally:
    """Group rows by integer keys."""
    _, one, where, sizes = np.unique(_code(keys), True, True, True)
    found = np.stack([np.asarray(k)[one].astype(np.int64) for k in keys], axis=1)
    added = tuple(np.bincount(where, s, len(found)).astype(np.float64) for s in sums)
    return Tally(found, sizes.astype(np.int64), added)


def together(parts: Iterable[Tally], sums: int = 0) -> Tally:
    """The tally of all rows from those of parts of them, each with as many ``sums``."""
    found = [Tally(np.zeros((0, 0), np.int64), np.zeros(0, np.int64), (np.zeros(0),) * sums)]
    held = 0
    for part in parts:
        found, held = [*found, part], held + len(part.sizes)
        if held > _HELD:
            found = [_added(found)]
            held = len(found[0].sizes)
    return _added(found)


def _added(parts: Sequence[Tally]) -> Tally:
    found = [part for part in parts if len(part.sizes)]
    if len(found) < 2:
        return found[0] if found else parts[0]
    groups, sizes = (np.concatenate([getattr(p, name) for p in found]) for name in ("groups", "sizes"))
    more = [np.concatenate(each) for each in zip(*(p.sums for p in found), strict=True)]
    whole = counted(tuple(groups.T), sizes, *more)
    return Tally(whole.groups, np.rint(whole.sums[0]).astype(np.int64), whole.sums[1:])


def among(keys: Sequence[NDArray[Any]], groups: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Which rows, by integer keys, are of one of these groups ``(g, k)``."""
    if not len(groups) or not len(keys[0]):
        return np.zeros(len(keys[0]), np.bool_)
    near = np.ones(len(groups), np.bool_)
    for of, key in zip(groups.T, keys, strict=True):
        near &= (of >= int(key.min())) & (of <= int(key.max()))
    some = groups[near]
    code = _code([np.concatenate([of, key]) for of, key in zip(some.T, keys, strict=True)])
    return np.isin(code[len(some) :], code[: len(some)])


def numbered(keys: Sequence[NDArray[Any]]) -> NDArray[np.int64]:
    """One number for each combination of integer keys, in their order, int64 ``(n,)`` from 0."""
    return np.unique(_code(keys), return_inverse=True)[1].astype(np.int64)


def _code(keys: Sequence[NDArray[Any]]) -> NDArray[np.int64]:
    """One number for each combination of integer keys, in their order; some may be left out."""
    code, most = np.zeros(len(keys[0]), np.int64), 1
    for key in keys if len(code) else ():
        values = np.asarray(key).astype(np.int64)
        low, wide = int(values.min()), int(values.max()) - int(values.min()) + 1
        if most * wide >= _WIDE:
            known, values = np.unique(values, return_inverse=True)
            low, wide = 0, len(known)
        if most * wide >= _WIDE:
            known, code = np.unique(code, return_inverse=True)
            most = len(known)
        code = code * wide + (values - low)
        most *= wide
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
