"""How surely heads and faces are masked, how much else is, and how long it takes; beside another program.

    python -m benchmarks.redact --model yolox-nano --models-folder DIR
    python -m benchmarks.redact --clips vtest --rows        also: which heads stayed uncovered, and when
    python -m benchmarks.redact --beside DEFACE             also the recall and the seconds of this command

A head is the top 15 % of a truth box of which at least 40 % is visible: inside the picture, behind no box
that ends lower, and not flagged as out of sight. It is covered when at least 75 % of it is filled, over the
box's whole width. What is filled is read off the plan that the written copy was made with.
Person-free frames are those farther than 10 frames from every labelled person.
Faces are what a detector sees, in any frame, that was not used for masking; covered as heads are. What it saw
uncovered and a person found to be no face is in ``NO_FACES``; the share is given without and with it.
"""

import argparse
import json
import statistics
import sys
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks import redact_beside
from benchmarks.track_quality import CLIPS, footage, spans, truth
from synopticon.acts.analysis import Analysis, AnalysisRequest, analysing
from synopticon.acts.redact import watched_in
from synopticon.evidence.redact import masked_frames
from synopticon.footage.read import open_reader
from synopticon.measure.mot import MotTable
from synopticon.models.cards import companion
from synopticon.values.detection import Boxes
from synopticon.values.frame import Frame
from synopticon.vision.detect import open_finder
from synopticon.vision.geometry import iou
from synopticon.vision.look import bgr_crop
from synopticon.vision.masks import MaskSettings, plan_masks
from synopticon.vision.spot import Faces, of_card

CORE, VISIBLE, COVERED, SLACK = 0.15, 0.4, 0.75, 10
INTEL = "intel_sample_videos"
EMPTY = {"one-by-one": (f"{INTEL}/one-by-one-person-detection.mp4", "labels/one_by_one_persons.json")}
FACES = {
    "one-by-one": EMPTY["one-by-one"][0],
    "head-pose": f"{INTEL}/preview_head-pose-face-detection-female-and-male.gif",
    "walking": f"{INTEL}/preview_face-demographics-walking.gif",
}
JUDGES = {"yunet": "centerface", "centerface": "yunet"}
SURE = 0.5  # score from which a judge is believed
# What a judge took for a face, and a person who looked at it saw none: frame (0-based), and where in it.
NO_FACES = {
    "one-by-one": {
        448: (595, 191, 768, 394),  # floor and wall, with a foot that comes in
        621: (411, 107, 421, 120),  # a hand
    }
}


@dataclass(frozen=True)
class Heads:
    """Heads of a clip: frame (1-based), id, box xyxy; ``hidden`` how many truth boxes were left out."""

    frames: np.ndarray
    ids: np.ndarray
    boxes: Boxes
    hidden: int

    def part(self, here: np.ndarray) -> "Heads":
        """Those that ``here`` chooses."""
        return Heads(self.frames[here], self.ids[here], self.boxes[here], self.hidden)


def heads(clip: str, size: tuple[int, int]) -> Heads:
    every = truth(clip)
    sure = {(int(f), int(i)) for f, i in zip(*_keys(truth(clip, every_row=False)), strict=True)}
    shown = np.array([(int(f), int(i)) in sure for f, i in zip(*_keys(every), strict=True)])
    shown &= visible(every, size) >= VISIBLE
    boxes = every.boxes[shown].copy()
    boxes[:, 3] = boxes[:, 1] + CORE * (boxes[:, 3] - boxes[:, 1])
    return Heads(every.frames[shown], every.ids[shown], boxes, int((~shown).sum()))


def _keys(table: MotTable) -> tuple[np.ndarray, np.ndarray]:
    return table.frames, table.ids


def visible(table: MotTable, size: tuple[int, int]) -> np.ndarray:
    """Share of each box that is in the picture and behind no box that ends lower."""
    out = np.zeros(len(table))
    for frame in np.unique(table.frames):
        here = np.flatnonzero(table.frames == frame)
        for k in here:
            box = table.boxes[k]
            seen = np.zeros((max(round(box[3] - box[1]), 1), max(round(box[2] - box[0]), 1)), np.bool_)
            paint(seen, np.array([[0, 0, *size]], np.float32), box[:2], True)
            nearer = table.boxes[here][table.boxes[here, 3] > box[3]]
            paint(seen, nearer, box[:2], False)
            out[k] = seen.mean()
    return out


def paint(
    picture: np.ndarray, boxes: Boxes, corner: Sequence[float] = (0.0, 0.0), value: bool = True
) -> np.ndarray:
    for x1, y1, x2, y2 in boxes:
        left, top = max(int(np.floor(x1 - corner[0])), 0), max(int(np.floor(y1 - corner[1])), 0)
        right, low = max(int(np.ceil(x2 - corner[0])), 0), max(int(np.ceil(y2 - corner[1])), 0)
        picture[top:low, left:right] = value
    return picture


def zones_of(video: Path, options: argparse.Namespace, workspace: Path) -> Iterator[tuple[Frame, Boxes]]:
    """Every frame and its filled zones, as the copy has them."""
    analysis = watched(video, options, workspace)
    plan = plan_masks(*watched_in(analysis), MaskSettings(floor=analysis.footage.height))
    found = companion("detect.face", options.models_folder, options.face_model)
    faces = Faces(open_finder(*found), of_card(found[0])) if found else None
    with open_reader(analysis.footage) as reader:
        yield from masked_frames(iter(reader), plan, faces)


def pictures_of(video: Path, options: argparse.Namespace, workspace: Path) -> Iterator[np.ndarray]:
    """What is filled of every frame, bool ``(h, w)``."""
    for frame, zones in zones_of(video, options, workspace):
        yield paint(np.zeros(frame.y.shape, np.bool_), zones)


def watched(video: Path, options: argparse.Namespace, workspace: Path) -> Analysis:
    request = AnalysisRequest(
        (str(video),), model=options.model, models_folder=options.models_folder, workspace=workspace
    )
    (analysis,) = analysing(request, None, cut=False)
    return analysis


@dataclass(frozen=True)
class Covered:
    """Which share of each head is filled; pixels filled, and pixels of heads, of each frame."""

    asked: Heads
    share: np.ndarray
    masked: np.ndarray
    area: np.ndarray

    def told(self, first: int = 1, last: int = sys.maxsize) -> dict[str, Any]:
        """The measures of the frames ``first`` to ``last``."""
        here = (self.asked.frames >= first) & (self.asked.frames <= last)
        share, asked = self.share[here], self.asked.part(here)
        covered = share >= COVERED
        by_id = [covered[asked.ids == i].mean() for i in np.unique(asked.ids)]
        frames = slice(first - 1, last)
        return {
            "heads": len(covered), "recall": round(float(covered.mean()), 4),
            "worst_id": round(float(min(by_id)), 4),
            "ids_below_97": int(sum(r < 0.97 for r in by_id)),
            "longest_run": longest(asked, covered),
            "mean_share": round(float(share.mean()), 4), "untouched": int((share == 0).sum()),
            "longest_untouched": longest(asked, share > 0),
            "masked_per_head": round(float(self.masked[frames].sum() / self.area[frames].sum()), 2),
        }  # fmt: skip


def covered_heads(asked: Heads, pictures: Iterable[np.ndarray]) -> Covered:
    share, masked, area = np.zeros(len(asked.frames)), [], []
    for number, picture in enumerate(pictures, 1):
        size = picture.shape[::-1]
        here = np.flatnonzero(asked.frames == number)
        for k in here:
            box = np.clip(np.rint(asked.boxes[k]), 0, [*size, *size])
            share[k] = share_of(picture, box)
        masked.append(int(picture.sum()))
        area.append(int(paint(np.zeros(picture.shape, np.bool_), asked.boxes[here]).sum()))
    return Covered(asked, share, np.array(masked), np.array(area))


def coverage(clip: str, options: argparse.Namespace, workspace: Path) -> dict[str, Any]:
    video = footage() / CLIPS[clip].video
    known = watched(video, options, workspace).footage
    asked = heads(clip, (known.width, known.height))
    found = covered_heads(asked, pictures_of(video, options, workspace))
    if options.rows:
        rows(asked, found.share >= COVERED)
    told = {"hidden": asked.hidden, **found.told()}
    if clip == "vtest":
        half = len(found.masked) // 2
        told |= {"first_half": found.told(1, half), "second_half": found.told(half + 1)}
    if options.beside:
        other = redact_beside.pictures(options.beside, video)
        told["beside"] = covered_heads(asked, other).told()
    return told


def composed(folder: Path, options: argparse.Namespace, workspace: Path) -> dict[str, Any]:
    """The same of one file of ``compose-footage``, whose truth says what share of each box is seen."""
    (video,) = sorted(folder.glob("*.mp4"))
    truth_rows = np.loadtxt(folder / "truth" / f"{video.stem}.gt.txt", delimiter=",", ndmin=2)
    shown = truth_rows[truth_rows[:, 8] >= VISIBLE]
    x, y, wide, high = shown[:, 2:6].T
    boxes = np.stack([x, y, x + wide, y + CORE * high], 1).astype(np.float32)
    count = len(truth_rows) - len(shown)
    asked = Heads(shown[:, 0].astype(int), shown[:, 1].astype(int), boxes, count)
    found = covered_heads(asked, pictures_of(video, options, workspace))
    empty_frames = np.ones(len(found.masked), np.bool_)
    for number in truth_rows[:, 0].astype(int):
        empty_frames[max(number - 1 - SLACK, 0) : number + SLACK] = False
    with_a_mask = round(float((found.masked[empty_frames] > 0).mean()), 4)
    return {
        "hidden": count,
        **found.told(),
        "person_free": int(empty_frames.sum()),
        "with_a_mask": with_a_mask,
    }


def longest(asked: Heads, covered: np.ndarray) -> int:
    """Frames that follow each other in which one head stayed uncovered."""
    best = 0
    for i in np.unique(asked.ids):
        bare = asked.frames[(asked.ids == i) & ~covered]
        cuts = np.split(bare, np.flatnonzero(np.diff(bare) > 1) + 1)
        best = max(best, *(len(c) for c in cuts))
    return best


def rows(asked: Heads, covered: np.ndarray) -> None:
    for i in np.unique(asked.ids):
        mine = asked.ids == i
        bare = asked.frames[mine & ~covered]
        print(f"  id {i:3d} heads {mine.sum():4d} uncovered {len(bare):3d} at {spans(bare)}", file=sys.stderr)


def empty(name: str, options: argparse.Namespace, workspace: Path) -> dict[str, Any]:
    """Person-free frames that hold a mask."""
    place, labels = EMPTY[name]
    told = json.loads((footage() / labels).read_text())
    filled = [bool(len(zones)) for _, zones in zones_of(footage() / place, options, workspace)]
    free = np.ones(len(filled), np.bool_)
    for person in told["persons"]:
        first, last = person["frames"]
        free[max(first - SLACK, 0) : last + SLACK + 1] = False
    return {
        "person_free": int(free.sum()),
        "with_a_mask": round(float(np.array(filled)[free].mean()), 4),
        "at": spans(np.flatnonzero(free & np.array(filled))),
    }


def judged(name: str, options: argparse.Namespace, workspace: Path) -> dict[str, Any]:
    """Faces that the detector sees which did not mask."""
    used = companion("detect.face", options.models_folder, options.face_model)
    judge = companion("detect.face", options.models_folder, JUDGES[used[0].name]) if used else None
    assert used is not None, "faces are judged where there is a model that masks them"
    assert judge is not None
    finder = open_finder(*judge)
    count, missed, refuted, twice, before = 0, [], 0, 0, np.zeros((0, 4), np.float32)
    for number, (frame, zones) in enumerate(zones_of(footage() / FACES[name], options, workspace)):
        size = frame.y.shape[::-1]
        faces = finder.find(bgr_crop(frame, (0, 0, *size)), SURE)
        picture = paint(np.zeros(frame.y.shape, np.bool_), zones)
        faces = np.clip(np.rint(faces), 0, [*size, *size]).astype(np.float32)
        bare = faces[[share_of(picture, face) < COVERED for face in faces]]
        count += len(faces)
        missed += [number] * len(bare)
        no_face = np.array([NO_FACES.get(name, {}).get(number, (0, 0, 0, 0))], np.float32)
        refuted += int((iou(bare, no_face) > 0.8).sum()) if len(bare) else 0
        twice += int((iou(bare, before) > 0.2).any(1).sum()) if len(bare) and len(before) else 0
        before = bare
    return {
        "masked_by": used[0].name, "judge": judge[0].name, "judged": count, "no_faces": refuted,
        "covered": round(1 - (len(missed) - refuted) / max(count - refuted, 1), 4),
        "covered_with_no_faces": round(1 - len(missed) / max(count, 1), 4), "twice": twice,
        "at": spans(np.unique(missed)),
    }  # fmt: skip


def share_of(picture: np.ndarray, box: np.ndarray) -> float:
    """Share of a box that is filled."""
    x1, y1, x2, y2 = box.astype(int)
    inside = picture[y1 : max(y2, y1 + 1), x1 : max(x2, x1 + 1)]
    return float(inside.mean()) if inside.size else 1.0


def seconds(options: argparse.Namespace) -> dict[str, Any]:
    """What the whole act takes on vtest, from nothing, in turns with the other program; medians compared.

    Each as (seconds, seconds of processor time): the second is what other work on the machine changes little.
    """
    video = footage() / CLIPS["vtest"].video
    took: dict[str, list[tuple[float, float]]] = {"redact": [], "beside": []}
    for _ in range(options.rounds):
        with tempfile.TemporaryDirectory() as folder:
            words = [
                sys.executable,
                "-m",
                "synopticon.cli.main",
                "redact",
                str(video),
                "--model",
                options.model,
            ]
            words += ["--output", f"{folder}/out.mp4", "--workspace", f"{folder}/home"]
            words += ["--models-folder", str(options.models_folder)] if options.models_folder else []
            took["redact"].append(redact_beside.timed(words))
        if options.beside:
            took["beside"].append(redact_beside.seconds(options.beside, video))
    told: dict[str, Any] = {k: [(round(t, 1), round(c, 1)) for t, c in rows] for k, rows in took.items()}
    if options.beside:
        wall, cpu = (
            statistics.median(t[n] for t in took["beside"]) / statistics.median(t[n] for t in took["redact"])
            for n in (0, 1)
        )
        told |= {"times_as_fast": round(wall, 2), "times_as_little_work": round(cpu, 2)}
    return told


def main(argv: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--clips", default="vtest,tud,one-by-one,head-pose,walking")
    parser.add_argument("--model", default="auto")
    parser.add_argument("--models-folder", type=Path)
    parser.add_argument("--composed", type=Path, help="a folder of compose-footage, of one file")
    parser.add_argument("--face-model", default="auto", help="what masks faces; the other one judges")
    parser.add_argument("--beside", help="the command deface, to measure on the same recordings")
    parser.add_argument("--rounds", type=int, default=3, help="how often seconds are measured")
    parser.add_argument("--rows", action="store_true", help="which heads stayed uncovered")
    parser.add_argument("--no-time", action="store_true", help="leave the seconds out")
    parser.add_argument("--workspace", type=Path, help="keep analyses here, to measure again")
    options = parser.parse_args(argv)
    found: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as folder:
        for clip in filter(None, options.clips.split(",")):
            place = options.workspace or Path(folder)
            found[clip] = coverage(clip, options, place) if clip in CLIPS else {}
            found[clip] |= empty(clip, options, place) if clip in EMPTY else {}
            found[clip] |= judged(clip, options, place) if clip in FACES else {}
            print(clip, found[clip], file=sys.stderr, flush=True)
    if options.composed:
        with tempfile.TemporaryDirectory() as folder:
            found["composed"] = composed(options.composed, options, options.workspace or Path(folder))
    if not options.no_time:
        found["seconds"] = seconds(options)
    print(json.dumps(found, indent=1))


if __name__ == "__main__":
    main()
