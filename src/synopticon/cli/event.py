"""The verbs ``event ...``: events that were kept, decisions on them, and the rules that cameras have."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from synopticon.cli import options as o
from synopticon.cli.events import From, To
from synopticon.cli.output import result, result_json, say
from synopticon.cli.parse import parse_start

if TYPE_CHECKING:
    from synopticon.acts.kept_events import StoredEvent

event = typer.Typer(no_args_is_help=True, help="Events that were kept: decide on them; rules of cameras.")

CameraName = Annotated[str, typer.Argument(metavar="CAMERA", help="The camera's name.")]


@event.command("list")
def list_(  # noqa: PLR0913 (one parameter for each option)
    *,
    camera: Annotated[str, typer.Option("--camera", metavar="NAME", help="Of this camera only.")] = "",
    rule: Annotated[
        list[str] | None,
        typer.Option("--rule", metavar="NAME", help="Of this rule, by its kind or name; repeatable."),
    ] = None,
    verdict: Annotated[
        list[str] | None,
        typer.Option("--is", metavar="WORD", help="accepted, rejected, unsure, or new; repeatable."),
    ] = None,
    since: From = None,
    until: To = None,
    case: o.Case = None,
    reason: o.Why = "",
    workspace: o.Workspace = None,
    json: o.Json = False,
) -> None:
    """List events that were kept, and how often their rules are right at each camera."""
    from synopticon.acts.kept_events import EventQuestion, list_events
    from synopticon.acts.workspace import open_workspace

    first, last = (parse_start(text) if text else None for text in (since, until))
    asked = EventQuestion(camera, tuple(rule or ()), tuple(verdict or ()), first, last)
    with open_workspace(workspace) as here:
        found = list_events(here, asked, case=case, reason=reason)
    if json:
        result_json(found.plain())
        return
    for one in found.events:
        result(_line(one, found.cameras))
    for line in found.says:
        say(line)
    say(f"{len(found.events)} events; each is a proposal: a person decides")
    if found.more:
        say("there are earlier ones: narrow it down with --from, --to, --camera or --rule")


@event.command("decide")
def decide(
    events: Annotated[list[str], typer.Argument(metavar="EVENT...", help="As 'event list' names them.")],
    *,
    verdict: Annotated[str, typer.Option("--as", metavar="WORD", help="accepted, rejected, or unsure.")],
    note: Annotated[str, typer.Option("--note", metavar="TEXT", help="Why.")] = "",
    case: o.Case = None,
    reason: o.Why = "",
    workspace: o.Workspace = None,
) -> None:
    """Accept, reject or doubt events; by whom and when is kept. No rule is changed by it."""
    from synopticon.acts.kept_events import decide_events
    from synopticon.acts.workspace import open_workspace

    with open_workspace(workspace) as here:
        made, counted = decide_events(here, events, verdict, note=note, case=case, reason=reason)
    for one in made:
        result(f"{one.event}  {one.verdict}")
    for rate in counted:
        say(rate.says)
        if p := rate.proposal:
            say(
                f"{rate.name}: with {p.what} {p.proposed:.4g} instead of {p.limit:.4g}, {p.dropped} of "
                f"{p.rejected} rejected events would not have come, and all accepted ones: try it"
            )


@event.command("rules")
def rules(
    *,
    camera: Annotated[str, typer.Option("--camera", metavar="NAME", help="Of this camera only.")] = "",
    workspace: o.Workspace = None,
    json: o.Json = False,
) -> None:
    """List the rules that cameras have of their own; they run beside those that run at every camera."""
    from synopticon.acts.camera_rules import list_rules
    from synopticon.acts.workspace import open_workspace

    with open_workspace(workspace) as here:
        found = list_rules(here, camera)
        names = {c.id: c.name for c in here.cameras.all()}
    lines: list[dict[str, Any]] = [
        {
            "camera": names.get(r.camera, r.camera), "name": r.name, "rule": r.rule,
            "settings": dict(r.settings), "by": r.by, "at": r.at.isoformat(),
        }
        for r in found
    ]  # fmt: skip
    if json:
        result_json(lines)
        return
    for one in lines:
        said = ", ".join(f"{k}={v}" for k, v in one["settings"].items())
        result(f"{one['camera']}  {one['name']}  {one['rule']}  {said}")


@event.command("set")
def set_rules(
    camera: CameraName,
    rules: Annotated[Path, typer.Argument(metavar="RULES.toml", help="Rules, each with a name.")],
    *,
    workspace: o.Workspace = None,
) -> None:
    """Give a camera rules of its own, from a file; one of the same name is replaced."""
    from synopticon.acts.camera_rules import save_rules
    from synopticon.acts.workspace import open_workspace

    with open_workspace(workspace) as here:
        for one in save_rules(here, camera, rules):
            result(f"{camera}  {one.name}  {one.rule}")


@event.command("drop")
def drop(
    camera: CameraName,
    name: Annotated[str, typer.Argument(metavar="NAME", help="What the rule is called.")],
    *,
    workspace: o.Workspace = None,
) -> None:
    """Forget a rule that a camera has of its own; events that it found stay."""
    from synopticon.acts.camera_rules import drop_rule
    from synopticon.acts.workspace import open_workspace

    with open_workspace(workspace) as here:
        drop_rule(here, camera, name)
    result(f"{camera}  {name} forgotten")


def _line(one: "StoredEvent", cameras: dict[str, str]) -> str:
    e = one.event
    when = one.start.isoformat(timespec="seconds") if one.start else f"{e.start:.1f} s"
    said = "; ".join(str(m) for m in e.reason)
    live = "  live" if not one.footage else ""
    return f"{one.id}  {when}  {cameras.get(one.camera, one.camera)}  {e.name}  {one.verdict}{live}  {said}"
