"""How well plates are found and read in labelled photos: labels read, readings compared.

Labels as OpenALPR's benchmark writes them (``NAME.txt``: picture, x, y, width, height, text, separated by
tabs), or Pascal VOC's XML, which tells boxes alone.
"""

import xml.etree.ElementTree as ET
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from synopticon.errors import FootageError

Box = tuple[float, float, float, float]

FOUND = 0.3  # intersection over union from which a place is that of a label
_ALIKE = str.maketrans("OI", "01")  # one sign for both on many plates, and in many labels
_DRAWS = 2000  # of the bootstrap


@dataclass(frozen=True, slots=True)
class Label:
    """A plate in a photo: its box (xyxy, pixels), and its text of A-Z and 0-9; "" where it is not told."""

    photo: Path
    box: Box
    text: str
    group: str  # the folder it lies in: a country, where they are sorted so
    light: str  # "day", "night", or "" where the name does not tell


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a label: whether its place was found, what was read there ("" nothing), was it ``told``.

    What was read and not taken for a plate is not told.
    """

    label: Label
    found: bool
    text: str
    told: bool = True


def labels_in(folder: Path) -> tuple[Label, ...]:
    """All labels below a folder. Raises ``FootageError`` where there is none, or one cannot be read."""
    found: list[Label] = []
    for path in sorted(folder.rglob("*")):
        if path.suffix.lower() == ".txt":
            found += _of_text(path)
        elif path.suffix.lower() == ".xml":
            found += _of_voc(path)
    if not found:
        raise FootageError(
            f"{folder}: holds no labels: give a folder with NAME.txt (picture, x, y, w, h, text) or XML"
        )
    return tuple(found)


def _of_text(path: Path) -> Iterable[Label]:
    for number, line in enumerate(path.read_text("utf-8", "replace").splitlines(), 1):
        cells = line.split("\t")
        if not line.strip():
            continue
        try:
            x, y, wide, high = (float(c) for c in cells[1:5])
            box = (x, y, x + wide, y + high)
            yield _label(path.with_name(cells[0]), box, cells[5] if len(cells) > 5 else "")
        except (ValueError, IndexError) as error:
            raise FootageError(
                f"{path}, line {number}: not picture, x, y, width, height, text separated by tabs: correct it"
            ) from error


def _of_voc(path: Path) -> Iterable[Label]:
    try:
        root = ET.fromstring(path.read_text("utf-8"))
        for thing in root.iter("bndbox"):
            x1, y1, x2, y2 = (float(thing.findtext(n, "")) for n in ("xmin", "ymin", "xmax", "ymax"))
            yield _label(_photo_of(path), (x1, y1, x2, y2), "")
    except (ET.ParseError, ValueError, UnicodeDecodeError) as error:
        raise FootageError(f"{path}: is no VOC label ({error}): correct it or take it out") from error


def _photo_of(path: Path) -> Path:
    kinds = (path.with_name(path.name[: -len(path.suffix)] + k) for k in (".jpg", ".jpeg", ".png"))
    return next((p for p in kinds if p.is_file()), path.with_name(path.name[: -len(path.suffix)] + ".jpg"))


def _label(photo: Path, box: Box, text: str) -> Label:
    name = photo.name.lower()
    light = "night" if "night" in name else "day" if "day" in name else ""
    return Label(photo, box, normal(text), photo.parent.name, light)


def normal(text: str) -> str:
    """A text as plates are compared: capitals and digits alone."""
    return "".join(c for c in text.upper() if c.isascii() and c.isalnum())


def overlap(a: Box, b: Box) -> float:
    """Intersection over union of two boxes."""
    wide = max(min(a[2], b[2]) - max(a[0], b[0]), 0.0)
    high = max(min(a[3], b[3]) - max(a[1], b[1]), 0.0)
    areas = sum((box[2] - box[0]) * (box[3] - box[1]) for box in (a, b))
    return wide * high / max(areas - wide * high, 1e-9)


def distance(a: str, b: str) -> int:
    """Signs to change, add or leave out to make one text the other (Levenshtein)."""
    row = list(range(len(b) + 1))
    for i, sign in enumerate(a, 1):
        before, row[0] = row[0], i
        for j, other in enumerate(b, 1):
            before, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, before + (sign != other))
    return row[-1]


@dataclass(frozen=True, slots=True)
class Scores:
    """``n`` labels, of which ``texts`` tell a text; counts, and the errors over all signs of those texts.

    ``alike``: exact where O counts as 0 and I as 1. ``told``: exact and told.
    ``cer_interval``: 95 %, by drawing plates anew.
    """

    n: int
    found: int
    texts: int
    exact: int
    alike: int
    told: int
    cer: float
    cer_interval: tuple[float, float]


def scores(outcomes: Sequence[Outcome], seed: int = 1) -> Scores:
    """Compare what was read with the labels."""
    told = [o for o in outcomes if o.label.text]
    errors = np.array([distance(o.text, o.label.text) for o in told], float)
    signs = np.array([len(o.label.text) for o in told], float)
    low, high = _drawn(errors, signs, seed)
    return Scores(
        n=len(outcomes),
        found=sum(o.found for o in outcomes),
        texts=len(told),
        exact=sum(o.text == o.label.text for o in told),
        alike=sum(o.text.translate(_ALIKE) == o.label.text.translate(_ALIKE) for o in told),
        told=sum(o.text == o.label.text and o.told for o in told),
        cer=float(errors.sum() / signs.sum()) if told else 0.0,
        cer_interval=(low, high),
    )


def _drawn(errors: np.ndarray, signs: np.ndarray, seed: int) -> tuple[float, float]:
    if not len(errors):
        return 0.0, 0.0
    picks = np.random.default_rng(seed).integers(0, len(errors), (_DRAWS, len(errors)))
    low, high = np.percentile(errors[picks].sum(1) / signs[picks].sum(1), (2.5, 97.5))
    return float(low), float(high)
