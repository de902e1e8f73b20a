"""The main verbs: ``synopsis``, ``tracks``, ``demo``."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from synopticon.cli.models import Json
from synopticon.cli.output import result, result_json, say
from synopticon.cli.parse import format_duration, parse_duration, parse_start
from synopticon.cli.progress import progress
from synopticon.errors import RefusedError, UsageError

if TYPE_CHECKING:
    from synopticon.acts.synopsis import SynopsisResult

app = typer.Typer()

RULE_CLEAR = "masking.reason"

Footage = Annotated[
    list[str], typer.Argument(metavar="FOOTAGE...", help="Files, globs or folders of one camera.")
]
Model = Annotated[
    str,
    typer.Option("--model", help="auto, none, a name of 'models list', or a model file.", show_default=True),
]
ModelsFolder = Annotated[
    Path | None, typer.Option("--models-folder", help="Folder of the models, instead of Synopticon's own.")
]
UnsafeModel = Annotated[
    bool, typer.Option("--unsafe-unknown-model", help="Run a model that is on no card; outputs name it.")
]
Start = Annotated[
    str | None,
    typer.Option("--start", metavar="TIME", help="Time of the first frame: 2024-05-01T08:30:00+02:00."),
]
Zone = Annotated[str, typer.Option("--zone", metavar="NAME", help="Time zone of the camera: Europe/Paris.")]
Workers = Annotated[int, typer.Option("--workers", min=0, help="Processes that analyse; 0 = one per core.")]
Workspace = Annotated[
    Path | None,
    typer.Option(
        "--workspace",
        metavar="DIR",
        help="Where analyses are kept; else $SYNOPTICON_HOME, else the user data folder.",
    ),
]
Overwrite = Annotated[bool, typer.Option("--overwrite", help="Replace outputs that exist.")]


@app.command("synopsis")
def synopsis(  # noqa: PLR0913 (one parameter for each option)
    footage: Footage,
    *,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", help="The video; default NAME.synopsis.mp4 in this folder."),
    ] = None,
    model: Model = "auto",
    models_folder: ModelsFolder = None,
    density: Annotated[
        float | None, typer.Option("--density", min=0.1, help="Objects shown at once, on average.")
    ] = None,
    length: Annotated[
        str | None, typer.Option("--length", metavar="TIME", help="Length of the synopsis: 90s, 1m30s, 900f.")
    ] = None,
    max_collision: Annotated[
        float | None, typer.Option("--max-collision", min=0.0, max=1.0, help="Overlap allowed; 0 = none.")
    ] = None,
    order: Annotated[
        Literal["strict", "local", "free"], typer.Option("--order", help="How far objects may change order.")
    ] = "local",
    effort: Annotated[
        int | None, typer.Option("--effort", min=0, help="Iterations spent on arranging; more = shorter.")
    ] = None,
    quick: Annotated[
        bool, typer.Option("--quick", help="Look at key frames only; the loss is stated.")
    ] = False,
    unmasked: Annotated[bool, typer.Option("--unmasked", help="Show heads clear; needs --reason.")] = False,
    reason: Annotated[
        str, typer.Option("--reason", metavar="TEXT", help="Why clear pictures are needed.")
    ] = "",
    colour_match: Annotated[
        bool, typer.Option("--colour-match/--no-colour-match", help="Match colours at the border of objects.")
    ] = True,
    plot: Annotated[
        Path | None,
        typer.Option("--plot", metavar="FILE.svg", help="Draw the plan: source against synopsis time."),
    ] = None,
    overwrite: Overwrite = False,
    workspace: Workspace = None,
    start: Start = None,
    zone: Zone = "",
    workers: Workers = 0,
    unsafe_unknown_model: UnsafeModel = False,
    json: Json = False,
) -> None:
    """Make a short video of everything that moved in the footage, and a page to click through it."""
    _check(unmasked, reason, length, max_collision)
    from synopticon.acts.synopsis import SynopsisRequest, make_synopsis

    request = SynopsisRequest(
        footage=tuple(footage),
        output=output,
        model=model,
        models_folder=models_folder,
        density=density,
        length=length,
        max_collision=max_collision,
        order=order,
        effort=effort,
        quick=quick,
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
    )
    with progress() as report:
        made = make_synopsis(request, report)
    report_synopsis(made, json)
    raise typer.Exit(made.exit_code)


def _check(unmasked: bool, reason: str, length: str | None, max_collision: float | None) -> None:
    if unmasked and not reason.strip():
        raise RefusedError(
            f"clear pictures need a reason (rule {RULE_CLEAR}): add --reason TEXT, or leave --unmasked out"
        )
    if reason.strip() and not unmasked:
        raise UsageError("--reason is for clear pictures: add --unmasked, or leave it out")
    if length is not None:
        parse_duration(length)
        if max_collision is not None:
            raise UsageError("--length and --max-collision exclude each other: one follows from the other")


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
    folder: Annotated[Path, typer.Option("--folder", help="Where the result goes.")] = Path("demo"),
    json: Json = False,
) -> None:
    """Fetch a model and a sample recording, and make its synopsis. Asks nothing."""
    from synopticon.acts.demo import demonstrate

    with progress() as report:
        made = demonstrate(folder, say, report)
    report_synopsis(made.result, json)
    if not json:
        say(f"open {made.result.html.absolute()} in a browser and click an object")
    raise typer.Exit(made.result.exit_code)
