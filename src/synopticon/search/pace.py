"""How fast tracks go over the ground of their camera, in metres."""

import numpy as np
from numpy.typing import NDArray

from synopticon.search.rows import Rows, World
from synopticon.values.ground import FULL, Ground, pace


def metres_a_second(rows: Rows, world: World) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Median speed over the ground and its standard error, m/s, ``(n,)``; NaN without a ground."""
    speed, error = np.full((2, len(rows)), np.nan)
    for index, camera in enumerate(rows.cameras):
        ground = world.planes.get(camera)
        here = np.flatnonzero(rows["camera"] == index)
        if ground is not None and len(here):
            tall = rows["size"][here, 1]
            speed[here], error[here] = pace(rows["path"][here], rows["dwell"][here], ground, tall)
    return speed, error


def places(path: NDArray[np.uint16], ground: Ground) -> NDArray[np.float64]:
    """Places on the ground in metres, ``(n, 16, 2)``, of paths; NaN above the horizon."""
    return np.asarray(ground.metres(path / FULL), np.float64)
