"""The verb ``serve``: the web application."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from synopticon.cli import options as o
from synopticon.cli.output import result, say
from synopticon.errors import UsageError

if TYPE_CHECKING:
    from synopticon.acts.workspace import Workspace

app = typer.Typer()


@app.command("serve")
def serve(  # noqa: PLR0913 (one parameter for each option)
    *,
    port: Annotated[
        int, typer.Option("--port", metavar="N", min=0, max=65535, help="Where it listens; 0: a free one.")
    ] = 8742,
    host: Annotated[
        str, typer.Option("--host", metavar="ADDRESS", help="Beyond this machine with TLS only.")
    ] = "127.0.0.1",
    name: Annotated[
        list[str] | None,
        typer.Option("--name", metavar="HOST", help="The name that browsers reach it by; repeatable."),
    ] = None,
    tls_cert: Annotated[
        Path | None, typer.Option("--tls-cert", metavar="FILE", help="Certificate (PEM), with its chain.")
    ] = None,
    tls_key: Annotated[
        Path | None, typer.Option("--tls-key", metavar="FILE", help="Its private key (PEM).")
    ] = None,
    behind_proxy: Annotated[
        bool, typer.Option("--behind-proxy", help="A proxy of yours speaks TLS and adds X-Forwarded-For.")
    ] = False,
    oidc: Annotated[
        Path | None,
        typer.Option("--oidc", metavar="FILE", help="Sign in with your organisation's identity provider."),
    ] = None,
    demo: Annotated[
        bool, typer.Option("--demo", help="Use a workspace of its own with the sample; asks nothing.")
    ] = False,
    workspace: o.Workspace = None,
) -> None:
    """Serve the web application; prints its address. Where there are users, the first is made here."""
    from synopticon.acts.demo_workspace import demo_workspace
    from synopticon.acts.workspace import open_workspace
    from synopticon.web.access import access
    from synopticon.web.oidc import read_provider
    from synopticon.web.server import serve as run

    where = access(
        host, port, names=name or (), certificate=tls_cert, key=tls_key, proxied=behind_proxy
    )  # fmt: skip
    provider = read_provider(oidc) if oidc else None
    folder = demo_workspace(workspace, say) if demo else workspace
    with open_workspace(folder) as here:
        if provider and not here.profile.users:
            raise UsageError("nobody signs in under this profile: run it without --oidc")
        _first_user(here)
        run(here, where, say, _show, provider)


def _show(address: str) -> None:
    """Print the address at once: whoever started this in a script waits for it."""
    result(address)
    sys.stdout.flush()


def _first_user(here: "Workspace") -> None:
    """Make the administrator where users sign in and there is none; the password is asked for here."""
    from synopticon.acts.people import add_user
    from synopticon.cli.people import ask_password
    from synopticon.governance.users import Role

    if not here.profile.users or here.people.users():
        return
    if not sys.stdin.isatty():
        raise UsageError(
            "there is no user yet: run it once at a terminal, where it asks for the administrator's name, "
            "or use 'synopticon user add NAME --unit NAME --role administrator'"
        )
    say("there is no user yet: make the administrator, who then adds the others")
    name = typer.prompt("Name", err=True)
    unit = typer.prompt("Service", err=True)
    made = add_user(
        here, name, unit, frozenset({Role.ADMINISTRATOR}), ask_password(f"Password of {name}: ", again=True)
    )
    say(f"{made.name} may sign in now")
