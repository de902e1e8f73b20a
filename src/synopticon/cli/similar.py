"""Verbs that compare by look: ``similar``, ``journey follow|confirm|reject|show|ways``."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from synopticon.cli import options as o
from synopticon.cli.output import result, result_json, say
from synopticon.cli.parse import parse_duration
from synopticon.errors import UsageError

if TYPE_CHECKING:
    from synopticon.acts.journey import WayInfo
    from synopticon.acts.similar import Sighting

app = typer.Typer()
journey = typer.Typer(
    help="Follow something from camera to camera; a person decides each link.", no_args_is_help=True
)

Limit = Annotated[int, typer.Option("--limit", metavar="N", min=1, help="How many are shown at most.")]
Track = Annotated[str, typer.Argument(metavar="TRACK", help="Id of a track.")]
Other = Annotated[str, typer.Argument(metavar="TRACK", help="Id of the track it is compared with.")]
Side = Literal["left", "right", "top", "bottom"]


@app.command("similar")
def similar(
    *,
    like: Annotated[str, typer.Option("--like", metavar="TRACK", help="Id of the track to compare with.")],
    case: o.Case = None,
    reason: o.Need = "",
    limit: Limit = 20,
    workspace: o.Workspace = None,
    json: o.Json = False,
) -> None:
    """List the tracks of a case's scope that look most like one, by clothing and shape, never a head."""
    from synopticon.acts.similar import similar as look_for
    from synopticon.acts.workspace import open_workspace
    from synopticon.cli.progress import progress

    with open_workspace(workspace) as here, progress() as report:
        found = look_for(here, like, case=case, reason=reason, limit=limit, progress=report)
    if json:
        result_json(found)
    else:
        for hit in found.hits:
            result(f"{hit.score:.3f}  {seen_text(hit.seen)}  {hit.reason}")
        say(f"{len(found.hits)} of {found.compared} tracks in the scope; too little seen of {found.unseen}")
        _tell(found.notes, found.gap_seconds)
    raise typer.Exit(found.exit_code)


@journey.command("follow")
def follow(
    of: Track,
    *,
    case: o.Case = None,
    reason: o.Need = "",
    limit: Limit = 20,
    workspace: o.Workspace = None,
    json: o.Json = False,
) -> None:
    """Rank the tracks of other cameras that may be the same thing, each with its reasons."""
    from synopticon.acts.journey import follow as look_for
    from synopticon.acts.workspace import open_workspace
    from synopticon.cli.progress import progress

    with open_workspace(workspace) as here, progress() as report:
        found = look_for(here, of, case=case, reason=reason, limit=limit, progress=report)
    if json:
        result_json(found)
    else:
        result(seen_text(found.of))
        for one in found.candidates:
            result(f"{one.score:.3f}  {seen_text(one.seen)}  {'; '.join(one.reasons)}")
        shown = f"{len(found.candidates)} of {found.compared} tracks of other cameras"
        say(f"{shown}; {found.decided} were decided before")
        _tell(found.notes, found.gap_seconds)
    raise typer.Exit(found.exit_code)


@journey.command("confirm")
def confirm(
    first: Track, second: Other, *, case: o.Case = None, reason: o.Need = "", workspace: o.Workspace = None,
    json: o.Json = False,
) -> None:  # fmt: skip
    """Say that two tracks are the same thing."""
    _decide((first, second), "confirmed", case, reason, workspace, json)


@journey.command("reject")
def reject(
    first: Track, second: Other, *, case: o.Case = None, reason: o.Need = "", workspace: o.Workspace = None,
    json: o.Json = False,
) -> None:  # fmt: skip
    """Say that two tracks are not the same thing."""
    _decide((first, second), "rejected", case, reason, workspace, json)


@journey.command("show")
def show(
    of: Track,
    *,
    case: o.Case = None,
    reason: o.Need = "",
    clips: Annotated[
        Path | None,
        o.Option("--clips", metavar="DIR", help="Write masked working copies of each moment there."),
    ] = None,
    overwrite: o.Overwrite = False,
    workspace: o.Workspace = None,
    json: o.Json = False,
) -> None:
    """Show what was linked to a track, in true time, with what the clocks leave open."""
    from synopticon.acts.journey import timeline
    from synopticon.acts.workspace import open_workspace

    with open_workspace(workspace) as here:
        found = timeline(here, of, case=case, reason=reason, clips=clips, overwrite=overwrite)
    if json:
        result_json(found)
        return
    for stop in found.stops:
        if stop.before:
            result(f"    {stop.before}")
        clip = "" if stop.from_seconds is None else f" {stop.from_seconds:.1f}-{stop.to_seconds:.1f} s"
        result(f"{seen_text(stop.seen)}  {stop.recording}{clip}{''.join(f'  {name}' for name in stop.clips)}")
    if found.outside:
        say(f"{found.outside} linked tracks lie outside the scope, or are gone")
    _tell(found.notes, 0.0)


@journey.command("ways")
def ways(
    first: Annotated[
        str | None, typer.Argument(metavar="CAMERA", help="A camera; none: list the ways.")
    ] = None,
    second: Annotated[str | None, typer.Argument(metavar="CAMERA", help="The other camera.")] = None,
    *,
    low: Annotated[str, typer.Option("--from", metavar="TIME", help="Shortest time between them: 20s.")] = "",
    high: Annotated[str, typer.Option("--to", metavar="TIME", help="Longest time between them: 2m.")] = "",
    out: Annotated[
        Side | None,
        typer.Option("--out", metavar="SIDE", help="Side of the first picture: left|right|top|bottom."),
    ] = None,
    into: Annotated[
        Side | None, typer.Option("--in", metavar="SIDE", help="Side of the second picture, likewise.")
    ] = None,
    workspace: o.Workspace = None,
    json: o.Json = False,
) -> None:
    """Say how long one takes from one camera's picture into another's, or list what was said."""
    from synopticon.acts.journey import list_ways, set_way
    from synopticon.acts.workspace import open_workspace

    with open_workspace(workspace) as here:
        if first is not None:
            if second is None or not high:
                raise UsageError("a way needs two cameras and --to: give journey ways A B --from 20s --to 2m")
            limits = parse_seconds(low), parse_seconds(high)
            found: tuple[WayInfo, ...] = (set_way(here, first, second, *limits, (out or "", into or "")),)
        else:
            found = list_ways(here)
    if json:
        result_json(found)
        return
    for way in found:
        ends = [f"{name} ({side})" if side else name for name, side in
                ((way.first, way.first_side), (way.second, way.second_side))]  # fmt: skip
        result(f"{ends[0]}  {ends[1]}  {way.low:g} to {way.high:g} s")


def parse_seconds(text: str) -> float:
    """Seconds of a duration, "" or 0 too; frames make no sense between two cameras."""
    if text.strip().lower() in ("", "0", "0s"):
        return 0.0
    found = parse_duration(text)
    if found.in_frames:
        raise UsageError(f"{text!r}: frames count on one camera only: give seconds, such as 20s")
    return found.amount


def _decide(
    tracks: tuple[str, str], verdict: Literal["confirmed", "rejected"], case: str | None, reason: str,
    workspace: o.Workspace, json: bool,
) -> None:  # fmt: skip
    from synopticon.acts.journey import decide
    from synopticon.acts.workspace import open_workspace

    with open_workspace(workspace) as here:
        made = decide(here, tracks, verdict, case=case, reason=reason)
    if json:
        result_json(made)
    else:
        result(f"{verdict}: {made.first.track} {made.second.track}  {made.between}")


def seen_text(seen: "Sighting") -> str:
    """A track, where and when it was seen, on one line."""
    when = "clock unknown"
    if seen.start is not None:
        when = f"{seen.start.isoformat(timespec='seconds')} ± {seen.uncertainty:g} s"
    return f"{seen.track}  {seen.camera}  {seen.label}  {when}"


def _tell(notes: tuple[str, ...], gap_seconds: float) -> None:
    if gap_seconds:
        say(f"{gap_seconds:.1f} s of the scope were not seen")
    for note in notes:
        say(note)
