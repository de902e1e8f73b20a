"""What a search reads: columns of tracks, wherever they are kept, and what is known around them."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, tzinfo
from functools import cache, lru_cache
from itertools import pairwise
from types import MappingProxyType
from typing import Any, Protocol
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import numpy as np
from numpy.typing import NDArray

from synopticon.search.plates import PlatesFound
from synopticon.values.area import Area
from synopticon.values.ground import Ground
from synopticon.values.traits import UNTIMED, Traits

SECOND = 1_000_000  # microseconds
DAY = 86_400 * SECOND
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_FURTHEST = 60_000 * DAY  # from 1970: beyond any clock


class Source(Protocol):
    """A footage: its id, its camera's id and time zone, and width of the picture by its height."""

    @property
    def footage(self) -> str: ...  # noqa: D102
    @property
    def camera(self) -> str: ...  # noqa: D102
    @property
    def zone(self) -> str: ...  # noqa: D102
    @property
    def aspect(self) -> float: ...  # noqa: D102


class Rows(Protocol):
    """Tracks as columns, n rows: ``rows["upper"]`` is that of ``Traits``.

    ``footage`` indexes ``sources`` and never falls, ``camera`` indexes ``cameras`` (ids). ``pick`` gives some
    rows of a column without opening all of it.
    """

    @property
    def sources(self) -> Sequence[Source]: ...  # noqa: D102
    @property
    def cameras(self) -> tuple[str, ...]: ...  # noqa: D102
    def __len__(self) -> int: ...
    def __getitem__(self, name: str, /) -> NDArray[Any]: ...
    def pick(self, name: str, rows: NDArray[np.intp], /) -> NDArray[Any]: ...  # noqa: D102


class View(Rows, Protocol):
    """Rows of which those of some footage can be looked at without a column of the others."""

    def of(self, footages: Collection[str], /) -> Rows:
        """The rows of these footages (ids); more where there is nothing to save."""
        ...


@dataclass(frozen=True, slots=True)
class Noted:
    """What somebody decided about a track, and how they tagged it."""

    verdict: str
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class World:
    """What a question may name. ``cameras``: name -> id; ``areas``: (camera id, name) -> zone or line.

    ``planes``: camera id -> its ground; ``notes``: track id -> what was decided about it; ``plates``: value
    of ``plate:`` -> the tracks whose plate answers it; ``events``: value of ``event:`` -> tracks.
    """

    cameras: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    areas: Mapping[tuple[str, str], Area] = field(default_factory=lambda: MappingProxyType({}))
    planes: Mapping[str, Ground] = field(default_factory=lambda: MappingProxyType({}))
    notes: Mapping[str, Noted] = field(default_factory=lambda: MappingProxyType({}))
    plates: Mapping[str, PlatesFound] = field(default_factory=lambda: MappingProxyType({}))
    events: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True)
class Plain:
    """One footage that is not in a workspace."""

    footage: str
    camera: str
    zone: str
    aspect: float


@dataclass(frozen=True, slots=True)
class TraitRows:
    """The rows of one footage's ``Traits``."""

    traits: Traits
    source: Plain

    @property
    def sources(self) -> tuple[Plain, ...]:
        """The one footage."""
        return (self.source,)

    @property
    def cameras(self) -> tuple[str, ...]:
        """The one camera."""
        return (self.source.camera,)

    def __len__(self) -> int:
        return len(self.traits)

    def __getitem__(self, name: str, /) -> NDArray[Any]:
        found: NDArray[Any] = getattr(self.traits, name)
        return found

    def pick(self, name: str, rows: NDArray[np.intp], /) -> NDArray[Any]:
        """Some rows of a column."""
        return self[name][rows]

    def of(self, _footages: Collection[str], /) -> "TraitRows":
        """All: there is one footage."""
        return self


def picked(rows: Rows, chosen: NDArray[np.intp]) -> Rows:
    """Some rows, whose columns are opened when they are asked for."""
    return _Picked(rows, chosen, {})


@dataclass(frozen=True, slots=True)
class _Picked:
    """Some rows of others."""

    rows: Rows
    chosen: NDArray[np.intp]
    known: dict[str, NDArray[Any]]

    @property
    def sources(self) -> Sequence[Source]:
        return self.rows.sources

    @property
    def cameras(self) -> tuple[str, ...]:
        return self.rows.cameras

    def __len__(self) -> int:
        return len(self.chosen)

    def __getitem__(self, name: str, /) -> NDArray[Any]:
        if name not in self.known:
            many = len(self.chosen) > len(self.rows.sources)  # to open a little of each takes longer than all
            self.known[name] = (
                self.rows[name].take(self.chosen, axis=0) if many else self.rows.pick(name, self.chosen)
            )
        return self.known[name]

    def pick(self, name: str, rows: NDArray[np.intp], /) -> NDArray[Any]:
        return self[name][rows]


def slices(rows: Rows) -> list[slice]:
    """Where the rows of each source are."""
    edges = np.searchsorted(rows["footage"], np.arange(len(rows.sources) + 1))
    return [slice(a, b) for a, b in pairwise(edges.tolist())]


@cache
def zone_of(name: str) -> tzinfo:
    """The time zone of this name; UTC where it is none."""
    try:
        return ZoneInfo(name) if name else UTC
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return UTC


def local(rows: Rows, column: str = "start") -> NDArray[np.int64]:
    """Local time of each row in its camera's zone, microseconds since 1970 *local*; UNTIMED stays so."""
    times: NDArray[np.int64] = rows[column]
    names = tuple(dict.fromkeys(source.zone for source in rows.sources))
    number = np.array([names.index(source.zone) for source in rows.sources], np.intp)
    zone = number[rows["footage"]] if len(names) > 1 else None
    out = times.copy()
    for k, name in enumerate(names):
        here = times != UNTIMED if zone is None else (zone == k) & (times != UNTIMED)
        some = times[here]
        if len(some):
            out[here] += _shift(some, zone_of(name))
    return out


def _shift(times: NDArray[np.int64], zone: tzinfo) -> NDArray[np.int64]:
    """What a zone adds at each time."""
    changes, ahead = _changes(int(times.min()) // DAY, int(times.max()) // DAY + 1, zone)
    return np.array(ahead, np.int64)[np.searchsorted(np.array(changes, np.int64), times, side="right")]


@lru_cache(maxsize=256)
def _changes(first: int, last: int, zone: tzinfo) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """When, from one day (since 1970) to another, a zone changes its clocks (once a day at most).

    And what it adds before the first of these moments, and after each.
    """
    changes, ahead = [], [offset_of(first * DAY, zone)]
    for day in range(first, last) if first * DAY > -_FURTHEST and last * DAY < _FURTHEST else ():
        after = offset_of((day + 1) * DAY, zone)
        if after != ahead[-1]:
            low, high = day * DAY, (day + 1) * DAY
            while high - low > SECOND:
                middle = (low + high) // 2
                low, high = (middle, high) if offset_of(middle, zone) == ahead[-1] else (low, middle)
            changes.append(-(-high // SECOND) * SECOND)
            ahead.append(after)
    return tuple(changes), tuple(ahead)


def offset_of(moment: int, zone: tzinfo) -> int:
    """How far the clock of a zone is ahead of UTC at a moment, both microseconds; 0 for ``UNTIMED``."""
    if abs(moment) > _FURTHEST:
        return 0
    ahead = (_EPOCH + timedelta(microseconds=moment)).astimezone(zone).utcoffset() or timedelta()
    return ahead // timedelta(microseconds=1)
