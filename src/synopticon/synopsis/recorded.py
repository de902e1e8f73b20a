"""A manifest read back: what a synopsis was made from and with, to make it again and compare."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

import numpy as np

from synopticon.errors import UsageError
from synopticon.measure.replay import Seen
from synopticon.synopsis.manifest import FORMAT, VERSION
from synopticon.values.footage import Clock

_UPS = 40  # folders that a path may go up: more is no place of footage
_HEAD = 64  # first bytes in which a manifest says what it is


@dataclass(frozen=True, slots=True)
class Input:
    """A file that a synopsis was made from: its path as seen from the manifest, digest, bytes, clock.

    ``error``: why it could not be read then; "" = it could.
    """

    file: PurePosixPath
    sha256: str
    size: int
    clock: Clock
    error: str


@dataclass(frozen=True, slots=True, eq=False)
class Recorded:
    """What a manifest says. ``head``: all but the objects; ``digests``: of each whole object, in order."""

    path: Path
    sha256: str
    head: Mapping[str, Any]
    inputs: tuple[Input, ...]
    objects: tuple[Seen, ...]
    digests: tuple[str, ...]

    @property
    def settings(self) -> Mapping[str, Any]:
        """What it was made with, by the names of the options."""
        return dict(self.head["settings"])

    @property
    def fps(self) -> float:
        """Frames a second of the synopsis."""
        return float(self.head["video"]["fps"])

    @property
    def tracks(self) -> str:
        """Digest of all tracks that are shown, and of what was found and is not shown."""
        return _digest([[o.digest for o in self.objects], self.head["left_out"]])

    @property
    def plan(self) -> str:
        """Digest of the plan: when each object begins, and by which measures it was chosen."""
        return _digest([{o.id: o.first for o in self.objects}, self.head["plan"]])


def is_manifest(path: Path) -> bool:
    """Whether a file begins as the manifest of a synopsis does."""
    try:
        with path.open("rb") as file:
            return f'"format":"{FORMAT}"' in file.read(_HEAD).decode("utf-8", "replace").replace(" ", "")
    except OSError:
        return False


def read_manifest(path: Path) -> Recorded:
    """Read what ``write_manifest`` wrote; raises ``UsageError`` for anything else.

    Objects are made compact while they are read: memory grows with their boxes, not with the text's values.
    """
    whole: list[str] = []

    def compact(value: dict[str, Any]) -> Any:
        if "frames" not in value or "pts" not in value:
            return value
        whole.append(_digest(value))
        return _seen(value)

    try:
        data = path.read_bytes()
        head = json.loads(data, object_hook=compact)
        _check_version(path, head)
        objects = tuple(head.pop("objects"))
        inputs = tuple(_input(one) for one in head["inputs"])
        found = Recorded(path, hashlib.sha256(data).hexdigest(), head, inputs, objects, tuple(whole))
        if not all(isinstance(o, Seen) for o in objects) or not inputs or found.fps <= 0:
            raise ValueError("objects, inputs or frame rate are missing")
        _ = found.settings, found.tracks, found.plan, head["models"], head["made_with"], head["marks"]
    except UsageError:
        raise
    except OSError as error:
        raise UsageError(
            f"{path}: cannot be read ({error.strerror or error}): check its permissions"
        ) from error
    except (ValueError, KeyError, TypeError, IndexError, AttributeError, RecursionError) as error:
        raise UsageError(
            f"{path}: is no manifest of a synopsis ({error}): name the .json beside one"
        ) from error
    return found


def _check_version(path: Path, head: Any) -> None:
    if not isinstance(head, dict) or head.get("format") != FORMAT:
        raise UsageError(f"{path}: is no manifest of a synopsis: name the .json beside one")
    version = head.get("version")
    if type(version) is not int or not 1 <= version <= VERSION:
        raise UsageError(
            f"{path}: a manifest of version {version}, this program knows {VERSION}: use a newer Synopticon"
        )


def _seen(value: Mapping[str, Any]) -> Seen:
    rows = np.array(value["frames"], np.float64).reshape(-1, 6)
    if not len(rows) or len(value["pts"]) != len(rows) or (np.diff(rows[:, 1]) < 0).any():
        raise ValueError(f"object {value.get('id')}: its frames are not in order")
    boxes = rows[:, 2:].copy()
    boxes[:, 2:] += boxes[:, :2]
    said = [value["id"], value["class"], value["source"], value["pts"], [row[1:] for row in value["frames"]]]
    return Seen(
        str(value["id"]), str(value["class"]), int(rows[0, 0]), rows[:, 1].copy(),
        boxes.astype(np.float32), _digest(said),
    )  # fmt: skip


def _input(value: Mapping[str, Any]) -> Input:
    clock = value["clock"]
    start = None if clock["start"] is None else float(clock["start"])
    known = Clock(start, str(clock["source"]), float(clock["uncertainty"]), str(clock["zone"]))
    path = PurePosixPath(value["file"])
    ups = sum(part == ".." for part in path.parts)
    inside = path.parts[ups:]
    if path.is_absolute() or not inside or ".." in inside or ups > _UPS or "\\" in str(path):
        raise ValueError(f"{value['file']!r} is no relative path of a file")
    return Input(path, str(value["sha256"]), int(value["size_bytes"]), known, str(value["error"]))


def _digest(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
