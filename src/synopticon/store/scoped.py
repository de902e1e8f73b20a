"""How a grant's scope becomes SQL: every read of what was derived from footage goes through here.

Something is in scope if its camera is and the whole interval in which it may have happened (``low`` to
``high``, the latter exclusive) lies in one window; or if every file of its footage is named by its digest,
which is the only way to footage whose clock is unknown. The same rule in Python is ``Scope.covers``; tests
compare them.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import (
    CTE,
    BigInteger,
    ColumnElement,
    and_,
    case,
    column,
    exists,
    false,
    literal,
    or_,
    select,
    union_all,
    values,
)

from synopticon.governance.grant import Scope
from synopticon.store.moments import micros
from synopticon.store.tables_footage import footage, footage_file

FEW = 8  # windows


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns that decide: camera, footage, and the interval."""

    camera: ColumnElement[str]
    footage: ColumnElement[str]
    low: ColumnElement[Any]
    high: ColumnElement[Any]


def in_scope(scope: Scope, of: Columns) -> ColumnElement[bool]:
    """The condition that a row is in scope; an empty scope covers nothing."""
    ways: list[ColumnElement[bool]] = []
    if scope.cameras and scope.windows:
        w = windows(scope)
        inside = exists(select(w.c.start).where(w.c.start <= of.low, of.low < w.c.end, of.high <= w.c.end))
        ways.append(and_(of.camera.in_(scope.cameras), of.low <= of.high, inside))
    if scope.digests:
        ways.append(named(scope, of.footage))
    return or_(*ways) if ways else false()


def inside(scope: Scope, low: NDArray[np.int64], high: NDArray[np.int64]) -> NDArray[np.bool_]:
    """The same rule for columns of microseconds: which rows lie in one window of the scope."""
    begins = np.array([micros(w.start) for w in scope.windows], np.int64)
    ends = np.array([micros(w.end) for w in scope.windows], np.int64)
    if not len(begins):
        return np.zeros(len(low), np.bool_)
    at = np.searchsorted(begins, low, side="right") - 1  # windows are apart and in order
    window = np.maximum(at, 0)
    found: NDArray[np.bool_] = (at >= 0) & (low < ends[window]) & (high <= ends[window]) & (low <= high)
    return found


def named(scope: Scope, footage_id: ColumnElement[str]) -> ColumnElement[bool]:
    """The condition that each file of the footage is named by its digest."""
    if not scope.digests:
        return false()
    f = footage_file.alias()
    here = select(f.c.digest).where(f.c.footage == footage_id)
    return and_(exists(here), ~exists(here.where(f.c.digest.not_in(scope.digests))))


@lru_cache(maxsize=16)
def windows(scope: Scope) -> CTE:
    """The windows of a scope (merged) as a table ``start``, ``end``.

    One object for each scope: a statement may name it several times. Few windows are bound, so that the
    statement is compiled once for all scopes; many are written out, integers that they are.
    """
    rows = [(micros(w.start), micros(w.end)) for w in scope.windows]
    if len(rows) <= FEW:
        start, end = ([literal(t, BigInteger) for t in times] for times in zip(*rows, strict=True))
        each = [select(a.label("start"), b.label("end")) for a, b in zip(start, end, strict=True)]
        return union_all(*each).cte("scope_windows") if len(each) > 1 else each[0].cte("scope_windows")
    columns = (column("start", BigInteger), column("end", BigInteger))
    return values(*columns, name="scope_window", literal_binds=True).data(rows).cte("scope_windows")


def least(a: ColumnElement[Any], b: ColumnElement[Any]) -> ColumnElement[Any]:
    """The smaller of two."""
    return case((a < b, a), else_=b)


def greatest(a: ColumnElement[Any], b: ColumnElement[Any]) -> ColumnElement[Any]:
    """The larger of two."""
    return case((a > b, a), else_=b)


@dataclass(frozen=True, slots=True)
class Clip:
    """The part of something in one window: where it surely lies inside, clock error and all."""

    window: CTE
    start: ColumnElement[Any]
    end: ColumnElement[Any]


def clip(scope: Scope, low: ColumnElement[Any], high: ColumnElement[Any]) -> Clip:
    """What of a stretch of footage lies in each window; joined with the windows, ``start < end`` holds.

    ``low``..``high`` is the stretch, widened by the uncertainty of its footage's clock.
    """
    slack = footage.c.start - footage.c.low
    w = windows(scope)
    return Clip(w, greatest(low, w.c.start) + slack, least(high, w.c.end) - slack)


def reached(scope: Scope) -> ColumnElement[bool]:
    """The condition that some frame of a row of ``footage`` may be in scope."""
    ways = [named(scope, footage.c.id)]
    if scope.cameras and scope.windows:
        part = clip(scope, footage.c.low, footage.c.high)
        inside = exists(select(part.window.c.start).where(part.start < part.end))
        ways.append(and_(footage.c.camera.in_(scope.cameras), inside))
    return or_(*ways)


FOOTAGE = Columns(footage.c.camera, footage.c.id, footage.c.low, footage.c.high)
