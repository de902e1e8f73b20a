"""Rows of several footages, each with the run whose tracks they are of, put together."""

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray


class Placed(Protocol):
    """Rows whose column ``footage`` (int32) indexes ``footages``, each with its run in ``runs``."""

    @property
    def footages(self) -> tuple[str, ...]: ...  # noqa: D102
    @property
    def runs(self) -> tuple[str, ...]: ...  # noqa: D102
    @property
    def footage(self) -> NDArray[np.int32]: ...  # noqa: D102


def placed(parts: Sequence[Placed]) -> tuple[tuple[str, ...], tuple[str, ...], NDArray[np.int32]]:
    """Footages, runs and column ``footage`` of the rows of all parts, in their order.

    Footage that several parts name is named once, and footage without rows not at all.
    """
    known: dict[tuple[str, str], int] = {}
    pairs = [list(zip(p.footages, p.runs, strict=True)) for p in parts]
    for part, own in zip(parts, pairs, strict=True):
        for k in np.unique(part.footage).tolist():
            known.setdefault(own[k], len(known))
    moved = [
        np.array([known.get(pair, 0) for pair in own], np.int32)[part.footage]
        for part, own in zip(parts, pairs, strict=True)
        if len(part.footage)
    ]
    column = np.concatenate(moved) if moved else np.zeros(0, np.int32)
    return tuple(f for f, _ in known), tuple(r for _, r in known), column
