"""Verbs of what leaves: ``handover``, ``verify``."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from synopticon.cli import options as o
from synopticon.cli.output import result, result_json, say
from synopticon.cli.parse import parse_start
from synopticon.cli.progress import progress
from synopticon.errors import UsageError

if TYPE_CHECKING:
    from synopticon.evidence.verify import Report

app = typer.Typer()


@app.command("handover")
def handover(  # noqa: PLR0913 (each argument is an option)
    footage: Annotated[
        list[str], typer.Argument(metavar="FOOTAGE...", help="Files, globs or folders, handed over whole.")
    ],
    to: Annotated[str, typer.Option("--to", metavar="NAME", help="Who receives them: person and service.")],
    output: Annotated[Path, typer.Option("--output", "-o", metavar="DIR", help="The package, a new folder.")],
    *,
    since: Annotated[
        str,
        typer.Option(
            "--from", metavar="TIME", help="From then on: 1m30s into it, or 2024-05-01T08:30+02:00."
        ),
    ] = "",
    until: Annotated[str, typer.Option("--until", metavar="TIME", help="Up to then, written alike.")] = "",
    start: o.Start = None,
    zone: o.Zone = "",
    reason: Annotated[
        str, typer.Option("--reason", metavar="TEXT", help="Why they are handed over, in words.")
    ] = "",
    working_copy: Annotated[
        bool | None,
        typer.Option(
            "--working-copy/--no-working-copy",
            help="A masked copy of each file, or of none; else of what browsers do not play.",
        ),
    ] = None,
    model: o.Model = "auto",
    models_folder: o.ModelsFolder = None,
    case: o.Case = None,
    workspace: o.Workspace = None,
) -> None:
    """Hand recordings over, as they were made, in a folder that anyone can check; the log says to whom.

    The folder holds the files, a receipt, the log's entry with its proof, a signature over all of it, and the
    page verify.html. With --from or --until, recordings are cut between key frames, every packet as it was;
    one that cannot be cut so is handed over whole. In these nobody is masked. What browsers do not play gets
    a working copy beside it: H.264, masked, at the same times.
    """
    from synopticon.acts.handover import HandoverRequest, hand_over
    from synopticon.acts.workspace import open_workspace

    begun = parse_start(start) if start else None
    request = HandoverRequest(
        tuple(footage),
        to,
        output,
        reason,
        case,
        since,
        until,
        begun,
        zone,
        working_copy,
        model,
        models_folder,
    )
    with open_workspace(workspace) as here, progress() as report:
        made = hand_over(here, request, report)
    for note in made.notes:
        say(note)
    say(f"{made.files} files, {made.bytes} bytes; tell the recipient the fingerprint in another way:")
    say(f"  {made.fingerprint}")
    result(str(made.path))


@app.command("verify")
def verify(
    package: Annotated[Path | None, typer.Argument(metavar="[PACKAGE]", help="The folder to check.")] = None,
    *,
    key: Annotated[
        str,
        typer.Option(
            "--key",
            metavar="KEY",
            help="The signer's fingerprint or public key, from elsewhere: text or file.",
        ),
    ] = "",
    page: Annotated[
        bool, typer.Option("--page", help="Write the page that checks packages instead.")
    ] = False,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FILE", help="Where the page goes: verify.html.")
    ] = None,
    overwrite: o.Overwrite = False,
    json: o.Json = False,
) -> None:
    """Check a package offline: every file, the signature, the log's proofs; all that is bad is named."""
    if page:
        _page(package, output, overwrite)
        return
    if package is None or output is not None:
        raise UsageError("name one package to check, or write the page with --page -o FILE")
    from synopticon.acts.verify import check_package

    report = check_package(package, key)
    if json:
        result_json(_plain(report))
    else:
        for line in report.lines():
            result(line)
    raise typer.Exit(0 if report.good else 1)


def _page(package: Path | None, output: Path | None, overwrite: bool) -> None:
    if package is not None or output is None:
        raise UsageError("--page writes the page and checks nothing: add -o FILE, and name no package")
    from synopticon.acts.verify import write_page

    digest = write_page(output, overwrite=overwrite)
    say(f"SHA-256 {digest}")
    result(str(output))


def _plain(report: "Report") -> dict[str, Any]:
    made = report.manifest
    return {
        "package": report.package,
        "good": report.good,
        "problems": [{"place": p.place, "what": p.what} for p in report.problems],
        "remarks": list(report.remarks),
        "key_given": report.key_given,
        "manifest": made and made.fields(),
        "files": report.files,
        "bytes": report.bytes,
        "entries": report.acts,
        "log_size": report.log_size,
        "witnessed": report.witnessed
        and {
            "size": report.witnessed.size,
            "by": [
                {"name": name, "fingerprint": key, "time": time} for name, key, time in report.witnessed.by
            ],
        },
    }
