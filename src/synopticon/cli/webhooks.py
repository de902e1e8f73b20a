"""Verbs of webhooks: ``webhook add|list|remove|test``."""

from typing import Annotated

import typer

from synopticon.cli import options as o
from synopticon.cli.output import result, result_json, say

webhook = typer.Typer(help="Where alerts of watched cameras are sent, signed.", no_args_is_help=True)

Name = Annotated[str, typer.Argument(metavar="NAME", help="What the webhook is called.")]


@webhook.command("add")
def add_(
    name: Name,
    url: Annotated[str, typer.Argument(metavar="URL", help="https://HOST/PATH")],
    *,
    secret: Annotated[
        str,
        typer.Option(
            "--secret", metavar="KEY", envvar="SYNOPTICON_WEBHOOK_KEY", help="The key; default: one is made."
        ),
    ] = "",
    local: Annotated[
        bool, typer.Option("--local", help="Its host is this machine, or one of its network.")
    ] = False,
    workspace: o.Workspace = None,
) -> None:
    """Send alerts to an address from now on; prints the key that signs them, once."""
    from synopticon.acts.webhooks import add_webhook
    from synopticon.acts.workspace import open_workspace

    with open_workspace(workspace) as here:
        made, key = add_webhook(here, name, url, secret=secret, local=local)
    say(f"{made.name}: alerts go to {made.host}; the key is shown this once:")
    result(key)


@webhook.command("list")
def list_(workspace: o.Workspace = None, json: o.Json = False) -> None:
    """Say where alerts are sent, how many wait, and what the last try came to."""
    from synopticon.acts.webhooks import list_webhooks
    from synopticon.acts.workspace import open_workspace

    with open_workspace(workspace) as here:
        found = list_webhooks(here)
    if json:
        result_json(found)
        return
    for w in found:
        last = f"; last: {w.says}" if w.says else ""
        result(f"{w.name}  {w.host}: {w.done} received, {w.waiting} wait, {w.given_up} given up{last}")


@webhook.command("remove")
def remove_(name: Name, workspace: o.Workspace = None) -> None:
    """Send nothing there any more, neither what waits."""
    from synopticon.acts.webhooks import remove_webhook
    from synopticon.acts.workspace import open_workspace

    with open_workspace(workspace) as here:
        left = remove_webhook(here, name)
    result(f"{name}: removed; {left} alerts had not been received")


@webhook.command("test")
def try_(name: Name, workspace: o.Workspace = None) -> None:
    """Send a signed message that says that it is a test, and say what came back."""
    from synopticon.acts.webhooks import try_webhook
    from synopticon.acts.workspace import open_workspace

    with open_workspace(workspace) as here:
        answer = try_webhook(here, name)
    result(f"{name}: {'received' if answer.received else 'not received'} ({answer.says})")
    raise typer.Exit(0 if answer.received else 1)
