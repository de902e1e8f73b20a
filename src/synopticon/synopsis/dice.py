"""Repeatable chance: the same seed gives the same numbers on every machine."""

import numpy as np
from numpy.typing import NDArray

from synopticon.compiled import compiled


@compiled()
def random(dice: NDArray[np.uint64]) -> float:
    """Uniform in [0, 1); ``dice`` uint64 ``(1,)`` is the state.

    Splitmix64 (Steele, Lea, Flood, OOPSLA 2014).
    """
    dice[0] += np.uint64(0x9E3779B97F4A7C15)
    z = dice[0]
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return np.float64((z ^ (z >> np.uint64(31))) >> np.uint64(11)) / 9007199254740992.0


@compiled()
def shuffle(order: NDArray[np.int64], dice: NDArray[np.uint64]) -> None:
    """Shuffle in place (Fisher and Yates)."""
    for k in range(len(order) - 1, 0, -1):
        j = int(random(dice) * (k + 1))
        order[k], order[j] = order[j], order[k]
