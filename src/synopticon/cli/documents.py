"""Verbs of documents: ``documents``, ``declaration``, ``declaration verify|merge``."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from synopticon.cli import options as o
from synopticon.cli.output import result, say

app = typer.Typer()
declaration = typer.Typer(help="The signed public statement of who uses the system, and how.")

Kind = Literal["dpia", "record", "register", "notice", "transparency", "all"]


@app.command("documents")
def documents(
    kind: Annotated[
        Kind,
        typer.Argument(metavar="dpia|record|register|notice|transparency|all", help="Which document."),
    ],
    output: Annotated[Path, typer.Option("--output", "-o", metavar="DIR", help="The folder to write into.")],
    *,
    lang: Annotated[
        Literal["fr", "en", "both"], typer.Option("--lang", metavar="fr|en|both", help="In which language.")
    ] = "both",
    contact: Annotated[
        str, typer.Option("--contact", metavar="TEXT", help="Where a person filmed can write.")
    ] = "",
    overwrite: o.Overwrite = False,
    workspace: o.Workspace = None,
) -> None:
    """Write a document from the real configuration and the log: HTML to print or read, and Markdown."""
    from synopticon.acts.documents import write_documents
    from synopticon.acts.workspace import open_workspace
    from synopticon.governance.documents.texts import LANGUAGES

    languages = LANGUAGES if lang == "both" else (lang,)
    with open_workspace(workspace) as here:
        made = write_documents(here, kind, output, languages, contact=contact, overwrite=overwrite)
    for path in made:
        result(str(path))


@declaration.callback(invoke_without_command=True)
def declare(
    context: typer.Context,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FILE", help="The declaration (JSON).")
    ] = None,
    *,
    overwrite: o.Overwrite = False,
    workspace: o.Workspace = None,
) -> None:
    """Sign a public statement: body, units, profile, what it allows, impact assessments, key, witnesses."""
    if context.invoked_subcommand is not None:
        return
    from synopticon.acts.declaration import declare
    from synopticon.acts.workspace import open_workspace
    from synopticon.errors import UsageError

    if output is None:
        raise UsageError("the declaration needs a place: add -o FILE")
    with open_workspace(workspace) as here:
        made = declare(here, output, overwrite=overwrite)
    for line in made.lines(key_given=True):
        say(line)
    result(str(output))


@declaration.command("verify")
def verify(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A declaration.")],
    *,
    key: Annotated[
        str, typer.Option("--key", metavar="KEY", help="The body's public key, from elsewhere: text or file.")
    ] = "",
) -> None:
    """Check a declaration offline: not one byte was changed, and by whose key it is sealed."""
    from synopticon.acts.declaration import verify_declaration

    for line in verify_declaration(file, key).lines(key_given=bool(key)):
        result(line)


@declaration.command("merge")
def merge(
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="Declarations.")],
    output: Annotated[Path, typer.Option("--output", "-o", metavar="FILE", help="The register (JSON).")],
    *,
    overwrite: o.Overwrite = False,
) -> None:
    """Make many declarations into one register: each checked, the newest of each body and workspace."""
    from synopticon.acts.declaration import merge_declarations

    merged = merge_declarations(files, output, overwrite=overwrite)
    for line in (*merged.bad, *merged.notes):
        say(line)
    say(f"{len(merged.kept)} declarations, {len(merged.bad)} left out")
    result(str(output))
