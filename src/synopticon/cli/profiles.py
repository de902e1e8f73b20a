"""Verbs of the legal profile: ``profile show|text|change``."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from synopticon.cli import options as o
from synopticon.cli.output import result, result_json, say

if TYPE_CHECKING:
    from synopticon.governance.profile import Profile

profile = typer.Typer(help="The legal setting: what is in force, and another.", no_args_is_help=True)


@profile.command("show")
def show(workspace: o.Workspace = None, json: o.Json = False) -> None:
    """Show the profile in force, what it allows, and how it differs from the one that ships."""
    from synopticon.acts.workspace import open_workspace

    with open_workspace(workspace) as here:
        found = here.profile
    shown = _plain(found)
    if json:
        result_json(shown)
        return
    result(f"{shown['label']}  {shown['digest']}")
    for name in ("allowed", "refused"):
        result(f"  {name}: {', '.join(shown[name]) or 'nothing'}")
    for line in shown["difference"]:
        result(f"  differs: {line}")


@profile.command("text")
def text(
    name: Annotated[str, typer.Argument(metavar="NAME", help="A shipped profile.")],
) -> None:
    """Print a shipped profile as it is, to begin one of your own with."""
    from synopticon.governance.profile import shipped

    for line in shipped(name).text.splitlines():
        result(line)


@profile.command("change")
def change(
    to: Annotated[str, typer.Argument(metavar="NAME", help="A shipped profile, or a TOML file.")],
    workspace: o.Workspace = None,
) -> None:
    """Put another profile in force; open cases stop until they are approved again under it."""
    from synopticon.acts.cases import change_profile
    from synopticon.acts.workspace import open_workspace
    from synopticon.governance.profile import difference, load, shipped

    chosen = load(to) if to.endswith(".toml") else shipped(to)
    for one in difference(chosen):
        say(f"differs: {one}")
    with open_workspace(workspace) as here:
        made = change_profile(here, chosen)
    say("open cases stop until they are approved again: 'synopticon case request CASE --profile'")
    result(f"{made.label}  {made.digest}")


def _plain(found: "Profile") -> dict[str, Any]:
    from synopticon.governance.capability import FOOTAGE, FRAME
    from synopticon.governance.profile import difference

    known = sorted({**FOOTAGE, **FRAME})
    allowed = [name for name in known if found.allows(name)]
    return {
        "name": found.name,
        "label": found.label,
        "modified": found.modified,
        "digest": found.digest,
        "difference": [str(one) for one in difference(found)],
        "allowed": allowed,
        "refused": [name for name in known if name not in allowed],
    }
