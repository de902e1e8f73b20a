"""Count what passed; nobody is told apart."""

from dataclasses import dataclass
from typing import Annotated, Literal

from fastapi import Depends, Query, Response
from pydantic import BaseModel

from synopticon.acts.statistics import StatisticsRequest, make_statistics, statistics_file, supply_of
from synopticon.values.counted import By
from synopticon.web.api.fields import Moment
from synopticon.web.auth import Here

Cell = str | int | float | None


class StatisticsOut(BaseModel):
    """What was counted: a table of rows, and what a reader must know of it.

    ``least``: so many tracks are behind each number at least, smaller ones are left out; 0 = no such rule.
    """

    columns: list[str]
    rows: list[dict[str, Cell]]
    least: int
    notes: list[str]


@dataclass(frozen=True, slots=True)
class Asked:
    """What is counted, as the address says it."""

    by: By = "hour"
    camera: Annotated[list[str] | None, Query(max_length=1000)] = None
    start: Moment | None = None
    end: Moment | None = None
    bin_seconds: Annotated[int, Query(ge=60, le=31_536_000)] = 3600
    query: Annotated[str, Query(max_length=2000)] = ""
    case: str | None = None
    reason: str = ""

    @property
    def request(self) -> StatisticsRequest:
        """The same, as the act takes it."""
        return StatisticsRequest(
            by=self.by, cameras=tuple(self.camera or ()), start=self.start, end=self.end,
            size=self.bin_seconds, case=self.case, reason=self.reason, query=self.query,
        )  # fmt: skip


Question = Annotated[Asked, Depends()]


def show_statistics(here: Here, asked: Question) -> StatisticsOut:
    """Count tracks by hour, line, zone, flow, length of stay, speed or place; or tell what was looked at."""
    made = make_statistics(here, asked.request, supply_of(here, asked.request))
    rows = made.table["rows"]
    return StatisticsOut(
        columns=list(rows[0]) if rows else [],
        rows=rows,
        least=made.table["least_tracks"],
        notes=list(made.notes),
    )


def export_statistics(here: Here, asked: Question, kind: Literal["csv", "json", "svg", "png"]) -> Response:
    """Count the same, and give it as a file: a table (CSV, JSON), a chart (SVG), a heat map (PNG)."""
    made = statistics_file(here, asked.request, supply_of(here, asked.request), f".{kind}")
    named = {"Content-Disposition": f'attachment; filename="{made.name}"'}
    return Response(made.data, media_type="application/octet-stream", headers=named)
