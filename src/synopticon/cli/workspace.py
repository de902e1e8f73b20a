"""Verbs of the workspace: ``init``, ``camera``, ``ingest``, ``explain``."""

from typing import Annotated

import typer

from synopticon.cli import options as o
from synopticon.cli.output import result, result_json, say
from synopticon.errors import UsageError

app = typer.Typer()
camera = typer.Typer(help="Cameras: add, change, set clocks, list.", no_args_is_help=True)


@app.command("init")
def init(
    *,
    organisation: Annotated[
        str, typer.Option("--organisation", metavar="NAME", help="Whose workspace it is; none: your own.")
    ] = "",
    profile: Annotated[
        str, typer.Option("--profile", metavar="NAME", help="The legal setting: a name, or a TOML file.")
    ] = "personal",
    database: Annotated[
        str, typer.Option("--database", metavar="URL", help="PostgreSQL for a team; default: SQLite here.")
    ] = "",
    workspace: o.Workspace = None,
) -> None:
    """Make a workspace: keys, database, the legal profile, and the first entry of its log."""
    from synopticon.acts.workspace import init_workspace
    from synopticon.models.cards import home

    place = (workspace or home()).absolute()
    made = init_workspace(place, organisation=organisation, profile=profile, database=database)
    say(f"log {made.origin}; keep {place / 'keys'} safe: nobody can replace what is in it")
    result(str(place))


@camera.command("add")
def add(
    name: Annotated[str, typer.Argument(metavar="NAME", help="What it is called: entrance.")],
    *,
    place: Annotated[str, typer.Option("--place", metavar="TEXT", help="Where it stands.")] = "",
    zone: o.Zone = "",
    purpose: Annotated[str, typer.Option("--purpose", metavar="TEXT", help="What it is there for.")] = "",
    days: Annotated[
        int | None, typer.Option("--days", metavar="N", min=0, help="How long its footage is kept.")
    ] = None,
    workspace: o.Workspace = None,
) -> None:
    """Add a camera."""
    from synopticon.acts.cameras import add_camera
    from synopticon.acts.workspace import open_workspace

    with open_workspace(workspace) as here:
        made = add_camera(here, name, place=place, zone=zone, purpose=purpose, days=days)
    result(f"{made.id}  {made.name}")


@camera.command("list")
def list_(workspace: o.Workspace = None, json: o.Json = False) -> None:
    """List the cameras, and how long their footage is kept."""
    from synopticon.acts.cameras import list_cameras
    from synopticon.acts.workspace import open_workspace

    with open_workspace(workspace) as here:
        found = list_cameras(here)
    if json:
        result_json(found)
        return
    for c in found:
        kept = "no end set" if c.days is None else f"{c.days} days"
        result("  ".join(part for part in (c.id, c.name, kept, c.zone, c.place, c.purpose) if part))


@camera.command("set")
def set_(
    name: Annotated[str, typer.Argument(metavar="NAME", help="The camera: its name or id.")],
    *,
    rename: Annotated[str | None, typer.Option("--rename", metavar="NAME", help="Another name.")] = None,
    place: Annotated[str | None, typer.Option("--place", metavar="TEXT", help="Where it stands.")] = None,
    zone: Annotated[
        str | None, typer.Option("--zone", metavar="NAME", help="Its time zone: Europe/Paris.")
    ] = None,
    purpose: Annotated[
        str | None, typer.Option("--purpose", metavar="TEXT", help="What it is there for.")
    ] = None,
    days: Annotated[
        int | None,
        typer.Option(
            "--days", metavar="N", min=0, help="How long its footage is kept; 0: as the profile says."
        ),
    ] = None,
    workspace: o.Workspace = None,
) -> None:
    """Change what is known of a camera; an impact assessment of before is then out of date."""
    from synopticon.acts.cameras import set_camera
    from synopticon.acts.workspace import open_workspace

    given: dict[str, str | int | None] = {"name": rename, "place": place, "zone": zone, "purpose": purpose}
    changes: dict[str, str | int | None] = {key: value for key, value in given.items() if value is not None}
    if days is not None:
        changes["retention_days"] = days or None
    if not changes:
        raise UsageError("nothing is to be changed: add --rename, --place, --zone, --purpose or --days")
    with open_workspace(workspace) as here:
        made = set_camera(here, name, **changes)
    result(f"{made.id}  {made.name}")


@camera.command("clock")
def clock(
    name: Annotated[str, typer.Argument(metavar="NAME", help="The camera: its name or id.")],
    recording: Annotated[
        list[str],
        typer.Argument(
            metavar="RECORDING...", help="The file, or its SHA-256; each, where they are several."
        ),
    ],
    *,
    start: Annotated[
        str, typer.Option("--start", metavar="TIME", help="When it begins: 2024-05-01T08:30:00+02:00.")
    ],
    uncertainty: Annotated[
        float, typer.Option("--uncertainty", metavar="SECONDS", min=0, help="How far that may be off.")
    ] = 0.0,
    workspace: o.Workspace = None,
) -> None:
    """Set when a recording began; by somebody who asked for no case with this camera."""
    from synopticon.acts.cameras import set_clock
    from synopticon.acts.workspace import open_workspace
    from synopticon.cli.parse import parse_start

    with open_workspace(workspace) as here:
        result(f"{set_clock(here, name, recording, parse_start(start), uncertainty)}  {start}")


@app.command("ingest")
def ingest(  # noqa: PLR0913 (one parameter for each option)
    footage: o.Footage,
    *,
    name: Annotated[str, typer.Option("--camera", metavar="NAME", help="The camera that took it.")],
    case: o.Case = None,
    own: Annotated[
        bool, typer.Option("--own", help="Copy the recording in, so that it is destroyed with the rest.")
    ] = False,
    start: o.Start = None,
    model: o.Model = "auto",
    models_folder: o.ModelsFolder = None,
    unsafe_unknown_model: o.UnsafeModel = False,
    quick: o.Quick = False,
    workers: o.Workers = 0,
    workspace: o.Workspace = None,
    json: o.Json = False,
) -> None:
    """Take recordings of a camera into the workspace and analyse them; never twice, and resumable."""
    from synopticon.acts.ingest import IngestRequest
    from synopticon.acts.ingest import ingest as take_in
    from synopticon.acts.workspace import open_workspace
    from synopticon.cli.parse import parse_start
    from synopticon.cli.progress import progress

    request = IngestRequest(
        tuple(footage), name, own, model, models_folder, unsafe_unknown_model, quick,
        parse_start(start) if start else None, case, workers,
    )  # fmt: skip
    with open_workspace(workspace) as here, progress() as report:
        done = take_in(here, request, report)
    for note in done.notes:
        say(note)
    if json:
        result_json(done)
    else:
        for r in done.recordings:
            result(f"{r.footage}  {r.name}: {r.state}, {r.tracks} tracks, {r.gaps} gaps")
    raise typer.Exit(done.exit_code)


@app.command("explain")
def explain(
    act: Annotated[str, typer.Argument(metavar="ACT", help="A capability: synopsis, view.unmasked ...")],
    *,
    case: o.Case = None,
    reason: o.Reason = "",
    workspace: o.Workspace = None,
    json: o.Json = False,
) -> None:
    """Say whether you may do an act, rule by rule, without doing it."""
    from synopticon.acts.workspace import open_workspace
    from synopticon.governance.capability import operation_of

    operation_of(act)
    with open_workspace(workspace) as here:
        checks = here.explain(act, case=case, reason=reason or None)
    if json:
        result_json(checks)
    else:
        for check in checks:
            result(str(check))
            if not check.holds and check.remedy:
                say(check.remedy)
    raise typer.Exit(0 if all(c.holds for c in checks) else 3)
