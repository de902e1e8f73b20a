"""What pass 1 saw: small arrays for each segment, no pixels. Tracking needs nothing else."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from synopticon.values.detection import Boxes

LOOK = 48  # length of a look: 2 columns x 8 rows x 3 planes of a shrunken picture


@dataclass(frozen=True, slots=True, eq=False)
class Observations:
    """Frames in which something may move, and what was seen in them.

    Frames (f): ``source`` int32 (index into the footage's files), ``pts`` int64, ``time`` float64 seconds,
    ``watched`` bool (motion was looked for), ``looked`` bool (the detector ran). Detections (d):
    ``det_frame`` int32 index into the frames, ``det_boxes`` float32 ``(d, 4)`` xyxy source pixels,
    ``det_scores`` float32, ``det_classes`` int16, ``det_moving`` float32 (share of the box that is
    foreground), ``det_looks`` uint8 ``(d, LOOK)``. Blobs (b), the same for what moved: ``blob_frame``,
    ``blob_boxes``, ``blob_areas`` float32 source pixels, ``blob_looks``.
    """

    source: NDArray[np.int32]
    pts: NDArray[np.int64]
    time: NDArray[np.float64]
    watched: NDArray[np.bool_]
    looked: NDArray[np.bool_]
    det_frame: NDArray[np.int32]
    det_boxes: Boxes
    det_scores: NDArray[np.float32]
    det_classes: NDArray[np.int16]
    det_moving: NDArray[np.float32]
    det_looks: NDArray[np.uint8]
    blob_frame: NDArray[np.int32]
    blob_boxes: Boxes
    blob_areas: NDArray[np.float32]
    blob_looks: NDArray[np.uint8]

    def __len__(self) -> int:
        return len(self.time)

    def arrays(self) -> dict[str, NDArray[Any]]:
        """All arrays by name, to be stored."""
        return {f.name: getattr(self, f.name) for f in fields(self)}

    def item_times(self) -> NDArray[np.float64]:
        """Times (s) of the frames in which anything was seen, sorted."""
        return np.asarray(self.time[np.union1d(self.det_frame, self.blob_frame)])

    def part(self, first: int, stop: int) -> "Observations":
        """The frames ``first``..``stop - 1`` and what was seen in them."""
        out = {}
        for kind in ("det", "blob"):
            low, high = np.searchsorted(getattr(self, f"{kind}_frame"), (first, stop))
            for name, column in self.arrays().items():
                if name.startswith(f"{kind}_"):
                    out[name] = column[low:high]
            out[f"{kind}_frame"] = (out[f"{kind}_frame"] - first).astype(np.int32)
        frames = {n: c[first:stop] for n, c in self.arrays().items() if "_" not in n}
        return Observations(**frames, **out)

    @staticmethod
    def of(arrays: Mapping[str, NDArray[Any]]) -> "Observations":
        """The inverse of ``arrays``."""
        return Observations(**{f.name: arrays[f.name] for f in fields(Observations)})

    @staticmethod
    def join(parts: Sequence["Observations"]) -> "Observations":
        """The observations of following segments as one."""
        starts = np.cumsum([0, *(len(p) for p in parts)])
        joined = {}
        for f in fields(Observations):
            columns = [getattr(p, f.name) for p in parts]
            if f.name.endswith("_frame"):
                columns = [c + start for c, start in zip(columns, starts, strict=False)]
            joined[f.name] = np.concatenate(columns)
        joined["det_frame"] = joined["det_frame"].astype(np.int32)
        joined["blob_frame"] = joined["blob_frame"].astype(np.int32)
        return Observations(**joined)


class ObservationsBuilder:
    """Collects the observations of one segment, frame after frame."""

    def __init__(self) -> None:
        self._rows: dict[str, list[Any]] = {f.name: [] for f in fields(Observations)}

    def __len__(self) -> int:
        return len(self._rows["time"])

    def add_frame(self, file: int, pts: int, time: float, *, watched: bool, looked: bool) -> None:
        """Begin the next frame."""
        for name, value in (
            ("source", file),
            ("pts", pts),
            ("time", time),
            ("watched", watched),
            ("looked", looked),
        ):
            self._rows[name].append(value)

    def add_detections(
        self,
        boxes: Boxes,
        scores: NDArray[np.float32],
        classes: NDArray[np.int16],
        moving: NDArray[np.float32],
        looks: NDArray[np.uint8],
    ) -> None:
        """Detections of the newest frame."""
        rows = (np.full(len(boxes), len(self) - 1), boxes, scores, classes, moving, looks)
        for name, value in zip(("frame", "boxes", "scores", "classes", "moving", "looks"), rows, strict=True):
            self._rows[f"det_{name}"].append(value)

    def add_blobs(self, boxes: Boxes, areas: NDArray[np.float32], looks: NDArray[np.uint8]) -> None:
        """Moving blobs of the newest frame."""
        rows = (np.full(len(boxes), len(self) - 1), boxes, areas, looks)
        for name, value in zip(("frame", "boxes", "areas", "looks"), rows, strict=True):
            self._rows[f"blob_{name}"].append(value)

    def build(self) -> Observations:
        """All that was added."""
        empty = {"boxes": (0, 4), "looks": (0, LOOK)}
        types = {
            "source": np.int32, "pts": np.int64, "time": np.float64, "watched": np.bool_, "looked": np.bool_,
            "frame": np.int32, "boxes": np.float32, "scores": np.float32, "classes": np.int16,
            "moving": np.float32, "areas": np.float32, "looks": np.uint8,
        }  # fmt: skip
        out: dict[str, NDArray[Any]] = {}
        for name, rows in self._rows.items():
            part = name.split("_")[-1]
            if "_" not in name:
                out[name] = np.array(rows, types[part])
            elif rows:
                out[name] = np.concatenate(rows).astype(types[part])
            else:
                out[name] = np.zeros(empty.get(part, (0,)), types[part])
        return Observations(**out)
