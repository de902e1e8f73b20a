"""The ground of a camera: from a place in the picture to metres, and how fast something goes on it.

Made from four points or more whose places in metres somebody has measured (a homography, found by the direct
linear transform on normalised points: Hartley and Zisserman, "Multiple View Geometry in Computer Vision", 2nd
edition, 2004, algorithm 4.2), or from a calibration file of Tsai's camera model ("A versatile camera
calibration technique for high-accuracy 3D machine vision metrology using off-the-shelf TV cameras and
lenses", IEEE Journal of Robotics and Automation 3(4), 1987) with its first radial term.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Any, TypeAlias
from xml.parsers import expat

import numpy as np
from numpy.typing import ArrayLike, NDArray

from synopticon.errors import UsageError
from synopticon.values.traits import PATH_POINTS, Traits

Numbers: TypeAlias = NDArray[np.float64]

FOUR = 4  # points that fix a plane
FLAT = 0.01  # of normalised points: a triangle of less area is a line
SINGULAR = 1e-7  # of singular values: so small is none
LARGEST = 1 << 16  # bytes of a calibration file
# How far the foot of a box may be off (standard deviations): each for itself, as a share of the picture's
# sides (3 pixels of 576), and all of a track alike, as a share of the height of its box.
JITTER = 0.005
FOOT = 0.02
MIDDLE = 0.2  # standard deviation of the median of 15 steps, of that of one, whose places are off by chance
SMOOTH = 1.0  # seconds over which the places of a path are averaged: nearer ones are off alike
_UNBENT = 12  # steps
FULL = 65535.0  # of a path: the picture's whole side


@dataclass(frozen=True, slots=True)
class Ground:
    """``matrix``: nine numbers, row by row, that take ``(x, y, 1)``, freed of the lens, to metres (times w).

    ``x``, ``y`` are 0..1 over the picture; the ground is seen where w > 0. The lens: a place at
    ``(x, y) - centre = d`` would, without it, be at ``centre + d * (1 + bend * |d * spread|^2)``.
    """

    matrix: tuple[float, ...]
    bend: float = 0.0
    centre: tuple[float, float] = (0.5, 0.5)
    spread: tuple[float, float] = (1.0, 1.0)

    def metres(self, points: ArrayLike) -> Numbers:
        """Metres ``(..., 2)`` of places ``(..., 2)`` in the picture; NaN above the horizon."""
        straight = np.atleast_2d(self.straight(np.asarray(points, np.float64)))
        x, y, w = np.moveaxis(straight @ self._turn[:, :2].T + self._turn[:, 2], -1, 0)
        seen = np.where(w > 0, w, np.nan)
        return np.reshape(np.stack([x / seen, y / seen], axis=-1), np.shape(points))

    def spreads(self, points: ArrayLike) -> Numbers:
        """The Jacobian ``(..., 2, 2)``: metres (rows) for one whole side of the picture (columns)."""
        places, step = np.asarray(points, np.float64), 1e-5
        columns = [
            (self.metres(places + step * side) - self.metres(places - step * side)) / (2 * step)
            for side in np.eye(2)
        ]
        return np.stack(columns, axis=-1)

    def picture(self, metres: ArrayLike) -> Numbers:
        """Places ``(..., 2)`` in the picture of metres ``(..., 2)``; NaN behind the camera.

        The bend of the lens is taken back step by step: near the picture to less than a pixel.
        """
        there = np.asarray(metres, np.float64)
        back = np.linalg.inv(self._turn)
        x, y, w = np.moveaxis(there @ back[:, :2].T + back[:, 2], -1, 0)
        seen = np.where(w > 0, w, np.nan)
        straight = np.stack([x / seen, y / seen], axis=-1)
        places = straight
        for _ in range(_UNBENT if self.bend else 0):
            apart = places - self.centre
            far = np.square(apart * self.spread).sum(axis=-1, keepdims=True)
            places = self.centre + (straight - self.centre) / (1 + self.bend * far)
        return np.asarray(places)

    @property
    def _turn(self) -> Numbers:
        return np.reshape(self.matrix, (3, 3))

    def straight(self, points: Numbers) -> Numbers:
        """Places ``(..., 2)`` as they would be without the lens's bend."""
        apart = points - self.centre
        far = np.square(apart * self.spread).sum(axis=-1, keepdims=True)
        return np.asarray(self.centre + apart * (1 + self.bend * far))


def to_plain(ground: Ground) -> dict[str, Any]:
    """A ground as JSON values."""
    return {
        "matrix": list(ground.matrix),
        "bend": ground.bend,
        "centre": list(ground.centre),
        "spread": list(ground.spread),
    }


def of_plain(plain: Mapping[str, Any]) -> Ground:
    """What ``to_plain`` gave. Raises ``UsageError`` when it is something else."""
    try:
        matrix, centre, spread = ([float(v) for v in plain[k]] for k in ("matrix", "centre", "spread"))
        bend = float(plain["bend"])
    except (KeyError, TypeError, ValueError) as error:
        raise UsageError(
            f"no ground plane ({error!r}): give the four points or the calibration again"
        ) from None
    sizes = (len(matrix), len(centre), len(spread)) == (9, 2, 2)
    if not sizes or not np.isfinite([*matrix, *centre, *spread, bend]).all():
        raise UsageError("no ground plane (wrong numbers): give the points or the calibration again")
    return Ground(tuple(matrix), bend, (centre[0], centre[1]), (spread[0], spread[1]))


# --- from points --------------------------------------------------------------------------------------------


def of_points(picture: Sequence[Sequence[float]], metres: Sequence[Sequence[float]]) -> Ground:
    """The ground on which points ``(n, 2)`` of the picture (0..1) lie at ``metres`` ``(n, 2)``; n >= 4.

    More than four are fitted, each counting alike. Raises ``UsageError`` when they fix no plane.
    """
    here, there = _pairs(picture), _pairs(metres)
    if len(here) != len(there) or len(here) < FOUR:
        raise UsageError(
            f"a ground plane of {len(here)} points in the picture and {len(there)} in metres: "
            "name four points or more, each in both"
        )
    (a, to_a), (b, to_b) = _normalised(here), _normalised(there)
    _refuse_lines(a, "in the picture")
    _refuse_lines(b, "in metres")
    found = _transform(a, b)
    matrix = np.linalg.inv(to_b) @ found @ to_a
    w = here @ matrix[2, :2] + matrix[2, 2]
    if w.min() * w.max() <= 0:
        raise UsageError(
            "the points lie on both sides of the horizon: "
            "name them in the same order in the picture and in metres"
        )
    matrix *= np.sign(w[0]) / np.abs(w).mean()
    return Ground(tuple(matrix.ravel().tolist()))


def _pairs(points: Sequence[Sequence[float]]) -> Numbers:
    try:
        pairs = np.array([(float(x), float(y)) for x, y in points], np.float64).reshape(-1, 2)
    except (TypeError, ValueError):
        pairs = np.full((1, 2), np.nan)
    if not np.isfinite(pairs).all():
        raise UsageError("points of a ground plane: each must be two numbers, x and y")
    return pairs


def _normalised(points: Numbers) -> tuple[Numbers, Numbers]:
    """Points about 0 at a mean distance of sqrt(2), and the matrix that brings them there."""
    middle = points.mean(axis=0)
    reach = float(np.hypot(*(points - middle).T).mean())
    scale = np.sqrt(2) / reach if reach > 0 else 1.0
    matrix = np.array([(scale, 0, -scale * middle[0]), (0, scale, -scale * middle[1]), (0, 0, 1)])
    return (points - middle) * scale, matrix


def _refuse_lines(points: Numbers, where: str) -> None:
    """Refuse points of which no four are corners of a quadrangle."""
    flat = [abs(_area(points[list(three)])) < FLAT for three in combinations(range(len(points)), 3)]
    if all(flat):
        raise UsageError(f"the points lie on one line {where}: choose the corners of a quadrangle")
    if len(points) == FOUR and any(flat):
        raise UsageError(
            f"three of the four points lie on one line {where}: choose the corners of a quadrangle"
        )


def _area(three: Numbers) -> float:
    (ax, ay), (bx, by) = three[1] - three[0], three[2] - three[0]
    return float(ax * by - ay * bx) / 2


def _transform(a: Numbers, b: Numbers) -> Numbers:
    """The homography from points to points, both normalised."""
    one, none = np.ones(len(a)), np.zeros((len(a), 3))
    x = np.column_stack([a, one])
    rows = np.vstack([np.hstack([x, none, -b[:, :1] * x]), np.hstack([none, x, -b[:, 1:] * x])])
    _, sizes, turned = np.linalg.svd(rows)
    matrix = turned[-1].reshape(3, 3)
    small = np.linalg.svd(matrix, compute_uv=False)
    if sizes[7] < SINGULAR * sizes[0] or small[2] < SINGULAR * small[0]:
        raise UsageError("the points fix no plane: choose four that are corners of a quadrangle")
    return np.asarray(matrix)


# --- from a calibration -------------------------------------------------------------------------------------

_WANTED = {
    "Geometry": ("width", "height", "dpx", "dpy"),
    "Intrinsic": ("focal", "kappa1", "cx", "cy", "sx"),
    "Extrinsic": ("tx", "ty", "tz", "rx", "ry", "rz"),
}


def of_calibration(data: bytes, name: str, unit: float = 0.001) -> Ground:
    """The plane z = 0 of a calibration file (XML with Geometry, Intrinsic and Extrinsic, as PETS gives them).

    ``unit``: metres of one unit of the file, whose lengths are millimetres usually; ``name`` is for messages.
    Raises ``UsageError`` when it is no such file, or the camera does not see the plane.
    """
    v = _read(data, name)
    turn = _rotation(v["rx"], v["ry"], v["rz"])
    # From the plane to the camera, Xc = turn @ (x, y, 0) + t; its inverse takes a ray to the plane.
    plane = np.column_stack([turn[:, 0], turn[:, 1], (v["tx"], v["ty"], v["tz"])])
    # From the picture, 0..1, to the ray through it: sensor lengths over the focal length.
    side = np.array([v["width"] * v["dpx"] / v["sx"], v["height"] * v["dpy"]])
    centre = np.array([v["cx"] / v["width"], v["cy"] / v["height"]])
    lens = np.array(
        [
            (side[0] / v["focal"], 0, -side[0] * centre[0] / v["focal"]),
            (0, side[1] / v["focal"], -side[1] * centre[1] / v["focal"]),
            (0, 0, 1),
        ]
    )
    if abs(np.linalg.det(plane)) < SINGULAR * abs(v["tz"]):
        raise UsageError(f"{name}: the camera looks along its ground: check rx, ry, rz and tz")
    matrix = np.diag((unit, unit, 1.0)) @ np.linalg.inv(plane) @ lens
    ground = Ground(
        tuple(matrix.ravel().tolist()),
        v["kappa1"],
        (float(centre[0]), float(centre[1])),
        (float(side[0]), float(side[1])),
    )
    below = np.stack(np.meshgrid(np.linspace(0, 1, 9), np.linspace(0, 1, 9)), axis=-1)
    if np.isnan(ground.metres(below)).all():
        raise UsageError(f"{name}: the ground lies behind the camera: check rx, ry, rz and tz")
    return ground


def _rotation(rx: float, ry: float, rz: float) -> Numbers:
    """From the world to the camera: about x, then y, then z (radians), as Tsai's equation 2."""
    (sx, sy, sz), (cx, cy, cz) = np.sin((rx, ry, rz)), np.cos((rx, ry, rz))
    about_x = np.array([(1, 0, 0), (0, cx, -sx), (0, sx, cx)])
    about_y = np.array([(cy, 0, sy), (0, 1, 0), (-sy, 0, cy)])
    about_z = np.array([(cz, -sz, 0), (sz, cz, 0), (0, 0, 1)])
    return np.asarray(about_z @ about_y @ about_x)


class _NotWanted(Exception):  # noqa: N818 - never leaves this file
    """A declaration that a calibration has no use for, and that could make a small file a large one."""


def _read(data: bytes, name: str) -> dict[str, float]:
    """The numbers of a calibration file; nothing is expanded or fetched."""
    found: dict[str, Mapping[str, str]] = {}
    try:
        if len(data) > LARGEST:
            raise _NotWanted(f"{len(data)} bytes")
        _parse(data, found)
        values = {key: float(found[part][key]) for part, keys in _WANTED.items() for key in keys}
    except (expat.ExpatError, _NotWanted, KeyError, ValueError) as error:
        raise UsageError(
            f"{name}: no calibration of Tsai's camera model ({error}): "
            "name an XML file with Geometry, Intrinsic and Extrinsic, or give four points"
        ) from None
    if not np.isfinite(list(values.values())).all() or min(values[k] for k in _LENGTHS) <= 0:
        raise UsageError(f"{name}: sizes and lengths of a calibration must be numbers above 0")
    return values


_LENGTHS = ("width", "height", "dpx", "dpy", "focal", "sx")


def _parse(data: bytes, found: dict[str, Mapping[str, str]]) -> None:
    def refuse(*_: object) -> None:
        raise _NotWanted("it declares a document type")

    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = refuse
    parser.StartElementHandler = found.setdefault
    parser.Parse(data, True)


# --- speed --------------------------------------------------------------------------------------------------


def pace(
    path: NDArray[np.uint16], dwell: ArrayLike, ground: Ground, height: ArrayLike = 0.0
) -> tuple[Numbers, Numbers]:
    """Metres a second and the standard error, each ``(n,)``, of paths ``(n, 16, 2)`` (see ``Traits``).

    ``dwell`` seconds and ``height`` of the box (share of the picture's), each ``(n,)``. The speed is the
    median of the 15 steps. Its error: of each place by chance (``JITTER``, through the Jacobian), which also
    lengthens short steps; of all of them alike, a box that ends above or below the feet (``FOOT`` of its
    height); and of corners that the steps cut, by how much shorter it is in steps twice as long. NaN where
    half of the way or more lies above the horizon, or where no time passes.
    """
    places, steps = _places(path, dwell)
    speed = _speed(places, steps, ground)
    lower = np.zeros_like(places)
    lower[..., 1] = FOOT * np.broadcast_to(np.asarray(height, np.float64), len(places))[:, None]
    alike = np.abs(_speed(places + lower, steps, ground) - _speed(places - lower, steps, ground)) / 2
    step = _by_chance(places, steps, ground) * np.sqrt(np.minimum(steps / SMOOTH, 1))
    longer = step * np.minimum(step / np.maximum(2 * speed, step), 1)
    corners = speed - _speed(places[:, ::2], 2 * steps, ground)
    return speed, np.sqrt(sum(np.square(e) for e in (MIDDLE * step, longer, alike, corners)))


def pace_alone(path: NDArray[np.uint16], dwell: ArrayLike, ground: Ground) -> Numbers:
    """The speed of ``pace`` without its error, which takes most of the time."""
    return _speed(*_places(path, dwell), ground)


def paced(traits: Traits, ground: Ground) -> Traits:
    """The same rows, all of one camera, with their speeds on its ground."""
    speed, error = pace(traits.path, traits.dwell, ground, traits.size[:, 1])
    return replace(traits, pace=speed.astype(np.float32), pace_error=error.astype(np.float32))


def _places(path: NDArray[np.uint16], dwell: ArrayLike) -> tuple[Numbers, Numbers]:
    """Places in the picture 0..1 ``(n, 16, 2)``, and the seconds of each step ``(n,)``."""
    places = np.reshape(path, (-1, PATH_POINTS, 2)) / FULL
    steps = np.broadcast_to(np.asarray(dwell, np.float64), len(places)) / (PATH_POINTS - 1)
    return places, np.where(steps > 0, steps, np.nan)


def _speed(places: Numbers, steps: Numbers, ground: Ground) -> Numbers:
    there = ground.metres(places)
    return _middle(np.hypot(*np.moveaxis(np.diff(there, axis=1), -1, 0))) / steps


def _by_chance(places: Numbers, steps: Numbers, ground: Ground) -> Numbers:
    """The error of one step, a second, when each place is off by ``JITTER``, along the way that it goes."""
    along = np.diff(ground.metres(places), axis=1)
    length = np.hypot(along[..., 0], along[..., 1])[..., None]
    still = length[..., 0] < 1e-9
    ways = np.where(still[..., None], np.sqrt(0.5), along / np.where(length > 0, length, 1))
    off = ground.spreads(places) * JITTER
    variance = [
        np.square(np.einsum("nki,nkij->nkj", ways, o)).sum(axis=-1) for o in (off[:, :-1], off[:, 1:])
    ]
    return _middle(np.sqrt(variance[0] + variance[1])) / steps


def _middle(values: Numbers) -> Numbers:
    """The median of each row of what is known; NaN where that is less than half."""
    known = ~np.isnan(values)
    enough = 2 * known.sum(axis=1) > values.shape[1]
    filled = np.where(enough[:, None], values, 0)
    return np.where(enough, np.nanmedian(filled, axis=1), np.nan)
