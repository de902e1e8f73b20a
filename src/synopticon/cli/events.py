"""The verbs ``events``, ``trial``, ``evaluate``: situations that rules name, how well they are found."""

import json as json_
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from synopticon.cli import options as o
from synopticon.cli.output import result, result_json, say, table
from synopticon.cli.parse import parse_start
from synopticon.cli.progress import progress
from synopticon.errors import UsageError

if TYPE_CHECKING:
    from synopticon.acts.events import EventsResult, Told
    from synopticon.events.evaluate import Score

app = typer.Typer()

Ingested = Annotated[
    str, o.Option("--camera", metavar="NAME", help="What was ingested of this camera, instead of FOOTAGE.")
]
RulesFile = Annotated[
    Path | None,
    o.Option("--rules", metavar="RULES.toml", help="Rules; none: left, removed, stopped, camera covered."),
]
From = Annotated[
    str | None, o.Option("--from", metavar="TIME", help="Events that begin then or later: 2026-11-20T08:00.")
]
To = Annotated[str | None, o.Option("--to", metavar="TIME", help="Events that begin before: 2026-11-21.")]


@app.command("events")
def events(  # noqa: PLR0913 (one parameter for each option)
    footage: o.FootageOrNone = None,
    *,
    camera: Ingested = "",
    rules: RulesFile = None,
    since: From = None,
    until: To = None,
    keep: Annotated[
        bool, o.Option("--keep", help="Keep what is found of --camera, to be decided on ('event list').")
    ] = False,
    case: o.Case = None,
    reason: o.Why = "",
    model: o.Model = "auto",
    models_folder: o.ModelsFolder = None,
    unsafe_unknown_model: o.UnsafeModel = False,
    start: o.Start = None,
    zone: o.Zone = "",
    workspace: o.Workspace = None,
    workers: o.Workers = 0,
    json: o.Json = False,
) -> None:
    """Find situations: a thing left, a line crossed, a vehicle stopped ...; each with what was measured."""
    from synopticon.acts.analysis import AnalysisRequest
    from synopticon.acts.events import Rules, events_of_footage

    if bool(footage) == bool(camera):
        raise UsageError("events of what? name FOOTAGE, or what was ingested with --camera: one of them")
    wanted = Rules.of(rules)
    if footage and keep:
        raise UsageError("--keep is for what was ingested: use it with --camera, without FOOTAGE")
    if footage and (since or until):
        raise UsageError("--from and --to go with --camera: of FOOTAGE all of it is looked at; see 'trial'")
    if not footage:
        found = _of_camera(workspace, wanted, camera, (since, until), case, reason, keep=keep)
    else:
        request = AnalysisRequest(
            footage=tuple(footage),
            model=model,
            models_folder=models_folder,
            unsafe_unknown_model=unsafe_unknown_model,
            start=parse_start(start) if start else None,
            zone=zone,
            workspace=workspace,
            workers=workers,
        )
        with progress() as report:
            found = events_of_footage(request, wanted, case=case, reason=reason, progress=report)
    _show(found, json)
    if keep:
        say(f"{found.fresh} of them were not known before and are kept: see 'synopticon event list'")
    raise typer.Exit(found.exit_code)


def _of_camera(
    workspace: Path | None,
    wanted: object,
    camera: str,
    window: tuple[str | None, str | None],
    case: str | None,
    reason: str,
    *,
    keep: bool,
) -> "EventsResult":
    from synopticon.acts.events import CameraWish, Rules, events_of_camera
    from synopticon.acts.workspace import open_workspace

    assert isinstance(wanted, Rules), "rules were read"
    first, last = (parse_start(text) if text else None for text in window)
    with open_workspace(workspace) as here:
        return events_of_camera(here, wanted, CameraWish(camera, first, last, case, reason, keep))


@app.command("trial")
def trial(  # noqa: PLR0913 (one parameter for each option)
    rule: Annotated[
        str, typer.Argument(metavar="RULE", help="A rule by its name (stopped-vehicle), or RULES.toml.")
    ],
    *,
    camera: Annotated[
        str, o.Option("--camera", metavar="NAME", help="The camera whose tracks it is tried on.")
    ],
    since: From = None,
    until: To = None,
    settings: Annotated[
        list[str] | None, o.Option("--set", metavar="NAME=VALUE", help="A parameter: seconds=20; repeatable.")
    ] = None,
    case: o.Case = None,
    reason: o.Why = "",
    workspace: o.Workspace = None,
    json: o.Json = False,
) -> None:
    """Replay a rule over the stored tracks of a camera, to tune it before it is used."""
    from synopticon.acts.events import CameraWish
    from synopticon.acts.trial import rules_of, try_rules
    from synopticon.acts.workspace import open_workspace

    first, last = (parse_start(text) if text else None for text in (since, until))
    with open_workspace(workspace) as here:
        made = try_rules(here, rules_of(rule, settings or ()), CameraWish(camera, first, last, case, reason))
    if json:
        result_json(made.plain())
        return
    _show(made.found, json)
    say(f"{made.a_day:.1f} a day of footage; replayed in {made.took:.1f} s")
    for hour, count in made.by_hour.items():
        say(f"{hour}  {count}")


@app.command("evaluate")
def evaluate(
    events: Annotated[Path, typer.Argument(metavar="EVENTS", help="What 'events --json' printed.")],
    *,
    truth: Annotated[
        Path, o.Option("--truth", metavar="FILE", help="What really happened, as JSON: see docs/events.md.")
    ],
    json: o.Json = False,
) -> None:
    """Say how well events were found: recall, precision, false alarms a day, each with its interval."""
    from synopticon.acts.evaluate import evaluate_files

    made = evaluate_files(events, truth)
    for note in made.notes:
        say(note)
    if json:
        result_json([s.plain() for s in made.scores])
        return
    head = ["rule", "camera", "light", "recall", "precision", "false alarms a camera-day"]
    table([head, *(_row(s) for s in made.scores)])


def _row(score: "Score") -> list[str]:
    plain = score.plain()
    return [
        score.rule, score.camera, score.light,
        _share(score.found, score.true, plain["recall_interval"]),
        _share(score.found, score.found + score.false, plain["precision_interval"]),
        f"{score.false} in {score.days:.3g} days {plain['false_a_day_interval']}",
    ]  # fmt: skip


def _share(found: int, n: int, interval: list[float]) -> str:
    return f"{found} of {n} [{interval[0]:.2f}, {interval[1]:.2f}]" if n else "-"


def _show(found: "EventsResult", json: bool) -> None:
    """Events on stdout, one a line; what must be said beside."""
    for note in found.notes:
        say(note)
    for one in found.events:
        result(json_.dumps(one.plain()) if json else _text(one))
    say(f"{len(found.events)} events in {found.seconds:.0f} s of footage; {found.gaps} gaps")


def _text(told: "Told") -> str:
    e = told.event
    when = told.start_utc.isoformat(timespec="seconds") if told.start_utc else f"{e.start:.1f} s"
    x, y, width, height = (round(v) for v in e.box)
    said = "; ".join(str(m) for m in e.reason)
    return f"{when}  {e.name}  {e.severity}  {e.end - e.start:.1f} s  at {x},{y} {width}x{height}  {said}"
