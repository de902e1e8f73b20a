"""Reads the plates in one photo."""

from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from synopticon.errors import FootageError
from synopticon.values.detection import CLASSES
from synopticon.vision.detect import Detector
from synopticon.vision.mask import PLATED
from synopticon.vision.plate import Floats, Gate, Picture, Place, PlateEye, Shot, Verdict, apart, verdict

_LARGE = 900  # pixels: a longer photo shows more than one vehicle, and is looked at in parts, too
_WIDE = 100  # pixels of a vehicle on which a line of text may be its plate
_VEHICLE = 0.35  # score from which a model's vehicle is looked into


@dataclass(frozen=True, slots=True, eq=False)
class Read:
    """A place of a photo, and what it says; None where nothing could be read there."""

    place: Place
    said: Verdict | None

    @property
    def text(self) -> str:
        """What it says, where it is taken for a plate; else ""."""
        return self.said.text if self.said and self.said.passed else ""


def load_photo(path: Path) -> Picture:
    """A photo as BGR ``(h, w, 3)``; raises ``FootageError``."""
    try:
        photo = cv2.imdecode(np.frombuffer(path.read_bytes(), np.uint8), cv2.IMREAD_COLOR)
    except (OSError, cv2.error) as error:
        raise FootageError(f"{path}: cannot be read: name a picture that is there") from error
    if photo is None:
        raise FootageError(f"{path}: is no picture that can be read: name a JPEG or PNG file")
    return np.asarray(photo, np.uint8)


def vehicles_in(detector: Detector | None, photo: Picture) -> Floats:
    """Boxes ``(n, 4)`` of the vehicles that a model sees in a photo; none without a model."""
    if detector is None:
        return np.zeros((0, 4), np.float32)
    (found,) = detector.detect([photo])
    plated = np.array([CLASSES[k] in PLATED for k in found.classes], np.bool_)
    return found.boxes[plated & (found.scores >= _VEHICLE)]


def read_photo(
    eye: PlateEye,
    photo: Picture,
    vehicles: Floats,
    *,
    among: tuple[str, ...] = (),
    gate: Gate | None = None,
) -> list[Read]:
    """The places of plates in a photo, each with what it says; ``vehicles`` ``(n, 4)`` boxes in it, if known.

    Looks into each vehicle and the whole photo, into parts of it where it is large or nothing was found, and
    for lines of text on vehicles without a plate, or where nothing else was found.
    """
    found = [p for box in _clipped(vehicles, photo.shape) for p in _on_vehicle(eye, photo, box)]
    found += eye.places(photo)
    for parts in (2, 3):
        if not found or max(photo.shape) > _LARGE:
            for x1, y1, x2, y2 in tiles(photo.shape, parts):
                found += [p.moved(x1, y1) for p in eye.places(np.ascontiguousarray(photo[y1:y2, x1:x2]))]
    found = found or eye.by_text(photo)[:4]
    shots = ((p, Shot(tuple(eye.looks(photo, p)), 1.0, p.by_text)) for p in apart(found))
    return [Read(place, verdict([shot], among, gate)) for place, shot in shots]


def _on_vehicle(eye: PlateEye, photo: Picture, box: tuple[int, int, int, int]) -> list[Place]:
    """The places on a vehicle; where there is none, the largest line of text."""
    x1, y1, x2, y2 = box
    vehicle = np.ascontiguousarray(photo[y1:y2, x1:x2])
    found = eye.places(vehicle) or (eye.by_text(vehicle)[:1] if x2 - x1 >= _WIDE else [])
    return [p.moved(x1, y1) for p in found]


def _clipped(boxes: Floats, shape: tuple[int, ...]) -> list[tuple[int, int, int, int]]:
    high, wide = shape[:2]
    whole = np.clip(np.asarray(boxes, np.float32).reshape(-1, 4), 0, [wide, high, wide, high]).astype(int)
    return [(x1, y1, x2, y2) for x1, y1, x2, y2 in whole.tolist() if x2 - x1 >= 16 and y2 - y1 >= 16]


def tiles(shape: tuple[int, ...], parts: int, shared: float = 0.4) -> list[tuple[int, int, int, int]]:
    """``parts`` x ``parts`` boxes xyxy that cover a picture, neighbours having a share of them in common."""
    high, wide = shape[:2]
    size = 1 / (parts - (parts - 1) * shared)
    starts = [k * size * (1 - shared) for k in range(parts)]
    return [
        (
            int(x * wide),
            int(y * high),
            min(int((x + size) * wide) + 1, wide),
            min(int((y + size) * high) + 1, high),
        )
        for y in starts
        for x in starts
    ]
