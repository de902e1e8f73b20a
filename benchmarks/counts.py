"""Counts in and out over lines on real recordings, beside the truth.

python -m benchmarks.counts --models yolox-nano,none --models-folder DIR

vtest: the truth is the path of each annotated person's foot, smoothed over a second as ours is, all frames of
it. "16 places" is the same truth kept as 16 places a track, as Synopticon keeps paths: what is lost before
any picture is looked at. traffic_camera: no truth is published (its text file lists motion in one field of
the picture only); vehicles were counted by eye in a picture of one row of pixels over time (row 0.62 of the
height), a trailer with its car as one; whoever was past the row in the first frame, or not yet in the last,
does not count.
"""

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks import track_quality
from benchmarks.quality import analysis
from benchmarks.track_quality import footage
from synopticon.search.geometry import crossings
from synopticon.values.detection import CLASSES
from synopticon.values.traits import PATH_POINTS

Line = tuple[tuple[float, float], ...]
VTEST: Mapping[str, Line] = {
    "left": ((0.25, 0.0), (0.25, 1.0)),
    "middle": ((0.5, 0.0), (0.5, 1.0)),
    "right": ((0.75, 0.0), (0.75, 1.0)),
    "near": ((0.0, 0.6), (1.0, 0.6)),
    "far": ((0.0, 0.45), (1.0, 0.45)),
}
TRAFFIC: Mapping[str, Line] = {
    "away": ((0.0, 0.62), (0.49, 0.62)),
    "towards": ((0.5, 0.62), (1.0, 0.62)),
}
TRAFFIC_TRUTH = {"away": (0, 29), "towards": (23, 0)}
TRAFFIC_FILES = ("dvr_scan/traffic_camera.mp4", "dvr_scan/traffic_camera_vfr.mp4")
VEHICLES = ("car", "bus", "truck", "motorcycle")


def feet(boxes: NDArray[Any], fps: float, size: tuple[int, int]) -> NDArray[np.float64]:
    """Where a foot stands, 0..1, each place the mean of a second around it (as many before as after)."""
    foot = np.stack([(boxes[:, 0] + boxes[:, 2]) / 2, boxes[:, 3]], axis=1).astype(float)
    reach, n = round(fps / 2), len(foot)
    smooth = [foot[k - r : k + r + 1].mean(axis=0) for k in range(n) for r in [min(reach, k, n - 1 - k)]]
    return np.clip(np.array(smooth) / size, 0, 1)


def crossed(path: NDArray[np.float64], line: Line) -> NDArray[np.int64]:
    """In and out of a path of any length: cut into pieces of 16 places that share their ends."""
    step = PATH_POINTS - 1
    padded = np.concatenate([path, np.repeat(path[-1:], -(len(path) - 1) % step or 0, axis=0)])
    pieces = [padded[k : k + PATH_POINTS] for k in range(0, max(len(padded) - 1, 1), step)]
    pieces = [p if len(p) == PATH_POINTS else np.repeat(p[:1], PATH_POINTS, axis=0) for p in pieces]
    whole = np.rint(np.stack(pieces) * 65535).astype(np.uint16)
    return crossings(whole, line).sum(axis=0)


def sixteen(path: NDArray[np.float64]) -> NDArray[np.float64]:
    """The same path kept as 16 places at times equally apart."""
    at = np.linspace(0, len(path) - 1, PATH_POINTS)
    return np.stack([np.interp(at, np.arange(len(path)), path[:, k]) for k in (0, 1)], axis=1)


def counted(paths: Sequence[NDArray[np.float64]], line: Line) -> list[int]:
    return np.sum([crossed(p, line) for p in paths] or [[0, 0]], axis=0).tolist()


def accuracy(true: Sequence[int], found: Sequence[int]) -> float | None:
    """1 less the wrong counts by the true ones, in and out apart; None where nothing crossed."""
    wrong = sum(abs(t - f) for t, f in zip(true, found, strict=True))
    return round(1 - wrong / sum(true), 4) if sum(true) else None


def vtest(model: str, models_folder: Path | None) -> dict[str, Any]:
    """Each line: true, the truth in 16 places, counted from what is kept, counted from all boxes."""
    clip = track_quality.CLIPS["vtest"]
    table = track_quality.truth("vtest")
    with analysis(footage() / clip.video, model, models_folder) as (made, _):
        traits, known = made.store.load_traits(), made.store.load_tracks()
        size = (made.footage.width, made.footage.height)
    assert traits is not None
    assert known is not None
    real = [
        feet(table.boxes[mine], clip.fps, size) for mine in (table.ids == i for i in np.unique(table.ids))
    ]
    label = CLASSES.index("person" if model != "none" else "object")
    kept = traits.path[traits.label == label]
    tracks = [feet(t.boxes, clip.fps, size) for t in known[0] if t.label == CLASSES[label]]
    rows: dict[str, Any] = {}
    for name, line in VTEST.items():
        true = counted(real, line)
        few, ours = counted([sixteen(p) for p in real], line), crossings(kept, line).sum(axis=0).tolist()
        rows[name] = _row(true, ours) | {
            "true_16_places": few,
            "from_all_boxes": counted(tracks, line),
            "accuracy_from_all_boxes": accuracy(true, counted(tracks, line)),
        }
    return rows | {"all": _pooled(rows)}


def traffic(file: str, model: str, models_folder: Path | None) -> dict[str, Any]:
    with analysis(footage() / file, model, models_folder) as (made, _):
        traits = made.store.load_traits()
    assert traits is not None
    names = VEHICLES if model != "none" else ("object",)
    kept = traits.path[np.isin(traits.label, [CLASSES.index(n) for n in names])]
    rows = {
        name: _row(TRAFFIC_TRUTH[name], crossings(kept, line).sum(axis=0).tolist())
        for name, line in TRAFFIC.items()
    }
    return rows | {"all": _pooled(rows)}


def _row(true: Sequence[int], found: Sequence[int]) -> dict[str, Any]:
    return {"true": list(true), "counted": list(found), "accuracy": accuracy(true, found)}


def _pooled(rows: Mapping[str, Any]) -> dict[str, Any]:
    sides = {key: [v for r in rows.values() for v in r[key]] for key in ("true", "counted")}
    return {
        "true": sum(sides["true"]),
        "counted": sum(sides["counted"]),
        "accuracy": accuracy(**_named(sides)),
    }


def _named(sides: Mapping[str, list[int]]) -> dict[str, list[int]]:
    return {"true": sides["true"], "found": sides["counted"]}


def main(argv: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--models", default="auto,none")
    parser.add_argument("--models-folder", type=Path)
    options = parser.parse_args(argv)
    found: dict[str, Any] = {}
    for model in options.models.split(","):
        found[model] = {"vtest": vtest(model, options.models_folder)}
        for file in TRAFFIC_FILES:
            found[model][Path(file).stem] = traffic(file, model, options.models_folder)
        print(model, "done", file=sys.stderr, flush=True)
    print(json.dumps(found, indent=1))


if __name__ == "__main__":
    main()
