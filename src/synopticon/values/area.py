"""Zones and lines that somebody drew into a camera's picture."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

from synopticon.values.query import Point

AreaKind: TypeAlias = Literal["zone", "line"]


@dataclass(frozen=True, slots=True)
class Area:
    """A named zone (a polygon of 3 points or more) or line (2 points or more), 0..1 over the picture.

    A line has a side: walking from its first point to its last, *in* is from the left hand to the right.
    ``camera``: the id of its camera.
    """

    name: str
    camera: str
    kind: AreaKind
    points: tuple[Point, ...]
