"""Count what passed; nobody is told apart."""

from typing import Annotated

from fastapi import Query
from pydantic import BaseModel

from synopticon.acts.statistics import StatisticsRequest, make_statistics, supply_of
from synopticon.search.statistics import By
from synopticon.web.api.fields import Moment
from synopticon.web.auth import Here

Cell = str | int | float | None


class StatisticsOut(BaseModel):
    """What was counted: a table of rows, and what a reader must know of it."""

    columns: list[str]
    rows: list[dict[str, Cell]]
    notes: list[str]


def show_statistics(  # noqa: PLR0913 (one parameter for each part of the question)
    here: Here,
    *,
    by: By = "hour",
    camera: Annotated[list[str] | None, Query(max_length=1000)] = None,
    start: Moment | None = None,
    end: Moment | None = None,
    bin_seconds: Annotated[int, Query(ge=60, le=31_536_000)] = 3600,
    query: Annotated[str, Query(max_length=2000)] = "",
    case: str | None = None,
    reason: str = "",
) -> StatisticsOut:
    """Count tracks by hour, line, zone, flow, length of stay, speed or place."""
    request = StatisticsRequest(
        by=by, cameras=tuple(camera or ()), start=start, end=end, size=bin_seconds, case=case, reason=reason,
        query=query,
    )  # fmt: skip
    made = make_statistics(here, request, supply_of(here, request))
    rows = made.table["rows"]
    columns = list(made.table.get("columns") or (rows[0] if rows else ()))
    return StatisticsOut(columns=columns, rows=rows, notes=list(made.notes))
