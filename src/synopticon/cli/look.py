"""Verbs that look and change nothing: ``probe``, ``doctor``, ``capabilities``."""

import typer

from synopticon.cli import options as o
from synopticon.cli.output import result, result_json, say, table
from synopticon.cli.parse import parse_start

app = typer.Typer()


@app.command("probe")
def probe(
    footage: o.Footage,
    *,
    start: o.Start = None,
    zone: o.Zone = "",
    camera: o.Camera = "",
    look: o.Look = True,
    read_clock: o.ReadClock = False,
    clock_pictures: o.ClockPictures = None,
    json: o.Json = False,
) -> None:
    """Say what footage holds: files, times, the clock, gaps, and whether the camera moves."""
    from synopticon.acts.probe import examine_footage, probe_text

    began = parse_start(start) if start else None
    probed = examine_footage(
        footage, start=began, zone=zone, camera=camera, look_at_camera=look, read_clock=read_clock,
        clock_pictures=clock_pictures,
    )  # fmt: skip
    if json:
        result_json(probed.report)
    else:
        for line in probe_text(probed.report):
            result(line)
    raise typer.Exit(probed.exit_code)


@app.command("doctor")
def doctor(
    models_folder: o.ModelsFolder = None,
    workspace: o.Workspace = None,
    json: o.Json = False,
) -> None:
    """Say what runs where on this machine, how the workspace is, what is missing, and what to do about it.

    A problem (overdue footage, keys that others can read) gives exit code 1. Looking at what is kept leaves a
    record in the log; where there is no workspace, none is made.
    """
    from synopticon.acts.doctor import examine

    findings = examine(models_folder, workspace)
    if json:
        result_json(findings)
    else:
        table([(f.level if f.level != "fine" else "ok", f.what, f.found) for f in findings])
        for finding in findings:
            if finding.remedy:
                say(f"{finding.what}: {finding.remedy}")
    if any(f.level == "problem" for f in findings):
        raise typer.Exit(1)


@app.command("capabilities")
def capabilities(json: o.Json = False) -> None:
    """State, from the build itself, what it can do and what it refuses to do."""
    from synopticon.acts.capabilities import state_capabilities

    statement = state_capabilities()
    if json:
        result_json(statement)
        return
    result(f"Synopticon {statement.version} names nobody.")
    for title, lines in (
        ("It", statement.does),
        ("It refuses", statement.refuses),
        ("A model may be for", statement.tasks),
        ("Classes it tells apart", (", ".join(statement.classes),)),
        ("Models on its cards", tuple(f"{m.name} ({m.task}), sha256 {m.sha256}" for m in statement.models)),
        ("In the installed libraries, could do more, reached by no code", statement.unused_entry_points),
    ):
        result(f"\n{title}:")
        for line in lines or ("nothing",):
            result(f"  - {line}")
    result(f"\nProof: {statement.proof}")
