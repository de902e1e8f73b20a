"""What a look at the machine or the workspace finds."""

from dataclasses import dataclass
from typing import Literal

Level = Literal["fine", "note", "problem"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at. ``problem`` stops the main job, ``note`` does not; ``remedy`` says what to do."""

    what: str
    level: Level
    found: str
    remedy: str = ""
