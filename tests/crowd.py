"""Made-up tracks for tests of what is counted: straight ways at given times."""

from collections.abc import Sequence
from datetime import UTC, datetime

import numpy as np

from synopticon.values.detection import CLASSES
from synopticon.values.traits import COLUMNS, UNTIMED, Traits

DAY = datetime(2026, 11, 20, tzinfo=UTC)
RIGHT = ((0.1, 0.5), (0.9, 0.5))
LEFT = ((0.9, 0.5), (0.1, 0.5))
DOWN = ((0.5, 0.1), (0.5, 0.9))


def micros(moment: datetime) -> int:
    return round(moment.timestamp()) * 1_000_000


def track(start, camera="gate", label="person", dwell=10.0, way=RIGHT, speed=0.1, pace=float("nan")):
    """One track; ``start`` a datetime or seconds after ``DAY`` (None: unknown)."""
    if start is not None and not isinstance(start, datetime):
        start = datetime.fromtimestamp(DAY.timestamp() + start, UTC)
    return {
        "start": UNTIMED if start is None else round(start.timestamp() * 1e6),
        "camera": camera,
        "label": CLASSES.index(label),
        "dwell": dwell,
        "way": way,
        "speed": speed,
        "pace": pace,
    }


def crowd(rows: Sequence[dict]) -> Traits:
    """Traits of these tracks, in their order."""
    n = len(rows)
    cameras = tuple(sorted({r["camera"] for r in rows}))
    columns = {name: np.zeros((n, *shape), kind) for name, (kind, shape) in COLUMNS.items()}
    columns["ids"] = np.array([f"t{k}" for k in range(n)], "S48")
    columns["camera"] = np.array([cameras.index(r["camera"]) for r in rows], np.int32)
    for name in ("label", "dwell", "speed", "pace", "start"):
        columns[name] = np.array([r[name] for r in rows], COLUMNS[name][0])
    lasts = (columns["dwell"].astype(np.float64) * 1e6).astype(np.int64)
    columns["end"] = np.where(columns["start"] == UNTIMED, UNTIMED, columns["start"] + lasts)
    columns["low"], columns["high"] = columns["start"].copy(), columns["end"] + (lasts > 0)
    columns["path"] = np.stack([straight(r["way"]) for r in rows]) if n else columns["path"]
    return Traits(cameras, ("f",), **columns)


def straight(way) -> np.ndarray:
    """A way through points at an even pace, as ``Traits.path`` holds it."""
    points = np.array(way, float)
    at = np.linspace(0, len(points) - 1, 16)
    places = [np.interp(at, np.arange(len(points)), points[:, k]) for k in (0, 1)]
    return np.rint(np.stack(places, axis=1) * 65535).astype(np.uint16)
