"""The verb ``tracks``: the tracks of footage, for researchers."""

import typer

from synopticon.cli import options as o
from synopticon.cli.output import result, result_json, say
from synopticon.cli.parse import parse_start
from synopticon.cli.progress import progress

app = typer.Typer()


@app.command("tracks")
def tracks(  # noqa: PLR0913 (one parameter for each option)
    footage: o.Footage,
    *,
    output: o.TracksFile,
    form: o.Format = "mot",
    classes: o.Classes = "",
    quick: o.Quick = False,
    model: o.Model = "auto",
    models_folder: o.ModelsFolder = None,
    unsafe_unknown_model: o.UnsafeModel = False,
    start: o.Start = None,
    zone: o.Zone = "",
    overwrite: o.Overwrite = False,
    workspace: o.Workspace = None,
    workers: o.Workers = 0,
    json: o.Json = False,
) -> None:
    """Write the track of every object that moved, in the formats that researchers use."""
    from synopticon.acts.analysis import AnalysisRequest
    from synopticon.acts.tracks import write_tracks

    request = AnalysisRequest(
        footage=tuple(footage),
        model=model,
        models_folder=models_folder,
        unsafe_unknown_model=unsafe_unknown_model,
        start=parse_start(start) if start else None,
        zone=zone,
        quick=quick,
        workspace=workspace,
        workers=workers,
    )
    wanted = tuple(name.strip() for name in classes.split(",") if name.strip())
    with progress() as report:
        made = write_tracks(request, output, form, classes=wanted, overwrite=overwrite, progress=report)
    if json:
        result_json(made)
    else:
        for note in made.notes:
            say(note)
        say(f"{made.tracks} tracks, {made.boxes} boxes, {made.gaps} gaps")
        result(str(made.path))
    raise typer.Exit(made.exit_code)
