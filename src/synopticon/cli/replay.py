"""The verb ``replay``: make a synopsis again from its manifest, and compare."""

from pathlib import Path
from typing import Annotated

import typer

from synopticon.cli import options as o
from synopticon.cli.output import plain, result, result_json, say
from synopticon.cli.progress import progress

app = typer.Typer()


@app.command("replay")
def replay(
    package: Annotated[
        Path, typer.Argument(metavar="PACKAGE", help="A package with a synopsis, or a synopsis' manifest.")
    ],
    *,
    footage: Annotated[
        list[str],
        typer.Option("--footage", metavar="DIR", help="Where the recordings are, found by digest; again."),
    ],
    key: Annotated[
        str,
        typer.Option("--key", metavar="KEY", help="The package's signer, from elsewhere: text or file."),
    ] = "",
    models_folder: o.ModelsFolder = None,
    workspace: Annotated[
        Path | None,
        typer.Option("--workspace", metavar="DIR", help="Whose log says so; default: a passing one."),
    ] = None,
    workers: o.Workers = 0,
    json: o.Json = False,
) -> None:
    """Analyse footage again as a synopsis' manifest says, and tell whether it comes out the same.

    Compared are the digests of tracks, plan, tubes, video and manifest; where they differ, by how much:
    tracks by the overlap of their boxes, the plan by when objects begin. Exit code 0 the same, 1 different.
    Nothing is written that stays, unless a workspace is named.
    """
    from synopticon.acts.replay import ReplayRequest
    from synopticon.acts.replay import replay as run

    request = ReplayRequest(package, tuple(footage), key, models_folder, workspace, workers)
    with progress() as report:
        made = run(request, report)
    if json:
        result_json(plain(made) | {"same": made.same})
    else:
        for note in made.notes:
            say(note)
        for line in made.lines():
            result(line)
    raise typer.Exit(0 if made.same else 1)
