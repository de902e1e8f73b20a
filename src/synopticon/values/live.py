"""What comes of a camera that films now: pictures, and where there are none."""

from dataclasses import dataclass
from fractions import Fraction
from typing import TypeAlias

from synopticon.values.frame import Frame

LIVE_BASE = Fraction(1, 1_000_000)  # seconds of a tick: ``pts`` of live frames are microseconds


@dataclass(frozen=True, slots=True)
class Opened:
    """The stream shows pictures of this size from ``time`` on (seconds since its begin); ``rate`` in Hz."""

    time: float
    width: int
    height: int
    rate: float
    codec: str


@dataclass(frozen=True, slots=True)
class Lost:
    """The stream gives nothing more since ``time`` (seconds), and why; ``seen``: it gave pictures before."""

    time: float
    why: str
    seen: bool


Item: TypeAlias = Frame | Opened | Lost
