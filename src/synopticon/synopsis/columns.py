"""The tubes of a synopsis as columns in one body of bytes, for a browser that composes by itself.

::

    4 bytes   "SYN1"
    4 bytes   length of the head, little-endian
    head      JSON, padded with spaces so that the columns begin at a multiple of 8
    columns   little-endian, each at a multiple of 8 from the end of the head

``docs/synopsis-data.md`` says what each column means.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from synopticon.synopsis.merge import Merged
from synopticon.synopsis.tubeset import sample_index, tube_set
from synopticon.values.detection import CLASS_INDEX, CLASSES
from synopticon.values.traits import COLOURS, Traits
from synopticon.values.tube import Tube

MAGIC = b"SYN1"
UNKNOWN = 255  # a colour that is not known
_CLEAR = 100  # share of a colour, of 255, from which on it is the main one
_NAMES = {"uint8": "u8", "uint16": "u16", "int16": "i16", "uint32": "u32", "int32": "i32",
          "float32": "f32", "float64": "f64"}  # fmt: skip

Columns = dict[str, NDArray[Any]]


@dataclass(frozen=True, slots=True, eq=False)
class Staged:
    """What is shown on one ground: ``tubes`` in the order of their source starts."""

    merged: Merged
    tubes: tuple[Tube, ...]


def body(scenes: Sequence[Staged], rate: float) -> bytes:
    """The body of all tubes of the scenes, on a grid of ``rate`` frames a second."""
    tubes = [t for scene in scenes for t in scene.tubes]
    picks = [sample_index(t.track, rate).astype(np.uint16) for t in tubes]
    columns = _of_tubes(scenes, rate) | _of_samples(scenes) | _of_chunks(tubes)
    columns |= {
        "frame": _edges([len(p) for p in picks]),
        "sample": _edges([len(t.track) for t in tubes]),
        "chunk": _edges([len(t.picture) for t in tubes]),
        "pick": _joined(picks, np.uint16),
    }
    return _packed([t.id for t in tubes], columns)


def _of_tubes(scenes: Sequence[Staged], rate: float) -> Columns:
    """A row for each tube."""
    tubes = [t for scene in scenes for t in scene.tubes]
    looks = {
        k: v for scene in scenes for part in scene.merged.parts for k, v in _looks(part.traits()).items()
    }
    rows = [looks.get(t.id, (UNKNOWN, UNKNOWN, UNKNOWN, np.nan, 0.0)) for t in tubes]
    upper, lower, whole, heading, speed = zip(*rows, strict=True) if rows else ((),) * 5
    return {
        "scene": np.repeat(np.arange(len(scenes)), [len(s.tubes) for s in scenes]).astype(np.uint8),
        "label": np.array([CLASS_INDEX[t.track.label] for t in tubes], np.uint8),
        "score": np.array([round(255 * min(max(t.track.score, 0.0), 1.0)) for t in tubes], np.uint8),
        "start": np.array([t.track.start * 1000 for t in tubes], np.float64),
        "utc": np.array([_moment(s.merged, t) for s in scenes for t in s.tubes], np.float64),
        "group": _joined([_groups(scene, rate) for scene in scenes], np.int32),
        "upper": np.array(upper, np.uint8),
        "lower": np.array(lower, np.uint8),
        "body": np.array(whole, np.uint8),
        "heading": np.array(heading, np.float32),
        "speed": np.array(speed, np.float32),
    }


def _looks(traits: Traits | None) -> dict[str, tuple[int, int, int, float, float]]:
    """Main colours above, below and of the whole, heading and speed, by track."""
    if traits is None:
        return {}
    colours = (_main(traits[name]).tolist() for name in ("upper", "lower", "body"))
    rows = zip(*colours, traits.heading.tolist(), traits.speed.tolist(), strict=True)
    return {i.decode(): row for i, row in zip(traits.ids.tolist(), rows, strict=True)}


def _main(shares: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The colour of the largest share of each row ``(n, 12)``, where that is clear."""
    return np.where(shares.max(axis=1) >= _CLEAR, shares.argmax(axis=1), UNKNOWN).astype(np.uint8)


def _moment(merged: Merged, tube: Tube) -> float:
    """When a tube begins, ms since 1970 (UTC); NaN where its file's clock is unknown."""
    file = merged.footage.files[int(tube.track.file[0])]
    start = file.clock.start
    return np.nan if start is None else (start + tube.track.start - file.offset) * 1000


def _groups(scene: Staged, rate: float) -> NDArray[np.int32]:
    """Which tubes move together: a number for those that are not alone, -1 for the others."""
    from synopticon.synopsis.groups import infer_groups  # compiled: it takes long to load

    footage = scene.merged.footage
    groups = infer_groups(tube_set([t.track for t in scene.tubes], rate, footage.width, footage.height))
    alone = np.bincount(np.maximum(groups, 0), minlength=1)[np.maximum(groups, 0)] < 2
    return np.where(alone, -1, groups).astype(np.int32)


def _of_samples(scenes: Sequence[Staged]) -> Columns:
    """A row for each sample of each tube."""
    boxes, places, times = [], [], []
    for scene in scenes:
        edge = (scene.merged.footage.width, scene.merged.footage.height) * 2
        for tube in scene.tubes:
            low, high = np.floor(tube.track.boxes[:, :2]), np.ceil(tube.track.boxes[:, 2:])
            xyxy = np.clip(np.hstack([low, high]), 0, edge)
            boxes.append(np.hstack([xyxy[:, :2], xyxy[:, 2:] - xyxy[:, :2]]).astype(np.uint16))
            places.append(np.clip(tube.origins, -32768, 32767).astype(np.int16))
            times.append(np.rint((tube.track.times - tube.track.start) * 1000).astype(np.uint32))
    return {
        "box": _joined(boxes, np.uint16, 4),
        "place": _joined(places, np.int16, 2),
        "time": _joined(times, np.uint32),
    }


def _of_chunks(tubes: Sequence[Tube]) -> Columns:
    """A row for each chunk of each tube."""
    refs = [r for t in tubes for r in t.picture]
    sizes = np.array([c for t in tubes for c in t.canvases], np.uint16).reshape(-1, 2)
    return {
        "first": np.array([r.first for r in refs], np.uint32),
        "count": np.array([r.count for r in refs], np.uint16),
        "width": sizes[:, 0].copy(),
        "height": sizes[:, 1].copy(),
        "bytes": np.array([r.length for r in refs], np.uint32),
    }


def _edges(lengths: Sequence[int]) -> NDArray[np.uint32]:
    return np.concatenate([[0], np.cumsum(lengths)]).astype(np.uint32)


def _joined(parts: Sequence[NDArray[Any]], kind: Any, wide: int = 0) -> NDArray[Any]:
    empty = np.zeros((0, wide) if wide else 0, kind)
    return np.concatenate([empty, *parts])


def _packed(ids: Sequence[str], columns: Mapping[str, NDArray[Any]]) -> bytes:
    """The bytes: head and columns."""
    places, parts, at = {}, [], 0
    for name, column in columns.items():
        data = np.ascontiguousarray(column, column.dtype.newbyteorder("<")).tobytes()
        wide = column.shape[1] if column.ndim > 1 else 1
        places[name] = {"at": at, "type": _NAMES[column.dtype.name], "wide": wide, "rows": len(column)}
        parts.append(data + bytes(-len(data) % 8))
        at += len(parts[-1])
    rows = {
        k: len(columns[name]) for k, name in (("frames", "pick"), ("samples", "box"), ("chunks", "first"))
    }
    said = {"tubes": len(ids), **rows, "ids": ids, "classes": CLASSES, "colours": COLOURS, "columns": places}
    head = json.dumps(said).encode()
    head += b" " * (-(8 + len(head)) % 8)
    return b"".join([MAGIC, len(head).to_bytes(4, "little"), head, *parts])
