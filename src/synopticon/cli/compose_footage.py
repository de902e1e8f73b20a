"""The verb ``compose-footage``: recordings of hours with exact truth, for tests and benchmarks."""

import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from synopticon.cli.options import Json
from synopticon.cli.output import result, result_json, say
from synopticon.cli.parse import parse_duration, parse_fps, parse_size, parse_start
from synopticon.cli.progress import progress
from synopticon.errors import UsageError

if TYPE_CHECKING:
    from synopticon.acts.compose_footage import ComposedFootage

app = typer.Typer()


Option = typer.Option

# How long, how busy.
Folder = Annotated[Path, Option("--output", "-o", metavar="DIR", help="Folder of the recording.")]
Hours = Annotated[float, Option("--hours", metavar="X", help="How long it is.")]
Seed = Annotated[int, Option("--seed", metavar="N", min=0, help="Same seed and clips, same recording.")]
Activity = Annotated[
    float,
    Option("--activity", metavar="X", min=0.0, max=1.0, help="Share of the frames that hold somebody."),
]
Objects = Annotated[
    float, Option("--objects", metavar="X", min=1.0, help="How many are there then, on average.")
]

# How it is coded.
Size = Annotated[str, Option("--size", metavar="WxH", help="Pixels.")]
Fps = Annotated[str, Option("--fps", metavar="F", help="Frames per second.")]
Codec = Annotated[
    Literal["mpeg4", "h264", "hevc"],
    Option("--codec", metavar="mpeg4|h264|hevc", help="MPEG-4 (.avi), H.264 or HEVC (.mp4)."),
]
Bitrate = Annotated[str, Option("--bitrate", metavar="B", help="Bits per second: 4M, 800k.")]
Gop = Annotated[str, Option("--gop", metavar="TIME", help="From key frame to key frame: 2s.")]

# What it is made from.
People = Annotated[
    list[str] | None,
    Option("--people", metavar="CLIP", help="Cut people out of it; CLIP=TRACKS with MOT text."),
]
Vehicles = Annotated[list[str] | None, Option("--vehicles", metavar="CLIP", help="Cut vehicles out of it.")]
Scene = Annotated[str, Option("--scene", metavar="CLIP", help="Its empty scene is used.")]

# What the recorder does.
Camera = Annotated[str, Option("--camera", metavar="NAME", help="First part of the files' names.")]
Start = Annotated[
    str, Option("--start", metavar="TIME", help="What the camera's clock shows at the beginning.")
]
FileLength = Annotated[str, Option("--file-length", metavar="TIME", help="Length of one file.")]
Missing = Annotated[bool, Option("--missing", help="One file is missing.")]
Cut = Annotated[bool, Option("--cut-short", help="One file is cut short.")]
ClockChange = Annotated[bool, Option("--clock-change", help="The clock is put forward inside one file.")]

# What the picture is like.
Clock = Annotated[
    bool, Option("--clock/--no-clock", help="Draw a clock; without, empty stretches are made very fast.")
]
Noise = Annotated[float, Option("--noise", metavar="X", min=0.0, help="Sensor noise, grey levels.")]
Drift = Annotated[
    float, Option("--drift", metavar="X", min=0.0, max=0.5, help="Slow change of the light, as a share.")
]

Workers = Annotated[int, Option("--workers", metavar="N", min=0, help="Threads; 0 = one per core.")]
Overwrite = Annotated[bool, Option("--overwrite", help="Replace files that exist.")]


@app.command("compose-footage")
def compose_footage(  # noqa: PLR0913 (one parameter for each option)
    *,
    output: Folder,
    hours: Hours = 1.0,
    seed: Seed = 0,
    activity: Activity = 0.1,
    objects: Objects = 5.0,
    size: Size = "768x576",
    fps: Fps = "25",
    codec: Codec = "h264",
    bitrate: Bitrate = "4M",
    gop: Gop = "2s",
    people: People = None,
    vehicles: Vehicles = None,
    scene: Scene = "",
    camera: Camera = "camera",
    start: Start = "2024-03-15T10:00:00",
    file_length: FileLength = "10m",
    missing: Missing = False,
    cut: Cut = False,
    clock_change: ClockChange = False,
    clock: Clock = True,
    noise: Noise = 2.0,
    drift: Drift = 0.05,
    workers: Workers = 0,
    overwrite: Overwrite = False,
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
    else:
        _report(made)


def _report(made: "ComposedFootage") -> None:
    busy = f"somebody in {made.activity:.1%} of the frames, then {made.mean_objects:.1f}"
    say(f"{made.objects} objects; {busy}")
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
