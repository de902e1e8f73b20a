"""What a statistic of tracks counts by."""

from typing import Literal, TypeAlias, get_args

By: TypeAlias = Literal[
    "hour",
    "camera",
    "class",
    "line",
    "zone",
    "flow",
    "dwell",
    "speed",
    "occupancy",
    "heat",
    "path",
    "coverage",
]
KINDS: tuple[By, ...] = get_args(By)
