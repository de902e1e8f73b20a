"""The verb ``redact``: a copy of a recording with heads and plates masked."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from synopticon.cli import options as o
from synopticon.cli.output import result, result_json, say
from synopticon.cli.parse import format_duration, parse_start
from synopticon.cli.progress import progress
from synopticon.errors import UsageError

if TYPE_CHECKING:
    from synopticon.acts.redact import RedactRequest, RedactResult
    from synopticon.acts.review_masks import ReviewResult

app = typer.Typer()

Output = Annotated[
    Path | None,
    typer.Option("--output", "-o", metavar="FILE", help="The copy (NAME.redacted.mp4) or page."),
]
Keep = Annotated[
    str, typer.Option("--keep", metavar="TRACK,..", help="Leave these tracks clear; needs --reason.")
]
Review = Annotated[
    bool, typer.Option("--review", help="Write a page to look at every mask instead of the copy.")
]
Unmasked = Annotated[
    bool, typer.Option("--unmasked", help="With --review: show heads clear; needs --reason.")
]
Apply = Annotated[
    Path | None,
    typer.Option("--apply", metavar="REVIEW.json", help="Make the copy as that page's file decides."),
]
Begin = Annotated[
    str | None, typer.Option("--from", metavar="TIME", help="Begin there: 90s, 00:01:30, 900f.")
]
End = Annotated[str | None, typer.Option("--to", metavar="TIME", help="End there.")]
KeepAudio = Annotated[
    bool, typer.Option("--keep-audio", help="Keep the sound, in which voices can be known.")
]


@app.command("redact")
def redact(  # noqa: PLR0913 (one parameter for each option)
    footage: o.Footage,
    *,
    output: Output = None,
    mask: o.Mask = "heads,plates",
    keep: Keep = "",
    review: Review = False,
    unmasked: Unmasked = False,
    apply: Apply = None,
    reason: o.Reason = "",
    begin: Begin = None,
    end: End = None,
    keep_audio: KeepAudio = False,
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
    With --review it writes a page instead, on which a person looks at every mask; its file is for --apply.
    """
    kept = tuple(name.strip() for name in keep.split(",") if name.strip())
    _check(kept, review=review, unmasked=unmasked, apply=apply, keep_audio=keep_audio)
    if reason.strip() and not (kept or unmasked or apply) and case is None:
        raise UsageError("--reason is for tracks that stay clear and for cases: add --keep or --case")
    from synopticon.acts.redact import RedactRequest, RedactResult

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
        apply=apply,
    )
    made = _review(request, unmasked=unmasked) if review else _copy(request)
    if json:
        result_json(made)
        raise typer.Exit(made.exit_code)
    for note in (*made.notes, *_lines(made)):
        say(note)
    if made.gaps:
        say(f"gaps: {made.gaps}")
    result(str(made.video if isinstance(made, RedactResult) else made.page))
    raise typer.Exit(made.exit_code)


def _check(
    kept: Sequence[str], *, review: bool, unmasked: bool, apply: Path | None, keep_audio: bool
) -> None:
    if review and (kept or apply or keep_audio):
        raise UsageError("--review writes a page, no copy: use it without --keep, --apply and --keep-audio")
    if unmasked and not review:
        raise UsageError("--unmasked is for the page of --review: to leave somebody clear, use --keep")


def _copy(request: "RedactRequest") -> "RedactResult":
    from synopticon.acts.redact import make_redacted

    with progress() as report:
        return make_redacted(request, report)


def _review(request: "RedactRequest", *, unmasked: bool) -> "ReviewResult":
    from synopticon.acts.review_masks import make_review

    with progress() as report:
        return make_review(request, unmasked=unmasked, progress=report)


def _lines(made: "RedactResult | ReviewResult") -> Iterator[str]:
    """What was made, in words."""
    from synopticon.acts.redact import RedactResult

    if isinstance(made, RedactResult):
        length = format_duration(made.seconds)
        told = f"{made.frames} frames in {length}, masks in {made.masked_frames}"
        yield f"{told}, {made.tracks} objects followed"
        return
    yield f"{made.places} places where something may be bare, {made.tracks} masks, {made.doubtful} doubtful"
    if any(made.left_out):
        tracks, moments, pictures = made.left_out
        yield f"not on the page: {tracks} masks, {moments} whole pictures, {pictures} pictures for its size"
