"""The main verbs: ``synopsis``, ``tracks``, ``demo``."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from synopticon.cli import options as o
from synopticon.cli.output import result, result_json, say
from synopticon.cli.parse import format_duration, parse_duration, parse_start
from synopticon.cli.progress import progress
from synopticon.errors import UsageError

if TYPE_CHECKING:
    from synopticon.acts.synopsis import SynopsisRequest, SynopsisResult

app = typer.Typer()


@app.command("synopsis")
def synopsis(  # noqa: PLR0913 (one parameter for each option)
    footage: o.FootageOrNone = None,
    *,
    where: o.Where = "",
    case: o.Case = None,
    output: o.Output = None,
    density: o.Density = None,
    length: o.Length = None,
    max_collision: o.MaxCollision = None,
    order: o.Order = "local",
    effort: o.Effort = None,
    quick: o.Quick = False,
    progressive: o.Progressive = False,
    model: o.Model = "auto",
    models_folder: o.ModelsFolder = None,
    unsafe_unknown_model: o.UnsafeModel = False,
    unmasked: o.Unmasked = False,
    reason: o.Reason = "",
    colour_match: o.ColourMatch = True,
    plot: o.Plot = None,
    start: o.Start = None,
    zone: o.Zone = "",
    overwrite: o.Overwrite = False,
    workspace: o.Workspace = None,
    workers: o.Workers = 0,
    json: o.Json = False,
) -> None:
    """Make a short video of everything that moved in the footage, and a page to click through it.

    Without FOOTAGE it is made of what was ingested: of all cameras, or with --where of what answers a
    question; a video for each camera. With --output - one goes to the standard output, to be played at once.
    """
    _check(unmasked or case is not None, reason, length, density)
    from synopticon.acts.synopsis import SynopsisRequest, make_synopsis

    request = SynopsisRequest(
        footage=tuple(footage or ()),
        output=output,
        model=model,
        models_folder=models_folder,
        density=density,
        length=length,
        max_collision=max_collision,
        order=order,
        effort=effort,
        quick=quick,
        progressive=progressive,
        unmasked=unmasked,
        reason=reason,
        colour_match=colour_match,
        plot=plot,
        overwrite=overwrite,
        workspace=workspace,
        start=parse_start(start) if start else None,
        zone=zone,
        workers=workers,
        unsafe_unknown_model=unsafe_unknown_model,
        where=where,
        case=case,
    )
    if not footage:
        _of_recordings_only(request, json)
        raise typer.Exit(_of_hits(request, json))
    with progress() as report:
        made = make_synopsis(request, report)
    report_synopsis(made, json)
    raise typer.Exit(made.exit_code)


def _of_recordings_only(request: "SynopsisRequest", json: bool) -> None:
    """Raise ``UsageError`` for what concerns the analysis of a recording, or a file where there is none."""
    given = {
        "--quick": request.quick, "--progressive": request.progressive, "--model": request.model != "auto",
        "--models-folder": request.models_folder, "--unsafe-unknown-model": request.unsafe_unknown_model,
        "--start": request.start, "--zone": request.zone, "--workers": request.workers,
    }  # fmt: skip
    if str(request.output) == "-":
        given |= {"--plot": request.plot, "--json": json}
    for name, value in given.items():
        if value:
            raise UsageError(f"{name} does not concern what was ingested: leave it out, or name FOOTAGE")


def _of_hits(request: "SynopsisRequest", json: bool) -> int:
    """Of what was ingested; gives the exit code."""
    from synopticon.acts.selection import stream_of_hits, synopsis_of_hits
    from synopticon.acts.workspace import open_workspace

    with open_workspace(request.workspace) as here:
        if str(request.output) == "-":
            stream_of_hits(here, request, sys.stdout.buffer)
            return 0
        with progress() as report:
            made = synopsis_of_hits(here, request, report)
    if json:
        result_json(made)
        return made.exit_code
    for one in made.videos:
        length = format_duration(one.length_seconds)
        say(f"{one.camera}: {one.shown} objects in {length}, {one.left_out} left out")
        for path in (one.video, one.html, one.manifest):
            result(str(path))
    return made.exit_code


def _check(unmasked: bool, reason: str, length: str | None, density: float | None) -> None:
    if reason.strip() and not unmasked:
        raise UsageError("--reason is for clear pictures and for cases: add --unmasked or --case")
    if length is not None:
        parse_duration(length)
        if density is not None:
            raise UsageError("--length and --density exclude each other: one follows from the other")


def report_synopsis(made: "SynopsisResult", json: bool) -> None:
    """Print what was made: the paths, what is shown and what is not, gaps and notes."""
    if json:
        result_json(made)
        return
    for note in made.notes:
        say(note)
    times = f"{format_duration(made.length_seconds)} for {format_duration(made.source_seconds)} of footage"
    say(f"{made.shown} objects shown, {made.left_out} left out")
    say(f"{times}, condensed {made.condensation:.1f} times")
    if made.gaps:
        say(f"gaps: {made.gaps} (the page and the manifest list what was not seen)")
    for path in (made.video, made.html, made.manifest):
        result(str(path))


@app.command("demo")
def demo(
    folder: Annotated[Path, typer.Option("--folder", metavar="DIR", help="Where the result goes.")] = Path(
        "demo"
    ),
    json: o.Json = False,
) -> None:
    """Fetch a model and a sample recording, make its synopsis and what 'serve --demo' shows. Asks nothing."""
    from synopticon.acts.demo import demonstrate
    from synopticon.acts.demo_workspace import demo_workspace

    with progress() as report:
        made = demonstrate(folder, say, report)
    demo_workspace(None, say)
    report_synopsis(made, json)
    if not json:
        say(f"open {made.html.absolute()} in a browser and click an object")
        say("to see the web application with the same recording in it, run: synopticon serve --demo")
    raise typer.Exit(made.exit_code)
