"""Plates on composed vehicles: how often a track's is read right, and what is read where there is none.

    python -m benchmarks.plate_video --models-folder DIR                     54 tracks for each height
    python -m benchmarks.plate_video --models-folder DIR --without 1500      tracks without a plate
    python -m benchmarks.plate_video --models-folder DIR --lettered 300      with other lettering instead

Vehicles are those of two real recordings (car-detection, ahmetozlu), enlarged until a plate of the wanted
height fits. Plates are the labelled ones of the European photos (openalpr_benchmarks): rectified, warped
onto the vehicle, a little turned, moved and enlarged from frame to frame, blurred, with noise, then
compressed as H.264. Their text is known; in six labels the digit 0 is written as the letter O, so that texts
are compared with O as 0 and I as 1 (``strict``: as labelled).

How several pictures are taken together was chosen with ``--photos even --rounds 2`` and seeds 11 to 16; other
seeds and ``--photos odd`` show what was not seen then.

Tracks without a plate are of more recordings, whose own plates are too small to be read: each is one of some
hundred vehicles, enlarged, mirrored or not, in another light, with other blur and noise. So there are fewer
vehicles than tracks. Lettering (names, telephone numbers, models, lines) stands on a sign with the shape and
size of a plate; ``--words other``: words that the list of such words does not hold.
"""

import argparse
import json
import tempfile
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from benchmarks.track_quality import footage
from synopticon.acts.analysis import AnalysisRequest, analysed
from synopticon.footage.probe import probe
from synopticon.footage.read import open_reader
from synopticon.footage.record import GopWriter, RecordingFormat, encode_gops
from synopticon.measure.plates import labels_in
from synopticon.values.interval import wilson
from synopticon.values.track import Track
from synopticon.vision.look import bgr_crop
from synopticon.vision.mask import PLATED
from synopticon.vision.plate import PlateEye, Verdict, open_eye, verdict, weights
from synopticon.vision.plate_track import PlateSettings, PlateWatch, readings, shots_in

CLIPS = ("intel_sample_videos/car-detection.mp4", "ahmetozlu_traffic/input_video.mp4")
MORE = (
    "dvr_scan/traffic_camera.mp4",
    "iacv_highway/milanoest_2019_1_14__16_6.mp4",
    "iacv_highway/tunnelligure_2019_1_14__16_6.mp4",
    "bgslibrary/video03.avi",
)
HEIGHTS = (12, 16, 20, 24, 32, 40)  # pixels of a plate
LOW = (16, 24)  # those that are taken together, too
PHOTOS = {"all": slice(None), "even": slice(0, None, 2), "odd": slice(1, None, 2)}
SIZE = (960, 720)  # of the composed recording
FRAMES = 12  # of a track
OF_VEHICLE = 0.28  # a plate's width, of its vehicle's
SHAPE = 4.7  # a plate's width over its height
ALIKE = str.maketrans("OI", "01")
WAYS = ("told", "told_vote", "all", "vote", "alone")  # see ``_said``
LETTERS = (
    "TAXI", "POLICE", "AMBULANCE", "EXPRESS 24H", "0612345678", "01 44 55 66 77", "VOLVO", "MERCEDES",
    "TDI 2.0",
    "LINE 63", "BUS 135", "RENT A CAR", "WWW.FAST.EU", "GTI 16V", "SERVICE 7/7", "DHL 5542", "UPS",
    "4X4 TURBO",
    "EURO 6", "V8 BITURBO", "MAX 90", "HYBRID", "TRANSIT 350", "SCANIA R450", "LT35 TDI", "C220 CDI",
    "N 1234",
    "FOR SALE", "BABY ON BOARD", "3.5 T",
)  # fmt: skip


@dataclass(frozen=True, eq=False)
class Vehicle:
    """Pictures of one vehicle, BGR, with what is around it, and its box (xyxy) in each."""

    pictures: tuple[np.ndarray, ...]
    boxes: tuple[np.ndarray, ...]


@dataclass(frozen=True, eq=False)
class Scene:
    """A track of the composed recording: boxes of its vehicle, and what its plate says ("" none)."""

    pictures: tuple[np.ndarray, ...]
    boxes: tuple[np.ndarray, ...]
    text: str
    kind: str


OTHER = (
    "MARTIN 26", "KROLL 44", "ATLAS 90", "BONO 15", "NORD 1200", "ALPHA 7", "DELTA 52", "LUNA 100", "HOLZ 24",
    "MURPHY 350", "FRISCH 11", "BROT 365", "VERDE 80", "AQUA 2000", "SOLEIL 6", "ZEBRA 41", "KLIMA 77",
    "PAPIER 9", "RED 5500", "KING 12", "LION 450", "OMEGA 3", "BETON 60", "FLEUR 75", "KEBAB 28", "GRUPO 5",
    "INOX 316", "DACH 48", "FENSTER 2", "RAPIDO 99",
)  # fmt: skip


def vehicles(models: Path | None, clips: Sequence[str] = CLIPS) -> list[Vehicle]:
    """Vehicles of the clips, up to ``FRAMES`` pictures each, as the tracks of an analysis tell them."""
    found = []
    for clip in clips:
        with tempfile.TemporaryDirectory() as work:
            request = AnalysisRequest((str(footage() / clip),), "yolox-nano", models, workspace=Path(work))
            analysis = analysed(request, None)
            loaded = analysis.store.load_tracks()
        assert loaded is not None
        tracks = [t for t in loaded[0] if t.label in PLATED and len(t) >= 6 and _width(t) >= 50]
        found += _cut(analysis.footage, tracks)
    return found


def _width(track: Track) -> float:
    return float(np.max(track.boxes[:, 2] - track.boxes[:, 0]))


def _cut(recording: Any, tracks: Sequence[Track]) -> list[Vehicle]:
    wanted: dict[int, list[tuple[int, int]]] = {}
    for n, track in enumerate(tracks):
        wide = track.boxes[:, 2] - track.boxes[:, 0]
        for k in np.sort(np.argsort(-wide)[:FRAMES]):
            wanted.setdefault(int(track.pts[k]), []).append((n, int(k)))
    pictures: dict[int, list[tuple[np.ndarray, np.ndarray]]] = {}
    with open_reader(recording) as reader:
        for frame in reader:
            for n, k in wanted.get(frame.pts, ()):
                x1, y1, x2, y2 = tracks[n].boxes[k]
                aside, above = 0.35 * (x2 - x1), 0.35 * (y2 - y1)
                high, wide = frame.y.shape
                left, top = max(int(x1 - aside), 0) & ~1, max(int(y1 - above), 0) & ~1
                right, low = min(int(x2 + aside), wide) & ~1, min(int(y2 + above), high) & ~1
                box = np.array([x1 - left, y1 - top, x2 - left, y2 - top])
                pictures.setdefault(n, []).append((bgr_crop(frame, (left, top, right, low)), box))
    return [
        Vehicle(*(tuple(x) for x in zip(*seen, strict=True))) for seen in pictures.values() if len(seen) >= 6
    ]


def plates() -> list[tuple[np.ndarray, str]]:
    """Each labelled plate of the European photos, from the front, and its text."""
    out = []
    for label in labels_in(footage() / "openalpr_benchmarks/eu"):
        photo = cv2.imread(str(label.photo))
        assert photo is not None, label.photo
        x1, y1, x2, y2 = (round(v) for v in label.box)
        out.append((photo[y1:y2, x1:x2].copy(), label.text))
    return out


def with_plate(
    vehicle: Vehicle, plate: tuple[np.ndarray, str], high: float, rng: np.random.Generator
) -> Scene:
    """A scene in which the vehicle bears the plate, which is ``high`` pixels high in the nearest frame."""
    turn, roll = rng.uniform(-0.22, 0.22), rng.uniform(-0.06, 0.06)
    where = rng.uniform([0.42, 0.66], [0.58, 0.80])
    blur, drag = rng.uniform(0.5, 1.0), rng.uniform(0, 0.08) * high

    def add(picture: np.ndarray, box: np.ndarray, size: float) -> np.ndarray:
        middle = box[:2] + where * (box[2:] - box[:2]) + rng.normal(0, 0.3, 2)
        picture = _warped(picture, plate[0], middle, size, turn, roll)
        return _dragged(picture, drag, rng.uniform(0, np.pi))

    return _scene(vehicle, high, rng, blur, add, plate[1], "plate")


def without(vehicle: Vehicle, texts: Sequence[str], rng: np.random.Generator) -> Scene:
    """A scene of the same making without a plate; one of ``texts`` on the vehicle, if there are any."""
    high, text, lettered = rng.uniform(12, 40), str(rng.choice(texts or ("-",))), bool(texts)
    where, thick = rng.uniform([0.3, 0.25], [0.7, 0.85]), int(rng.integers(1, 4))
    dark, font = bool(rng.integers(2)), int(rng.choice([cv2.FONT_HERSHEY_SIMPLEX, cv2.FONT_HERSHEY_DUPLEX]))
    sign = _lettering(text, thick, font, dark, panel=bool(rng.integers(2)))

    def add(picture: np.ndarray, box: np.ndarray, size: float) -> np.ndarray:
        middle = box[:2] + where * (box[2:] - box[:2])
        return _warped(picture, sign, middle, size, 0.1, 0.02) if lettered else picture

    half = Vehicle(vehicle.pictures[::2], vehicle.boxes[::2])  # as many as are searched
    return _scene(half, high, rng, rng.uniform(0.5, 1.0), add, "", "lettered" if lettered else "bare")


def _lettering(text: str, thick: int, font: int, dark: bool, panel: bool) -> np.ndarray:
    (wide, high), _ = cv2.getTextSize(text, font, 1.2, thick)
    ground, ink = ((225, 225, 225), (30, 30, 30)) if dark else ((70, 60, 60), (235, 235, 235))
    sign = np.full((high + 20, wide + 24, 3), ground if panel else (128, 128, 128), np.uint8)
    cv2.putText(sign, text, (12, high + 8), font, 1.2, ink, thick, cv2.LINE_AA)
    return sign


def _scene(
    vehicle: Vehicle, high: float, rng: np.random.Generator, blur: float, add: Any, text: str, kind: str
) -> Scene:
    """The vehicle comes nearer; what ``add`` draws is as large as a plate of this height."""
    mirrored, light = bool(rng.integers(2)), rng.uniform(0.6, 1.15)
    pictures, boxes = [], []
    for n, (picture, box) in enumerate(zip(vehicle.pictures, vehicle.boxes, strict=True)):
        size = high * (0.8 + 0.2 * (n + 1) / len(vehicle.pictures))
        shown, there = _enlarged(picture, box, size * SHAPE / OF_VEHICLE, mirrored)
        shown = cv2.GaussianBlur(add(shown, there, size), (0, 0), blur)
        canvas = np.full((SIZE[1], SIZE[0], 3), 110, np.uint8)
        tall, wide = shown.shape[:2]
        canvas[:tall, :wide] = cv2.convertScaleAbs(shown, alpha=light)
        pictures.append(cv2.add(canvas, _noise(int(rng.integers(16))), dtype=cv2.CV_8U))
        boxes.append(there)
    return Scene(tuple(pictures), tuple(boxes), text, kind)


@lru_cache(maxsize=16)
def _noise(field: int) -> np.ndarray:
    return np.random.default_rng(field).normal(0, 3, (SIZE[1], SIZE[0], 3)).astype(np.int16)


def _enlarged(
    picture: np.ndarray, box: np.ndarray, wide: float, mirrored: bool
) -> tuple[np.ndarray, np.ndarray]:
    """The picture in which the vehicle is ``wide`` pixels wide, cut to what fits."""
    scale = wide / float(box[2] - box[0])
    shown = cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_CUBIC)
    there = box * scale
    if mirrored:
        shown = shown[:, ::-1]
        there = np.array([shown.shape[1] - there[2], there[1], shown.shape[1] - there[0], there[3]])
    left = int(np.clip(there[0] - (SIZE[0] - wide) / 2, 0, max(shown.shape[1] - SIZE[0], 0)))
    top = int(np.clip(there[3] - SIZE[1] + 20, 0, max(shown.shape[0] - SIZE[1], 0)))
    shown = np.ascontiguousarray(shown[top : top + SIZE[1], left : left + SIZE[0]])
    there = there - [left, top, left, top]
    return shown, np.clip(there, 0, [shown.shape[1], shown.shape[0]] * 2)


def _warped(
    picture: np.ndarray, sign: np.ndarray, middle: np.ndarray, high: float, turn: float, roll: float
) -> np.ndarray:
    """A sign drawn onto a picture, ``high`` pixels high, turned away to one side and rolled."""
    tall, long = sign.shape[:2]
    wide = high * long / tall * np.cos(turn * 2)
    corners = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]], float) * [wide / 2, high / 2]
    corners[:, 1] *= 1 + turn * corners[:, 0] / wide
    spin = np.array([[np.cos(roll), -np.sin(roll)], [np.sin(roll), np.cos(roll)]])
    corners = (corners @ spin.T + middle).astype(np.float32)
    step = min(max(tall / high, 1.0), 8.0)  # what is made much smaller is first averaged
    small = cv2.resize(sign, None, fx=1 / step, fy=1 / step, interpolation=cv2.INTER_AREA)
    tall, long = small.shape[:2]
    source = np.array([[0, 0], [long, 0], [long, tall], [0, tall]], np.float32)
    bend, size = cv2.getPerspectiveTransform(source, corners), picture.shape[1::-1]
    drawn = cv2.warpPerspective(small, bend, size, flags=cv2.INTER_LINEAR)
    mask = cv2.warpPerspective(np.full((tall, long), 255, np.uint8), bend, size, flags=cv2.INTER_LINEAR)
    share = mask[..., None] / 255.0
    return (picture * (1 - share) + drawn * share).astype(np.uint8)


def _dragged(picture: np.ndarray, length: float, angle: float) -> np.ndarray:
    """The picture blurred along a line, as a moving thing is."""
    steps = np.linspace(-length / 2, length / 2, 5)
    size = picture.shape[1::-1]
    moved = (
        cv2.warpAffine(picture, np.array([[1, 0, s * np.cos(angle)], [0, 1, s * np.sin(angle)]]), size)
        for s in steps
    )
    return np.mean([m.astype(np.float32) for m in moved], axis=0).astype(np.uint8)


def read(
    eye: PlateEye, settings: PlateSettings, scenes: Sequence[Scene], work: Path, bitrate: int
) -> list[Any]:
    """Compress the scenes, and read each track: all of it, and its best picture alone."""
    path = work / "composed.mp4"
    form = RecordingFormat(*SIZE, Fraction(25), "h264", bitrate, FRAMES)
    pictures = (_planes(p) for scene in scenes for p in scene.pictures)
    with GopWriter(path, form, overwrite=True) as writer:
        for gop in encode_gops(form, pictures):
            writer.write(gop)
    ends = np.cumsum([0, *(len(s.pictures) for s in scenes)])
    out: list[Any] = []
    with open_reader(probe([path])) as reader:
        frames = iter(reader)
        for n, scene in enumerate(scenes):
            track, watch = _track(scene, n, int(ends[n])), PlateWatch(eye, settings)
            for k in range(len(scene.pictures)):
                frame = next(frames)
                track.pts[k], track.times[k] = frame.pts, frame.time
                watch.see(frame, [(track, k)])
            out.append(_said(watch.arrays(), track))
    return out


def _track(scene: Scene, number: int, first: int) -> Track:
    n = len(scene.boxes)
    boxes = np.array(scene.boxes, np.float32)
    steps = np.arange(first, first + n)
    return Track(
        f"t{number}",
        "car",
        0.9,
        np.zeros(n, np.int32),
        steps.astype(np.int64),
        steps / 25.0,
        boxes,
        np.ones(n, bool),
    )


def _said(arrays: Any, track: Track) -> dict[str, str]:
    """What is told of the track; gate or not, what all its pictures say, their vote, and the best alone."""
    told = readings([arrays], [track])
    shots = [shot for _, shot in shots_in(arrays)]
    singles = [shot for shot in shots if shot.pictures == 1]
    ways = {"all": shots, "vote": singles, "alone": sorted(singles, key=lambda s: -s.quality)[:1]}
    return {
        "told": told[0].text if told else "",
        "told_vote": _text(verdict(singles), passed=True),
        **{way: _text(verdict(seen)) for way, seen in ways.items()},
        "shots": str(len(shots)),
    }


def _text(said: Verdict | None, *, passed: bool = False) -> str:
    return said.text if said and (said.passed or not passed) else ""


def _planes(picture: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    flat = cv2.cvtColor(picture, cv2.COLOR_BGR2YUV_I420)
    wide, high = SIZE
    u, v = (p.reshape(high // 2, wide // 2) for p in np.split(flat[high:].reshape(-1), 2))
    return flat[:high], u, v


def measure(eye: PlateEye, settings: PlateSettings, cast: Sequence[Vehicle], options: Any) -> dict[str, Any]:
    """Exact per track at each height, and over the low ones, beside the best picture alone."""
    out: dict[str, Any] = {}
    signs, low = plates()[PHOTOS[options.photos]], []
    for high in options.heights:
        rng = np.random.default_rng((options.seed, high))
        picks = rng.integers(0, len(cast), len(signs) * options.rounds)
        scenes = [with_plate(cast[v], signs[n % len(signs)], high, rng) for n, v in enumerate(picks)]
        with tempfile.TemporaryDirectory() as work:
            said = read(eye, settings, scenes, Path(work), options.bitrate)
        tracks = [(scene.text, one) for scene, one in zip(scenes, said, strict=True)]
        low += tracks if LOW[0] <= high <= LOW[1] else []
        out[str(high)] = _row(tracks)
        print(high, json.dumps(out[str(high)]), flush=True)
    return out | ({"{}-{}".format(*LOW): _row(low)} if low else {})


def _row(tracks: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    """Each way's right ones, with share and interval, and what it gains on the best picture alone."""
    n = len(tracks)
    right = {way: [_alike(said[way], text) for text, said in tracks] for way in WAYS}
    row: dict[str, Any] = {"tracks": n}
    for way, hits in right.items():
        row[way] = [sum(hits), round(sum(hits) / n, 3), *(round(v, 3) for v in wilson(sum(hits), n))]
    for way in ("all", "vote"):
        row[f"gain_{way}"] = [round(v, 3) for v in gain(right[way], right["alone"])]
    row["strict"] = sum(said["told"] == text for text, said in tracks)
    row["nothing"] = sum(not said["told"] for _, said in tracks)
    for way in ("told", "told_vote"):
        row[f"wrong_{way}"] = sum(bool(said[way]) and not _alike(said[way], text) for text, said in tracks)
    return row


def _alike(said: str, text: str) -> bool:
    return said.translate(ALIKE) == text.translate(ALIKE)


def gain(ours: Sequence[bool], theirs: Sequence[bool]) -> tuple[float, float, float]:
    """By how much a share is larger than another of the same tracks, and its 95 % interval.

    Agresti and Min, Statistics in Medicine 24(5), 2005: Wald's with half a track more of each kind.
    """
    n = len(ours)
    more = sum(a and not b for a, b in zip(ours, theirs, strict=True))
    less = sum(b and not a for a, b in zip(ours, theirs, strict=True))
    middle = (more - less) / (n + 2)
    aside = 1.96 * np.sqrt(more + less + 1 - (more - less) ** 2 / (n + 2)) / (n + 2)
    return (more - less) / n, float(middle - aside), float(middle + aside)


def false_plates(
    eye: PlateEye, settings: PlateSettings, cast: Sequence[Vehicle], options: Any
) -> dict[str, Any]:
    """How many tracks without a plate are told one: ``k`` of ``n``, with the upper bound of 95 %."""
    texts = () if options.without else OTHER if options.words == "other" else LETTERS
    rng = np.random.default_rng((options.seed, zlib.crc32(options.words.encode() if texts else b"bare")))
    row: dict[str, Any] = {"k": 0, "n": 0, "upper": 1.0, "texts": []}
    for scenes in _batches(cast, options.without or options.lettered, texts, rng):
        with tempfile.TemporaryDirectory() as work:
            said = read(eye, settings, scenes, Path(work), options.bitrate)
        row["texts"] += [one["told"] for one in said if one["told"]]
        k, n = len(row["texts"]), row["n"] + len(scenes)
        row |= {"k": k, "n": n, "upper": round(exact_upper(k, n), 5)}
        print(json.dumps(row), flush=True)
    return row


def exact_upper(k: int, n: int) -> float:
    """The one-sided 95 % upper bound of a share (Clopper and Pearson, 1934)."""
    from scipy.stats import beta

    return float(beta.ppf(0.95, k + 1, n - k)) if k < n else 1.0


def _batches(
    cast: Sequence[Vehicle], n: int, texts: Sequence[str], rng: np.random.Generator
) -> Iterator[list[Scene]]:
    """Tracks in batches; vehicles in turn, so that each is seen as often as the others."""
    for first in range(0, n, 50):
        last = min(first + 50, n)
        yield [without(cast[k % len(cast)], texts, rng) for k in range(first, last)]


def main(argv: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--models-folder", type=Path)
    parser.add_argument("--heights", type=lambda t: [int(v) for v in t.split(",")], default=HEIGHTS)
    parser.add_argument("--rounds", type=int, default=1, help="vehicles for each plate and height")
    parser.add_argument("--photos", choices=PHOTOS, default="all", help="whose plates are shown")
    parser.add_argument("--without", type=int, default=0, metavar="N", help="tracks without a plate")
    parser.add_argument("--lettered", type=int, default=0, metavar="N", help="tracks with other lettering")
    parser.add_argument("--words", choices=("known", "other"), default="known", help="of the lettering")
    parser.add_argument("--bitrate", type=int, default=6_000_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--sheet", type=Path, metavar="SHEET.png", help="only draw a frame of some tracks")
    options = parser.parse_args(argv)
    none = options.without or options.lettered
    cast = vehicles(options.models_folder, (*CLIPS, *MORE) if none else CLIPS)
    eye = open_eye(options.models_folder)
    reader, finder = weights(options.models_folder)
    settings = PlateSettings(str(reader), str(finder or ""))
    if options.sheet:
        _sheet(cast, options.sheet)
        return
    work = false_plates if none else measure
    print(json.dumps({"vehicles": len(cast), "made": work(eye, settings, cast, options)}, indent=1))


def _sheet(cast: Sequence[Vehicle], path: Path) -> None:
    rng, signs = np.random.default_rng(1), plates()
    rows = []
    for n, high in enumerate(HEIGHTS):
        pair = [
            with_plate(cast[n], signs[7 * n], high, rng),
            without(cast[n + 5], LETTERS[: 30 * (n % 2)], rng),
        ]
        rows.append(np.hstack([s.pictures[-1] for s in pair]))
    cv2.imwrite(str(path), cv2.resize(np.vstack(rows), None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA))


if __name__ == "__main__":
    main()
