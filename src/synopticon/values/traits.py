"""What is known of tracks beyond their boxes, as columns: what a search compares, and nothing else.

Clothing, size and movement; no face, no age, no sex, no origin: such columns do not exist.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

# Names of colours; each is a region of a perceptual space, defined where colours are measured.
COLOURS: tuple[str, ...] = (
    "black", "white", "grey", "red", "orange", "yellow",
    "green", "blue", "purple", "pink", "brown", "beige",
)  # fmt: skip
# Kinds of vehicle, as a witness would say them; 0 = no vehicle, or not told apart.
KINDS: tuple[str, ...] = ("", "car", "van", "lorry", "bus", "two-wheeler")
# Things carried, as bits of ``carries``; ``computed`` says which of them were looked for at all.
CARRIED: tuple[str, ...] = ("bag", "bicycle", "helmet", "hat")
# Why colours are unknown (all shares 0): 0 they are known.
LIGHTS: tuple[str, ...] = ("known", "no colour in this light", "too small", "not measured")
PATH_POINTS = 16
UNTIMED = np.iinfo(np.int64).min  # start, end, low, high of footage whose clock is unknown


@dataclass(frozen=True, slots=True, eq=False)
class Traits:
    """Columns of length n, one row a track.

    ``ids`` bytes ``S48``; ``camera``, ``footage`` int32, indices into ``cameras`` and ``footages`` (ids).
    ``start``, ``end`` int64 microseconds since 1970 (UTC), ``low``, ``high`` (exclusive) the same widened by
    the clock's uncertainty; all ``UNTIMED`` where the clock is unknown. ``offset`` float64, seconds of the
    start on the footage's timeline; ``dwell`` float32, seconds from first to last box.
    ``label`` uint8 index into CLASSES, ``kind`` uint8 into KINDS, ``score`` float32 0..1.
    ``upper``, ``lower`` (persons), ``body`` (vehicles) uint8 ``(n, 12)``: shares over COLOURS that sum to
    about 255, all 0 = unknown; ``sure`` uint8 how certain they are (255 = fully); ``light`` uint8 into
    LIGHTS.
    ``size`` float32 ``(n, 2)`` median width and height as shares of the picture's.
    ``heading`` float32 degrees, 0 = right, 90 = up the picture, NaN where it goes nowhere; ``turned`` float32
    the sum of its turns in degrees; ``speed`` float32 median, picture heights a second; ``pace`` float32
    metres a second, NaN without a ground plane, ``pace_error`` float32 its standard error.
    ``stopped`` float32 longest stop, seconds. ``path`` uint16 ``(n, 16, 2)``: where its foot stands (middle
    of the lower edge of the box) at 16 times equally apart, 0..65535 over the picture's width and height.
    ``cells`` uint64 the 8 x 8 cells that it touched. ``carries``, ``computed`` uint8 bits of CARRIED.
    """

    cameras: tuple[str, ...]
    footages: tuple[str, ...]
    ids: NDArray[np.bytes_]
    camera: NDArray[np.int32]
    footage: NDArray[np.int32]
    start: NDArray[np.int64]
    end: NDArray[np.int64]
    low: NDArray[np.int64]
    high: NDArray[np.int64]
    offset: NDArray[np.float64]
    dwell: NDArray[np.float32]
    label: NDArray[np.uint8]
    kind: NDArray[np.uint8]
    score: NDArray[np.float32]
    upper: NDArray[np.uint8]
    lower: NDArray[np.uint8]
    body: NDArray[np.uint8]
    sure: NDArray[np.uint8]
    light: NDArray[np.uint8]
    size: NDArray[np.float32]
    heading: NDArray[np.float32]
    turned: NDArray[np.float32]
    speed: NDArray[np.float32]
    pace: NDArray[np.float32]
    pace_error: NDArray[np.float32]
    stopped: NDArray[np.float32]
    path: NDArray[np.uint16]
    cells: NDArray[np.uint64]
    carries: NDArray[np.uint8]
    computed: NDArray[np.uint8]

    def __post_init__(self) -> None:
        n = len(self.ids)
        wrong = [name for name in COLUMNS if getattr(self, name).shape != (n, *COLUMNS[name][1])]
        if wrong:
            raise ValueError(f"traits: {', '.join(wrong)}: not of {n} rows in the right shape")

    def __len__(self) -> int:
        return len(self.ids)

    def __getitem__(self, name: str, /) -> NDArray[Any]:
        found: NDArray[Any] = getattr(self, name)
        return found

    def pick(self, name: str, rows: NDArray[np.intp], /) -> NDArray[Any]:
        """Some rows of a column."""
        return self[name][rows]

    def take(self, rows: NDArray[np.bool_] | NDArray[np.intp] | slice) -> "Traits":
        """The rows of a mask, of indices (in their order), or of a slice."""
        return replace(self, **{name: getattr(self, name)[rows] for name in COLUMNS})

    @staticmethod
    def empty() -> "Traits":
        """No track at all."""
        return Traits(
            (), (), **{name: np.zeros((0, *shape), kind) for name, (kind, shape) in COLUMNS.items()}
        )

    @staticmethod
    def join(parts: Sequence["Traits"]) -> "Traits":
        """All rows of several parts, in order; the names of cameras and footages are merged."""
        if not parts:
            return Traits.empty()
        cameras = tuple(dict.fromkeys(name for p in parts for name in p.cameras))
        footages = tuple(dict.fromkeys(name for p in parts for name in p.footages))
        moved = [_renamed(p, cameras, footages) for p in parts]
        return Traits(
            cameras, footages, **{c: np.concatenate([getattr(p, c) for p in moved]) for c in COLUMNS}
        )


def carried(carries: int, computed: int) -> dict[str, str]:
    """For each thing of CARRIED "yes", "no", or "not computed" where the model cannot see such a thing."""
    said = {True: "yes", False: "no"}
    return {
        name: said[bool(carries >> i & 1)] if computed >> i & 1 else "not computed"
        for i, name in enumerate(CARRIED)
    }


def _renamed(part: Traits, cameras: tuple[str, ...], footages: tuple[str, ...]) -> Traits:
    """The same rows with their indices into longer lists of names."""
    if part.cameras == cameras[: len(part.cameras)] and part.footages == footages[: len(part.footages)]:
        return part
    camera = np.array([cameras.index(name) for name in part.cameras], np.int32)
    footage = np.array([footages.index(name) for name in part.footages], np.int32)
    return replace(part, camera=camera[part.camera], footage=footage[part.footage])


# Name of a column -> its type and the shape of one row; the order in which they are kept.
COLUMNS: dict[str, tuple[type[np.generic] | str, tuple[int, ...]]] = {
    "ids": ("S48", ()),
    "camera": (np.int32, ()),
    "footage": (np.int32, ()),
    "start": (np.int64, ()),
    "end": (np.int64, ()),
    "low": (np.int64, ()),
    "high": (np.int64, ()),
    "offset": (np.float64, ()),
    "dwell": (np.float32, ()),
    "label": (np.uint8, ()),
    "kind": (np.uint8, ()),
    "score": (np.float32, ()),
    "upper": (np.uint8, (len(COLOURS),)),
    "lower": (np.uint8, (len(COLOURS),)),
    "body": (np.uint8, (len(COLOURS),)),
    "sure": (np.uint8, ()),
    "light": (np.uint8, ()),
    "size": (np.float32, (2,)),
    "heading": (np.float32, ()),
    "turned": (np.float32, ()),
    "speed": (np.float32, ()),
    "pace": (np.float32, ()),
    "pace_error": (np.float32, ()),
    "stopped": (np.float32, ()),
    "path": (np.uint16, (PATH_POINTS, 2)),
    "cells": (np.uint64, ()),
    "carries": (np.uint8, ()),
    "computed": (np.uint8, ()),
}
assert set(COLUMNS) == {f.name for f in fields(Traits)} - {"cameras", "footages"}, "every column is listed"
