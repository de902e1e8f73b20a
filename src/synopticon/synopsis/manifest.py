"""The manifest: a map from every pixel of a synopsis to its source, as JSON (docs/synopsis-files.md)."""

import json
import os
import platform
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

import synopticon
from synopticon.store.atomic import write_whole
from synopticon.values.footage import Footage, Gap, SourceFile
from synopticon.values.plan import Plan
from synopticon.values.track import Dropped

FORMAT, VERSION = "synopticon-manifest", 1
_LIBRARIES = ("av", "numpy", "opencv-python-headless", "onnxruntime", "numba")


@dataclass(frozen=True, slots=True, eq=False)
class ShownObject:
    """One object of a synopsis; row k of every array belongs to synopsis frame ``first + k``.

    ``file`` int32 (index into the footage's files), ``pts`` int64, ``times`` float64 timeline seconds,
    ``boxes`` float32 ``(n, 4)`` xyxy synopsis pixels, ``z`` int32 (0 = drawn first, so farthest), ``labels``
    int32 ``(n, 4)`` xyxy of its label (all zero = none), ``masks`` the filled zones of each row.
    """

    id: str
    label: str
    first: int
    file: NDArray[np.int32]
    pts: NDArray[np.int64]
    times: NDArray[np.float64]
    boxes: NDArray[np.float32]
    z: NDArray[np.int32]
    labels: NDArray[np.int32]
    masks: tuple[NDArray[np.float32], ...]
    fade: tuple[int, int]
    start: float  # of the whole track, timeline seconds
    end: float


@dataclass(frozen=True, slots=True)
class Record:
    """What a synopsis was made from and with, as far as composing cannot know it.

    ``gaps``: all time not seen, those of the footage included; ``settings``: what can be written as JSON;
    ``models``: name -> SHA-256; ``dropped``: objects found and not shown for a reason before planning.
    ``program``: what else decides about the result (digest of the code); ``tubes``: digest of what was cut.
    """

    gaps: tuple[Gap, ...] = ()
    settings: Mapping[str, Any] = field(default_factory=dict)
    models: Mapping[str, str] = field(default_factory=dict)
    dropped: tuple[Dropped, ...] = ()
    program: Mapping[str, str] = field(default_factory=dict)
    tubes: str = ""


@dataclass(frozen=True, slots=True)
class Mark:
    """A line written on every frame of the synopsis, and its place (x1, y1, x2, y2 pixels)."""

    text: str
    box: tuple[int, int, int, int]


@dataclass(frozen=True, slots=True, eq=False)
class Manifest:
    """Everything that is known about one synopsis video."""

    footage: Footage
    plan: Plan
    record: Record
    width: int
    height: int
    rate: Fraction
    frames: int
    sha256: str  # of the video
    unmasked: bool
    reason: str
    marks: tuple[Mark, ...]
    objects: tuple[ShownObject, ...]
    left_out: tuple[Dropped, ...]


def write_manifest(manifest: Manifest, path: Path, *, overwrite: bool = False) -> None:
    """Write the manifest as JSON, an object a line, whole or not at all; raises OutputError.

    The bytes depend on nothing but the manifest and the place of the footage relative to ``path``.
    """
    with (
        write_whole(path, overwrite=overwrite) as aside,
        aside.open("w", encoding="utf-8", newline="\n") as out,
    ):
        out.writelines(_lines(manifest, Path(path).parent))


def _lines(manifest: Manifest, folder: Path) -> Iterator[str]:
    names = [relative(file.path, folder) for file in manifest.footage.files]
    yield "{\n"
    for key, value in _head(manifest, names).items():
        yield f"{_text(key)}: {_text(value)},\n"
    yield from _array("objects", (_object(o, names, manifest.footage) for o in manifest.objects))
    yield ",\n"
    yield from _array("left_out", (_left_out(d, names) for d in manifest.left_out))
    yield "\n}\n"


def _array(key: str, items: Iterator[Mapping[str, Any]]) -> Iterator[str]:
    yield f"{_text(key)}: ["
    for i, item in enumerate(items):
        yield ("," if i else "") + "\n" + _text(item)
    yield "]"


def _text(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def _head(manifest: Manifest, names: Sequence[str]) -> dict[str, Any]:
    plan, record = manifest.plan, manifest.record
    return {
        "format": FORMAT,
        "version": VERSION,
        "synthetic": True,
        "masked": not manifest.unmasked,
        "reason": manifest.reason,
        "marks": [{"text": m.text, "box": _corner(m.box)} for m in manifest.marks],
        "video": {
            "width": manifest.width,
            "height": manifest.height,
            "fps": float(manifest.rate),
            "rate": [manifest.rate.numerator, manifest.rate.denominator],
            "frames": manifest.frames,
            "sha256": manifest.sha256,
        },
        "camera": manifest.footage.camera,
        "inputs": [_input(f, n) for f, n in zip(manifest.footage.files, names, strict=True)],
        "notes": list(manifest.footage.notes),
        "coverage": coverage(manifest.footage, record.gaps),
        "gaps": [_gap(g, names) for g in record.gaps],
        "plan": {
            "fps": plan.fps,
            "length_frames": plan.length_frames,
            "deterministic": plan.deterministic,
            "effort": plan.effort,
            "measures": {k: _round(v) for k, v in sorted(plan.measures.items())},
        },
        "settings": {k: record.settings[k] for k in sorted(record.settings)},
        "models": [{"name": k, "sha256": v} for k, v in sorted(record.models.items())],
        **({"tubes": record.tubes} if record.tubes else {}),
        "made_with": versions() | dict(record.program),
    }


def versions() -> dict[str, str]:
    """Versions of the program, of the libraries that decide about its results, and the kind of machine."""
    found = {
        "synopticon": synopticon.__version__,
        "machine": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
    }
    for name in _LIBRARIES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


def relative(path: Path, folder: Path) -> str:
    """``path`` as seen from ``folder``, with forward slashes; its bare name when no relative path exists."""
    try:
        return Path(os.path.relpath(path, folder)).as_posix()
    except ValueError:  # another drive
        return Path(path).name


def coverage(footage: Footage, gaps: Sequence[Gap]) -> dict[str, float]:
    """Seconds of the timeline, seconds that were seen, and their share."""
    spans = sorted((max(0.0, g.start), min(footage.duration, g.end)) for g in gaps)
    unseen, at = 0.0, 0.0
    for start, end in spans:
        unseen += max(0.0, end - max(start, at))
        at = max(at, end)
    seen = max(0.0, footage.duration - unseen)
    share = seen / footage.duration if footage.duration else 0.0
    return {"duration": round(footage.duration, 3), "seen": round(seen, 3), "share": round(share, 6)}


def _input(file: SourceFile, name: str) -> dict[str, Any]:
    return {
        "file": name,
        "sha256": file.sha256,
        "size_bytes": file.size_bytes,
        "container": file.container,
        "codec": file.codec,
        "width": file.width,
        "height": file.height,
        "time_base": [file.time_base.numerator, file.time_base.denominator],
        "start_pts": file.start_pts,
        "end_pts": file.end_pts,
        "offset": round(file.offset, 6),
        "duration": round(file.duration, 6) if not file.error else 0.0,
        "clock": {
            "start": _round(file.clock.start),
            "source": file.clock.source,
            "uncertainty": file.clock.uncertainty,
            "zone": file.clock.zone,
        },
        "error": file.error,
    }


def _gap(gap: Gap, names: Sequence[str]) -> dict[str, Any]:
    file = names[gap.file] if gap.file >= 0 else None
    return {
        "start": round(gap.start, 4),
        "end": round(gap.end, 4),
        "reason": str(gap.reason),
        "file": file,
        "detail": gap.detail,
    }


def _object(shown: ShownObject, names: Sequence[str], footage: Footage) -> dict[str, Any]:
    first = footage.files[int(shown.file[0])]
    corners = _corners(shown.boxes)
    frames = np.arange(shown.first, shown.first + len(shown.times)).tolist()
    times = [round(t, 4) for t in shown.times.tolist()]
    changes = [0, *(np.flatnonzero(np.diff(shown.file)) + 1).tolist()]
    return {
        "id": shown.id,
        "class": shown.label,
        "source": {
            "file": names[int(shown.file[0])],
            "start": round(shown.start, 4),
            "end": round(shown.end, 4),
            "file_start": round(shown.start - first.offset, 4),
            "files": [[k, int(shown.file[k])] for k in changes],
        },
        "fade": list(shown.fade),
        "frames": [[f, t, *box] for f, t, box in zip(frames, times, corners, strict=True)],
        "time_base": [first.time_base.numerator, first.time_base.denominator],
        "pts": shown.pts.tolist(),
        "z": shown.z.tolist(),
        "label": _label(shown.labels),
        "mask": _masks(shown.masks),
    }


def _label(boxes: NDArray[np.int32]) -> list[list[int]]:
    return [_corner((a, b, c, d)) if c > a else [] for a, b, c, d in boxes.tolist()]


def _masks(zones: Sequence[NDArray[np.float32]]) -> list[Any]:
    """Zones of each row; an empty list when no row has any."""
    if not any(len(z) for z in zones):
        return []
    return [_corners(z) for z in zones]


def _corners(boxes: NDArray[np.float32]) -> list[list[float]]:
    """``x, y, w, h`` rows with one decimal, which agree with the rounded corners."""
    tenths = np.rint(boxes.astype(np.float64) * 10)
    tenths[:, 2:] -= tenths[:, :2]
    return [[value / 10 for value in row] for row in tenths.tolist()]


def _corner(box: tuple[int, int, int, int]) -> list[int]:
    return [box[0], box[1], box[2] - box[0], box[3] - box[1]]


def _left_out(dropped: Dropped, names: Sequence[str]) -> dict[str, Any]:
    return {
        "id": dropped.id,
        "class": dropped.label,
        "source": {
            "file": names[dropped.file] if 0 <= dropped.file < len(names) else None,
            "start": round(dropped.start, 4),
            "end": round(dropped.end, 4),
        },
        "reason": dropped.reason,
    }


def _round(value: float | None) -> float | None:
    return None if value is None else round(float(value), 6)
