"""The verb ``compose-footage``: recordings of hours with exact truth, for tests and benchmarks."""

import re
from pathlib import Path
from typing import Annotated, Literal

import typer

from synopticon.cli.options import Json
from synopticon.cli.output import result, result_json, say
from synopticon.cli.parse import parse_duration, parse_fps, parse_size, parse_start
from synopticon.cli.progress import progress
from synopticon.errors import UsageError

app = typer.Typer()


@app.command("compose-footage")
def compose_footage(  # noqa: PLR0913 (one parameter for each option)
    *,
    output: Annotated[Path, typer.Option("--output", "-o", metavar="DIR", help="Folder of the recording.")],
    hours: Annotated[float, typer.Option("--hours", metavar="X", help="How long it is.")] = 1.0,
    seed: Annotated[
        int, typer.Option("--seed", metavar="N", min=0, help="Same seed and clips, same recording.")
    ] = 0,
    activity: Annotated[
        float,
        typer.Option(
            "--activity", metavar="X", min=0.0, max=1.0, help="Share of the frames that hold somebody."
        ),
    ] = 0.1,
    objects: Annotated[
        float, typer.Option("--objects", metavar="X", min=1.0, help="How many are there then, on average.")
    ] = 5.0,
    size: Annotated[str, typer.Option("--size", metavar="WxH", help="Pixels.")] = "768x576",
    fps: Annotated[str, typer.Option("--fps", metavar="F", help="Frames per second.")] = "25",
    codec: Annotated[
        Literal["mpeg4", "h264", "hevc"],
        typer.Option("--codec", metavar="mpeg4|h264|hevc", help="MPEG-4 (.avi), H.264 or HEVC (.mp4)."),
    ] = "h264",
    bitrate: Annotated[str, typer.Option("--bitrate", metavar="B", help="Bits per second: 4M, 800k.")] = "4M",
    gop: Annotated[
        str, typer.Option("--gop", metavar="TIME", help="From key frame to key frame: 2s.")
    ] = "2s",
    people: Annotated[
        list[str] | None,
        typer.Option("--people", metavar="CLIP", help="Cut people out of it; CLIP=TRACKS with MOT text."),
    ] = None,
    vehicles: Annotated[
        list[str] | None, typer.Option("--vehicles", metavar="CLIP", help="Cut vehicles out of it.")
    ] = None,
    scene: Annotated[str, typer.Option("--scene", metavar="CLIP", help="Its empty scene is used.")] = "",
    camera: Annotated[
        str, typer.Option("--camera", metavar="NAME", help="First part of the files' names.")
    ] = "camera",
    start: Annotated[
        str, typer.Option("--start", metavar="TIME", help="What the camera's clock shows at the beginning.")
    ] = "2024-03-15T10:00:00",
    file_length: Annotated[
        str, typer.Option("--file-length", metavar="TIME", help="Length of one file.")
    ] = "10m",
    missing: Annotated[bool, typer.Option("--missing", help="One file is missing.")] = False,
    cut: Annotated[bool, typer.Option("--cut-short", help="One file is cut short.")] = False,
    clock_change: Annotated[
        bool, typer.Option("--clock-change", help="The clock is put forward inside one file.")
    ] = False,
    clock: Annotated[
        bool,
        typer.Option("--clock/--no-clock", help="Draw a clock; without, empty stretches are made very fast."),
    ] = True,
    noise: Annotated[
        float, typer.Option("--noise", metavar="X", min=0.0, help="Sensor noise, grey levels.")
    ] = 2.0,
    drift: Annotated[
        float,
        typer.Option("--drift", metavar="X", min=0.0, max=0.5, help="Slow change of the light, as a share."),
    ] = 0.05,
    workers: Annotated[
        int, typer.Option("--workers", metavar="N", min=0, help="Threads; 0 = one per core.")
    ] = 0,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace files that exist.")] = False,
    json: Json = False,
) -> None:
    """Compose a recording of hours whose truth is known exactly, from people cut out of given clips."""
    from synopticon.acts.compose_footage import ComposeFootageRequest
    from synopticon.acts.compose_footage import compose_footage as act
    from synopticon.vision.compose_footage import Look

    width, height = parse_size(size)
    rate = parse_fps(fps)
    request = ComposeFootageRequest(
        output=output,
        hours=hours,
        seed=seed,
        activity=activity,
        objects=objects,
        width=width,
        height=height,
        fps=rate,
        codec=codec,
        bitrate=_bitrate(bitrate),
        gop=parse_duration(gop).seconds(float(rate)),
        people=tuple(people or ()),
        vehicles=tuple(vehicles or ()),
        scene=scene,
        camera=camera,
        start=parse_start(start).replace(tzinfo=None),
        file_minutes=parse_duration(file_length).seconds(float(rate)) / 60,
        missing=missing,
        cut=cut,
        clock_change=clock_change,
        look=Look(noise=noise, drift=drift, clock=clock),
        workers=workers,
        overwrite=overwrite,
    )
    with progress() as report:
        made = act(request, report)
    if json:
        result_json(made)
        return
    say(
        f"{made.objects} objects; somebody in {made.activity:.1%} of the frames, then {made.mean_objects:.1f}"
    )
    for file in made.files:
        if file.state != "whole":
            say(f"{file.name}: {file.state}")
    result(str(made.truth))


def _bitrate(text: str) -> int:
    """Read ``4M``, ``800k`` or plain bits per second."""
    match = re.fullmatch(r"(\d+(?:\.\d+)?)\s*([kKmM]?)", text.strip())
    if not match:
        raise UsageError(f"{text!r} is no bit rate: write 4M or 800k")
    return round(float(match[1]) * {"": 1, "k": 1000, "m": 1_000_000}[match[2].lower()])
