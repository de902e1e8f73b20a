"""Verbs of users: ``user add|key|enrol|authorise|password|login|logout|notices|list|retire``."""

import os
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from synopticon.cli import options as o
from synopticon.cli.output import result, result_json, say
from synopticon.errors import UsageError

if TYPE_CHECKING:
    from synopticon.acts.workspace import Workspace
    from synopticon.governance.users import Role, User

user = typer.Typer(help="Users: add, enrol keys, sign in and out, list.", no_args_is_help=True)

PASSWORD = "SYNOPTICON_PASSWORD"  # environment variable
NEW_PASSWORD = "SYNOPTICON_NEW_PASSWORD"  # environment variable
PASSPHRASE = "SYNOPTICON_PASSPHRASE"  # environment variable: of private keys

Name = Annotated[str, typer.Argument(metavar="NAME", help="Name of the user.")]


@user.command("add")
def add(
    name: Name,
    *,
    unit: Annotated[str, typer.Option("--unit", metavar="NAME", help="Their service; made if it is new.")],
    role: Annotated[
        list[str], typer.Option("--role", metavar="ROLE", help="investigator, approver ...; repeatable.")
    ],
    workspace: o.Workspace = None,
) -> None:
    """Add a user; prints their id. The password is asked for, or read from SYNOPTICON_PASSWORD."""
    from synopticon.acts.people import add_user
    from synopticon.acts.workspace import open_workspace

    roles = frozenset(_role(text) for text in role)
    with open_workspace(workspace) as here:
        made = add_user(here, name, unit, roles, ask_password(f"Password of {name}: ", again=True))
    result(f"{made.id}  {made.name}")


@user.command("key")
def key(
    of: Annotated[str, typer.Argument(metavar="ID", help="Your id, as 'user add' and 'user list' say it.")],
    output: Annotated[Path, typer.Option("--output", "-o", metavar="FILE", help="The private key.")],
) -> None:
    """Make your key (mode 0600), on your own machine; FILE.pub is what 'user enrol' wants.

    A passphrase for it is read from SYNOPTICON_PASSPHRASE. No workspace is needed.
    """
    from synopticon.governance.canonical import canonical
    from synopticon.governance.keys import SigningKey
    from synopticon.governance.users import prove_possession
    from synopticon.store.atomic import check_place, write_bytes

    beside = public_file(output)
    check_place(beside)
    made = SigningKey.make()
    made.save(output, os.environ.get(PASSPHRASE) or None)
    proof = prove_possession(of, made)
    write_bytes(beside, canonical({"user": of, "key": made.public.text(), "proof": proof.hex()}) + b"\n")
    say(f"fingerprint {made.public.fingerprint}; keep {output} to yourself, hand {beside} in")
    result(str(beside))


@user.command("enrol")
def enrol(
    name: Name,
    public: Annotated[Path, typer.Argument(metavar="FILE.pub", help="What 'user key' wrote beside the key.")],
    workspace: o.Workspace = None,
) -> None:
    """Enrol a user's key, which is proved to be in their hands; the key before ends now."""
    from synopticon.acts.people import enrol_key
    from synopticon.acts.workspace import open_workspace
    from synopticon.governance.keys import PublicKey

    said = read_public(public)
    key_ = PublicKey.of_text(said["key"])
    with open_workspace(workspace) as here:
        enrol_key(here, name, key_, _hex(public, said["proof"]))
    say("compare the fingerprint with what its owner reads")
    result(f"{name}  {key_.fingerprint}")


@user.command("authorise")
def authorise(
    name: Name,
    *,
    number: Annotated[
        str, typer.Option("--number", metavar="TEXT", help="Number of the authorisation; none: withdrawn.")
    ] = "",
    by: Annotated[str, typer.Option("--by", metavar="NAME", help="Who gave it.")] = "",
    on: Annotated[str, typer.Option("--on", metavar="DATE", help="When: 2026-11-24; default: today.")] = "",
    until: Annotated[str, typer.Option("--until", metavar="DATE", help="Its last day; none: no end.")] = "",
    about: Annotated[
        str, typer.Option("--about", metavar="TEXT", help="Kinds of data it gives access to.")
    ] = "",
    workspace: o.Workspace = None,
) -> None:
    """Record a user's own authorisation, or (without --number) that it was withdrawn."""
    from synopticon.acts.people import authorise as record
    from synopticon.acts.workspace import open_workspace
    from synopticon.governance.users import Authorisation

    with open_workspace(workspace) as here:
        given = parse_day(on) if on else here.clock().date()
        last = parse_day(until) if until else None
        record(here, name, Authorisation(number, by, given, last, about) if number else None)
    result(f"{name}  {number or 'withdrawn'}")


@user.command("retire")
def retire(name: Name, workspace: o.Workspace = None) -> None:
    """End a user's access: sessions, key, sign-in. What they signed before still holds."""
    from synopticon.acts.people import retire_user
    from synopticon.acts.workspace import open_workspace

    with open_workspace(workspace) as here:
        retire_user(here, name)
    result(f"{name}  retired")


@user.command("login")
def login(name: Name, workspace: o.Workspace = None) -> None:
    """Sign in, for this and later commands. The password: asked for, or SYNOPTICON_PASSWORD."""
    from synopticon.acts.people import login as sign_in
    from synopticon.acts.workspace import open_workspace

    with open_workspace(workspace) as here:
        found = sign_in(here, name, ask_password(f"Password of {name}: "))
        hours = here.profile.limits.grant_hours
        _tell(here)
    result(f"{found.id}  {found.name}, signed in for {hours} h")


@user.command("password")
def password(
    name: Annotated[
        str, typer.Argument(metavar="[NAME]", help="Of another user, as an administrator; default: your own.")
    ] = "",
    workspace: o.Workspace = None,
) -> None:
    """Change your password, or give another user a new one; sessions elsewhere end.

    The old and the new one are asked for, or read from SYNOPTICON_PASSWORD and SYNOPTICON_NEW_PASSWORD.
    """
    from synopticon.acts.people import change_password, reset_password
    from synopticon.acts.workspace import open_workspace

    with open_workspace(workspace) as here:
        if name:
            new = ask_password(f"New password of {name}: ", again=True, variable=NEW_PASSWORD)
            done = reset_password(here, name, new)
        else:
            old = ask_password("Your password now: ")
            done = change_password(here, old, ask_password("New: ", again=True, variable=NEW_PASSWORD))
    result(f"{done.id}  {done.name}, password changed")


@user.command("notices")
def notices(
    *,
    confirm: Annotated[
        list[str] | None, typer.Option("--confirm", metavar="ID", help="You have read this one; repeatable.")
    ] = None,
    workspace: o.Workspace = None,
) -> None:
    """Show what you must be told (an emergency, a password that was reset), and confirm it."""
    from synopticon.acts.people import confirm_notice, my_notices
    from synopticon.acts.workspace import open_workspace

    with open_workspace(workspace) as here:
        for one in confirm or ():
            confirm_notice(here, one)
        for notice in my_notices(here):
            result(f"{notice.id}  {notice.text}")


@user.command("logout")
def logout(workspace: o.Workspace = None) -> None:
    """Sign out."""
    from synopticon.acts.people import logout as sign_out
    from synopticon.acts.workspace import open_workspace

    with open_workspace(workspace) as here:
        sign_out(here)
    say("signed out")


@user.command("list")
def list_(workspace: o.Workspace = None, json: o.Json = False) -> None:
    """List the users: roles, own authorisation, fingerprint of the key."""
    from synopticon.acts.people import list_users
    from synopticon.acts.workspace import open_workspace

    with open_workspace(workspace) as here:
        found = list_users(here)
        units = {unit.id: unit.name for unit in here.people.units()}
        now = here.clock()
    if json:
        result_json([
            {
                "id": u.id, "name": u.name, "unit": units.get(u.unit, u.unit), "active": u.active,
                "roles": sorted(u.roles), "key": _fingerprint(u, now), "authorisation": u.authorisation,
            }
            for u in found
        ])  # fmt: skip
        return
    for u in found:
        state = f"key {_fingerprint(u, now) or 'none'}" if u.active else "retired"
        result(f"{u.id}  {u.name}  {units.get(u.unit, u.unit)}  {','.join(sorted(u.roles))}  {state}")


# --- shared ------------------------------------------------------------------------------------------------


def public_file(key: Path) -> Path:
    """Where the public half and the proof of a key file lie: beside it."""
    return key.with_name(f"{key.name}.pub")


def read_public(path: Path) -> dict[str, str]:
    """Whose key it is, the key, the proof; raises ``UsageError``."""
    from synopticon.governance.canonical import parse_canonical

    said = parse_canonical(read_bytes(path).strip())
    if set(said) != {"user", "key", "proof"} or not all(isinstance(v, str) for v in said.values()):
        raise UsageError(f"{path}: is no public key to enrol: name what 'user key' wrote beside the key")
    return said


def read_bytes(path: Path) -> bytes:
    """The bytes of a small file; raises ``UsageError``."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise UsageError(f"{path}: cannot be read ({error.strerror}): name the right file") from error


def _hex(path: Path, text: str) -> bytes:
    try:
        return bytes.fromhex(text)
    except ValueError:
        raise UsageError(f"{path}: its proof is garbled: use it as 'user key' wrote it") from None


def parse_day(text: str) -> date:
    """Read ``2026-11-24``; raises ``UsageError``."""
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise UsageError(f"{text!r} is no date: write it like 2026-11-24") from None


def _fingerprint(user: "User", now: datetime) -> str | None:
    from synopticon.governance.keys import PublicKey

    held = user.key_at(now)
    return PublicKey.of_text(held).fingerprint if held else None


def _role(text: str) -> "Role":
    from synopticon.governance.users import Role

    try:
        return Role(text)
    except ValueError:
        known = ", ".join(role for role in Role if role is not Role.SYSTEM)
        raise UsageError(f"{text!r} is no role: choose from {known}") from None


def _tell(here: "Workspace") -> None:
    """Say what whoever signed in has not confirmed having read."""
    from synopticon.acts.people import my_notices

    for notice in my_notices(here):
        say(f"{notice.text}  (confirm: synopticon user notices --confirm {notice.id})")


def ask_password(prompt: str, *, again: bool = False, variable: str = PASSWORD) -> str:
    """The password, from the environment or typed unseen; a new one is typed twice."""
    import getpass

    if given := os.environ.get(variable):
        return given
    try:
        typed = getpass.getpass(prompt)
        if again and getpass.getpass("Again: ") != typed:
            raise UsageError("the two are not the same: give the same password twice")
    except EOFError:
        raise UsageError(f"no password was typed: type it, or set {variable}") from None
    return typed
