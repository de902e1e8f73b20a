"""Tracking measures, computed by TrackEval, and the MOT text tables they are computed on.

MOTA, MOTP: Bernardin, Stiefelhagen, "Evaluating multiple object tracking performance", JIVP 2008.
IDF1: Ristani et al., "Performance measures and a data set for multi-target, multi-camera tracking", 2016.
HOTA: Luiten et al., "HOTA: a higher order metric for evaluating multi-object tracking", IJCV 129, 2021.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from synopticon.errors import SynopticonError, UsageError
from synopticon.values.detection import CLASS_GROUP, Boxes
from synopticon.values.track import Track


@dataclass(frozen=True, slots=True, eq=False)
class MotTable:
    """The rows of a MOT text file, in frame order.

    ``frames`` int64 ``(n,)``, 1-based; ``ids`` int64 ``(n,)``; ``boxes`` float32 ``(n, 4)`` xyxy pixels.
    """

    frames: NDArray[np.int64]
    ids: NDArray[np.int64]
    boxes: Boxes

    def __post_init__(self) -> None:
        n = len(self.frames)
        if self.frames.shape != (n,) or self.ids.shape != (n,) or self.boxes.shape != (n, 4):
            raise ValueError("frames (n,), ids (n,) and boxes (n, 4) must agree")

    def __len__(self) -> int:
        return len(self.frames)


Tracks: TypeAlias = Sequence[Track]


def read_mot(path: str | Path, *, min_confidence: float = 0.5) -> MotTable:
    """Read MOT text: ``frame,id,x,y,w,h[,confidence,...]``, 1-based frames.

    Rows whose confidence is below ``min_confidence`` are left out: in ground truth 0 means "do not count".
    Raises UsageError, naming the line, where the text is not a MOT table.
    """
    rows = [_row(path, n, line) for n, line in enumerate(_lines(path), 1) if line.strip()]
    kept = np.array([r for r in rows if r[6] >= min_confidence], np.float64).reshape(-1, 7)
    return _table(kept[:, 0], kept[:, 1], xywh_to_xyxy(kept[:, 2:6]))


def mot_table(tracks: Tracks, fps: float, *, group: str = "") -> MotTable:
    """The boxes of tracks as a MOT table, one a frame: frames from 1, ids 1, 2, ... in the given order.

    ``group`` keeps the tracks of one class group (see ``CLASS_GROUP``); empty keeps all.
    """
    parts = []
    for n, track in enumerate(tracks, 1):
        if group and CLASS_GROUP[track.label] != group:
            continue
        frames, boxes = track.per_frame(fps)
        parts.append((frames + 1, np.full(len(frames), n), boxes))
    if not parts:
        return _table(np.zeros(0), np.zeros(0), np.zeros((0, 4)))
    return _table(*(np.concatenate(column) for column in zip(*parts, strict=True)))


def mot_text(table: MotTable) -> str:
    """The table as MOT text, ten columns, as MOTChallenge's tools read it."""
    sizes = table.boxes[:, 2:] - table.boxes[:, :2]
    return "".join(
        f"{f},{i},{b[0]:.3f},{b[1]:.3f},{s[0]:.3f},{s[1]:.3f},1,-1,-1,-1\n"
        for f, i, b, s in zip(table.frames, table.ids, table.boxes, sizes, strict=True)
    )


def mot_scores(truth: MotTable, tracks: MotTable, *, iou: float = 0.5) -> dict[str, float]:
    """MOTA, IDF1, HOTA, MOTP, precision, recall (0..1) and the counts FP, FN, IDSW, ids of one clip.

    All boxes count, of every class: select before calling. Needs TrackEval (the ``dev`` extra).
    """
    metrics = _trackeval()
    data = _sequence(truth, tracks)
    settings = {"THRESHOLD": iou, "PRINT_CONFIG": False}
    clear = metrics.CLEAR(settings).eval_sequence(data)
    identity = metrics.Identity(settings).eval_sequence(data)
    hota = metrics.HOTA().eval_sequence(data)
    chosen = {
        "MOTA": clear["MOTA"],
        "IDF1": identity["IDF1"],
        "HOTA": np.mean(hota["HOTA"]),
        "MOTP": clear["MOTP"],
        "precision": clear["CLR_Pr"],
        "recall": clear["CLR_Re"],
        "FP": clear["CLR_FP"],
        "FN": clear["CLR_FN"],
        "IDSW": clear["IDSW"],
        "fragments": clear["Frag"],
        "ids": data["num_tracker_ids"],
        "truth_ids": data["num_gt_ids"],
    }
    return {name: float(value) for name, value in chosen.items()}


def iou_matrix(a: Boxes, b: Boxes) -> NDArray[np.float64]:
    """Intersection over union of every pair, float64 ``(len(a), len(b))``; boxes xyxy."""
    low = np.maximum(a[:, None, :2], b[None, :, :2])
    high = np.minimum(a[:, None, 2:], b[None, :, 2:])
    shared: NDArray[np.float64] = np.prod(np.clip(high - low, 0, None), axis=2, dtype=np.float64)
    area_a = np.prod(a[:, 2:] - a[:, :2], axis=1, dtype=np.float64)
    area_b = np.prod(b[:, 2:] - b[:, :2], axis=1, dtype=np.float64)
    union = area_a[:, None] + area_b[None, :] - shared
    np.divide(shared, union, out=shared, where=union > 0)
    return shared


def xywh_to_xyxy(boxes: NDArray[Any]) -> Boxes:
    """Corner and size to two corners, ``(n, 4)``."""
    return np.concatenate([boxes[:, :2], boxes[:, :2] + boxes[:, 2:]], axis=1).astype(np.float32)


def _lines(path: str | Path) -> list[str]:
    try:
        return Path(path).read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(
            f"{path}: cannot be read as MOT text ({error}); give rows of frame,id,x,y,w,h"
        ) from error


def _row(path: str | Path, number: int, line: str) -> list[float]:
    try:
        values = [float(v) for v in line.split(",")]
    except ValueError:
        values = []
    if len(values) < 6 or not np.isfinite(values[:6]).all() or values[0] < 1:
        raise UsageError(f"{path}: line {number}: write frame,id,x,y,w,h with a frame from 1 on")
    return values[:7] if len(values) > 6 else [*values, 1.0]


def _table(frames: NDArray[Any], ids: NDArray[Any], boxes: NDArray[Any]) -> MotTable:
    order = np.lexsort((ids, frames))
    return MotTable(
        frames[order].astype(np.int64), ids[order].astype(np.int64), boxes[order].astype(np.float32)
    )


def _trackeval() -> Any:
    try:
        import trackeval
    except ImportError as error:
        raise SynopticonError(
            "tracking measures need TrackEval, which is not installed: pip install 'synopticon[dev]'"
        ) from error
    return trackeval.metrics


def _sequence(truth: MotTable, tracks: MotTable) -> dict[str, Any]:
    """What TrackEval's metrics read: per frame the ids (0, 1, ...) and the similarities."""
    last = int(max(truth.frames.max(initial=0), tracks.frames.max(initial=0)))
    names_a, ids_a = np.unique(truth.ids, return_inverse=True)
    names_b, ids_b = np.unique(tracks.ids, return_inverse=True)
    cuts_a = np.searchsorted(truth.frames, np.arange(1, last + 2))
    cuts_b = np.searchsorted(tracks.frames, np.arange(1, last + 2))
    spans = [(slice(cuts_a[k], cuts_a[k + 1]), slice(cuts_b[k], cuts_b[k + 1])) for k in range(last)]
    return {
        "num_timesteps": last,
        "num_gt_ids": len(names_a),
        "num_tracker_ids": len(names_b),
        "num_gt_dets": len(truth),
        "num_tracker_dets": len(tracks),
        "gt_ids": [ids_a[a] for a, _ in spans],
        "tracker_ids": [ids_b[b] for _, b in spans],
        "similarity_scores": [iou_matrix(truth.boxes[a], tracks.boxes[b]) for a, b in spans],
    }
