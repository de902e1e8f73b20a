"""The options that verbs share, each with its help."""

from pathlib import Path
from typing import Annotated, Literal

import typer

Option = typer.Option

# What is looked at.
Footage = Annotated[
    list[str],
    typer.Argument(metavar="FOOTAGE...", help="Files, globs or folders: one recording of one camera."),
]
FootageOrNone = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="[FOOTAGE...]",
        help="Files, globs or folders: one recording of one camera; none: what was ingested.",
    ),
]
Where = Annotated[
    str, Option("--where", metavar="QUERY", help="Only what answers this question: person upper:red.")
]
Case = Annotated[str | None, Option("--case", metavar="ID", help="The case that it is done for.")]
Start = Annotated[
    str | None,
    Option("--start", metavar="TIME", help="When the first frame was taken: 2024-05-01T08:30:00+02:00."),
]
Zone = Annotated[str, Option("--zone", metavar="NAME", help="Time zone of the camera: Europe/Paris.")]
Camera = Annotated[
    str, Option("--camera", metavar="NAME", help="Name of the camera; default: from the files.")
]

Look = Annotated[bool, Option("--look/--no-look", help="Look at key frames to see whether the camera moves.")]
ReadClock = Annotated[
    bool,
    Option("--read-clock", help="Read the clock in the picture and propose a start; sets nothing."),
]
ClockPictures = Annotated[
    Path | None,
    Option("--clock-pictures", metavar="FOLDER", help="A new folder for a picture of each reading."),
]

# How it is analysed.
Model = Annotated[
    str, Option("--model", metavar="NAME", help="'auto', 'none', a name of 'models list', or a model file.")
]
FaceModel = Annotated[
    str, Option("--face-model", metavar="auto|none|NAME", help="What finds faces, to mask them.")
]
Mask = Annotated[
    str,
    Option(
        "--mask",
        metavar="heads|faces|people|plates|all,..",
        help="What is filled; all: whatever moves, whole.",
    ),
]
ModelsFolder = Annotated[
    Path | None, Option("--models-folder", metavar="DIR", help="Models, instead of Synopticon's own folder.")
]
UnsafeModel = Annotated[
    bool, Option("--unsafe-unknown-model", help="Run a model that is on no card; every output names it.")
]
Quick = Annotated[bool, Option("--quick", help="Look at key frames only; the loss is stated.")]
Progressive = Annotated[
    bool,
    Option("--progressive", help="Write a first synopsis early, and again each time as much is analysed."),
]
Workers = Annotated[
    int, Option("--workers", metavar="N", min=0, help="Processes that analyse; 0 = one for each core.")
]
Workspace = Annotated[
    Path | None,
    Option(
        "--workspace",
        metavar="DIR",
        help="Where analyses are kept; else $SYNOPTICON_HOME, else the user's data folder.",
    ),
]

# How it is arranged.
Density = Annotated[
    float | None, Option("--density", metavar="N", min=0.1, help="Objects shown at once, on average.")
]
Length = Annotated[
    str | None, Option("--length", metavar="TIME", help="Length of the synopsis: 90s, 1m30s, 900f.")
]
MaxCollision = Annotated[
    float | None,
    Option("--max-collision", metavar="X", min=0.0, help="How much objects may overlap; 0 = not at all."),
]
Order = Annotated[
    Literal["strict", "local", "free"],
    Option("--order", metavar="strict|local|free", help="How freely objects may change their order."),
]
Effort = Annotated[
    int | None, Option("--effort", metavar="N", min=0, help="Rounds of arranging: more is better, slower.")
]

# What is made.
Format = Annotated[
    Literal["mot", "coco", "jsonl"],
    Option("--format", metavar="mot|coco|jsonl", help="MOT text (frames from 1), COCO-VID, or JSON lines."),
]
Classes = Annotated[
    str, Option("--classes", metavar="A,B", help="Write these classes only: person,car; default: all.")
]
TracksFile = Annotated[Path, Option("--output", "-o", metavar="FILE", help="The file of tracks.")]
Output = Annotated[
    Path | None, Option("--output", "-o", metavar="FILE", help="The video; default: NAME.synopsis.mp4 here.")
]
Overwrite = Annotated[bool, Option("--overwrite", help="Replace outputs that exist.")]
Unmasked = Annotated[bool, Option("--unmasked", help="Show heads clear; needs --reason.")]
Reason = Annotated[str, Option("--reason", metavar="TEXT", help="Why clear pictures are needed.")]
Need = Annotated[str, Option("--reason", metavar="TEXT", help="Why it is needed, in words.")]
Why = Annotated[str, Option("--reason", metavar="TEXT", help="Why you look, in words.")]
ColourMatch = Annotated[
    bool, Option("--colour-match/--no-colour-match", help="Match the colours at the border of objects.")
]
Plot = Annotated[
    Path | None,
    Option("--plot", metavar="FILE.svg", help="Draw the plan: source time against synopsis time."),
]
Json = Annotated[bool, Option("--json", help="Print the result as JSON.")]
