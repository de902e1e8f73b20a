"""Tube sets from anybody's tracks: MOT text or CSV."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from synopticon.errors import UsageError
from synopticon.synopsis.rows import Rows, read_rows
from synopticon.values.plan import TubeSet


def read_tracks(path: str | Path, width: int, height: int, fps: float, length: int) -> TubeSet:
    """Read MOT text or CSV (see ``load_tracks``), without the notes."""
    return load_tracks(path, width, height, fps, length)[0]


def load_tracks(
    path: str | Path, width: int, height: int, fps: float, length: int
) -> tuple[TubeSet, tuple[str, ...]]:
    """Read tubes from MOT text (1-based frames) or CSV ``frame,id,x,y,w,h[,group]`` (0-based).

    ``length`` is the source's length in frames. Boxes are clipped to the picture; frames missing inside a
    tube are interpolated. Returns the tubes in order of their ids, and one line for each thing a user
    should know. Raises UsageError, naming file and line, for a file that is missing, empty or malformed.
    """
    rows = _sorted(read_rows(Path(path)), Path(path))
    _check_range(rows, length, Path(path))
    first = np.flatnonzero(np.concatenate([[True], np.diff(rows.id) != 0]))
    rows, first, holes = _filled(rows, first)
    boxes = _corners(rows.box, width, height)
    tubes = TubeSet(
        ids=tuple(str(i) for i in rows.id[first].tolist()),
        offsets=np.append(first, len(rows.id)).astype(np.int64),
        starts=rows.frame[first].astype(np.int64),
        boxes=boxes,
        groups=rows.group[first].astype(np.int32),
        width=width,
        height=height,
        fps=fps,
        length=length,
    )
    return tubes, _notes(Path(path), holes, rows.group)


def _sorted(rows: Rows, path: Path) -> Rows:
    """Rows in order of id, then frame; a frame that one tube has twice is an error."""
    step = np.diff(rows.id)
    if not bool(np.all((step > 0) | ((step == 0) & (np.diff(rows.frame) >= 0)))):
        rows = rows.take(np.lexsort((rows.frame, rows.id)))
    twice = np.flatnonzero((np.diff(rows.id) == 0) & (np.diff(rows.frame) == 0))
    if len(twice):
        row = int(twice[0]) + 1
        raise UsageError(
            f"{path}, line {rows.line[row]}: id {rows.id[row]} has this frame twice; keep one row"
        )
    return rows


def _check_range(rows: Rows, length: int, path: Path) -> None:
    bad = np.flatnonzero((rows.frame < 0) | (rows.frame >= length))
    if len(bad):
        row = int(bad[0])
        shown = int(rows.frame[row]) + rows.base
        raise UsageError(
            f"{path}, line {rows.line[row]}: frame {shown} is outside the {length} frames of the source"
            " (see --duration)"
        )


def _filled(rows: Rows, first: NDArray[np.int64]) -> tuple[Rows, NDArray[np.int64], int]:
    """Rows with the missing frames of each tube interpolated linearly; and how many those were."""
    same = np.diff(rows.id) == 0
    missing = np.where(same, np.diff(rows.frame).astype(np.int64) - 1, 0)
    holes = int(missing.sum())
    if not holes:
        return rows, first, 0
    copies = np.append(missing + 1, 1)
    source = np.repeat(np.arange(len(rows.id)), copies)
    begin = np.cumsum(copies) - copies
    step = np.arange(len(source)) - begin[source]
    after = np.minimum(source + 1, len(rows.id) - 1)
    part = (step / copies[source])[:, None].astype(np.float32)
    filled = rows.take(source)
    box = rows.box[source] * (1 - part) + rows.box[after] * part
    out = Rows(
        filled.frame + step.astype(filled.frame.dtype), filled.id, box, filled.group, filled.line, rows.base
    )
    return out, begin[first], holes


def _corners(box: NDArray[np.float32], width: int, height: int) -> NDArray[np.float32]:
    """``x, y, w, h`` to ``x1, y1, x2, y2``, clipped to the picture, in place."""
    box[:, 2:] += box[:, :2]
    np.clip(box, 0, np.array([width, height, width, height], np.float32), out=box)
    return box


def _notes(path: Path, holes: int, group: NDArray[np.int32]) -> tuple[str, ...]:
    notes = []
    if holes:
        notes.append(f"{path}: {holes} missing frames inside tubes were interpolated")
    if not len(group) or group.max() < 0:
        notes.append(f"{path}: no group column; tubes that move together were inferred from their boxes")
    return tuple(notes)
