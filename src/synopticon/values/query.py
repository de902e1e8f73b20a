"""A question about tracks, as a list of terms: what the query language writes, and what a search reads.

A track is a hit if every term holds; within a term any of its values will do. Which fields there are, and
which kind of value each takes, is said in ``synopticon.search.fields``; here is only their shape.
"""

from dataclasses import dataclass
from datetime import date, time
from math import inf
from typing import TypeAlias

Point: TypeAlias = tuple[float, float]  # 0..1 over the picture's width and height


@dataclass(frozen=True, slots=True)
class Bound:
    """A quantity between two limits, both in ``unit`` as it was typed ("s", "km/h", "m", "%", ""...)."""

    low: float = -inf
    high: float = inf
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Days:
    """Whole days in the camera's zone, both ends included."""

    first: date
    last: date


@dataclass(frozen=True, slots=True)
class Path:
    """A way through the picture: points in their order."""

    points: tuple[Point, ...]


@dataclass(frozen=True, slots=True)
class Near:
    """Closer to something of ``label`` than ``distance`` (metres, or % of the picture's height)."""

    distance: Bound
    label: str


Value: TypeAlias = str | Bound | time | Days | Path | Near


@dataclass(frozen=True, slots=True)
class Term:
    """``field`` is one of ``values``; none of them if ``negated``."""

    field: str
    values: tuple[Value, ...]
    negated: bool = False


@dataclass(frozen=True, slots=True)
class Query:
    """All terms must hold. ``sort``: "" = surest first; ``limit``: None = the default of who asks."""

    terms: tuple[Term, ...] = ()
    sort: str = ""
    limit: int | None = None

    def of(self, field: str) -> tuple[Term, ...]:
        """The terms about one field, in their order."""
        return tuple(t for t in self.terms if t.field == field)
