"""The verb ``watch``, and those of what is watched: ``live suspend|resume|list|gaps|synopsis|day``."""

import json as json_
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from synopticon.cli import options as o
from synopticon.cli.events import RulesFile
from synopticon.cli.output import result, result_json, say
from synopticon.cli.parse import parse_moment
from synopticon.errors import UsageError

if TYPE_CHECKING:
    from synopticon.acts.live import Alert

app = typer.Typer()
live = typer.Typer(
    help="What is watched live: switches, gaps, synopses of the last hour or of a day.", no_args_is_help=True
)

CameraName = Annotated[str, typer.Argument(metavar="CAMERA", help="A camera by its name.")]
RuleName = Annotated[str, typer.Option("--rule", metavar="NAME", help="Only this rule of it, by its name.")]


@app.command("watch")
def watch(  # noqa: PLR0913 (one parameter for each option)
    cameras: Annotated[
        list[str],
        typer.Argument(
            metavar="CAMERA=URL...", help="gate=rtsp://HOST/PATH; gate=@FILE reads it from a file."
        ),
    ],
    *,
    rules: RulesFile = None,
    record: Annotated[
        bool, typer.Option("--record", help="Keep what is seen, as recordings of the camera.")
    ] = False,
    segment: Annotated[
        float,
        typer.Option("--segment", metavar="SECONDS", min=5, max=3600, help="Length of a recorded file."),
    ] = 60.0,
    daily: Annotated[
        bool, typer.Option("--daily", help="Make a synopsis of each day that is over; with --record.")
    ] = False,
    case: o.Case = None,
    reason: o.Why = "",
    model: o.Model = "auto",
    models_folder: o.ModelsFolder = None,
    unsafe_unknown_model: o.UnsafeModel = False,
    workspace: o.Workspace = None,
    json: o.Json = False,
) -> None:
    """Watch cameras live and raise events, each stored before it is told; until Ctrl-C."""
    from synopticon.acts.events import Rules
    from synopticon.acts.live import Listener, Watch, WatchRequest
    from synopticon.acts.workspace import open_workspace

    wanted = WatchRequest(
        tuple(_camera(text) for text in cameras), Rules.of(rules), case, reason, model, models_folder,
        unsafe_unknown_model, record, segment, daily,
    )  # fmt: skip

    def tell(alert: "Alert") -> None:
        result(json_.dumps(alert.plain()) if json else _text(alert), now=True)

    with open_workspace(workspace) as here, Watch(here, wanted, Listener(tell, say)) as watching:
        watching.wait()
        if watching.refusals:
            raise watching.refusals[0]


def _camera(text: str) -> tuple[str, str]:
    name, given, address = text.partition("=")
    if not (name and given and address):
        raise UsageError("this is no camera and its stream: write CAMERA=URL, such as gate=rtsp://HOST/PATH")
    if address.startswith("@"):
        try:
            lines = Path(address[1:]).read_text("utf-8").split()
        except OSError as error:
            raise UsageError(
                f"{address[1:]}: cannot be read ({error.strerror}): give a file that holds the address"
            ) from error
        if len(lines) != 1:
            raise UsageError(f"{address[1:]}: must be one line: write the address of the stream into it")
        address = lines[0]
    return name, address


def _text(alert: "Alert") -> str:
    e = alert.found.event
    x, y, width, height = (round(v) for v in e.box)
    said = "; ".join(str(m) for m in e.reason)
    when = alert.start.isoformat(timespec="milliseconds")
    return f"{when}  {alert.camera}  {e.name}  {e.severity}  at {x},{y} {width}x{height}  {said}"


@live.command("suspend")
def suspend_(
    camera: CameraName,
    *,
    rule: RuleName = "",
    reason: Annotated[str, typer.Option("--reason", metavar="TEXT", help="Why; it is shown and logged.")],
    workspace: o.Workspace = None,
) -> None:
    """Switch a camera, or one rule of it, off at once, also where it is being watched."""
    from synopticon.acts.switches import suspend
    from synopticon.acts.workspace import open_workspace

    with open_workspace(workspace) as here:
        made = suspend(here, camera, rule, reason)
    result(f"{made.camera}{f', {made.rule}' if made.rule else ''}: switched off")


@live.command("resume")
def resume_(
    camera: CameraName, *, rule: RuleName = "", reason: o.Why = "", workspace: o.Workspace = None
) -> None:
    """Switch it on again."""
    from synopticon.acts.switches import resume
    from synopticon.acts.workspace import open_workspace

    with open_workspace(workspace) as here:
        resume(here, camera, rule, reason)
    result(f"{camera}{f', {rule}' if rule else ''}: switched on")


@live.command("list")
def list_(workspace: o.Workspace = None, json: o.Json = False) -> None:
    """Say what is switched off, by whom, since when and why."""
    from synopticon.acts.switches import switches
    from synopticon.acts.workspace import open_workspace

    with open_workspace(workspace) as here:
        found = switches(here)
    if json:
        result_json(found)
        return
    for s in found:
        what = f"{s.camera}{f', {s.rule}' if s.rule else ''}"
        result(f"{what}: off since {s.at.isoformat(timespec='seconds')} by {s.by}: {s.reason}")


@live.command("gaps")
def gaps_(
    camera: CameraName,
    *,
    since: Annotated[str | None, typer.Option("--from", metavar="TIME", help="Gaps that end later.")] = None,
    until: Annotated[str | None, typer.Option("--to", metavar="TIME", help="Gaps that begin before.")] = None,
    workspace: o.Workspace = None,
    json: o.Json = False,
) -> None:
    """Say when a camera was watched and not seen, and why."""
    from synopticon.acts.switches import gaps
    from synopticon.acts.workspace import open_workspace

    first, last = (parse_moment(text) if text else None for text in (since, until))
    with open_workspace(workspace) as here:
        found = gaps(here, camera, first, last)
    if json:
        result_json(found)
        return
    for g in found:
        end = g.end.isoformat(timespec="milliseconds") if g.end else "it lasts, or whoever watched was killed"
        result(f"{g.start.isoformat(timespec='milliseconds')}  {end}  {g.reason.value}: {g.detail}")


@live.command("synopsis")
def synopsis_(
    camera: CameraName,
    *,
    last: Annotated[str, typer.Option("--last", metavar="TIME", help="What of it: the last 1h, 30m.")] = "1h",
    length: Annotated[str, typer.Option("--length", metavar="TIME", help="How long it may be: 60s.")] = "60s",
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FILE", help="The video (MP4).")
    ] = None,
    overwrite: o.Overwrite = False,
    case: o.Case = None,
    reason: o.Why = "",
    workspace: o.Workspace = None,
) -> None:
    """Make a synopsis of the last hour of a camera that is recorded, as far as it was taken in."""
    from synopticon.acts.day_synopsis import last_of
    from synopticon.acts.synopsis import SynopsisRequest
    from synopticon.acts.workspace import open_workspace
    from synopticon.cli.progress import progress

    video = output or Path(f"{camera}.synopsis.mp4")
    wanted = SynopsisRequest(
        (), video, length=length, clips=False, overwrite=overwrite, case=case, reason=reason
    )  # fmt: skip
    with open_workspace(workspace) as here, progress() as report:
        made, start, end = last_of(here, camera, _seconds(last), wanted, report)
    for one in made.videos:
        result(f"{one.video}: {one.shown} objects in {one.length_seconds:.0f} s")
    say(
        f"from {start.isoformat(timespec='seconds')} to {end.isoformat(timespec='seconds')}; {made.gaps} gaps"
    )
    raise typer.Exit(made.exit_code)


def _seconds(text: str) -> float:
    from synopticon.values.duration import parse_duration

    found = parse_duration(text)
    if found.in_frames:
        raise UsageError(f"{text}: the last so many frames? give a time, such as 1h or 30m")
    return found.amount


@live.command("day")
def day_(
    camera: CameraName,
    day: Annotated[str, typer.Argument(metavar="DAY", help="The camera's day: 2026-11-20.")],
    *,
    case: o.Case = None,
    reason: o.Why = "",
    workspace: o.Workspace = None,
) -> None:
    """Ask for the synopsis of a camera's day: a job, done by 'serve' or by 'watch --daily'."""
    from datetime import date

    from synopticon.acts.live_kept import ask_for_day
    from synopticon.acts.workspace import open_workspace

    try:
        asked = date.fromisoformat(day).isoformat()
    except ValueError as error:
        raise UsageError(f"{day!r} is no day: write 2026-11-20") from error
    with open_workspace(workspace) as here:
        job = ask_for_day(here, here.cameras.find(camera), asked, case=case, reason=reason)
    result(f"{job.id}  {job.title}: {job.state.value}")
