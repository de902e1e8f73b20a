"""The hits of a question, best first: columns of what is said of them, put into words when asked for.

Few of many hits are ever looked at; to put all of them into words would take longer than to find them. What
is said of a hit is read while the permission to search lasts: nothing is opened afterwards.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, overload

import numpy as np
from numpy.typing import NDArray

from synopticon.search.reason import Reason, Row, columns_of, reasons
from synopticon.search.rows import Rows, Source, World
from synopticon.search.unusual import FEATURES
from synopticon.values.query import Query

CERTAIN, LIKELY = 0.7, 0.4  # scores from which a hit is called so
Rarity = tuple[NDArray[np.float32], NDArray[np.uint8]]  # of each row; see ``Usual``
_ALWAYS = ("ids", "camera", "label", "kind", "start", "end", "offset", "dwell")


@dataclass(frozen=True, slots=True)
class Hit:
    """A track that answers a question. Times are local, with their zone; None where the clock is unknown.

    ``offset``: seconds of its start on the timeline of its footage; ``seconds``: how long it was there;
    ``score`` 0..1, ``grade``: certain, likely or possible; ``reason``: one line for each term.
    """

    track: str
    camera: str
    footage: str
    label: str
    start: datetime | None
    end: datetime | None
    offset: float
    seconds: float
    score: float
    grade: str
    reason: tuple[Reason, ...]


@dataclass(frozen=True, slots=True, eq=False)
class _Taken:
    """Rows that were taken out of others, with what a question says of them; implements ``Rows``."""

    sources: tuple[Source, ...]
    cameras: tuple[str, ...]
    columns: Mapping[str, NDArray[Any]]

    def __len__(self) -> int:
        return len(self.columns["ids"])

    def __getitem__(self, name: str, /) -> NDArray[Any]:
        return self.columns[name]

    def pick(self, name: str, rows: NDArray[np.intp], /) -> NDArray[Any]:
        """Some rows of a column."""
        return self[name][rows]

    def ordered(self, rows: NDArray[np.intp]) -> "_Taken":
        """These rows, in this order."""
        return _Taken(self.sources, self.cameras, {name: c[rows] for name, c in self.columns.items()})


class Hits(Sequence[Hit]):
    """Made by ``Best``."""

    def __init__(self, query: Query, world: World, rows: _Taken | None) -> None:
        self._query = query
        self._world = world
        self._rows = rows

    @property
    def tracks(self) -> list[str]:
        """Their ids."""
        return [] if self._rows is None else [i.decode() for i in self._rows["ids"].tolist()]

    def __len__(self) -> int:
        return 0 if self._rows is None else len(self._rows)

    @overload
    def __getitem__(self, at: int) -> Hit: ...
    @overload
    def __getitem__(self, at: slice) -> tuple[Hit, ...]: ...
    def __getitem__(self, at: int | slice) -> Hit | tuple[Hit, ...]:
        some = range(len(self))[at]
        return self._hit(some) if isinstance(some, int) else tuple(self._hit(k) for k in some)

    def _hit(self, at: int) -> Hit:
        assert self._rows is not None, "there is a hit"
        row = Row(self._rows, at)
        score = round(float(row["sureness"]), 4)
        grade = "certain" if score >= CERTAIN else "likely" if score >= LIKELY else "possible"
        said = reasons(self._query, row, self._world)
        if "rarity" in self._rows.columns:
            text = f"{row['rarity']:.1%} of this camera's tracks are more usual: {FEATURES[row['rarest']]}"
            said = (*said, Reason("sort:unusual", text))
        return Hit(
            track=row["ids"].decode(), camera=row.source.camera, footage=row.source.footage, label=row.what,
            start=row.moment("start"), end=row.moment("end"), offset=float(row["offset"]),
            seconds=float(row["dwell"]), score=score, grade=grade, reason=said,
        )  # fmt: skip


class Best:
    """The best rows of several views, at most ``limit``."""

    def __init__(self, query: Query, world: World, limit: int) -> None:
        self._query = query
        self._world = world
        self._limit = limit
        self._rows: _Taken | None = None
        self._names = sorted({*_ALWAYS, *columns_of(query)})

    def add(
        self,
        rows: Rows,
        chosen: NDArray[np.intp],
        keys: NDArray[np.float64],
        sure: NDArray[np.float32],
        rare: Rarity | None,
    ) -> None:
        """Rows that answer: ``keys`` of the chosen, the smallest first; then the surest."""
        first = np.lexsort((chosen, -sure, keys))[: self._limit]
        if not len(first):
            return
        made = self._taken(rows, chosen[first])
        extra: dict[str, NDArray[Any]] = {"key": keys[first], "sureness": sure[first]}
        if rare is not None:
            extra |= {"rarity": rare[0][chosen[first]], "rarest": rare[1][chosen[first]]}
        taken = _Taken(made.sources, made.cameras, {**made.columns, **extra})
        both = taken if self._rows is None else _joined(self._rows, taken)
        told = np.round(both["sureness"].astype(np.float64), 4)
        self._rows = both.ordered(np.lexsort((both["ids"], -told, both["key"]))[: self._limit])

    def hits(self) -> Hits:
        """What was best of all."""
        return Hits(self._query, self._world, self._rows)

    def _taken(self, rows: Rows, top: NDArray[np.intp]) -> _Taken:
        used, footage = np.unique(rows.pick("footage", top), return_inverse=True)
        columns = {name: rows.pick(name, top) for name in self._names} | {"footage": footage}
        return _Taken(tuple(rows.sources[k] for k in used.tolist()), rows.cameras, columns)


def _joined(a: _Taken, b: _Taken) -> _Taken:
    """The rows of both; their footage and cameras are counted on."""
    columns = {name: np.concatenate([a[name], b[name]]) for name in a.columns}
    columns["footage"][len(a) :] += len(a.sources)
    columns["camera"][len(a) :] += len(a.cameras)
    return _Taken((*a.sources, *b.sources), (*a.cameras, *b.cameras), columns)
