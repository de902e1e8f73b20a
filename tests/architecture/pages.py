"""Writes docs/cli.md, routes.md and openapi.json from the program: ``make docs``. A test keeps them so."""

import inspect
import json
from collections.abc import Iterator
from typing import Any

from synopticon import errors
from synopticon.cli.app import command
from tests.architecture.source import ROOT

PAGE = ROOT / "docs" / "cli.md"
INTERFACE = ROOT / "docs" / "openapi.json"
ROUTES = ROOT / "docs" / "routes.md"

INTRODUCTION = """\
# The command line

<!-- Written by `make docs` from the program itself; a test keeps it so. Do not edit. -->

Results go to stdout, talk and progress to stderr. Durations are written `90s`, `1m30s`, `00:01:30`, or in
frames, `900f`. A file name that begins with a dash goes after `--`. `synopticon --version` prints the
version; `--debug`, anywhere, prints the traceback of an unexpected error.
"""

CODES = (
    (0, "done"),
    (1, "failed"),
    (2, "wrong usage"),
    (3, "refused by a policy; the message names the rule"),
    (4, "done with gaps: something of the footage could not be seen, and the result says what"),
    (130, "stopped with Ctrl-C (SIGINT); nothing half-written is left"),
    (143, "stopped with SIGTERM; nothing half-written is left"),
)


def verbs() -> Iterator[tuple[str, Any]]:
    """Each verb with its words, ``models list``, and the command behind it."""
    yield from _walk(command(), "")


def _walk(group: Any, prefix: str) -> Iterator[tuple[str, Any]]:
    for name, found in group.commands.items():
        if getattr(found, "invoke_without_command", False):
            yield f"{prefix}{name}", found
        if hasattr(found, "commands"):
            yield from _walk(found, f"{prefix}{name} ")
        else:
            yield f"{prefix}{name}", found


def _options(found: Any) -> Iterator[str]:
    for parameter in found.params:
        if parameter.param_type_name == "argument":
            yield f"| `{parameter.metavar or parameter.name.upper()}` | {parameter.help} |"
            continue
        names = ", ".join(f"`{name}`" for name in (*parameter.opts, *parameter.secondary_opts))
        yield f"| {names}{_value(parameter)} | {parameter.help}{_default(parameter)} |"


def _value(parameter: Any) -> str:
    return "" if parameter.is_flag else f" `{parameter.metavar}`".replace("|", "\\|")


def _default(parameter: Any) -> str:
    default = parameter.default
    return "" if parameter.is_flag or default in (None, "", ()) else f" Default: `{default}`."


def page() -> str:
    """The whole page as text."""
    parts = [INTRODUCTION]
    for name, found in verbs():
        parts.append(f"\n## synopticon {name}\n\n{inspect.cleandoc(found.help or '')}\n\n| | |\n|---|---|\n")
        parts.append("\n".join(_options(found)) + "\n")
    parts.append("\n## Exit codes\n\n| code | means |\n|---|---|\n")
    parts.append("\n".join(f"| {code} | {meaning} |" for code, meaning in CODES) + "\n")
    parts.append(
        "\n## Errors\n\nEvery error on purpose is one line that names the file, the place and the remedy.\n"
    )
    parts.append("\n| error | exit code | when |\n|---|---|---|\n")
    parts += [f"| `{e.__name__}` | {e.exit_code} | {(e.__doc__ or '').splitlines()[0]} |\n" for e in tree()]
    return "".join(parts)


def tree() -> list[type[errors.SynopticonError]]:
    """All errors, in the order in which they are written."""
    found = [
        e for e in vars(errors).values() if isinstance(e, type) and issubclass(e, errors.SynopticonError)
    ]
    return [e for e in found if e.__module__ == errors.__name__]


def interface() -> str:
    """The description of the web interface as text."""
    from synopticon.web.app import openapi

    return json.dumps(openapi(), indent=1, sort_keys=True) + "\n"


ROUTES_INTRODUCTION = """\
# The table of routes

<!-- Written by `make docs` from the program itself; a test keeps it so. Do not edit. -->

All that the [web application](web.md) answers. Who may: the roles that hold the capability of the act; the
act then looks at the profile, the case, its scope and the reason. *Everybody* needs no session; *signed in*
needs no role.

| route | does | act | who may |
|---|---|---|---|
"""


def routes() -> str:
    """The table of routes as a page."""
    from synopticon.web import routes as table

    return ROUTES_INTRODUCTION + "".join(_route(row) for row in table.ROUTES)


def _route(row: Any) -> str:
    from synopticon.governance.users import EVERYBODY, ROLES, Role

    does = inspect.cleandoc(row.call.__doc__).splitlines()[0]
    able = [role.value for role in ROLES if row.capability in ROLES[role] and role is not Role.SYSTEM]
    who = "signed in" if row.capability in EVERYBODY else ", ".join(able)
    act = f"`{row.capability}`" if row.capability else f"none: {row.public or row.own}"
    if not row.capability:
        who = "everybody" if row.public else "signed in"
    return f"| `{row.method} {row.path}` | {does} | {act} | {who} |\n"


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
    INTERFACE.write_text(interface(), "utf-8")
    ROUTES.write_text(routes(), "utf-8")
