"""Verbs that fetch: ``models list|fetch|add`` and ``samples fetch``."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from synopticon.cli.options import Json
from synopticon.cli.output import result, result_json, say, table

if TYPE_CHECKING:
    from synopticon.acts.models import ModelState

models = typer.Typer(help="Detection models: list, fetch, add.", no_args_is_help=True)
samples = typer.Typer(help="Sample recordings.", no_args_is_help=True)

Folder = Annotated[
    Path | None,
    typer.Option("--folder", metavar="DIR", help="Folder of the models, instead of Synopticon's own."),
]


@models.command("list")
def list_(folder: Folder = None, json: Json = False) -> None:
    """Show the models of this build, the one that 'auto' prefers first, and which are here."""
    from synopticon.acts.models import list_models

    states = list_models(folder)
    if json:
        result_json([_row(state) for state in states])
        return
    table([(s.card.name, s.state, s.card.task, s.card.licence, s.card.title) for s in states])
    for state in states:
        if state.state == "damaged":
            say(f"{state.card.name}: {state.remedy}")
    if not any(s.state == "ready" and s.card.task == "detect.object" for s in states):
        say("no detection model is here: 'synopticon models fetch' brings one; without, motion alone decides")


@models.command("fetch")
def fetch(
    names: Annotated[
        list[str] | None,
        typer.Argument(metavar="[NAME]...", help="Names of models; none = the default.", show_default=False),
    ] = None,
    folder: Folder = None,
    json: Json = False,
) -> None:
    """Fetch models, each file pinned by its SHA-256."""
    from synopticon.acts.models import fetch_models

    _report(fetch_models(names or (), folder, say), json)


@models.command("add")
def add(
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="Model files that you have.")],
    folder: Folder = None,
    json: Json = False,
) -> None:
    """Copy model files into the models folder; the digest finds the card."""
    from synopticon.acts.models import add_models

    _report(add_models(files, folder), json)


@samples.command("fetch")
def fetch_sample(
    folder: Annotated[
        Path | None,
        typer.Option("--folder", metavar="DIR", help="Where it goes, instead of Synopticon's own folder."),
    ] = None,
) -> None:
    """Fetch the sample recording vtest.avi, pinned by its SHA-256."""
    from synopticon.acts.samples import fetch_samples

    result(str(fetch_samples(folder, say)))


def _report(states: "Sequence[ModelState]", json: bool) -> None:
    if json:
        result_json([_row(state) for state in states])
        return
    for state in states:
        result(f"{state.card.name}: {state.state}, {state.path}")


def _row(state: "ModelState") -> dict[str, object]:
    card = state.card
    return {
        "name": card.name,
        "title": card.title,
        "task": card.task,
        "runtime": card.runtime,
        "licence": card.licence,
        "homepage": card.homepage,
        "files": [{"name": f.name, "sha256": f.sha256, "size": f.size} for f in card.files],
        "classes": sorted(card.classes),
        "known_failures": card.known_failures,
        "measured": card.measured,
        "rank": card.rank,
        "state": state.state,
        "path": str(state.path),
        "remedy": state.remedy,
    }
