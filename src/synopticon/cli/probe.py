"""The verb ``probe``."""

from typing import Annotated

import typer

from synopticon.cli import options as o
from synopticon.cli.output import result, result_json
from synopticon.cli.parse import parse_start

app = typer.Typer()

LookAtCamera = Annotated[
    bool,
    typer.Option(
        "--camera-check/--no-camera-check", help="Decode some pictures to see whether the camera moves."
    ),
]


@app.command("probe")
def probe(
    footage: o.Footage,
    *,
    start: o.Start = None,
    zone: o.Zone = "",
    camera: o.Camera = "",
    camera_check: LookAtCamera = True,
    json: o.Json = False,
) -> None:
    """Say what footage holds: files, pictures, times, gaps, and whether the camera moves."""
    from synopticon.acts.probe import examine_footage, probe_text

    found = examine_footage(
        footage,
        start=parse_start(start) if start else None,
        zone=zone,
        camera=camera,
        look_at_camera=camera_check,
    )
    if json:
        result_json(found.report)
    else:
        for line in probe_text(found.report):
            result(line)
    if found.exit_code:
        raise typer.Exit(found.exit_code)
