"""Arrange anybody's tracks: a track file in, a plan file out."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from synopticon.errors import OutputError
from synopticon.store.atomic import write_whole
from synopticon.synopsis.arrange import Knobs, arrange
from synopticon.synopsis.trackfile import load_tracks
from synopticon.values.duration import Duration
from synopticon.values.plan import Plan


@dataclass(frozen=True, slots=True)
class ArrangeRequest:
    """What to arrange: a track file, the picture's size in pixels, frame rate, the source's length."""

    tracks: Path
    output: Path
    width: int
    height: int
    fps: float
    duration: Duration
    knobs: Knobs
    overwrite: bool = False


@dataclass(frozen=True, slots=True)
class ArrangeResult:
    """What was planned: the plan file, tubes shown and left out, synopsis frames, measures, notes."""

    path: Path
    shown: int
    left_out: int
    length_frames: int
    measures: dict[str, float | None]
    notes: tuple[str, ...]


def arrange_tracks(request: ArrangeRequest) -> ArrangeResult:
    """Read tracks, arrange them, and write the plan whole or not at all.

    Raises UsageError, naming file and line, for tracks that cannot be used, and OutputError.
    """
    if request.output.exists() and not request.overwrite:
        raise OutputError(f"{request.output}: exists already: choose another name, or pass --overwrite")
    frames = request.duration.frames(request.fps)
    tubes, notes = load_tracks(request.tracks, request.width, request.height, request.fps, frames)
    plan = arrange(tubes, request.knobs)
    with write_whole(request.output, overwrite=request.overwrite) as temporary:
        temporary.write_text(json.dumps(plan_json(plan), indent=1) + "\n", "utf-8")
    return ArrangeResult(
        path=request.output,
        shown=len(plan.starts),
        left_out=len(plan.left_out),
        length_frames=plan.length_frames,
        measures=dict(plan.measures),
        notes=notes,
    )


def plan_json(plan: Plan) -> dict[str, Any]:
    """The plan as ``docs/schemas/plan.schema.json`` describes it."""
    return {
        "fps": plan.fps,
        "length_frames": plan.length_frames,
        "starts": dict(plan.starts),
        "left_out": [{"id": left.id, "reason": left.reason} for left in plan.left_out],
        "deterministic": plan.deterministic,
        "effort": plan.effort,
        "measures": dict(plan.measures),
    }
