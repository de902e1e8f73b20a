"""The verb ``stats``: what passed, in numbers and pictures."""

from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from synopticon.cli import options as o
from synopticon.cli.output import result, result_json, say, table
from synopticon.cli.parse import parse_duration, parse_start
from synopticon.values.counted import KINDS, By

app = typer.Typer()
Counted = Annotated[By, o.Option("--by", metavar="WHAT", help=f"What is counted: {', '.join(KINDS)}.")]


@app.command("stats")
def stats(  # noqa: PLR0913 (one parameter for each option)
    query: Annotated[
        str, typer.Argument(metavar="QUERY", help="Which tracks, as 'search' takes it; none: all.")
    ] = "",
    *,
    by: Counted = "hour",
    start: Annotated[
        str | None,
        o.Option("--from", metavar="TIME", help="Tracks that began then or later: 2026-11-20T08:00."),
    ] = None,
    end: Annotated[
        str | None, o.Option("--to", metavar="TIME", help="Tracks that began before: 2026-11-21.")
    ] = None,
    camera: Annotated[
        list[str] | None,
        o.Option("--camera", metavar="NAME", help="Of this camera; repeatable; default: all."),
    ] = None,
    size: Annotated[
        str, o.Option("--bin", metavar="TIME", help="Length of a bin on the clock: 15m, 1h, 24h.")
    ] = "1h",
    output: Annotated[
        Path | None,
        o.Option(
            "--output", "-o", metavar="FILE", help="Table (.csv .json .parquet) or picture (.svg .png)."
        ),
    ] = None,
    case: o.Case = None,
    reason: o.Why = "",
    overwrite: o.Overwrite = False,
    workspace: o.Workspace = None,
    json: o.Json = False,
) -> None:
    """Count what passed: by hour, line, zone, flow, length of stay, speed, place; nobody is told apart."""
    from synopticon.acts.statistics import StatisticsRequest, make_statistics, supply_of
    from synopticon.acts.workspace import open_workspace

    request = StatisticsRequest(
        by=by,
        cameras=tuple(camera or ()),
        start=_moment(start),
        end=_moment(end),
        size=round(parse_duration(size).seconds(1.0)),
        output=output,
        overwrite=overwrite,
        case=case,
        reason=reason,
        query=query,
    )
    with open_workspace(workspace) as here:
        made = make_statistics(here, request, supply_of(here, request))
    for note in made.notes:
        say(note)
    if json:
        result_json(made)
    elif made.path:
        result(str(made.path))
    else:
        _print(made.table["rows"])


def _moment(text: str | None) -> datetime | None:
    return parse_start(text) if text else None


def _print(rows: list[dict[str, Any]]) -> None:
    shown = [["" if value is None else f"{value}" for value in row.values()] for row in rows]
    table([list(rows[0]), *shown] if rows else [["nothing to count"]])
