"""The verb ``redact``: a copy of a recording with heads and plates masked."""

from pathlib import Path
from typing import Annotated

import typer

from synopticon.cli import options as o
from synopticon.cli.output import result, result_json, say
from synopticon.cli.parse import format_duration, parse_start
from synopticon.cli.progress import progress
from synopticon.errors import UsageError

app = typer.Typer()


@app.command("redact")
def redact(  # noqa: PLR0913 (one parameter for each option)
    footage: o.Footage,
    *,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", metavar="FILE", help="The copy; default: NAME.redacted.mp4 here."),
    ] = None,
    mask: o.Mask = "heads,plates",
    keep: Annotated[
        str,
        typer.Option("--keep", metavar="TRACK,..", help="Leave these tracks clear; needs --reason."),
    ] = "",
    reason: o.Reason = "",
    begin: Annotated[
        str | None, typer.Option("--from", metavar="TIME", help="Begin there: 90s, 00:01:30, 900f.")
    ] = None,
    end: Annotated[str | None, typer.Option("--to", metavar="TIME", help="End there.")] = None,
    keep_audio: Annotated[
        bool, typer.Option("--keep-audio", help="Keep the sound, in which voices can be known.")
    ] = False,
    model: o.Model = "auto",
    face_model: o.FaceModel = "auto",
    models_folder: o.ModelsFolder = None,
    unsafe_unknown_model: o.UnsafeModel = False,
    case: o.Case = None,
    start: o.Start = None,
    zone: o.Zone = "",
    overwrite: o.Overwrite = False,
    workspace: o.Workspace = None,
    workers: o.Workers = 0,
    json: o.Json = False,
) -> None:
    """Write a copy of the footage in which heads and plates are filled with one grey.

    The original is never changed. Times, number of pictures and length stay what they are; sound is left out
    unless it is asked for. It tells in which frames something was seen that is not masked: look at those.
    """
    kept = tuple(name.strip() for name in keep.split(",") if name.strip())
    if reason.strip() and not kept and case is None:
        raise UsageError("--reason is for tracks that stay clear and for cases: add --keep or --case")
    from synopticon.acts.redact import RedactRequest, make_redacted

    request = RedactRequest(
        footage=tuple(footage),
        output=output,
        mask=mask,
        keep=kept,
        reason=reason,
        begin=begin,
        end=end,
        keep_audio=keep_audio,
        model=model,
        face_model=face_model,
        models_folder=models_folder,
        unsafe_unknown_model=unsafe_unknown_model,
        start=parse_start(start) if start else None,
        zone=zone,
        overwrite=overwrite,
        workspace=workspace,
        workers=workers,
        case=case,
    )
    with progress() as report:
        made = make_redacted(request, report)
    if json:
        result_json(made)
        raise typer.Exit(made.exit_code)
    for note in made.notes:
        say(note)
    length = format_duration(made.seconds)
    say(f"{made.frames} frames in {length}, masks in {made.masked_frames}, {made.tracks} objects followed")
    if made.gaps:
        say(f"gaps: {made.gaps}")
    result(str(made.video))
    raise typer.Exit(made.exit_code)
