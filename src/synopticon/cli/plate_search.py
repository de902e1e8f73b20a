"""Verbs of number plates: ``plates find|reveal|follow|import|lists|drop``."""

from pathlib import Path
from typing import Annotated

import typer

from synopticon.cli import options as o
from synopticon.cli.output import result, result_json, say

plates = typer.Typer(
    help="Number plates, where the profile lets them be searched; shown masked until a reason is given.",
    no_args_is_help=True,
)

Name = Annotated[str, typer.Argument(metavar="NAME", help="What the list is called.")]
Plate = Annotated[
    str, typer.Argument(metavar="PLATE", help="AB123CD, a pattern 'AB-*-C?', or ~AB123CD: may be misread.")
]


@plates.command("find")
def find(
    plate: Annotated[
        list[str],
        typer.Argument(metavar="PLATE...", help="AB123CD, 'AB-*-C?', ~AB123CD (may be misread) or @LIST."),
    ],
    *,
    case: o.Case = None,
    reason: o.Need = "",
    limit: Annotated[int, typer.Option("--limit", metavar="N", min=0, help="So many hits at most.")] = 50,
    workspace: o.Workspace = None,
    json: o.Json = False,
) -> None:
    """Find vehicles by their plate: 'search plate:PLATE', any of several."""
    from synopticon.acts.search import search
    from synopticon.acts.workspace import open_workspace
    from synopticon.cli.search import show_answer

    query = "plate:" + ",".join(f'"{one}"' for one in plate)
    with open_workspace(workspace) as here:
        answer = search(here, query, case=case, reason=reason, limit=limit)
    show_answer(answer, plain=False, json=json)


@plates.command("reveal")
def reveal(
    tracks: Annotated[list[str], typer.Argument(metavar="TRACK...", help="Tracks, as a search names them.")],
    *,
    case: o.Case = None,
    reason: o.Need = "",
    workspace: o.Workspace = None,
    json: o.Json = False,
) -> None:
    """Show the plates of these tracks in clear; the log keeps of which tracks, by whom and why."""
    from synopticon.acts.plates import NOTE
    from synopticon.acts.plates import reveal as reveal_them
    from synopticon.acts.workspace import open_workspace
    from synopticon.values.plate_text import grouped

    with open_workspace(workspace) as here:
        found = reveal_them(here, tracks, case=case, reason=reason)
    if json:
        result_json(found)
        return
    for one in found:
        least = min(one.confidence, default=0.0)
        corrected = "  corrected by the country's grammar" if one.corrected else ""
        result(f"{one.track}  {grouped(one.text)}  {one.country or '?'}  least sure {least:.2f}{corrected}")
    say(f"{len(found)} of {len(tracks)} tracks have a plate that was read; {NOTE}")


@plates.command("follow")
def follow(
    plate: Plate,
    *,
    case: o.Case = None,
    reason: o.Need = "",
    workspace: o.Workspace = None,
    json: o.Json = False,
) -> None:
    """List where a plate was read, camera by camera, with the times between; a person confirms each link."""
    from synopticon.acts.plates import follow as follow_it
    from synopticon.acts.workspace import open_workspace
    from synopticon.cli.similar import seen_text

    with open_workspace(workspace) as here:
        found = follow_it(here, plate, case=case, reason=reason)
    if json:
        result_json(found)
        raise typer.Exit(found.exit_code)
    for stop in found.stops:
        if stop.before:
            result("    " + "; ".join(filter(None, (stop.before, stop.way))))
        result(f"{stop.score:.3f}  {seen_text(stop.seen)}  {stop.says}")
    if found.gap_seconds:
        say(f"{found.gap_seconds:.1f} s of the scope were not seen")
    for note in found.notes:
        say(note)
    raise typer.Exit(found.exit_code)


@plates.command("import")
def import_(
    name: Name,
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="A plate a line, or first of a line with commas.")
    ],
    *,
    until: Annotated[str, typer.Option("--until", metavar="TIME", help="Until when it is looked for.")],
    case: o.Case = None,
    reason: o.Need = "",
    workspace: o.Workspace = None,
    json: o.Json = False,
) -> None:
    """Keep a list of plates that a case looks for, sealed, until its end; found as plate:@NAME."""
    from synopticon.acts.plates import import_list
    from synopticon.acts.workspace import open_workspace
    from synopticon.cli.parse import parse_moment
    from synopticon.cli.people import read_bytes

    text = read_bytes(file).decode("utf-8", "replace")
    with open_workspace(workspace) as here:
        made = import_list(here, name, text, until=parse_moment(until), case=case, reason=reason)
    if json:
        result_json(made)
    else:
        result(f"{made.name}  {made.count} plates until {made.until.isoformat(timespec='minutes')}")


@plates.command("lists")
def lists(
    *, case: o.Case = None, reason: o.Need = "", workspace: o.Workspace = None, json: o.Json = False
) -> None:
    """List the lists of a case, their plates masked."""
    from synopticon.acts.plates import list_lists
    from synopticon.acts.workspace import open_workspace

    with open_workspace(workspace) as here:
        found = list_lists(here, case=case, reason=reason)
    if json:
        result_json(found)
        return
    for one in found:
        ends = f"{'ended' if one.ended else 'until'} {one.until.isoformat(timespec='minutes')}"
        result(f"{one.name}  {one.count} plates, {ends}, by {one.by}: {one.reason or 'destroyed'}")
        for plate in one.plates:
            result(f"  {plate}")


@plates.command("drop")
def drop(name: Name, *, case: o.Case = None, reason: o.Need = "", workspace: o.Workspace = None) -> None:
    """Destroy a list of a case before its end."""
    from synopticon.acts.plates import drop_list
    from synopticon.acts.workspace import open_workspace

    with open_workspace(workspace) as here:
        drop_list(here, name, case=case, reason=reason)
    result(f"{name} dropped")
