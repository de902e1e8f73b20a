"""How fast tracks go over the ground of their camera, in metres."""

import numpy as np
from numpy.typing import NDArray

from synopticon.search.rows import Ground, Rows, World
from synopticon.values.traits import PATH_POINTS

FOOT = 0.006  # of the picture's height by which a foot's place is unsure (about 3 pixels of 480)


def metres_a_second(rows: Rows, world: World) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Mean speed over the ground and its standard error, m/s, float32 ``(n,)``; NaN without a ground."""
    pace = np.full(len(rows), np.nan, np.float32)
    error = pace.copy()
    for index, camera in enumerate(rows.cameras):
        plane = world.planes.get(camera)
        here = np.flatnonzero(rows["camera"] == index) if plane is not None else ()
        if plane is not None and len(here):
            lasts = np.maximum(rows["dwell"][here].astype(np.float64), 1e-3)
            way, off = _way(rows["path"][here], plane)
            pace[here], error[here] = way / lasts, off / lasts
    return pace, error


def places(path: NDArray[np.uint16], plane: Ground) -> NDArray[np.float64]:
    """Places on the ground in metres, ``(n, 16, 2)``, of paths."""
    flat = path.reshape(-1, 2).astype(np.float64) / 65535
    return plane.metres(flat).reshape(len(path), PATH_POINTS, 2)


def _way(path: NDArray[np.uint16], plane: Ground) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Metres that each path is long, and by how much that is unsure.

    The foot is followed over every third place only, so that its trembling adds little to the way.
    """
    ground = places(path, plane)[:, ::3]
    way = np.linalg.norm(np.diff(ground, axis=1), axis=2).sum(axis=1)
    ends = path[:, (0, -1)].reshape(-1, 2).astype(np.float64) / 65535
    moved = plane.metres(ends + np.array([0, FOOT])) - plane.metres(ends)
    off = np.linalg.norm(moved, axis=1).reshape(-1, 2)
    return way, np.sqrt(np.square(off).sum(axis=1))
