"""How well events are found, on real recordings and on composed ones; and how fast a rule is replayed.

python -m benchmarks.events --models-folder DIR --work DIR                      all parts
python -m benchmarks.events --parts defaults,replay --model yolox-nano ...      some of them

defaults     the rules that run by themselves, on every clip: the left bag of ``aboda``, and false alarms
counts       lines and zones against labelled tracks (``vtest``, ``TUD``) and labelled vehicles
wrongway     one vehicle of a real clip played backwards (the frames in which it is alone, in reverse order)
density      how many are there at once, against the labels of ``vtest``
tampering    real clips whose picture is covered, blinded, blurred or moved from the middle on (composed)
people       falls and sudden crowds, composed as tracks: exact truth, no picture
replay       rules over 24 h of composed tracks of one camera, as ``synopticon trial`` does it

Analyses are kept in ``--work`` and used again.
"""

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
from scipy.ndimage import gaussian_filter

from benchmarks.harness import write_results
from benchmarks.track_quality import footage
from synopticon.acts.analysis import AnalysisRequest, analysed
from synopticon.acts.cameras import add_camera
from synopticon.acts.events import CameraWish, scene_of
from synopticon.acts.trial import rules_of, try_rules
from synopticon.acts.workspace import open_workspace
from synopticon.errors import FootageError
from synopticon.events.catalogue import defaults
from synopticon.events.evaluate import Mark, matched, poisson
from synopticon.events.event import Event
from synopticon.events.rule import Rule
from synopticon.events.rules.crowd import CrowdMovement
from synopticon.events.rules.density import counted
from synopticon.events.rules.fall import Fall
from synopticon.events.rules.line import Direction, LineCrossing
from synopticon.events.rules.wrong_way import WrongWay
from synopticon.events.rules.zone import ZoneEntry
from synopticon.events.run import run
from synopticon.events.scene import Scene
from synopticon.footage.encode import VideoWriter
from synopticon.footage.probe import probe
from synopticon.footage.read import open_reader
from synopticon.measure.mot import MotTable, read_mot
from synopticon.values.interval import wilson
from synopticon.values.query import Point
from synopticon.values.track import Track
from tests.holdings import DAY as MADE_ON
from tests.holdings import Made, fill, source
from tests.moves import moves

CLIPS = {
    "aboda": "aboda/video4.avi",
    "vtest": "opencv_samples/vtest.avi",
    "tud": "mot15_tud/TUD-Campus.mp4",
    "car-detection": "intel_sample_videos/car-detection.mp4",
    "one-by-one": "intel_sample_videos/one-by-one-person-detection.mp4",
    "ahmetozlu": "ahmetozlu_traffic/input_video.mp4",
    "traffic": "dvr_scan/traffic_camera.mp4",
    "traffic-vfr": "dvr_scan/traffic_camera_vfr.mp4",
    "video03": "bgslibrary/video03.avi",
    "milano": "iacv_highway/milanoest_2019_1_14__16_6.mp4",
    "tunnel": "iacv_highway/tunnelligure_2019_1_14__16_6.mp4",
    "tree": "opencv_samples/tree.avi",
    "store": "intel_sample_videos/preview_store-aisle-detection.gif",
    "bicycle": "intel_sample_videos/preview_person-bicycle-car-detection.gif",
    "head-pose": "intel_sample_videos/preview_head-pose-face-detection-female-and-male.gif",
    "people": "intel_sample_videos/preview_people-detection.gif",
    "worker": "intel_sample_videos/preview_worker-zone-detection.gif",
    "walking": "intel_sample_videos/preview_face-demographics-walking.gif",
}
GT = {
    "vtest": ("pets09_s2l1_gt/PETS09-S2L1.gt.txt", 10.0, (768, 576)),
    "tud": ("mot15_tud/TUD-Campus.gt.txt", 25.0, (640, 480)),
}
LINES: dict[str, dict[str, tuple[Point, ...]]] = {
    "vtest": {
        "middle, upright": ((0.5, 0.0), (0.5, 1.0)),
        "left third, upright": ((0.33, 0.0), (0.33, 1.0)),
        "right third, upright": ((0.67, 0.0), (0.67, 1.0)),
        "middle, level": ((0.0, 0.5), (1.0, 0.5)),
        "upper third, level": ((0.0, 0.4), (1.0, 0.4)),
        "diagonal": ((0.1, 0.9), (0.9, 0.2)),
    },
    "tud": {"middle, upright": ((0.5, 0.0), (0.5, 1.0)), "right, upright": ((0.7, 0.0), (0.7, 1.0))},
}
ZONES: dict[str, dict[str, tuple[Point, ...]]] = {
    "vtest": {
        "junction": ((0.35, 0.35), (0.65, 0.35), (0.65, 0.65), (0.35, 0.65)),
        "left": ((0.0, 0.3), (0.3, 0.3), (0.3, 1.0), (0.0, 1.0)),
        "right": ((0.7, 0.2), (1.0, 0.2), (1.0, 0.9), (0.7, 0.9)),
    },
    "tud": {"middle": ((0.3, 0.0), (0.6, 0.0), (0.6, 1.0), (0.3, 1.0))},
}
VEHICLES = ("car", "bus", "truck", "motorcycle", "object")
# clip -> the way that its vehicles go, the zone where they do, and stretches of frames in which one is alone.
# A car of car-detection fills half of the picture, so it goes less than its own length.
WAYS: dict[str, list[WrongWay]] = {
    "car-detection": [
        WrongWay(
            name="up", way=((0.5, 0.95), (0.5, 0.05)), lengths=0.8,
            zone=((0.4, 0.0), (1.0, 0.0), (1.0, 1.0), (0.4, 1.0)),
        ),
        WrongWay(
            name="down", way=((0.5, 0.05), (0.5, 0.95)), lengths=0.8,
            zone=((0.0, 0.0), (0.4, 0.0), (0.4, 1.0), (0.0, 1.0)),
        ),
    ],
    "ahmetozlu": [
        WrongWay(
            name="near lane", way=((0.1, 0.35), (0.9, 0.85)),
            zone=((0.0, 0.5), (1.0, 0.5), (1.0, 1.0), (0.0, 1.0)),
        )
    ],
}  # fmt: skip
ALONE = {
    "car-detection": {"vehicle 1": (50, 112), "vehicle 4": (312, 356)},
    "ahmetozlu": {"vehicle 8": (660, 752), "vehicle 6": (385, 455), "vehicle 7": (455, 530)},
}
# Vehicles over a line, counted by eye: from the labels, and on video03 and traffic from a picture whose rows
# are the line itself, frame after frame (who stands on it in the first or last frame is left out).
BY_EYE: dict[str, dict[str, tuple[tuple[Point, ...], Direction, int]]] = {
    "car-detection": {
        "up": (((0.0, 0.5), (1.0, 0.5)), "out", 2),
        "down": (((0.0, 0.5), (1.0, 0.5)), "in", 2),
    },
    "ahmetozlu": {"near lane": (((0.45, 0.95), (0.85, 0.5)), "in", 8)},
    "video03": {"toward the camera": (((0.0, 0.6), (1.0, 0.6)), "in", 27)},
    "traffic": {
        "toward the camera": (((0.0, 0.62), (1.0, 0.62)), "in", 23),
        "away": (((0.0, 0.62), (1.0, 0.62)), "out", 29),
    },
}
HOUR = 3600.0


class Bench:
    """Analyses of clips, kept in one workspace."""

    def __init__(self, work: Path, model: str, models: Path | None) -> None:
        self.work, self.model, self.models = work, model, models

    def scene(self, video: Path) -> Scene:
        request = AnalysisRequest(
            (str(video),), model=self.model, models_folder=self.models, workspace=self.work / "ws", workers=1
        )
        return scene_of(analysed(request, None))

    def clip(self, name: str) -> Scene:
        print(name, file=sys.stderr, flush=True)
        return self.scene(footage() / CLIPS[name])


# --- real recordings ----------------------------------------------------------------------------------------


def by_default(bench: Bench) -> dict[str, Any]:
    """The default rules on every clip; only ``aboda`` holds an event of theirs that somebody labelled."""
    rows, seconds, alarms = {}, 0.0, 0
    for name in CLIPS:
        scene = bench.clip(name)
        found = run(defaults(), scene)
        rows[name] = {"seconds": round(scene.seconds, 1), "events": [_said(e) for e in found.events]}
        if name != "aboda":
            seconds, alarms = seconds + scene.seconds, alarms + len(found.events)
    bag = json.loads((footage() / "labels/events_public.json").read_text())["clips"][0]
    label, rate = bag["events"][0], bag["fps"]
    left = [e for e in rows["aboda"]["events"] if e["rule"] == "left-object"]
    leaves = label["owner_leaves_view"] / rate
    low, high = poisson(alarms)
    return {
        "clips": rows,
        "false_alarms": alarms,
        "seconds_without_aboda": round(seconds, 1),
        "false_an_hour": [round(v / (seconds / HOUR), 1) for v in (alarms, low, high)],
        "aboda": {
            "events": len(rows["aboda"]["events"]),
            "found": len(left),
            "owner_leaves_view": round(leaves, 2),
            "alarm_after": [round(e["start"] - leaves, 2) for e in left],
            "box": [e["box"] for e in left],
            "label": label["box"],
        },
    }


def counts(bench: Bench) -> dict[str, Any]:
    """Crossings and entries, against those of labelled tracks by the same rule."""
    out: dict[str, Any] = {}
    for name in GT:
        truth, mine = labelled(name), bench.clip(name)
        rules: dict[str, Rule] = {}
        for place, line in LINES[name].items():
            for way in ("in", "out"):
                rules[f"line {place}, {way}"] = LineCrossing(line=line, direction=way, classes=("person",))
        for place, zone in ZONES[name].items():
            rules[f"zone {place}"] = ZoneEntry(zone=zone, classes=("person",))
        rows = {}
        for place, rule in rules.items():
            real, found = list(rule.run(truth)), list(rule.run(mine))
            pairs = matched(_marks(found), _marks(real), 1.5)
            rows[place] = {"true": len(real), "counted": len(found), "matched": len(pairs)}
        total = {k: sum(r[k] for r in rows.values()) for k in ("true", "counted", "matched")}
        out[name] = {"places": rows, "total": total, "recall": _share(total["matched"], total["true"])}
    out["vehicles"] = _vehicles(bench)
    return out


def _vehicles(bench: Bench) -> dict[str, Any]:
    """Vehicles over a line, against those that somebody counted by eye."""
    return {
        f"{name}, {place}": {
            "true": true,
            "counted": len(
                list(LineCrossing(line=line, direction=way, classes=VEHICLES).run(bench.clip(name)))
            ),
        }
        for name, places in BY_EYE.items()
        for place, (line, way, true) in places.items()
    }


def density(bench: Bench) -> dict[str, Any]:
    """People at once, twice a second."""
    real, mine = labelled("vtest"), bench.clip("vtest")
    seconds = min(real.seconds, mine.seconds)
    out = {}
    for place, zone in {"picture": (), **ZONES["vtest"]}.items():
        at, true = counted(real, zone)
        _, found = counted(mine, zone)
        n = int(np.searchsorted(at, seconds - 0.5))
        errors = np.abs(true[:n] - found[:n])
        blocks = errors[: n // 10 * 10].reshape(-1, 10).mean(axis=1)  # five seconds: hardly dependent
        half = 1.96 * float(blocks.std(ddof=1)) / np.sqrt(len(blocks))
        out[place] = {
            "mean_absolute_error": round(float(errors.mean()), 3),
            "interval": [round(float(errors.mean()) + s * half, 3) for s in (-1, 1)],
            "most": int(errors.max()),
            "people_on_average": round(float(true[:n].mean()), 2),
            "n": n,
        }
    return out


def wrong_way(bench: Bench) -> dict[str, Any]:
    """Clips as they are (nothing is to be found), and with one vehicle played backwards each."""
    out: dict[str, Any] = {}
    for name, ways in WAYS.items():
        rules = [replace(way, classes=VEHICLES) for way in ways]
        scene = bench.clip(name)
        out[name] = {"as it is": [_said(e) for e in run(rules, scene).events]}
        for vehicle, (first, last) in ALONE[name].items():
            video = _reversed(bench.work, name, first, last)
            span = (first / float(_rate(video)), last / float(_rate(video)))
            found = run(rules, bench.scene(video)).events
            within = [e for e in found if e.start < span[1] + 1 and e.end > span[0] - 1]
            out[name][f"{vehicle} backwards"] = {
                "found": len(within),
                "false": len(found) - len(within),
                "events": [_said(e) for e in found],
            }
    return out


# --- composed -----------------------------------------------------------------------------------------------

Change = Callable[[np.ndarray], np.ndarray]
TAMPERING: dict[str, tuple[str, Change]] = {
    "covered": ("camera-covered", lambda y: np.full_like(y, 30)),
    "blinded": ("camera-blinded", lambda y: np.clip(y * 0.05 + 238, 0, 255)),
    "blurred": ("camera-unfocused", lambda y: gaussian_filter(y, 6)),
    "moved": ("camera-moved", lambda y: np.roll(y, (y.shape[0] // 6, y.shape[1] // 5), (0, 1))),
}


def tampering(bench: Bench) -> dict[str, Any]:
    """Real clips whose luma is changed for 15 s: found at all, and under the right name."""
    rows, alarms = [], 0
    for name in ("vtest", "car-detection", "one-by-one", "ahmetozlu"):
        for kind, (rule, change) in TAMPERING.items():
            video = _changed(bench.work, name, kind, change)
            try:
                found = run(defaults(), bench.scene(video)).events
            except FootageError as error:
                print(error, file=sys.stderr, flush=True)
                found = ()
            mine = {e.rule for e in found if e.rule.startswith("camera-")}
            others = [e for e in found if e.rule != rule]
            alarms += len(others)
            rows.append({"clip": name, "kind": kind, "found": sorted(mine), "right": rule in mine})
            print(rows[-1], [_said(e) for e in others], file=sys.stderr, flush=True)
    right, seen = sum(r["right"] for r in rows), sum(bool(r["found"]) for r in rows)
    return {
        "rows": rows,
        "right": _share(right, len(rows)),
        "found_under_any_name": _share(seen, len(rows)),
        "other_events": alarms,
    }


def people(_: Bench) -> dict[str, Any]:
    """Two hours of composed tracks with noise: falls and crowds, beside what must not be taken for them."""
    chance = np.random.default_rng(1)
    tracks, falls, crowds = _two_hours(chance)
    scene = Scene(640, 480, 2 * HOUR, tracks)
    out = {}
    for name, rule, true in (("fall", Fall(), falls), ("crowd-movement", CrowdMovement(), crowds)):
        found = list(rule.run(scene))
        pairs = matched(_marks(found), true, 8.0)
        false = len(found) - len(pairs)
        out[name] = {
            "recall": _share(len(pairs), len(true)),
            "false_an_hour": [round(v / 2, 2) for v in (false, *poisson(false))],
        }
    return out


def _two_hours(chance: np.random.Generator) -> tuple[list[Track], list[Mark], list[Mark]]:
    """Something every 40 seconds; boxes with a jitter of 4 % of their size, and 8 % of the samples lost."""
    tracks: list[Track] = []
    falls: list[Mark] = []
    crowds: list[Mark] = []
    up, flat = (30.0, 85.0), (82.0, 31.0)
    acts = ["fall", "bend", "sit", "bag", "child", "crowd", "stroll", "tie"]
    for k in range(int(2 * HOUR // 40)):
        t, x, y = 40.0 * k + chance.uniform(0, 5), chance.uniform(150, 500), chance.uniform(220, 460)
        what, size = acts[k % len(acts)], chance.uniform(0.7, 1.5)
        u, f = (tuple(size * v for v in shape) for shape in (up, flat))
        come = [(t, 20.0, y, *u), (t + 8, x, y, *u)]
        if what == "fall":
            down = t + 8 + chance.uniform(0.5, 1.5)
            keys = [*come, (down, x + 15, y + 4, *f), (down + 14, x + 15, y + 4, *f)]
            falls.append(Mark("fall", "", down, down + 14))
        elif what in ("bend", "tie"):
            bent = (u[0] * 1.5, u[1] * (0.68 if what == "bend" else 0.5))
            keys = [
                *come,
                (t + 9, x, y, *bent),
                (t + 9 + chance.uniform(3, 12), x, y, *bent),
                (t + 23, x, y, *u),
            ]
        elif what == "sit":
            keys = [*come, (t + 9, x, y, u[0] * 1.3, u[1] * 0.62), (t + 30, x, y, u[0] * 1.3, u[1] * 0.62)]
        elif what == "child":
            child = tuple(0.55 * v for v in u)
            keys = [(t, 20.0, y, *child), (t + 3, 600.0, y, *child), (t + 6, 40.0, y, *child)]
        elif what == "bag":
            tracks.append(moves((t, x, y), (t + 30, x, y), size=(60, 30), label="bag"))
            keys = [(t, 20.0, y + 10, *u), (t + 14, 620.0, y + 10, *u)]
        else:
            tracks += _group(chance, t, y, rush=what == "crowd")
            if what == "crowd":
                crowds.append(Mark("crowd-movement", "", t + 15, t + 19))
            continue
        tracks.append(_noisy(chance, moves(*keys)))
    return tracks, falls, crowds


def _group(chance: np.random.Generator, t: float, y: float, *, rush: bool) -> list[Track]:
    """Seven who stand about; then they run one way, run apart, or stroll off."""
    apart = chance.uniform() < 0.5
    found = []
    for k in range(7):
        x, at = 260 + 25.0 * k, y + chance.uniform(-30, 30)
        angle = (2 * np.pi * k / 7) if apart else chance.uniform(-0.3, 0.3)
        pace = 1.9 * 60 if rush else 0.7 * 60
        gone = (x + np.cos(angle) * pace * 4, at + np.sin(angle) * pace * 4)
        begin = t + 15 + chance.uniform(0, 0.6)
        found.append(_noisy(chance, moves((t, x, at), (begin, x, at), (begin + 4, *gone), size=(24, 60))))
    return found


def _noisy(chance: np.random.Generator, track: Track) -> Track:
    """A track as detection gives it: its edges jitter, smoothed over a few boxes, and some boxes are lost."""
    size = np.repeat(track.boxes[:, 2:] - track.boxes[:, :2], 2, axis=1)[:, [0, 2, 1, 3]]
    jitter = gaussian_filter(chance.normal(0, 0.04, track.boxes.shape), (1.4, 0)) * 1.9
    boxes = (track.boxes + jitter * size).astype(np.float32)
    kept = chance.uniform(size=len(track)) > 0.08
    kept[[0, -1]] = True
    return replace(
        track, boxes=boxes[kept], times=track.times[kept], file=track.file[kept], pts=track.pts[kept],
        observed=track.observed[kept],
    )  # fmt: skip


def replaying(bench: Bench) -> dict[str, Any]:
    """``trial`` over 24 recordings of an hour, 200 tracks of 20 s in each: seconds."""
    with tempfile.TemporaryDirectory(dir=bench.work) as empty:
        folder = Path(empty) / "ws"
        _day_of_tracks(folder, 200)
        out: dict[str, Any] = {}
        for rule, settings in (
            ("line", ["line=[[0.5,0],[0.5,1]]"]),
            ("zone", ["zone=[[0.3,0.3],[0.7,0.3],[0.7,0.7],[0.3,0.7]]"]),
            ("dwell", ["seconds=10"]),
            ("left-object", []),
            ("stopped-vehicle", []),
            ("wrong-way", ["way=[[0.1,0.5],[0.9,0.5]]"]),
            ("density", ["people=3"]),
            ("proximity", []),
            ("crowd-movement", []),
        ):
            with open_workspace(folder) as workspace:
                begin = time.perf_counter()
                made = try_rules(workspace, rules_of(rule, settings), CameraWish("gate"))
                took = time.perf_counter() - begin
            out[rule] = {"seconds": round(took, 2), "events": len(made.found.events)}
            print(rule, out[rule], file=sys.stderr, flush=True)
            out["hours"] = round(made.found.seconds / HOUR, 1)
        return out


def _day_of_tracks(folder: Path, each: int) -> None:
    """A workspace with a camera and a day of tracks, of which the boxes are real in number and size."""
    chance = np.random.default_rng(3)
    with open_workspace(folder) as workspace:
        add_camera(workspace, "gate", zone="UTC")
        camera = workspace.cameras.find("gate").id
        stores = (workspace.footage, workspace.tracks, workspace.blobs, workspace.traits)
        for hour in range(24):
            start = MADE_ON + timedelta(hours=hour)
            file = source(f"hour-{hour}", start, 0.0, 0.0, HOUR)
            tracks = tuple(
                replace(_walk(chance, float(at)), id=f"{file.sha256[:12]}-{k}-0")
                for k, at in enumerate(np.sort(chance.uniform(0, HOUR - 30, each)))
            )
            made = Made(
                f"foot-{hour:02d}",
                camera,
                start.date().isoformat(),
                start,
                0.0,
                HOUR,
                (file.sha256,),
                tracks,
                (),
                (),
            )
            _fill(workspace, made, file, stores)


def _walk(chance: np.random.Generator, at: float) -> Track:
    label = ("person", "person", "car", "object")[int(chance.integers(4))]
    y, back = chance.uniform(150, 460), chance.uniform() < 0.5
    ends = (20.0, 620.0)[:: -1 if back else 1]
    stop = chance.uniform(200, 400)
    return moves((at, ends[0], y), (at + 8, stop, y), (at + 12, stop, y), (at + 20, ends[1], y), label=label)


def _fill(workspace: Any, made: Made, file: Any, stores: tuple[Any, ...]) -> None:
    from synopticon.values.footage import Footage
    from tests import grants

    now = datetime.now(UTC)
    kept = grants.grant_for.__kwdefaults__
    grants.grant_for.__kwdefaults__ = {**kept, "now": now}
    try:
        fill(made, Footage(made.camera, (file,)), stores, workspace.vault, workspace.place)
    finally:
        grants.grant_for.__kwdefaults__ = kept


# --- helpers ------------------------------------------------------------------------------------------------


def labelled(name: str) -> Scene:
    """The labelled tracks of a clip, as rules see them."""
    place, rate, size = GT[name]
    table: MotTable = read_mot(footage() / place)
    tracks = []
    for who in np.unique(table.ids):
        rows = table.ids == who
        frames, boxes = table.frames[rows] - 1, table.boxes[rows]
        times = frames / rate
        parts = np.split(np.arange(len(times)), np.flatnonzero(np.diff(times) > 1.0) + 1)
        for n, part in enumerate(p for p in parts if len(p) > 1):
            zeros = np.zeros(len(part), np.int32)
            tracks.append(
                Track(
                    f"{who}-{n}", "person", 1.0, zeros, frames[part], times[part], boxes[part],
                    np.ones(len(part), np.bool_),
                )
            )  # fmt: skip
    return Scene(*size, float(table.frames.max()) / rate, tracks)


def _rate(video: Path) -> Fraction:
    return probe([video]).frame_rate


def _reversed(work: Path, name: str, first: int, last: int) -> Path:
    """A clip whose frames ``first`` to ``last`` are played in reverse order."""
    frames = list(_frames(footage() / CLIPS[name]))
    order = [*range(first), *range(last, first - 1, -1), *range(last + 1, len(frames))]
    return _written(work, f"{name}-{first}-{last}-backwards", name, (frames[k] for k in order))


def _changed(work: Path, name: str, kind: str, change: Change) -> Path:
    """A minute of a clip (as often as it takes), whose luma is changed from 20 s to 35 s."""
    frames = list(_frames(footage() / CLIPS[name]))
    rate = float(_rate(footage() / CLIPS[name]))
    chance = np.random.default_rng(5)

    def made() -> Iterator[tuple[np.ndarray, ...]]:
        for n in range(int(60 * rate)):
            y, u, v = frames[n % len(frames)]
            if 20 <= n / rate < 35:
                y = change(y.astype(np.float32)) + chance.normal(0, 1.5, y.shape)
                y = np.clip(y, 0, 255).astype(np.uint8)
            yield y, u, v

    return _written(work, f"{name}-{kind}", name, made())


def _frames(video: Path) -> Iterator[tuple[np.ndarray, ...]]:
    with open_reader(probe([video]), threads=1) as reader:
        for frame in reader:
            yield tuple(np.ascontiguousarray(p).copy() for p in (frame.y, frame.u, frame.v))


def _written(work: Path, title: str, name: str, frames: Iterator[tuple[np.ndarray, ...]]) -> Path:
    path = work / f"{title}.mp4"
    if not path.exists():
        first = next(frames)
        height, width = first[0].shape
        rate = _rate(footage() / CLIPS[name])
        with VideoWriter(path, width, height, rate, crf=16, preset="veryfast", threads=1) as writer:
            writer.write(*first)
            for planes in frames:
                writer.write(*planes)
    return path


def _marks(events: Sequence[Event]) -> list[Mark]:
    return [Mark(e.rule, "", e.start, e.end, e.box if e.rule in ("line", "zone") else None) for e in events]


def _said(event: Event) -> dict[str, Any]:
    return {
        "rule": event.rule,
        "start": round(event.start, 2),
        "end": round(event.end, 2),
        "box": [round(v) for v in event.box],
        "reason": "; ".join(map(str, event.reason)),
    }


def _share(k: int, n: int) -> dict[str, Any]:
    return {"k": k, "n": n, "interval": [round(v, 3) for v in wilson(k, n)]}


PARTS: dict[str, Callable[[Bench], dict[str, Any]]] = {
    "defaults": by_default,
    "counts": counts,
    "wrongway": wrong_way,
    "density": density,
    "people": people,
    "replay": replaying,
    "tampering": tampering,
}


def run_parts(name: str, about: str | None, parts: Mapping[str, Callable[[Bench], dict[str, Any]]]) -> None:
    """The command of a benchmark of parts: runs those that are asked for, and prints each as JSON."""
    parser = argparse.ArgumentParser(prog=f"python -m benchmarks.{name}", description=about)
    parser.add_argument("--parts", default=",".join(parts))
    parser.add_argument("--model", default="yolox-nano")
    parser.add_argument("--models-folder", type=Path)
    parser.add_argument("--work", type=Path, required=True, help="where analyses and composed clips are kept")
    parser.add_argument("--output", type=Path)
    options = parser.parse_args()
    options.work.mkdir(parents=True, exist_ok=True)
    bench = Bench(options.work, options.model, options.models_folder)
    results: dict[str, Any] = {"model": options.model}
    for part in options.parts.split(","):
        results[part] = parts[part](bench)
        print(json.dumps({part: results[part]}), flush=True)
    if options.output:
        write_results(options.output, results)


if __name__ == "__main__":
    run_parts("events", __doc__, PARTS)
