"""How many plates of photographed vehicles are masked: by their place alone, by the model, by both.

    python -m benchmarks.plates --models-folder DIR
    python -m benchmarks.plates --models-folder DIR --recordings HOME   vehicles of recordings that get a zone
    python -m benchmarks.plates --smaller SHEET.png                     plates at 16 to 36 pixels, to be read

All labelled plates of the European photos (openalpr_benchmarks) and the Romanian ones (robertlucian_plates).
The box of a vehicle is what yolox-nano finds around a plate. A plate is covered when 75 % of it is filled.
``beside``: places that the model takes for a plate and that are none. The zone was chosen on these photos.
"""

import argparse
import json
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from benchmarks.redact import COVERED, paint, share_of
from benchmarks.track_quality import footage
from synopticon.acts.analysis import AnalysisRequest, analysed
from synopticon.models.cards import companion, resolve
from synopticon.values.detection import CLASSES, Boxes, Detections
from synopticon.values.track import Track
from synopticon.vision.detect import Detector, Finder, open_detector, open_finder
from synopticon.vision.mask import plate_zone, plate_zones
from synopticon.vision.masks import MaskSettings, grown
from synopticon.vision.spot import PLATES, plates_in

WIDTHS = (16, 20, 24, 28, 32, 36)  # pixels of a plate
RECORDINGS = {
    "car-detection": "intel_sample_videos/car-detection.mp4",
    "ahmetozlu": "ahmetozlu_traffic/input_video.mp4",
    "traffic_camera": "dvr_scan/traffic_camera.mp4",
}
VEHICLES = {"car", "bus", "truck", "motorcycle"}
SEEN = 0.35  # score of a vehicle


def plates() -> Iterator[tuple[Path, np.ndarray]]:
    """Photo and box of each labelled plate."""
    for text in sorted((footage() / "openalpr_benchmarks/eu").glob("*.txt")):
        for line in text.read_text().splitlines():
            name, x, y, wide, high = line.split("\t")[:5]
            corner = np.array([float(x), float(y)] * 2)
            yield text.with_name(name), corner + np.array([0, 0, float(wide), float(high)])
    for text in sorted((footage() / "robertlucian_plates").glob("*.xml")):
        found = re.findall(r"<x(?:min|max)>([\d.]+)</x\w+>\s*<y(?:min|max)>([\d.]+)", text.read_text())
        for low, high in zip(found[::2], found[1::2], strict=True):
            yield text.with_suffix(".jpg"), np.array([*low, *high], float)


def vehicle(found: Detections, plate: np.ndarray) -> np.ndarray | None:
    """Box of the smallest vehicle that has the middle of a plate in it."""
    middle = (plate[:2] + plate[2:]) / 2
    around = [
        box
        for box, kind, score in zip(found.boxes, found.classes, found.scores, strict=True)
        if CLASSES[kind] in VEHICLES and score >= SEEN
        and (box[:2] <= middle).all() and (box[2:] >= middle).all()
    ]  # fmt: skip
    return min(around, key=lambda box: float(np.prod(box[2:] - box[:2])), default=None)


def measure(detector: Detector, finder: Finder) -> dict[str, Any]:
    covered = {"place": 0, "model": 0, "both": 0}
    count = beside = area = 0
    for path, plate in plates():
        photo = cv2.imread(str(path))
        assert photo is not None, path
        seen = vehicle(detector.detect([np.asarray(photo, np.uint8)])[0], plate)
        count += 1
        if seen is None:
            continue
        box = np.clip(seen, 0, [*photo.shape[1::-1]] * 2)
        x1, y1, x2, y2 = (int(v) for v in box)
        wide, high = x2 - x1, y2 - y1
        models = plates_in(np.ascontiguousarray(photo[y1:y2, x1:x2], np.uint8), finder, PLATES.score)
        models = grown((models + np.array([x1, y1] * 2)).astype(np.float32), PLATES.margin)
        zones = {"place": plate_zone("car", box, wide / high, MaskSettings().margin), "model": models}
        zones["both"] = np.concatenate([zones["place"], zones["model"]])
        for way, boxes in zones.items():
            covered[way] += share_of(filled(photo, boxes), plate) >= COVERED
        beside += sum(share_of(filled(photo, plate[None]), z) == 0 for z in models)
        area += float(filled(photo, zones["place"]).sum() / (wide * high))
    shares = {way: round(n / count, 3) for way, n in covered.items()}
    return {"plates": count, "covered": shares, "beside": beside, "of_the_vehicle": round(area / count, 2)}


def filled(photo: np.ndarray, boxes: Boxes) -> np.ndarray:
    return paint(np.zeros(photo.shape[:2], np.bool_), boxes)


def sheet(every: int = 6, most: int = 10) -> np.ndarray:
    """Some labelled plates as a camera farther away would see them, a row each, enlarged again."""
    rows = []
    for path, plate in list(plates())[3::every][:most]:
        photo = cv2.imread(str(path))
        assert photo is not None, path
        x1, y1, x2, y2 = (round(float(v)) for v in plate)
        around = photo[max(y1 - 20, 0) : y2 + 20, max(x1 - 20, 0) : x2 + 20]
        small = [cv2.resize(around, None, fx=w / (x2 - x1), fy=w / (x2 - x1), interpolation=cv2.INTER_AREA)
                 for w in WIDTHS]  # fmt: skip
        rows.append(np.hstack([cv2.resize(s, (260, 110), interpolation=cv2.INTER_CUBIC) for s in small]))
    return np.vstack(rows)


def recordings(models: Path | None, workspace: Path) -> dict[str, Any]:
    """How many vehicles of each recording, and of what no model named, get a zone at rest at any time."""
    out = {}
    for name, video in RECORDINGS.items():
        request = AnalysisRequest(
            footage=(str(footage() / video),), model="yolox-nano", models_folder=models, workspace=workspace
        )
        loaded = analysed(request, None).store.load_tracks()
        assert loaded is not None
        for kind, labels in (("named", VEHICLES), ("unnamed", {"object"})):
            tracks = [t for t in loaded[0] if t.label in labels]
            out[f"{name}, {kind}"] = {"tracks": len(tracks), "zone": sum(map(has_zone, tracks))}
    return out


def has_zone(track: Track) -> bool:
    return any(len(plate_zones(track, k)) for k in range(len(track)))


def main(argv: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--models-folder", type=Path)
    parser.add_argument("--recordings", type=Path, metavar="HOME", help="folder for the analyses")
    parser.add_argument("--smaller", type=Path, metavar="SHEET.png")
    options = parser.parse_args(argv)
    if options.smaller:
        cv2.imwrite(str(options.smaller), sheet())
        return
    if options.recordings:
        print(json.dumps(recordings(options.models_folder, options.recordings), indent=1))
        return
    objects = resolve("yolox-nano", options.models_folder)
    model = companion("detect.plate", options.models_folder)
    assert objects is not None
    assert model is not None, "the model for plates is measured too"
    print(json.dumps(measure(open_detector(*objects), open_finder(*model)), indent=1))


if __name__ == "__main__":
    main()
