"""How values become arrays of an ``.npz`` file, and back, without loss."""

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import inf
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from synopticon.values.frame import Plane
from synopticon.values.scene import Background, Bank
from synopticon.values.track import Dropped, Track
from synopticon.values.traits import COLUMNS, Traits
from synopticon.values.tube import BlobRef, Chunk, TubePart

T = TypeVar("T")
_PLANES = ("y", "u", "v")


# --- backgrounds -------------------------------------------------------------------------------------------


def from_bank(bank: Bank) -> dict[str, NDArray[Any]]:
    """A bank as arrays: planes as differences to the scene before and to the left, which compress well."""
    arrays: dict[str, NDArray[Any]] = {
        "times": np.array([(s.start, s.end) for s in bank.scenes], np.float64).reshape(-1, 2),
        "scales": np.array([s.scale for s in bank.scenes], np.int32),
        "moving": np.array(bank.moving),
        "quiet": np.array(bank.quiet, np.float64).reshape(-1, 2),
    }
    before: dict[str, Plane] = {}
    for i, scene in enumerate(bank.scenes):
        for name in _PLANES:
            plane = np.ascontiguousarray(getattr(scene, name))
            arrays[f"{name}{i}"] = _left(_since(plane, before.get(name)))
            before[name] = plane
        arrays[f"small{i}"] = _split(scene.small)
        arrays[f"noise{i}"] = _split(scene.noise)
        arrays[f"restless{i}"] = scene.restless
    return arrays


def to_bank(arrays: Mapping[str, NDArray[Any]], start: float = -inf, end: float = inf) -> Bank:
    """The bank that ``from_bank`` packed; those of ``start``..``end`` (seconds), at least one."""
    scenes: list[Background] = []
    before: dict[str, Plane] = {}
    times, scales = arrays["times"], arrays["scales"]
    wanted = (times[:, 1] > start) & (times[:, 0] < end)
    wanted[-1:] |= not wanted.any()
    for i in range(int(np.flatnonzero(wanted)[-1]) + 1 if len(times) else 0):
        for name in _PLANES:
            plane: Plane = np.cumsum(arrays[f"{name}{i}"], axis=1, dtype=np.uint8)
            before[name] = plane + before[name] if _fits(plane, before.get(name)) else plane
        if wanted[i]:
            first, last = (float(t) for t in times[i])
            scenes.append(
                Background(
                    first,
                    last,
                    before["y"],
                    before["u"],
                    before["v"],
                    _joined(arrays[f"small{i}"]),
                    _joined(arrays[f"noise{i}"]),
                    arrays[f"restless{i}"],
                    int(scales[i]),
                )
            )
    quiet = tuple((float(a), float(b)) for a, b in arrays["quiet"])
    return Bank(tuple(scenes), float(arrays["moving"]), quiet)


def _fits(plane: Plane, before: Plane | None) -> bool:
    return before is not None and before.shape == plane.shape


def _since(plane: Plane, before: Plane | None) -> Plane:
    """The difference to the plane before, modulo 256."""
    return plane - before if before is not None and _fits(plane, before) else plane


def _left(plane: Plane) -> Plane:
    """The difference to the pixel on the left, modulo 256."""
    out = plane.copy()
    out[:, 1:] -= plane[:, :-1]
    return out


def _split(values: NDArray[np.float32]) -> Plane:
    """Float32 ``(h, w)`` as its four byte planes ``(4, h, w)``: equal exponents side by side compress."""
    as_bytes = np.ascontiguousarray(values, "<f4").view(np.uint8).reshape(*values.shape, 4)
    return np.ascontiguousarray(np.moveaxis(as_bytes, -1, 0))


def _joined(planes: Plane) -> NDArray[np.float32]:
    as_bytes = np.ascontiguousarray(np.moveaxis(planes, 0, -1))
    return as_bytes.view("<f4")[..., 0].astype(np.float32)


# --- tracks ------------------------------------------------------------------------------------------------


def from_tracks(tracks: Sequence[Track], dropped: Sequence[Dropped]) -> dict[str, NDArray[Any]]:
    """Tracks one after another, ``lengths`` says how many samples each has; and the dropped objects."""
    return {
        "ids": np.array([t.id for t in tracks], np.str_),
        "labels": np.array([t.label for t in tracks], np.str_),
        "scores": np.array([t.score for t in tracks], np.float64),
        "lengths": np.array([len(t) for t in tracks], np.int64),
        "file": _cat([t.file for t in tracks], np.int32),
        "pts": _cat([t.pts for t in tracks], np.int64),
        "times": _cat([t.times for t in tracks], np.float64),
        "boxes": _cat([t.boxes for t in tracks], np.float32).reshape(-1, 4),
        "observed": _cat([t.observed for t in tracks], np.bool_),
        "dropped": np.array([(d.id, d.label, d.reason) for d in dropped], np.str_).reshape(-1, 3),
        "dropped_file": np.array([d.file for d in dropped], np.int32),
        "dropped_time": np.array([(d.start, d.end) for d in dropped], np.float64).reshape(-1, 2),
    }


def to_tracks(arrays: Mapping[str, NDArray[Any]]) -> tuple[tuple[Track, ...], tuple[Dropped, ...]]:
    """The tracks and dropped objects that ``from_tracks`` packed."""
    ends = np.cumsum(arrays["lengths"])
    columns = ("file", "pts", "times", "boxes", "observed")
    tracks = tuple(
        Track(
            str(arrays["ids"][i]),
            str(arrays["labels"][i]),
            float(arrays["scores"][i]),
            *(arrays[name][end - arrays["lengths"][i] : end] for name in columns),
        )
        for i, end in enumerate(ends)
    )
    dropped = tuple(
        Dropped(str(text[0]), str(text[1]), int(file), float(time[0]), float(time[1]), str(text[2]))
        for text, file, time in zip(
            arrays["dropped"], arrays["dropped_file"], arrays["dropped_time"], strict=True
        )
    )
    return tracks, dropped


def _cat(parts: Sequence[NDArray[Any]], dtype: type[np.generic]) -> NDArray[Any]:
    return np.concatenate([np.asarray(p, dtype) for p in parts]) if parts else np.zeros(0, dtype)


# --- tubes -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Index:
    """What a part holds: its chunks; digest of each blob file; CRC-32 of each (offset, length) by kind."""

    chunks: tuple[Chunk, ...]
    digests: Mapping[str, str]
    sums: Mapping[str, Mapping[tuple[int, int], int]]


def from_part(part: TubePart, digests: Mapping[str, str]) -> dict[str, NDArray[Any]]:
    """The index of a part as arrays, one row a chunk; ``clear`` rows of -1 where nothing was masked."""
    return {
        "name": np.array(part.name),
        "digests": np.array([digests["picture"], digests["clear"]]),
        "tracks": np.array([c.track for c in part.chunks], np.str_),
        "numbers": np.array([_numbers(c) for c in part.chunks], np.int64).reshape(-1, 7),
        "picture": np.array([_row(c.picture, part.picture) for c in part.chunks], np.int64).reshape(-1, 5),
        "clear": np.array([_row(c.clear, part.clear) for c in part.chunks], np.int64).reshape(-1, 5),
        "origins": _steps([c.origins for c in part.chunks]),
        "clear_origins": _steps([c.clear_origins for c in part.chunks]),
    }


def _numbers(c: Chunk) -> tuple[int, ...]:
    return (c.file, c.pts, *c.canvas, *c.clear_canvas, c.pixels)


def _row(ref: BlobRef | None, data: bytes) -> tuple[int, ...]:
    if ref is None:
        return (-1, -1, -1, -1, -1)
    check = zlib.crc32(memoryview(data)[ref.offset : ref.offset + ref.length])
    return (ref.offset, ref.length, ref.first, ref.count, check)


def _steps(origins: Sequence[NDArray[np.int32]]) -> NDArray[np.int32]:
    """Origins of all chunks one after another, as steps from sample to sample."""
    return np.diff(_cat(list(origins), np.int32).reshape(-1, 2), axis=0, prepend=0).astype(np.int32)


def to_part(arrays: Mapping[str, NDArray[Any]]) -> Index:
    """The index that ``from_part`` packed."""
    name = str(arrays["name"])
    origins = np.cumsum(arrays["origins"], axis=0, dtype=np.int32)
    clear_origins = np.cumsum(arrays["clear_origins"], axis=0, dtype=np.int32)
    sums: dict[str, dict[tuple[int, int], int]] = {"picture": {}, "clear": {}}
    chunks: list[Chunk] = []
    at = 0
    rows = zip(arrays["tracks"], arrays["numbers"], arrays["picture"], arrays["clear"], strict=True)
    for track, numbers, picture, clear in rows:
        file, pts, width, height, clear_width, clear_height, pixels = (int(n) for n in numbers)
        here = slice(at, at + int(picture[3]))
        at = here.stop
        chunks.append(
            Chunk(
                track=str(track),
                file=file,
                pts=pts,
                canvas=(width, height),
                origins=origins[here],
                picture=_ref(name, picture, sums["picture"]),
                clear_canvas=(clear_width, clear_height),
                clear_origins=clear_origins[here],
                clear=_ref(name, clear, sums["clear"]) if clear[0] >= 0 else None,
                pixels=pixels,
            )
        )
    digests = {"picture": str(arrays["digests"][0]), "clear": str(arrays["digests"][1])}
    return Index(tuple(chunks), digests, sums)


def _ref(part: str, row: NDArray[np.int64], sums: dict[tuple[int, int], int]) -> BlobRef:
    offset, length, first, count, check = (int(n) for n in row)
    sums[offset, length] = check
    return BlobRef(part, offset, length, first, count)


# --- traits ------------------------------------------------------------------------------------------------


def from_traits(traits: Traits) -> dict[str, NDArray[Any]]:
    """Traits as arrays: their columns, and the names of cameras and footages."""
    names = {"cameras": np.array(traits.cameras, np.str_), "footages": np.array(traits.footages, np.str_)}
    return names | {name: getattr(traits, name) for name in COLUMNS}


def to_traits(arrays: Mapping[str, NDArray[Any]]) -> Traits:
    """The inverse of ``from_traits``; raises ``ValueError`` or ``KeyError`` for anything else."""
    cameras, footages = (tuple(str(n) for n in arrays[k]) for k in ("cameras", "footages"))
    return Traits(cameras, footages, **{name: arrays[name] for name in COLUMNS})
