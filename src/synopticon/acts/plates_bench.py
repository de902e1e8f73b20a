"""The bench for plates: how well they are found and read in a folder of labelled photos."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from itertools import groupby
from pathlib import Path
from typing import Any

from synopticon.errors import ModelError
from synopticon.measure.plates import (
    FOUND,
    Label,
    Outcome,
    Scores,
    distance,
    labels_in,
    normal,
    overlap,
    scores,
)
from synopticon.models.cards import resolve
from synopticon.values.interval import wilson
from synopticon.vision.detect import open_detector
from synopticon.vision.plate import Picture, open_eye, weights
from synopticon.vision.plate_photo import Read, load_photo, read_photo, vehicles_in

Say = Callable[[str, float], None]


@dataclass(frozen=True, slots=True)
class BenchRequest:
    """``folder`` of labelled photos; ``beside``: measure the OCR package alone on whole photos, too.

    ``countries``: those whose plates may come, none = all known. ``model``: finds the vehicles, as for
    ``synopsis``.
    """

    folder: Path
    beside: bool = False
    countries: tuple[str, ...] = ()
    model: str = "auto"
    models_folder: Path | None = None


@dataclass(frozen=True, slots=True)
class Bench:
    """The report as JSON values; ``missed``: photo, label and reading of each plate that is not exact."""

    report: Mapping[str, Any]
    missed: tuple[tuple[str, str, str], ...]


def bench(request: BenchRequest, progress: Say | None = None) -> Bench:
    """Find and read all labelled plates of a folder. Raises ``FootageError``, ``ModelError``."""
    labels = labels_in(request.folder)
    eye = open_eye(request.models_folder, threads=0)
    model = resolve(request.model, request.models_folder)
    detector = open_detector(*model) if model else None
    alone = _package() if request.beside else None
    outcomes: list[Outcome] = []
    packaged: list[Outcome] = []
    seconds = [0.0, 0.0]
    other = 0
    photos = [(photo, list(group)) for photo, group in groupby(labels, key=lambda label: label.photo)]
    for number, (path, here) in enumerate(photos):
        photo = load_photo(path)
        begun = time.perf_counter()
        reads = read_photo(eye, photo, vehicles_in(detector, photo), among=request.countries)
        seconds[0] += time.perf_counter() - begun
        outcomes += [_outcome(label, reads) for label in here]
        other += sum(all(overlap(r.place.box, label.box) <= 0.05 for label in here) for r in reads if r.text)
        if alone:
            begun = time.perf_counter()
            packaged += [_best(label, alone(photo)) for label in here]
            seconds[1] += time.perf_counter() - begun
        if progress:
            progress("reading photos", (number + 1) / len(photos))
    report = {
        **_told(scores(outcomes)),
        "other_plates": other,
        "photos": len(photos),
        "seconds_a_photo": round(seconds[0] / len(photos), 3),
        "by_country": _by(outcomes, lambda o: o.label.group),
        "by_light": _by(outcomes, lambda o: o.label.light),
        "models": [path.name for path in weights(request.models_folder) if path],
        "vehicles": model[0].name if model else "none",
    }
    if alone:
        took = round(seconds[1] / len(photos), 3)
        report["beside"] = {
            **_told(scores(packaged)),
            "what": "rapidocr, the best of its texts",
            "seconds_a_photo": took,
        }
    return Bench(report, tuple(_missed(outcomes)))


def _outcome(label: Label, reads: Sequence[Read]) -> Outcome:
    here = [r for r in reads if overlap(r.place.box, label.box) > FOUND]
    best = max(here, key=lambda r: overlap(r.place.box, label.box), default=None)
    if best is None or best.said is None:
        return Outcome(label, best is not None, "", told=False)
    return Outcome(label, found=True, text=best.said.text, told=best.said.passed)


def _best(label: Label, lines: Sequence[tuple[str, tuple[float, float, float, float]]]) -> Outcome:
    """The text of the package that is nearest to the label: somebody must choose among its texts."""
    texts = [normal(text) for text, _ in lines]
    best = min(texts, key=lambda t: distance(t, label.text), default="")
    return Outcome(label, any(overlap(box, label.box) > FOUND for _, box in lines), best)


def _package() -> Callable[[Picture], list[tuple[str, tuple[float, float, float, float]]]]:
    """The OCR package as it comes, on a whole photo: its texts and their boxes."""
    try:
        engine = import_module("rapidocr").RapidOCR(params={"Global.log_level": "error"})
    except ImportError as error:
        raise ModelError(
            "what is measured beside needs the package rapidocr, which is not here: "
            "pip install 'synopticon[text]'"
        ) from error

    def read(photo: Picture) -> list[tuple[str, tuple[float, float, float, float]]]:
        found = engine(photo)
        if found.txts is None:
            return []
        boxes = [(*c.min(0).tolist(), *c.max(0).tolist()) for c in found.boxes]
        return list(zip(found.txts, boxes, strict=True))

    return read


def _told(found: Scores) -> dict[str, Any]:
    return {
        "n": found.n,
        "found": _share(found.found, found.n),
        "texts": found.texts,
        "exact": _share(found.exact, found.texts),
        "exact_alike": _share(found.alike, found.texts),
        "exact_told": _share(found.told, found.texts),
        "cer": round(found.cer, 4) if found.texts else None,
        "intervals": {
            "found": _interval(found.found, found.n),
            "exact": _interval(found.exact, found.texts),
            "exact_alike": _interval(found.alike, found.texts),
            "exact_told": _interval(found.told, found.texts),
            "cer": [round(v, 4) for v in found.cer_interval] if found.texts else None,
        },
    }


def _share(count: int, n: int) -> float | None:
    return round(count / n, 4) if n else None


def _interval(count: int, n: int) -> list[float] | None:
    return [round(v, 4) for v in wilson(count, n)] if n else None


def _by(outcomes: Sequence[Outcome], key: Callable[[Outcome], str]) -> dict[str, Any]:
    names = sorted({key(o) for o in outcomes} - {""})
    return {name: _told(scores([o for o in outcomes if key(o) == name])) for name in names}


def _missed(outcomes: Sequence[Outcome]) -> list[tuple[str, str, str]]:
    wrong = (o for o in outcomes if not o.found or (o.label.text and o.text != o.label.text))
    return [(o.label.photo.name, o.label.text, o.text if o.found else "(not found)") for o in wrong]
