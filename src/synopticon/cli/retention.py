"""Verbs of retention: ``retention report|run|hold|release``."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Literal

import typer

from synopticon.cli import options as o
from synopticon.cli.output import result, result_json, say
from synopticon.errors import UsageError

retention = typer.Typer(help="What is kept, how long, and its destruction.", no_args_is_help=True)


@retention.command("report")
def report_(workspace: o.Workspace = None, json: o.Json = False) -> None:
    """Say what is kept and until when, what is overdue, what is held and why."""
    from synopticon.acts.retention import report
    from synopticon.acts.workspace import open_workspace

    with open_workspace(workspace) as here:
        found = report(here)
    if json:
        result_json(found)
        return
    for v in found.verdicts:
        result(f"{v.camera}  {v.part}: {v.state}" + (f", due {v.due}" if v.due else ""))
    for h in found.holds:
        result(f"{h.id}  held: {h.kind} {h.reference}")


@retention.command("run")
def run_(
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FILE", help="The certificate (JSON).")
    ] = None,
    *,
    overwrite: o.Overwrite = False,
    workspace: o.Workspace = None,
) -> None:
    """Destroy what is due: its keys first, then bytes and rows; write what is proved and what is not."""
    from synopticon.acts.retention import run
    from synopticon.acts.workspace import open_workspace

    with open_workspace(workspace) as here:
        done = run(here, output, overwrite=overwrite)
    for failure in done.failed:
        say(failure)
    result(f"{len(done.erased)} days destroyed" + (f"; certificate {output}" if output else ""))
    raise typer.Exit(done.exit_code)


@retention.command("hold")
def hold_(
    kind: Annotated[
        Literal["inquiry", "request"],
        typer.Argument(
            metavar="inquiry|request", help="A judicial inquiry, or a request of a person filmed."
        ),
    ],
    *,
    reference: Annotated[
        str,
        typer.Option("--reference", metavar="NUMBER", help="Its number; a reason in words is not enough."),
    ],
    camera: Annotated[str, typer.Option("--camera", metavar="NAME", help="The camera; with --window.")] = "",
    window: Annotated[
        str,
        typer.Option(
            "--window", metavar="START/END", help="Its hours: 2026-11-24T22:00+01:00/2026-11-25T02:00+01:00."
        ),
    ] = "",
    recording: Annotated[
        list[str] | None,
        typer.Option("--recording", metavar="SHA256", help="A recording, by its digest; repeatable."),
    ] = None,
    workspace: o.Workspace = None,
) -> None:
    """Keep footage from destruction until it is released; holding an hour keeps the camera's whole day."""
    from synopticon.acts.retention import hold
    from synopticon.acts.workspace import open_workspace
    from synopticon.governance.retention import HoldKind

    start, end = _window(window) if window else (None, None)
    with open_workspace(workspace) as here:
        placed = hold(
            here, HoldKind(kind), reference, camera=camera, start=start, end=end, digests=recording or ()
        )
    result(f"{placed.id}  {placed.kind} {placed.reference}")


@retention.command("release")
def release_(
    of: Annotated[str, typer.Argument(metavar="HOLD", help="Its id, as 'retention report' says it.")],
    workspace: o.Workspace = None,
) -> None:
    """End a hold; what it kept and is due goes with the next 'retention run'."""
    from synopticon.acts.retention import release
    from synopticon.acts.workspace import open_workspace

    with open_workspace(workspace) as here:
        ended = release(here, of)
    result(f"{ended.id}  released")


def _window(text: str) -> tuple[datetime, datetime]:
    from synopticon.cli.parse import parse_start

    start, slash, end = text.partition("/")
    if not slash:
        raise UsageError(f"{text!r} is no window: write START/END, both with a time zone")
    times = [parse_start(part) for part in (start, end)]
    if any(time.tzinfo is None for time in times):
        raise UsageError(f"{text!r} has no time zone: add one to both, such as +01:00")
    return times[0].astimezone(UTC), times[1].astimezone(UTC)
