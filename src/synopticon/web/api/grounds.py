"""Where the ground of a camera lies: what is kept, people to measure it against, and a look at it by hand."""

from typing import Annotated

import numpy as np
from pydantic import BaseModel, Field, FiniteFloat

from synopticon.acts import zones
from synopticon.acts.scenes import PEOPLE, people_of
from synopticon.errors import UsageError
from synopticon.values import ground
from synopticon.values.upright import check
from synopticon.web.api.cameras import GroundIn
from synopticon.web.api.fields import Point
from synopticon.web.auth import Here

Box = tuple[FiniteFloat, FiniteFloat, FiniteFloat, FiniteFloat]
Side = Annotated[int, Field(ge=16, le=32768)]
# Four places of the picture by which a ground that is kept is told: low, where most cameras see it.
_TOLD = ((0.3, 0.85), (0.7, 0.85), (0.62, 0.6), (0.38, 0.6))


class PlaneOut(BaseModel):
    """A ground, told by four places in the picture (0..1) and in metres; none where there is no ground."""

    picture: list[Point]
    metres: list[Point]


class Trial(GroundIn):
    """A ground to look at: its points, the size of the picture in pixels, boxes xyxy 0..1 of people on it."""

    width: Side
    height: Side
    boxes: list[Box] = Field(default_factory=list, max_length=PEOPLE)


class LineOut(BaseModel):
    """A line of whole metres, 0..1 over the picture; ``fifth``: every fifth."""

    points: list[Point]
    fifth: bool


class TrialOut(BaseModel):
    """What a ground says; ``fits``: whether its points are a ground at all.

    ``heights``: metres, none where nothing can be said of a box; ``step``: metres between lines; ``error``:
    metres, root mean square at the points, 0 for four; ``pixel``: metres that a pixel is at the nearest and
    the farthest of them.
    """

    fits: bool
    lines: list[LineOut]
    step: int
    heights: list[float | None]
    error: float
    pixel: tuple[float, float]


def show_ground(here: Here, camera: str) -> PlaneOut | None:
    """Show where the ground of a camera lies, if anybody has said it."""
    found = zones.ground_of(here, camera)
    if found is None:
        return None
    there = found.metres(_TOLD)
    told = [k for k in range(len(_TOLD)) if not np.isnan(there[k]).any()]
    return PlaneOut(picture=[_TOLD[k] for k in told], metres=[(float(x), float(y)) for x, y in there[told]])


def list_people(here: Here, camera: str, case: str | None = None, reason: str = "") -> list[Box]:
    """List boxes of people (xyxy, 0..1) in the newest recordings, to measure a ground against."""
    boxes = people_of(here, camera, case=case, reason=reason).round(4)
    return [(a, b, c, d) for a, b, c, d in boxes.tolist()]


def try_ground(body: Trial) -> TrialOut:
    """Reckon with a ground: its metre grid, how tall people are on it, how far its points are off."""
    try:
        made = ground.of_points(tuple(body.picture), tuple(body.metres))
    except UsageError:  # while somebody still types and drags
        none: list[float | None] = [None] * len(body.boxes)
        return TrialOut(fits=False, lines=[], step=1, heights=none, error=0.0, pixel=(0.0, 0.0))
    found = check(made, body.picture, body.metres, (body.width, body.height), body.boxes)
    return TrialOut(
        fits=True,
        lines=[
            LineOut(points=[(x, y) for x, y in line.points.round(4).tolist()], fifth=line.fifth)
            for line in found.lines
        ],
        step=found.step,
        heights=[None if np.isnan(tall) else round(tall, 3) for tall in found.heights.tolist()],
        error=found.error,
        pixel=found.pixel,
    )
