"""From a question to its hits, best first, over any number of tracks: a view after another, the best kept."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from synopticon.errors import UsageError
from synopticon.search.fields import side_of
from synopticon.search.hits import CERTAIN, LIKELY, Best, Hits, Rarity
from synopticon.search.match import match
from synopticon.search.rows import Rows, View, World, picked
from synopticon.search.unusual import usual
from synopticon.values.detection import CLASS_INDEX
from synopticon.values.query import Bound, Query
from synopticon.values.traits import UNTIMED

LIMIT = 50  # hits that are given when nobody says how many
Views = Callable[[], Iterable[View]]
_UNNAMED = CLASS_INDEX["object"]


@dataclass(frozen=True, slots=True)
class Found:
    """The best hits, and what all of them are: ``total``, by grade, and the tracks that were looked at.

    ``unknown``: why tracks could not be judged -> how many; ``unnamed``: tracks that no model named, where a
    class was asked for.
    """

    hits: Hits
    total: int = 0
    grades: dict[str, int] = field(default_factory=dict)
    looked_at: int = 0
    unnamed: int = 0
    unknown: dict[str, int] = field(default_factory=dict)


def find(query: Query, views: Views, world: World) -> Found:
    """The hits of a question in all views, the first ``query.limit`` (``LIMIT``).

    Of a question about plates only footage in which they were found is looked into: nothing else can answer.
    What was looked at is all of the views nevertheless, for it was searched by its plates.
    """
    check_names(query, world)
    norm = usual(views()) if query.sort == "unusual" else None
    limit = LIMIT if query.limit is None else query.limit
    best = Best(query, world, limit)
    total, looked, unnamed = 0, 0, 0
    grades = {"certain": 0, "likely": 0, "possible": 0}
    unknown: dict[str, int] = {}
    footages = _carrying(query, world)
    for view in views():
        looked += len(view)
        if query.of("class"):
            unnamed += int(np.count_nonzero(view["label"] == _UNNAMED))
        rows = view if footages is None else view.of(footages)
        if not rows.sources:
            continue
        matched = match(query, rows, world)
        enough = matched.sure >= _least(query)
        chosen, sure = matched.hits[enough], matched.sure[enough]
        total += len(chosen)
        for name, low, high in (
            ("certain", CERTAIN, 2),
            ("likely", LIKELY, CERTAIN),
            ("possible", 0, LIKELY),
        ):
            grades[name] += int(np.count_nonzero((sure >= low) & (sure < high)))
        for why, n in matched.unknown.items():
            unknown[why] = unknown.get(why, 0) + n
        if limit and len(chosen):
            rare = norm.rarity(rows) if norm else None
            best.add(rows, chosen, _keys(query.sort, rows, chosen, sure, rare), sure, rare)
    return Found(best.hits(), total, grades, looked, unnamed, unknown)


def tracks_of(query: Query, views: Views, world: World) -> dict[str, list[str]]:
    """The ids of all hits by footage, in id order, as far as ``query.limit`` goes (None: all)."""
    if query.limit is not None or query.sort == "unusual":
        chosen: dict[str, list[str]] = {}
        for hit in find(query, views, world).hits:
            chosen.setdefault(hit.footage, []).append(hit.track)
        return {footage: sorted(ids) for footage, ids in chosen.items()}
    check_names(query, world)
    found: dict[str, list[str]] = {}
    for rows in views():
        matched = match(query, rows, world)
        some = picked(rows, matched.hits[matched.sure >= _least(query)])
        for k, track in zip(some["footage"].tolist(), some["ids"].tolist(), strict=True):
            found.setdefault(rows.sources[k].footage, []).append(track.decode())
    return {footage: sorted(ids) for footage, ids in found.items()}


def check_names(query: Query, world: World) -> None:
    """Raise ``UsageError`` for a zone or line that no camera has, and for plates that were not searched."""
    if query.sort == "similar":
        raise UsageError("sort:similar needs a track to be like: use 'synopticon similar --like TRACK'")
    if [v for t in query.of("plate") for v in t.values if v not in world.plates]:
        raise UsageError("a plate is looked for with 'synopticon search' alone: use that")
    drawn = {(name, area.kind) for (_, name), area in world.areas.items()}
    for term in query.terms:
        kind = {"in": "zone", "cross": "line"}.get(term.field)
        for name in (side_of(str(v))[0] for v in term.values) if kind else ():
            if (name, kind) not in drawn:
                known = ", ".join(sorted(n for n, k in drawn if k == kind)) or "none"
                raise UsageError(
                    f"no camera has a {kind} called {name!r} (there are: {known}): "
                    "use 'synopticon zones draw'"
                )


def _carrying(query: Query, world: World) -> frozenset[str] | None:
    """The footage with tracks that carry the plates asked for; None = none are asked for."""
    found = [
        frozenset().union(*(world.plates[str(v)].footages for v in term.values)) for term in query.of("plate")
    ]
    return frozenset.intersection(*found) if found else None


def _least(query: Query) -> float:
    """The score that the question asks for at least."""
    bounds = [v for t in query.of("sure") for v in t.values if isinstance(v, Bound)]
    return max((b.low / 100 for b in bounds), default=0.0)


def _keys(
    sort: str,
    rows: Rows,
    chosen: NDArray[np.intp],
    sure: NDArray[np.float32],
    rare: Rarity | None,
) -> NDArray[np.float64]:
    """What hits are ordered by, the smallest first."""
    if rare is not None:
        return -rare[0][chosen].astype(np.float64)
    if sort == "time":
        start = rows["start"][chosen]
        return np.where(start == UNTIMED, np.inf, start.astype(np.float64))
    if sort in ("speed", "dwell"):
        return -np.nan_to_num(np.asarray(rows[sort][chosen], np.float64))
    if sort == "size":
        return -np.asarray(rows["size"][chosen, 1], np.float64)
    return -sure.astype(np.float64)
