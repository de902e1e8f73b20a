"""Verbs of cases: ``case open|emergency|request|approve|answer|extend|close|list|show|dpia``."""

import os
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from synopticon.cli import options as o
from synopticon.cli.output import result, result_json, say
from synopticon.cli.parse import parse_moment
from synopticon.cli.people import PASSPHRASE, parse_day, public_file, read_bytes, read_public
from synopticon.errors import UsageError

if TYPE_CHECKING:
    from synopticon.acts.cases import CaseInfo
    from synopticon.acts.workspace import Workspace
    from synopticon.governance.approval import ApprovalRequest
    from synopticon.governance.case import Terms
    from synopticon.governance.grant import Scope
    from synopticon.governance.keys import SigningKey

case = typer.Typer(
    help="Cases: who may look, at what, until when, and who approved it.", no_args_is_help=True
)

Id = Annotated[str, typer.Argument(metavar="CASE", help="Id of the case, as 'case list' says it.")]
Purpose = Annotated[str, typer.Option("--purpose", metavar="TEXT", help="What it is for, in words.")]
Basis = Annotated[str, typer.Option("--basis", metavar="TEXT", help="The legal basis, with its article.")]
AuthorisedBy = Annotated[str, typer.Option("--authorised-by", metavar="NAME", help="Who authorised it.")]
Capabilities = Annotated[
    list[str],
    typer.Option("--capability", metavar="NAME", help="synopsis, view.masked, event.* ...; repeatable."),
]
Cameras = Annotated[
    list[str] | None, typer.Option("--camera", metavar="NAME", help="A camera in scope; repeatable.")
]
Windows = Annotated[
    list[str] | None,
    typer.Option(
        "--window", metavar="START/END", help="Hours in scope: 2026-11-24T22:00+01:00/2026-11-25T02:00+01:00."
    ),
]
Recordings = Annotated[
    list[str] | None,
    typer.Option("--recording", metavar="SHA256", help="A recording in scope, by its digest; repeatable."),
]
Until = Annotated[
    str, typer.Option("--until", metavar="TIME", help="When it ends: 2026-12-24T18:00+01:00, or a date.")
]
Fields = Annotated[
    list[str] | None,
    typer.Option("--field", metavar="NAME=VALUE", help="What the profile asks besides; repeatable."),
]
OwnKey = Annotated[
    Path | None, typer.Option("--key", metavar="FILE", help="Your private key, to sign what you ask for.")
]
RequestFile = Annotated[
    Path | None,
    typer.Option("--output", "-o", metavar="FILE", help="The request file, for an approver to sign."),
]


@case.command("open")
def open_(  # noqa: PLR0913 (one parameter for each option)
    *,
    purpose: Purpose,
    basis: Basis,
    authorised_by: AuthorisedBy,
    capability: Capabilities,
    until: Until,
    camera: Cameras = None,
    window: Windows = None,
    recording: Recordings = None,
    field: Fields = None,
    regularise: Annotated[
        str, typer.Option("--regularise", metavar="CASE", help="Ask it for this emergency, not a new case.")
    ] = "",
    key: OwnKey = None,
    output: RequestFile = None,
    workspace: o.Workspace = None,
) -> None:
    """Open a case; it works once the profile's approvals are there."""
    from synopticon.acts import cases
    from synopticon.acts.workspace import open_workspace

    _check_output(output)
    with open_workspace(workspace) as here:
        scope = _scope(here, camera, window, recording)
        terms = _terms(purpose, basis, authorised_by, capability, scope, until, field)
        own = _own(key)
        if regularise:
            asked = cases.regularise(here, regularise, terms, key=own)
        else:
            asked = cases.open_case(here, terms, key=own)
        _written(here, asked, output)


@case.command("emergency")
def emergency(  # noqa: PLR0913 (one parameter for each option)
    *,
    reason: Annotated[str, typer.Option("--reason", metavar="TEXT", help="Whose life is at risk, and how.")],
    purpose: Purpose,
    basis: Basis,
    authorised_by: AuthorisedBy,
    capability: Capabilities,
    until: Until,
    camera: Cameras = None,
    window: Windows = None,
    recording: Recordings = None,
    field: Fields = None,
    key: OwnKey = None,
    output: RequestFile = None,
    workspace: o.Workspace = None,
) -> None:
    """Open a case at once because a life is at risk; approvers and DPO are told, and it lapses soon."""
    from synopticon.acts.cases import declare_emergency
    from synopticon.acts.workspace import open_workspace

    _check_output(output)
    with open_workspace(workspace) as here:
        scope = _scope(here, camera, window, recording)
        terms = _terms(purpose, basis, authorised_by, capability, scope, until, field)
        _written(here, declare_emergency(here, terms, reason, key=_own(key)), output)


@case.command("request")
def request(  # noqa: PLR0913 (one parameter for each option)
    of: Id,
    *,
    capability: Annotated[
        list[str] | None,
        typer.Option("--capability", metavar="NAME", help="view.unmasked, search.similar ...; repeatable."),
    ] = None,
    reason: o.Need = "",
    camera: Cameras = None,
    window: Windows = None,
    recording: Recordings = None,
    track: Annotated[
        list[str] | None, typer.Option("--track", metavar="ID", help="For these tracks only; repeatable.")
    ] = None,
    profile: Annotated[
        bool, typer.Option("--profile", help="Ask instead to go on under the profile now in force.")
    ] = False,
    key: OwnKey = None,
    output: RequestFile = None,
    workspace: o.Workspace = None,
) -> None:
    """Ask for what needs a second person beyond the case: clear pictures, exports, a search by look."""
    from synopticon.acts.cases import request_allowance, request_profile
    from synopticon.acts.workspace import open_workspace

    _check_output(output)
    with open_workspace(workspace) as here:
        if profile:
            _written(here, request_profile(here, of, key=_own(key)), output)
            return
        part = _scope(here, camera, window, recording) if camera or window or recording else None
        wanted, tracks = tuple(capability or ()), tuple(track or ())
        asked = request_allowance(here, of, wanted, reason, scope=part, tracks=tracks, key=_own(key))
        _written(here, asked, output)


@case.command("approve")
def approve_(
    file: Annotated[Path, typer.Argument(metavar="REQUEST", help="The request file.")],
    *,
    key: Annotated[Path, typer.Option("--key", metavar="FILE", help="Your private key.")],
    output: Annotated[Path, typer.Option("--output", "-o", metavar="FILE", help="The approval file.")],
    user: Annotated[
        str, typer.Option("--user", metavar="ID", help="Your id; default: from FILE.pub beside the key.")
    ] = "",
    refuse: Annotated[bool, typer.Option("--refuse", help="Sign that you refuse.")] = False,
    comment: Annotated[str, typer.Option("--comment", metavar="TEXT", help="What you add to it.")] = "",
    yes: Annotated[bool, typer.Option("--yes", help="You have read it: do not ask again.")] = False,
) -> None:
    """Read a request and sign your decision, on any machine: no workspace, no network.

    A passphrase of the key is read from SYNOPTICON_PASSPHRASE.
    """
    from synopticon.governance.approval import ApprovalRequest, Decision, approve
    from synopticon.governance.asking import summary
    from synopticon.governance.keys import SigningKey
    from synopticon.governance.users import Method, SignIn
    from synopticon.store.atomic import write_bytes

    asked = ApprovalRequest.read(read_bytes(file))
    for line in summary(asked):
        say(line)
    decision = Decision.REFUSE if refuse else Decision.APPROVE
    _check_output(output)
    signer = SigningKey.load(key, os.environ.get(PASSPHRASE) or None)
    who = user or _owner(key, signer)
    if not yes:
        _confirm(decision.value)
    now = datetime.now(UTC)
    desk = SignIn(Method.KEY, *_where(), now)
    write_bytes(
        output, approve(asked, signer, who, desk, now, decision=decision, comment=comment).file() + b"\n"
    )
    result(str(output))


@case.command("answer")
def answer(
    file: Annotated[Path, typer.Argument(metavar="APPROVAL", help="The file that the approver gave back.")],
    workspace: o.Workspace = None,
) -> None:
    """Bring in what an approver signed; it is verified before it is kept."""
    from synopticon.acts.cases import show_case, take_approval
    from synopticon.acts.workspace import open_workspace

    with open_workspace(workspace) as here:
        taken = take_approval(here, read_bytes(file))
        _brief(show_case(here, taken.case))


@case.command("extend")
def extend(
    of: Id,
    *,
    until: Until,
    field: Fields = None,
    key: OwnKey = None,
    output: RequestFile = None,
    workspace: o.Workspace = None,
) -> None:
    """Ask for a later end; past the profile's longest time with the fields of a renewal."""
    from synopticon.acts.cases import extend_case
    from synopticon.acts.workspace import open_workspace

    _check_output(output)
    with open_workspace(workspace) as here:
        _written(here, extend_case(here, of, parse_moment(until), _fields(field), key=_own(key)), output)


@case.command("close")
def close(
    of: Id,
    *,
    outcome: Annotated[str, typer.Option("--outcome", metavar="TEXT", help="How it ended, in words.")],
    field: Fields = None,
    workspace: o.Workspace = None,
) -> None:
    """Close a case with its outcome, and what the profile asks at the end (closing report)."""
    from synopticon.acts.cases import close_case, show_case
    from synopticon.acts.workspace import open_workspace

    with open_workspace(workspace) as here:
        close_case(here, of, outcome, _fields(field))
        _brief(show_case(here, of))


@case.command("list")
def list_(workspace: o.Workspace = None, json: o.Json = False) -> None:
    """List the cases of your unit, where they stand, and which approvals are not independent."""
    from synopticon.acts.cases import list_cases
    from synopticon.acts.workspace import open_workspace

    with open_workspace(workspace) as here:
        found = list_cases(here)
    if json:
        result_json([_plain(info) for info in found])
        return
    for info in found:
        _brief(info)


@case.command("show")
def show(of: Id, workspace: o.Workspace = None, json: o.Json = False) -> None:
    """Show a case: its terms, its requests, who approved them and how independently."""
    from synopticon.acts.cases import show_case
    from synopticon.acts.workspace import open_workspace

    with open_workspace(workspace) as here:
        info = show_case(here, of)
    if json:
        result_json(_plain(info))
        return
    _brief(info)
    for name, value in info.standing.terms.plain().items():
        result(f"  {name}: {_text(value)}")
    for allowed in info.standing.allowances:
        result(f"  allowed: {', '.join(allowed.capabilities)} until {allowed.until.isoformat()}")
    for asked in info.case.requests:
        result(f"  asked: {asked.matter} by {asked.requester} at {asked.at.isoformat()}, {asked.digest[:16]}")


@case.command("dpia")
def dpia(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The impact assessment, as it was signed.")],
    *,
    signatory: Annotated[str, typer.Option("--signatory", metavar="NAME", help="Who signed it.")],
    signed: Annotated[str, typer.Option("--signed", metavar="DATE", help="When: 2026-11-24.")],
    dpo: Annotated[str, typer.Option("--dpo", metavar="NAME", help="The data protection officer.")],
    opinion: Annotated[
        str, typer.Option("--opinion", metavar="TEXT", help="The DPO's: favourable, unfavourable ...")
    ],
    workspace: o.Workspace = None,
) -> None:
    """Register an impact assessment by its digest, as one that describes today's settings."""
    import hashlib

    from synopticon.acts.cases import register_dpia
    from synopticon.acts.workspace import open_workspace
    from synopticon.governance.case import Dpia

    digest = hashlib.sha256(read_bytes(file)).hexdigest()
    with open_workspace(workspace) as here:
        made = register_dpia(here, Dpia(digest, signatory, parse_day(signed), opinion, dpo, ""))
    result(made.digest)


# --- what is typed -----------------------------------------------------------------------------------------


def _scope(
    here: "Workspace",
    cameras: Sequence[str] | None,
    windows: Sequence[str] | None,
    recordings: Sequence[str] | None,
) -> "Scope":
    from synopticon.acts.cameras import list_cameras
    from synopticon.governance.grant import Scope, Window

    ids: dict[str, str] = {}
    if cameras:
        for known in list_cameras(here):
            ids |= {known.id: known.id, known.name: known.id}
    if lacking := [name for name in cameras or () if name not in ids]:
        raise UsageError(f"{lacking[0]!r} is no camera here: see 'synopticon camera list'")
    spans = []
    for text in windows or ():
        start, slash, end = text.partition("/")
        if not slash:
            raise UsageError(f"{text!r} is no window: write START/END, both with a time zone")
        spans.append(Window(parse_moment(start), parse_moment(end)))
    return Scope(tuple(ids[name] for name in cameras or ()), tuple(spans), tuple(recordings or ()))


def _terms(
    purpose: str,
    basis: str,
    authorised_by: str,
    capabilities: Sequence[str],
    scope: "Scope",
    until: str,
    fields: Sequence[str] | None,
) -> "Terms":
    from synopticon.governance.case import Terms

    given = tuple(capabilities)
    return Terms(purpose, basis, authorised_by, given, scope, parse_moment(until), _fields(fields))


def _fields(given: Sequence[str] | None) -> dict[str, str]:
    found: dict[str, str] = {}
    for text in given or ():
        name, equals, value = text.partition("=")
        if not equals or name.strip() in found:
            raise UsageError(f"{text!r} is no field: write NAME=VALUE, each name once")
        found[name.strip()] = value
    return found


def _own(path: Path | None) -> "SigningKey | None":
    """The requester's key, with its passphrase from SYNOPTICON_PASSPHRASE; none is given, none signs."""
    from synopticon.governance.keys import SigningKey

    return None if path is None else SigningKey.load(path, os.environ.get(PASSPHRASE) or None)


def _owner(path: Path, key: "SigningKey") -> str:
    """Whose key it is, as the file beside it says."""
    beside = public_file(path)
    said = read_public(beside)
    if said["key"] != key.public.text():
        raise UsageError(f"{beside}: is of another key than {path}: give your id with --user")
    return said["user"]


def _confirm(word: str) -> None:
    say(f"Sign that you {word} this? Type '{word}'")
    if sys.stdin.readline().strip() != word:
        raise UsageError(f"not signed: type '{word}' when you have read it, or add --yes")


def _where() -> tuple[str, str]:
    import getpass
    import platform

    try:
        return platform.node(), getpass.getuser()
    except (OSError, KeyError, ImportError):
        return platform.node(), "unknown"


def _check_output(output: Path | None) -> None:
    """Refuse a place that cannot be written before anything is asked or signed."""
    from synopticon.store.atomic import check_place

    if output is not None:
        check_place(output)


# --- what is shown -----------------------------------------------------------------------------------------


def _written(here: "Workspace", asked: "ApprovalRequest", output: Path | None) -> None:
    """Write the request file, and show the case."""
    from synopticon.acts.cases import show_case
    from synopticon.store.atomic import write_bytes

    if output is not None:
        write_bytes(output, asked.file() + b"\n")
        say(f"give {output} to an approver of the unit: synopticon case approve {output} --key KEY -o FILE")
    _brief(show_case(here, asked.case))


def _brief(info: "CaseInfo") -> None:
    """One line, and one for each approval: never a case without how independent its approvals are."""
    standing = info.standing
    result(f"{info.case.id}  {standing.state}: {standing.why}  {standing.terms.purpose}")
    for note in standing.notes:
        result(f"  {note}")


def _plain(info: "CaseInfo") -> dict[str, Any]:
    found, standing = info.case, info.standing
    return {
        "id": found.id,
        "unit": found.unit,
        "requester": found.requester,
        "opened": found.opened.isoformat(),
        "state": standing.state,
        "works": standing.works,
        "why": standing.why,
        "until": standing.until.isoformat(),
        "terms": standing.terms.plain(),
        "allowances": [
            {
                "capabilities": one.capabilities,
                "scope": one.scope and one.scope.plain(),
                "until": one.until.isoformat(),
                "reason": one.reason,
                "tracks": one.tracks,
            }
            for one in standing.allowances
        ],
        "notes": standing.notes,
        "requests": [
            {
                "digest": one.digest,
                "matter": one.matter,
                "requester": one.requester,
                "at": one.at.isoformat(),
                "signed": bool(one.key),
                "said": one.said,
            }
            for one in found.requests
        ],
        "closing": found.closing
        and {
            "by": found.closing.by,
            "at": found.closing.at.isoformat(),
            "outcome": found.closing.outcome,
            "fields": found.closing.fields,
        },
    }


def _text(value: Any) -> str:
    if isinstance(value, dict):
        return "; ".join(f"{name} {_text(part)}" for name, part in value.items()) or "none"
    return ", ".join(value) or "none" if isinstance(value, list) else str(value)
