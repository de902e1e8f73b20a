"""The verb ``arrange``: when to show which of anybody's tracks."""

from pathlib import Path
from typing import Annotated

import typer

from synopticon.cli import options as o
from synopticon.cli.output import result, result_json, say
from synopticon.cli.parse import format_duration, parse_duration, parse_fps, parse_size

app = typer.Typer()


@app.command("arrange")
def arrange(  # noqa: PLR0913 (one parameter for each option)
    tracks: Annotated[
        Path,
        typer.Argument(
            metavar="TRACKS", help="MOT text (frames from 1) or CSV frame,id,x,y,w,h[,group] (from 0)."
        ),
    ],
    *,
    size: Annotated[str, o.Option("--size", metavar="WxH", help="Size of the picture in pixels: 1280x720.")],
    fps: Annotated[str, o.Option("--fps", metavar="F", help="Frames a second: 25, 29.97, 30000/1001.")],
    duration: Annotated[
        str, o.Option("--duration", metavar="FRAMES", help="Length of the source in frames; or 24h, 1m30s.")
    ],
    output: Annotated[Path, o.Option("--output", "-o", metavar="FILE", help="The plan: JSON.")],
    density: o.Density = None,
    length: Annotated[
        str | None,
        o.Option("--length", metavar="FRAMES", help="Length of the synopsis in frames; or 90s, 1m30s."),
    ] = None,
    max_collision: o.MaxCollision = None,
    order: o.Order = "local",
    effort: o.Effort = None,
    overwrite: o.Overwrite = False,
    json: o.Json = False,
) -> None:
    """Plan a synopsis of tracks: when each one is shown, in how many frames, with which measures."""
    from synopticon.acts.arrange import ArrangeRequest, arrange_tracks
    from synopticon.synopsis.arrange import EFFORT, Knobs

    rate = float(parse_fps(fps))
    width, height = parse_size(size)
    knobs = Knobs(
        density=density,
        length=parse_duration(_frames(length)).frames(rate) if length else None,
        max_collision=max_collision,
        order=order,
        effort=EFFORT if effort is None else effort,
    )
    source = parse_duration(_frames(duration))
    made = arrange_tracks(ArrangeRequest(tracks, output, width, height, rate, source, knobs, overwrite))
    if json:
        result_json(made)
        return
    for note in made.notes:
        say(note)
    lasts = f"{made.length_frames} frames ({format_duration(made.length_frames / rate)})"
    say(f"{made.shown} tubes shown in {lasts}, {made.left_out} left out")
    result(str(made.path))


def _frames(text: str) -> str:
    """Read a bare number as frames: tracks are counted in frames, unlike footage."""
    return f"{text.strip()}f" if text.strip().isdigit() else text
