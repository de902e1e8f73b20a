"""Composes recordings of hours with exact truth, for tests and benchmarks.

People and vehicles are cut out of given clips and cross an empty scene; the same seed and clips give the same
pictures. The truth is written per file (MOT17 text, 1-based frames of that file) and as one ``truth.json``.
"""

import json
import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from fractions import Fraction
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np

from synopticon.acts.samples import VTEST, samples_folder
from synopticon.errors import OutputError, UsageError
from synopticon.footage.probe import probe
from synopticon.footage.read import open_reader
from synopticon.footage.record import SUFFIXES, GopWriter, RecordingFormat, cut_short
from synopticon.measure.mot import MotTable, read_mot
from synopticon.store.atomic import make_folder, write_whole
from synopticon.values.detection import Boxes
from synopticon.values.frame import Frame
from synopticon.vision.cast import Actor, Scene, empty_scene, find_actors, resize_scene
from synopticon.vision.compose_footage import Look, Studio, TruthRows
from synopticon.vision.staging import Stage, stage_roles

_MAX_BYTES = 600 << 20  # of a clip that people are cut out of: its decoded pictures are held in memory
_JUMP = 90.0  # s: how far the clock is put forward when it is changed
_CUT = 0.6  # share of its bytes that is left of a file that is cut short
_MOT_CLASS = {"person": 1, "car": 3}
_FLAGGED = 0.2  # objects of which less is seen are written with 0 in the column "counts"

Progress = Callable[[str, float], None]


@dataclass(frozen=True, slots=True)
class ComposeFootageRequest:
    """What to compose. ``people`` and ``vehicles`` are clips, each ``FILE`` or ``FILE=TRACKS`` (MOT text).

    ``scene`` is the clip whose empty background is used (default: the last of the given clips); ``gop`` is in
    seconds; ``bitrate`` in bits per second; ``start`` is what the camera's clock shows at the beginning.
    """

    output: Path
    hours: float = 1.0
    seed: int = 0
    activity: float = 0.1
    objects: float = 5.0
    width: int = 768
    height: int = 576
    fps: Fraction = Fraction(25)
    codec: str = "h264"
    bitrate: int = 4_000_000
    gop: float = 2.0
    people: tuple[str, ...] = ()
    vehicles: tuple[str, ...] = ()
    scene: str = ""
    camera: str = "camera"
    start: datetime = datetime(2024, 3, 15, 10, 0, 0)  # a camera's clock has no zone
    file_minutes: float = 10.0
    missing: bool = False
    cut: bool = False
    clock_change: bool = False
    look: Look = field(default_factory=Look)
    workers: int = 0
    overwrite: bool = False


@dataclass(frozen=True, slots=True)
class ComposedFile:
    """One file of a composed recording: ``state`` is whole, missing or cut short."""

    name: str
    clock: str
    first_frame: int
    frames: int
    state: str
    frames_left: int
    bytes: int


@dataclass(frozen=True, slots=True)
class ComposedFootage:
    """What was composed: its files in time order, the truth, and the activity as it came out."""

    folder: Path
    files: tuple[ComposedFile, ...]
    truth: Path
    objects: int
    activity: float
    mean_objects: float


def compose_footage(request: ComposeFootageRequest, progress: Progress | None = None) -> ComposedFootage:
    """Compose a recording; raises UsageError when the clips yield nobody, OutputError when files exist."""
    say = progress or (lambda _stage, _share: None)
    form = _format(request)
    say("cutting out", 0.0)
    scene, cast = _sources(request)
    total = max(round(request.hours * 3600 * form.fps), 1)
    stage = Stage(form.width, form.height, float(form.fps), total)
    roles = stage_roles(cast, stage, activity=request.activity, objects=request.objects, seed=request.seed)
    plan = _Plan(request, form, total)
    studio = Studio(
        form,
        resize_scene(scene, form.width, form.height),
        cast,
        roles,
        look=request.look,
        seed=request.seed,
        start=request.start,
        clock_jumps=plan.jumps,
    )
    _refuse(request, plan, studio)
    made = _record(request, plan, studio, say)
    files = tuple(file for file, _ in made)
    rows = np.concatenate([r for _, parts in made for r in parts] or [np.zeros((0, 7))])
    labels = {r.id: cast[r.actor].label for r in roles}
    for file in files:
        if file.state != "missing":
            _write_mot(request.output / "truth" / f"{Path(file.name).stem}.gt.txt", rows, file, labels)
    crowd = np.bincount(rows[:, 0].astype(np.int64), minlength=total)
    busy = int((crowd > 0).sum())
    result = ComposedFootage(
        folder=request.output,
        files=files,
        truth=request.output / "truth" / "truth.json",
        objects=len(roles),
        activity=busy / total,
        mean_objects=float(crowd.sum() / max(busy, 1)),
    )
    actors = {r.id: cast[r.actor].name for r in roles}
    _write_truth(result, request, form, plan.jumps, _objects(rows, labels, actors, float(form.fps)))
    return result


class _Plan:
    """Which frames go into which file, and what befalls the files."""

    def __init__(self, request: ComposeFootageRequest, form: RecordingFormat, total: int) -> None:
        groups = max(round(request.file_minutes * 60 * form.fps / form.gop), 1)
        length = groups * form.gop
        self.spans = [(at, min(at + length, total)) for at in range(0, total, length)]
        wanted = [n for n in ("missing", "cut", "clock_change") if getattr(request, n)]
        if len(self.spans) < len(wanted) + 2 and wanted:
            raise UsageError(
                f"{len(self.spans)} files are too few for {', '.join(wanted)}: more hours or a smaller "
                "--file-minutes"
            )
        chosen = np.random.default_rng((request.seed, 3)).permutation(np.arange(1, len(self.spans) - 1))
        at = dict(zip(wanted, (int(i) for i in chosen), strict=False))
        self.missing, self.cut = at.get("missing", -1), at.get("cut", -1)
        self.jumps: dict[int, float] = {}
        if "clock_change" in at:
            first, last = self.spans[at["clock_change"]]
            self.jumps[(first + last) // 2] = _JUMP


def _format(request: ComposeFootageRequest) -> RecordingFormat:
    if not 0 < request.hours <= 24 * 31 or request.file_minutes <= 0:
        raise UsageError("hours must be above 0 and at most 744, --file-minutes above 0")
    return RecordingFormat(
        request.width,
        request.height,
        request.fps,
        request.codec,
        request.bitrate,
        max(round(request.gop * request.fps), 1),
    )


def _sources(request: ComposeFootageRequest) -> tuple[Scene, list[Actor]]:
    """Read every clip once; the cast in the order given, and the empty scene."""
    clips = [(c, "person") for c in request.people] + [(c, "car") for c in request.vehicles]
    if not clips:
        sample = samples_folder() / VTEST.name
        if not sample.is_file():
            raise UsageError(
                "no clip to cut people out of: name some with --people or --vehicles, "
                "or run 'synopticon samples fetch'"
            )
        clips = [(str(sample), "person")]
    cast: list[Actor] = []
    scene: Scene | None = None
    for clip, label in clips:
        path, tracks = _split(clip)
        frames, fps = _load(path)
        cast += find_actors(frames, fps, label, path.name, _boxes(tracks, len(frames)))
        scene = empty_scene(frames)
    if request.scene:
        scene = empty_scene(_load(Path(request.scene))[0])
    if not cast or scene is None:
        raise UsageError("nobody moves alone and whole in these clips: give others")
    return scene, cast


def _split(clip: str) -> tuple[Path, Path | None]:
    """``FILE`` or ``FILE=TRACKS``; a file whose own name has an equals sign wins."""
    name, mark, tracks = clip.rpartition("=")
    return (Path(name), Path(tracks)) if mark and not Path(clip).exists() else (Path(clip), None)


def _load(path: Path) -> tuple[list[Frame], float]:
    footage = probe([path])
    most = max(_MAX_BYTES * 2 // (3 * footage.width * footage.height), 1)
    with open_reader(footage) as reader:
        return list(islice(reader, most)), float(footage.frame_rate)


def _boxes(tracks: Path | None, count: int) -> Sequence[Boxes] | None:
    if tracks is None:
        return None
    table: MotTable = read_mot(tracks)
    return [table.boxes[table.frames == n + 1] for n in range(count)]


def _refuse(request: ComposeFootageRequest, plan: _Plan, studio: Studio) -> None:
    """Say no before the work when something is in the way."""
    make_folder(request.output)
    make_folder(request.output / "truth")
    names = [_name(request, studio, first) for first, _ in plan.spans]
    for path in [request.output / n for n in names] + [request.output / "truth" / "truth.json"]:
        if path.exists() and not request.overwrite:
            raise OutputError(f"{path}: exists already; give another folder or --overwrite")


def _name(request: ComposeFootageRequest, studio: Studio, first: int) -> str:
    return f"{request.camera}_{studio.clock(first):%Y%m%d_%H%M%S}{SUFFIXES[request.codec]}"


def _record(
    request: ComposeFootageRequest, plan: _Plan, studio: Studio, say: Progress
) -> list[tuple[ComposedFile, list[TruthRows]]]:
    """Write all files, several at a time; the truth of each beside it."""
    pool = ThreadPoolExecutor(request.workers or os.cpu_count() or 1)
    try:
        jobs = [pool.submit(_record_file, request, plan, studio, n) for n in range(len(plan.spans))]
        made = []
        for n, job in enumerate(jobs):
            say("composing", n / len(jobs))
            made.append(job.result())
        say("composing", 1.0)
        return made
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _record_file(
    request: ComposeFootageRequest, plan: _Plan, studio: Studio, number: int
) -> tuple[ComposedFile, list[TruthRows]]:
    first, last = plan.spans[number]
    name, clock = _name(request, studio, first), studio.clock(first).isoformat()
    if number == plan.missing:
        return ComposedFile(name, clock, first, last - first, "missing", 0, 0), []
    path, rows = request.output / name, list[TruthRows]()
    with GopWriter(path, _format(request), overwrite=request.overwrite) as writer:
        for gop in studio.gops(first, last, rows):
            writer.write(gop)
    state, left = "whole", last - first
    if number == plan.cut:
        state, left = "cut short", cut_short(path, _CUT, writer.sizes)
    return ComposedFile(name, clock, first, last - first, state, left, path.stat().st_size), rows


def _write_mot(path: Path, rows: TruthRows, file: ComposedFile, labels: dict[int, str]) -> None:
    """MOT17 ground truth: frame,id,x,y,w,h,counts,class,share seen; frames of the file from 1."""
    own = (rows[:, 0] >= file.first_frame) & (rows[:, 0] < file.first_frame + file.frames_left)
    lines = [
        f"{int(r[0]) - file.first_frame + 1},{int(r[1])},{r[2]:.0f},{r[3]:.0f},{r[4] - r[2]:.0f},"
        f"{r[5] - r[3]:.0f},{int(r[6] >= _FLAGGED)},{_MOT_CLASS[labels[int(r[1])]]},{r[6]:.3f}\n"
        for r in rows[own]
    ]
    with write_whole(path, overwrite=True) as aside:
        aside.write_text("".join(lines), "utf-8")


def _objects(
    rows: TruthRows, labels: dict[int, str], actors: dict[int, str], fps: float
) -> list[dict[str, Any]]:
    """One entry for each object that was recorded: when it is in the picture, in frames and seconds."""
    entries = []
    for number in np.unique(rows[:, 1]).astype(int):
        frames = rows[rows[:, 1] == number, 0].astype(int)
        first, last = int(frames[0]), int(frames[-1])
        entries.append(
            {
                "id": int(number),
                "class": labels[number],
                "actor": actors[number],
                "first_frame": first,
                "last_frame": last,
                "first_s": round(first / fps, 4),
                "last_s": round(last / fps, 4),
            }
        )
    return entries


def _write_truth(
    result: ComposedFootage,
    request: ComposeFootageRequest,
    form: RecordingFormat,
    jumps: dict[int, float],
    objects: list[dict[str, Any]],
) -> None:
    data = {
        "format": "synopticon composed footage 1",
        "seed": request.seed,
        "width": form.width,
        "height": form.height,
        "fps": str(form.fps),
        "codec": form.codec,
        "bitrate": form.bitrate,
        "gop": form.gop,
        "activity": result.activity,
        "mean_objects": result.mean_objects,
        "clock_start": request.start.isoformat(),
        "clock_end": (request.start + timedelta(hours=request.hours)).isoformat(),
        "clock_jumps": [{"frame": at, "seconds": seconds} for at, seconds in jumps.items()],
        "files": [{name: getattr(file, name) for name in ComposedFile.__slots__} for file in result.files],
        "objects": objects,
    }
    with write_whole(result.truth, overwrite=True) as aside:
        aside.write_text(json.dumps(data, indent=1), "utf-8")
