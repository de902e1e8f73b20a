"""Verbs of searching: ``search``, ``zones ...``, ``marks ...``."""

import json as json_
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from synopticon.cli import options as o
from synopticon.cli.output import result, result_json, say
from synopticon.cli.people import read_bytes
from synopticon.errors import UsageError

if TYPE_CHECKING:
    from synopticon.acts.marks import Mark
    from synopticon.acts.search import Answer
    from synopticon.search.hits import Hit
    from synopticon.values.query import Point

app = typer.Typer()
zones = typer.Typer(help="Zones and lines in a camera's picture, and its ground.", no_args_is_help=True)
marks = typer.Typer(help="What people decide and note about hits.", no_args_is_help=True)

CameraName = Annotated[str, typer.Option("--camera", metavar="NAME", help="The camera.")]
AreaName = Annotated[str, typer.Argument(metavar="NAME", help="What the zone or line is called.")]
Points = Annotated[
    str, typer.Option("--points", metavar="'X,Y X,Y ...'", help="0..1 over the picture, 0,0 = upper left.")
]


@app.command("search")
def search(  # noqa: PLR0913 (one parameter for each option)
    query: Annotated[
        list[str], typer.Argument(metavar="QUERY...", help="What you look for: person upper:red going:left.")
    ],
    *,
    plain: Annotated[
        bool,
        typer.Option("--plain", help="QUERY is in plain words, English or French; shows how it is read."),
    ] = False,
    case: o.Case = None,
    reason: o.Why = "",
    limit: Annotated[
        int | None, typer.Option("--limit", metavar="N", min=0, help="So many hits at most; default: 50.")
    ] = None,
    page: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FILE.html", help="A page of the hits.")
    ] = None,
    thumbnails: Annotated[
        Path | None, typer.Option("--thumbnails", metavar="DIR", help="Masked pictures of the hits.")
    ] = None,
    overwrite: o.Overwrite = False,
    workspace: o.Workspace = None,
    json: o.Json = False,
) -> None:
    """Find what was recorded: by class, colour, movement, time, place; each hit with its reason."""
    from synopticon.acts.search import Wishes
    from synopticon.acts.search import search as ask
    from synopticon.acts.workspace import open_workspace

    with open_workspace(workspace) as here:
        answer = ask(
            here, " ".join(query), case=case, reason=reason, plain=plain, limit=limit,
            wishes=Wishes(page, thumbnails, overwrite),
        )  # fmt: skip
    show_answer(answer, plain, json)
    if page is not None and not json:
        result(str(page))


def show_answer(answer: "Answer", plain: bool, json: bool) -> None:
    """Hits on stdout, one a line; what must be said of them beside."""
    _tell(answer, plain)
    for hit in answer.found.hits:
        result(json_.dumps(_line(hit, answer)) if json else _text(hit, answer))
    if json:
        sys.stderr.write(json_.dumps(_summary(answer)) + "\n")


def _tell(answer: "Answer", plain: bool) -> None:
    if plain:
        say(f"read as: {answer.query}")
    if answer.ignored:
        say(f"not understood: {', '.join(answer.ignored)}")
    say(f"{answer.facts}, {answer.seconds * 1000:.0f} ms")
    for line in answer.worth():
        say(line)


def _text(hit: "Hit", answer: "Answer") -> str:
    from synopticon.search.page import when

    camera = answer.cameras.get(hit.camera, hit.camera)
    said = "; ".join(r.says for r in hit.reason)
    return f"{hit.track}  {hit.grade} {hit.score:.2f}  {hit.label}  {camera}  {when(hit)}  {said}"


def _line(hit: "Hit", answer: "Answer") -> dict[str, Any]:
    """One hit as JSON values: the published form of ``search --json``."""
    return {
        "track": hit.track,
        "camera": answer.cameras.get(hit.camera, hit.camera),
        "footage": hit.footage,
        "class": hit.label,
        "start": hit.start and hit.start.isoformat(),
        "end": hit.end and hit.end.isoformat(),
        "offset": round(hit.offset, 3),
        "seconds": round(hit.seconds, 3),
        "score": hit.score,
        "grade": hit.grade,
        "reason": [{"term": r.term, "says": r.says} for r in hit.reason],
        "thumbnail": answer.thumbnails.get(hit.track),
    }


def _summary(answer: "Answer") -> dict[str, Any]:
    c, f = answer.coverage, answer.found
    return {
        "query": answer.query,
        "total": f.total,
        "grades": f.grades,
        "looked_at": f.looked_at,
        "coverage": {"asked": c.asked, "recorded": c.recorded, "seen": c.seen, "share": c.share},
        "gaps": len(answer.gaps),
        "says": list(answer.worth()),
        "milliseconds": round(answer.seconds * 1000, 1),
    }


@zones.command("draw")
def draw(
    name: AreaName,
    *,
    camera: CameraName,
    points: Points,
    line: Annotated[
        bool, typer.Option("--line/--zone", help="A line to be crossed, or a zone to be in.")
    ] = False,
    workspace: o.Workspace = None,
) -> None:
    """Draw a zone or a line into a camera's picture; in is from the left hand to the right along a line."""
    from synopticon.acts.workspace import open_workspace
    from synopticon.acts.zones import draw as draw_area

    with open_workspace(workspace) as here:
        made = draw_area(here, camera, name, "line" if line else "zone", parse_points(points))
    result(f"{made.camera}  {made.kind} {made.name}")


@zones.command("drop")
def drop(name: AreaName, *, camera: CameraName, workspace: o.Workspace = None) -> None:
    """Forget a zone or a line."""
    from synopticon.acts.workspace import open_workspace
    from synopticon.acts.zones import drop as drop_area

    with open_workspace(workspace) as here:
        drop_area(here, camera, name)
    result(f"{camera}  {name} dropped")


@zones.command("list")
def list_zones(
    *,
    camera: Annotated[str, typer.Option("--camera", metavar="NAME", help="Of this camera only.")] = "",
    workspace: o.Workspace = None,
    json: o.Json = False,
) -> None:
    """List what is drawn into the cameras' pictures."""
    from synopticon.acts.workspace import open_workspace
    from synopticon.acts.zones import list_areas

    with open_workspace(workspace) as here:
        found = list_areas(here, camera)
    if json:
        result_json(found)
        return
    for a in found:
        result(f"{a.camera}  {a.kind} {a.name}  " + " ".join(f"{x:g},{y:g}" for x, y in a.points))


@zones.command("ground")
def ground(
    camera: Annotated[str, typer.Argument(metavar="CAMERA", help="The camera.")],
    *,
    points: Annotated[
        str,
        typer.Option(
            "--points", metavar="'X,Y=M,N ...'", help="Four or more: place in the picture = metres."
        ),
    ] = "",
    calibration: Annotated[
        Path | None, typer.Option("--calibration", metavar="FILE.xml", help="A calibration file (Tsai).")
    ] = None,
    workspace: o.Workspace = None,
) -> None:
    """Say where the ground of a camera lies, so that speeds and distances are told in metres."""
    from synopticon.acts.workspace import open_workspace
    from synopticon.acts.zones import set_ground
    from synopticon.values import ground as grounds

    if bool(points) == (calibration is not None):
        raise UsageError("the ground is given by points or by a file: give --points or --calibration")
    if calibration is not None:
        plane = grounds.of_calibration(read_bytes(calibration), calibration.name)
    else:
        pairs = [pair.partition("=") for pair in points.split()]
        plane = grounds.of_points(
            parse_points(" ".join(a for a, _, _ in pairs)), parse_points(" ".join(b for _, _, b in pairs))
        )
    with open_workspace(workspace) as here:
        set_ground(here, camera, plane)
    result(f"{camera}  ground kept")


@marks.command("set")
def set_marks(  # noqa: PLR0913 (one parameter for each option)
    tracks: Annotated[list[str], typer.Argument(metavar="TRACK...", help="Tracks, as 'search' names them.")],
    *,
    verdict: Annotated[
        str | None,
        typer.Option("--as", metavar="WORD", help="accepted, rejected, unsure, or new again."),
    ] = None,
    note: Annotated[
        str | None, typer.Option("--note", metavar="TEXT", help="A note, instead of before.")
    ] = None,
    tag: Annotated[
        list[str] | None, typer.Option("--tag", metavar="WORD", help="Add a tag; repeatable.")
    ] = None,
    untag: Annotated[
        list[str] | None, typer.Option("--untag", metavar="WORD", help="Take a tag away; repeatable.")
    ] = None,
    trim: Annotated[
        str, typer.Option("--trim", metavar="A-B", help="The seconds of the track that matter: 2.5-8.")
    ] = "",
    case: o.Case = None,
    reason: o.Why = "",
    workspace: o.Workspace = None,
) -> None:
    """Accept, reject or doubt hits, note, tag and trim them; by whom and when is kept."""
    from synopticon.acts.marks import Marking, mark_tracks
    from synopticon.acts.workspace import open_workspace

    marking = Marking(verdict, note, tuple(tag or ()), tuple(untag or ()), _trim(trim))
    with open_workspace(workspace) as here:
        made = mark_tracks(here, tracks, marking, case=case, reason=reason)
    for m in made:
        result(_mark(m))


@marks.command("list")
def list_(
    *, case: o.Case = None, reason: o.Why = "", workspace: o.Workspace = None, json: o.Json = False
) -> None:
    """List what was decided and noted."""
    from synopticon.acts.marks import list_marks
    from synopticon.acts.workspace import open_workspace

    with open_workspace(workspace) as here:
        found = list_marks(here, case=case, reason=reason)
    if json:
        result_json(found)
        return
    for m in found:
        result(_mark(m))


def _mark(m: "Mark") -> str:
    parts = [m.track, m.verdict, ",".join(m.tags), m.note]
    return "  ".join(part for part in parts if part)


def _trim(text: str) -> tuple[float, float] | None:
    if not text:
        return None
    found = re.fullmatch(r"(\d+(?:\.\d+)?)-(\d+(?:\.\d+)?)", text)
    if not found:
        raise UsageError(f"{text!r}: is no stretch of seconds: write --trim 2.5-8")
    return float(found[1]), float(found[2])


def parse_points(text: str) -> "tuple[Point, ...]":
    """Points ``x,y x,y ...``; raises ``UsageError``."""
    try:
        pairs = [part.split(",") for part in text.split()]
        return tuple((float(x), float(y)) for x, y in pairs)
    except ValueError as error:
        raise UsageError(f"{text!r}: are no points: write x,y x,y ... such as 0.1,0.9 0.5,0.2") from error
