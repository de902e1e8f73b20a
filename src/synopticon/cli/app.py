"""The tree of verbs. Verb modules import what they run only when they run it."""

from functools import cache
from typing import Annotated, Any

import typer

from synopticon import __version__

HELP = (
    "Condense hours of recorded video into minutes. "
    "Start with 'synopticon synopsis FOOTAGE', or 'synopticon demo' without footage of your own."
)


@cache
def command() -> Any:
    """Build the command line, once a process; the caller runs its ``main``."""
    return typer.main.get_command(application())


def application() -> typer.Typer:
    """Return the Typer application with all verbs, in the order of the help."""
    from synopticon.cli import (
        arrange,
        audit,
        cases,
        compose_footage,
        documents,
        event,
        events,
        export,
        live,
        look,
        models,
        packages,
        people,
        plates,
        profiles,
        redact,
        replay,
        requests,
        retention,
        search,
        serve,
        similar,
        stats,
        synopsis,
        tracks,
        webhooks,
        workspace,
    )

    app = typer.Typer(name="synopticon", help=HELP, add_completion=False, rich_markup_mode=None)
    app.callback(no_args_is_help=True)(_options)
    for module in (
        synopsis, search, similar, stats, events, live, tracks, arrange, compose_footage, redact, packages,
        export, replay, look, workspace, documents, serve,
    ):  # fmt: skip
        app.add_typer(module.app)
    app.add_typer(similar.journey, name="journey")
    app.add_typer(event.event, name="event")
    app.add_typer(live.live, name="live")
    app.add_typer(webhooks.webhook, name="webhook")
    app.add_typer(plates.plates, name="plates")
    app.add_typer(search.zones, name="zones")
    app.add_typer(search.marks, name="marks")
    app.add_typer(workspace.camera, name="camera")
    app.add_typer(requests.request, name="request")
    app.add_typer(retention.retention, name="retention")
    app.add_typer(profiles.profile, name="profile")
    app.add_typer(people.user, name="user")
    app.add_typer(cases.case, name="case")
    app.add_typer(audit.audit, name="audit")
    app.add_typer(documents.declaration, name="declaration")
    app.add_typer(models.models, name="models")
    app.add_typer(models.samples, name="samples")
    return app


def _options(
    version: Annotated[
        bool, typer.Option("--version", help="Print the version and stop.", is_eager=True)
    ] = False,
    debug: Annotated[
        bool, typer.Option("--debug", help="Print the traceback of an unexpected error.")
    ] = False,
) -> None:
    del debug  # taken in cli/main.py, where errors end
    if version:
        typer.echo(f"synopticon {__version__}")
        raise typer.Exit
