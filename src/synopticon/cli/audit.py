"""Verbs of the log of acts: ``audit list|show|export|verify|prove|review|witness|key|rotate``."""

import os
from pathlib import Path
from typing import Annotated

import typer

from synopticon.cli import options as o
from synopticon.cli.output import result, result_json, say, table

audit = typer.Typer(help="The log of acts: read, export, check, witness.", no_args_is_help=True)

Checkpoints = Annotated[
    list[Path] | None,
    typer.Option("--checkpoint", metavar="FILE", help="A checkpoint that the log must continue; repeatable."),
]
Witnesses = Annotated[
    list[str] | None,
    typer.Option("--witness", metavar="NAME=KEY", help="A witness's public key, text or file; repeatable."),
]
QrCode = Annotated[
    Path | None, typer.Option("--qr", metavar="FILE", help="A QR code of it: FILE.svg or FILE.png.")
]
Entry = Annotated[int, typer.Argument(metavar="N", min=0, help="Number of an entry, from 0.")]


@audit.command("list")
def list_(
    *,
    case: Annotated[str | None, typer.Option("--case", metavar="ID", help="Of this case only.")] = None,
    last: Annotated[int, typer.Option("--last", metavar="N", min=1, help="So many, from the end.")] = 50,
    workspace: o.Workspace = None,
    json: o.Json = False,
) -> None:
    """List the last acts: when, who, what, in which case. Listing them is an act too."""
    from synopticon.acts.audit import list_entries
    from synopticon.acts.workspace import open_workspace
    from synopticon.governance.audit.storage import Wanted

    with open_workspace(workspace) as here:
        found = list_entries(here, wanted=Wanted(case=case), last=last)
    seen = found.witnessed
    if json:
        by = seen and {"size": seen.size, "by": [{"name": c.name, "time": c.time} for c in seen.by]}
        result_json({"entries": found.entries, "size": found.size, "witnessed": by})
        return
    names = ("sequence", "time", "kind", "capability", "actor", "case")
    table([names, *([str(e[n] if e[n] is not None else "-") for n in names] for e in found.entries)])
    if seen is None:
        say("never witnessed: whoever holds this machine can rewrite all of it")
    else:
        say(f"last witnessed {seen.time} by {seen.names}")


@audit.command("show")
def show(entry: Entry, workspace: o.Workspace = None) -> None:
    """Show one entry with its payload, as JSON."""
    from synopticon.acts.audit import show_entry
    from synopticon.acts.workspace import open_workspace

    with open_workspace(workspace) as here:
        result_json(show_entry(here, entry))


@audit.command("export")
def export(
    output: Annotated[Path, typer.Option("--output", "-o", metavar="FILE", help="The export.")],
    *,
    payloads: Annotated[
        bool, typer.Option("--payloads/--no-payloads", help="Withhold what may name people.")
    ] = True,
    overwrite: o.Overwrite = False,
    workspace: o.Workspace = None,
) -> None:
    """Write the log into one file that anyone can check offline."""
    from synopticon.acts.audit import export_log
    from synopticon.acts.workspace import open_workspace

    with open_workspace(workspace) as here:
        size = export_log(here, output, payloads=payloads, overwrite=overwrite)
    say(f"{size} entries")
    result(str(output))


@audit.command("verify")
def verify(
    file: Annotated[
        Path | None, typer.Argument(metavar="[FILE]", help="An export; else the log here.")
    ] = None,
    *,
    key: Annotated[
        str, typer.Option("--key", metavar="KEY", help="The log's public key, from elsewhere: text or file.")
    ] = "",
    checkpoint: Checkpoints = None,
    witness: Witnesses = None,
    workspace: o.Workspace = None,
) -> None:
    """Check that nothing was changed, removed or put in; names the first bad entry."""
    from synopticon.acts.audit import verify_file, verify_workspace
    from synopticon.acts.workspace import open_workspace

    if file is not None:
        report = verify_file(file, key, checkpoint or (), witness or ())
    else:
        with open_workspace(workspace) as here:
            report = verify_workspace(here, checkpoint or (), witness or ())
    for line in report.lines():
        result(line)


@audit.command("prove")
def prove(entry: Entry, workspace: o.Workspace = None) -> None:
    """Prove, as JSON, that an entry is in the log (RFC 6962 audit path and signed checkpoint)."""
    from synopticon.acts.audit import prove_entry
    from synopticon.acts.workspace import open_workspace

    with open_workspace(workspace) as here:
        result_json(prove_entry(here, entry))


@audit.command("key")
def key_(workspace: o.Workspace = None) -> None:
    """Print the public key that signs the log, for those who will check it."""
    from synopticon.acts.audit import public_key
    from synopticon.acts.workspace import open_workspace

    with open_workspace(workspace) as here:
        result(public_key(here))


@audit.command("rotate")
def rotate(workspace: o.Workspace = None) -> None:
    """Let a new key sign the log, recorded by both keys; prints the new public key, to be handed out."""
    from synopticon.acts.keys import rotate_key
    from synopticon.acts.workspace import open_workspace

    with open_workspace(workspace) as here:
        made = rotate_key(here)
    say(f"fingerprint {made.fingerprint}; have the log witnessed now: 'synopticon audit witness ask'")
    result(made.text())


@audit.command("review")
def review(
    *,
    since: Annotated[
        str, typer.Option("--since", metavar="TIME", help="Looks from then on: 2026-11-01T00:00+01:00.")
    ] = "",
    until: Annotated[str, typer.Option("--until", metavar="TIME", help="Looks before then.")] = "",
    zone: Annotated[
        str,
        typer.Option("--zone", metavar="NAME", help="Whose nights; default: the cameras' one zone, or UTC."),
    ] = "",
    workspace: o.Workspace = None,
    json: o.Json = False,
) -> None:
    """Look for what a data protection officer should ask about; each finding lists its entries.

    The same plate or person in many cases, looks at night, one reason pasted again and again, clear views
    that led to no export. It proves nothing: it says where to ask.
    """
    from synopticon.acts.review import review_log
    from synopticon.acts.workspace import open_workspace
    from synopticon.cli.parse import parse_start
    from synopticon.governance.review import ReviewSettings

    times = [parse_start(text) if text else None for text in (since, until)]
    chosen = ReviewSettings(zone=zone) if zone else None
    with open_workspace(workspace) as here:
        found = review_log(here, settings=chosen, since=times[0], until=times[1])
    if json:
        result_json(found)
        return
    for one in found.findings:
        who = f"{one.actor} {found.names.get(one.actor, '')}".strip() or "several"
        result(f"{one.pattern}: {one.what}  {who}  entries {', '.join(map(str, one.entries))}")
    counts = found.counts
    say(f"{counts.looks} looks in {counts.entries} entries, nights of {found.settings.zone}")
    if counts.erased:
        say(f"of {counts.erased} looks the payload is erased: only who, when and in which case is known")


witness_app = typer.Typer(
    help="Let somebody else see the log, offline: ask, sign, take.", no_args_is_help=True
)
audit.add_typer(witness_app, name="witness")


@witness_app.command("ask")
def ask(
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FILE", help="The checkpoint.")
    ] = None,
    *,
    qr: QrCode = None,
    workspace: o.Workspace = None,
) -> None:
    """Write the present checkpoint, for a witness to sign: a file, a QR code for a phone, or both."""
    from synopticon.acts.audit import write_checkpoint
    from synopticon.acts.workspace import open_workspace

    with open_workspace(workspace) as here:
        say(f"{write_checkpoint(here, output, qr)} entries")
    _written(output, qr)


@witness_app.command("sign")
def sign(
    checkpoint: Annotated[Path, typer.Argument(metavar="CHECKPOINT", help="What was asked for.")],
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FILE", help="The signed checkpoint.")
    ] = None,
    *,
    qr: QrCode = None,
    name: Annotated[str, typer.Option("--name", metavar="NAME", help="Who you are: no spaces, no plus.")],
    key: Annotated[Path, typer.Option("--key", metavar="FILE", help="Your private key.")],
) -> None:
    """Cosign a checkpoint, on another machine. A passphrase is read from SYNOPTICON_PASSPHRASE."""
    from synopticon.acts.audit import sign_checkpoint

    sign_checkpoint(checkpoint, output, name, key, os.environ.get("SYNOPTICON_PASSPHRASE") or None, qr)
    _written(output, qr)


@witness_app.command("take")
def take(
    signed: Annotated[Path, typer.Argument(metavar="SIGNED", help="What the witness gave back.")],
    *,
    witness: Witnesses = None,
    workspace: o.Workspace = None,
) -> None:
    """Enter into the log that a witness signed."""
    from synopticon.acts.audit import take_witness
    from synopticon.acts.workspace import open_workspace

    with open_workspace(workspace) as here:
        found = take_witness(here, signed, witness or ())
    result(f"the first {found.size} entries are witnessed by {found.names}")


def _written(*paths: Path | None) -> None:
    for path in paths:
        if path is not None:
            result(str(path))
