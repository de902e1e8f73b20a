"""The verb ``export``: what a case found, as a package for a named recipient."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from synopticon.cli import options as o
from synopticon.cli.output import result, result_json, say
from synopticon.cli.progress import progress

app = typer.Typer()


@app.command("export")
def export(  # noqa: PLR0913 (each argument is an option)
    *,
    case: o.Case = None,
    tracks: Annotated[
        str, typer.Option("--tracks", metavar="ID,..", help="These tracks, and the time around each.")
    ] = "",
    where: Annotated[
        str, typer.Option("--where", metavar="QUERY", help="The tracks that answer this: person upper:red.")
    ] = "",
    since: Annotated[
        str,
        typer.Option(
            "--from", metavar="TIME", help="All from then on: 2024-05-01T08:30+02:00, or 1m30s into it."
        ),
    ] = "",
    until: Annotated[str, typer.Option("--until", metavar="TIME", help="Up to then, written alike.")] = "",
    camera: Annotated[
        list[str] | None,
        typer.Option("--camera", metavar="NAME", help="Of this camera; may be repeated. Default: all."),
    ] = None,
    to: Annotated[str, typer.Option("--to", metavar="NAME", help="Who receives it: person and service.")],
    reason: Annotated[
        str, typer.Option("--reason", metavar="TEXT", help="Why it is exported, in words.")
    ] = "",
    output: Annotated[Path, typer.Option("--output", "-o", metavar="DIR", help="The package, a new folder.")],
    originals: Annotated[
        bool, typer.Option("--originals", help="The original bytes of that time, too: nobody masked in them.")
    ] = False,
    unmasked: Annotated[
        bool, typer.Option("--unmasked", help="Leave these tracks clear, all others masked; needs --reason.")
    ] = False,
    mask: Annotated[
        Literal["heads", "people", "all"],
        typer.Option("--mask", metavar="heads|people|all", help="What is filled besides plates."),
    ] = "heads",
    lang: Annotated[
        Literal["fr", "en", "both"],
        typer.Option("--lang", metavar="fr|en|both", help="In which language the report is."),
    ] = "en",
    models_folder: o.ModelsFolder = None,
    workspace: o.Workspace = None,
    json: o.Json = False,
) -> None:
    """Export what a case found in a folder that anyone can check; the log says to whom it went.

    The folder holds masked working copies and stills of the tracks or the time chosen, their synopsis, a
    receipt, this case's entries of the log with their proofs, and a signature over all of it. Nothing is
    analysed again; recordings that changed since ingest are refused.
    """
    from synopticon.acts.chosen import Choice
    from synopticon.acts.export import ExportRequest
    from synopticon.acts.export import export as write
    from synopticon.acts.workspace import open_workspace
    from synopticon.governance.documents.texts import LANGUAGES

    named = tuple(name.strip() for name in tracks.split(",") if name.strip())
    choice = Choice(named, where, since, until, tuple(camera or ()))
    languages = LANGUAGES if lang == "both" else (lang,)
    request = ExportRequest(
        to, output, choice, case, reason, originals, unmasked, mask, languages, models_folder,
    )  # fmt: skip
    with open_workspace(workspace) as here, progress() as report:
        made = write(here, request, report)
    if json:
        result_json(made)
        raise typer.Exit(made.exit_code)
    for note in made.notes:
        say(note)
    if made.gaps:
        say(f"gaps: {made.gaps}")
    say(f"{made.files} files, {made.bytes} bytes; tell the recipient the fingerprint in another way:")
    say(f"  {made.fingerprint}")
    result(str(made.package))
    raise typer.Exit(made.exit_code)
