"""What looks like something: exact search, every candidate compared, in compiled code.

Descriptors are int8 vectors (``vision.descriptor``); how alike two are is one dot product. With all the
products whole numbers, the same candidates give the same order on every machine.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from synopticon.compiled import compiled
from synopticon.values.detection import CLASS_GROUP, CLASSES
from synopticon.vision.descriptor import FULL, STRIPES, Descriptor, alike

Floats = NDArray[np.float32]

PARTS: tuple[str, ...] = ("shoulders", "chest", "waist", "hips", "legs", "feet")
assert len(PARTS) == STRIPES, "a name for each stripe"
_GROUPS = tuple(sorted(set(CLASS_GROUP.values())))
_GROUP = np.array([_GROUPS.index(CLASS_GROUP[name]) for name in CLASSES], np.int8)
_NAMELESS = _GROUPS.index("object")


@dataclass(frozen=True, slots=True)
class Found:
    """Row ``row`` of the candidates, and how alike it is, 0..1."""

    row: int
    score: float


def likeness(vectors: NDArray[np.int8], wanted: Descriptor) -> Floats:
    """How alike each of ``vectors`` ``(n, size)`` and ``wanted`` ``(size,)`` are: float32 ``(n,)``, 0..1."""
    out = np.empty(len(vectors), np.int32)
    _dots(np.ascontiguousarray(vectors), np.ascontiguousarray(wanted), out)
    return np.asarray(np.minimum(out / np.float32(FULL**2 * STRIPES), 1), np.float32)


def comparable(labels: NDArray[np.uint8], label: int) -> NDArray[np.bool_]:
    """Which classes may be the same thing: those of one group, and what no model named."""
    groups, group = _GROUP[labels], _GROUP[label]
    if group == _NAMELESS:
        return np.ones(len(labels), np.bool_)
    return np.asarray((groups == group) | (groups == _NAMELESS))


def first(scores: Floats, allowed: NDArray[np.bool_], limit: int) -> tuple[Found, ...]:
    """The best ``limit`` of the allowed candidates, the best first; of equal ones the earlier row."""
    rows = np.flatnonzero(allowed & (scores > 0))
    if len(rows) > limit:
        least = np.partition(scores[rows], len(rows) - limit)[len(rows) - limit]
        rows = rows[scores[rows] >= least]
    order = rows[np.argsort(-scores[rows], kind="stable")][:limit]
    return tuple(Found(int(row), float(scores[row])) for row in order)


def explained(a: Descriptor, b: Descriptor) -> str:
    """Where two look alike and where they do not, in words."""
    parts = alike(a, b)
    told = ", ".join(f"{name} {share:.2f}" for name, share in zip(PARTS, parts.tolist(), strict=True))
    return f"clothing and shape {float(parts.mean()):.2f} ({told})"


@compiled()
def _dots(vectors: NDArray[np.int8], wanted: NDArray[np.int8], out: NDArray[np.int32]) -> None:
    for i in range(vectors.shape[0]):
        total = np.int32(0)
        for j in range(vectors.shape[1]):
            total += np.int32(vectors[i, j]) * np.int32(wanted[j])
        out[i] = total
