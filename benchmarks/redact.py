"""How surely heads are masked, how much else is, and how long it takes.

    python -m benchmarks.redact --model yolox-nano --models-folder DIR
    python -m benchmarks.redact --clips vtest --rows        also: which heads stayed uncovered, and when
    python -m benchmarks.redact --beside deface             also the seconds of this program on vtest

A head is the top 15 % of a truth box of which at least 40 % is visible: inside the picture, behind no box
that ends lower, and not flagged as out of sight. It is covered when at least 75 % of it is filled, over the
box's whole width. What is filled is read off the plan that the written copy was made with.
Person-free frames are those farther than 10 frames from every labelled person.
"""

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.track_quality import CLIPS, footage, spans, truth
from synopticon.acts.analysis import Analysis, AnalysisRequest, analysing
from synopticon.acts.redact import RedactRequest, make_redacted
from synopticon.evidence.redact import masked_frames
from synopticon.footage.read import open_reader
from synopticon.measure.mot import MotTable
from synopticon.models.cards import companion
from synopticon.values.detection import Boxes
from synopticon.vision.faces import Faces
from synopticon.vision.masks import MaskSettings, plan_masks
from synopticon.vision.pipeline import observed

CORE, VISIBLE, COVERED, SLACK = 0.15, 0.4, 0.75, 10
EMPTY = {
    "one-by-one": ("intel_sample_videos/one-by-one-person-detection.mp4", "labels/one_by_one_persons.json"),
}


@dataclass(frozen=True)
class Heads:
    """Heads of a clip: frame (1-based), id, box xyxy; ``hidden`` how many truth boxes were left out."""

    frames: np.ndarray
    ids: np.ndarray
    boxes: Boxes
    hidden: int


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


def zones_of(video: Path, options: argparse.Namespace, workspace: Path) -> Iterator[tuple[float, Boxes]]:
    """Time and filled zones of every frame, as the copy has them."""
    analysis = watched(video, options, workspace)
    known = analysis.store.load_tracks()
    seen = observed(analysis.footage, analysis.store, analysis.settings)
    plan = plan_masks(seen, known[0] if known else (), MaskSettings())
    found = companion("detect.face", options.models_folder)
    faces = Faces(*found) if found else None
    with open_reader(analysis.footage) as reader:
        for frame, zones in masked_frames(iter(reader), plan, faces):
            yield frame.time, zones


def watched(video: Path, options: argparse.Namespace, workspace: Path) -> Analysis:
    request = AnalysisRequest(
        (str(video),), model=options.model, models_folder=options.models_folder, workspace=workspace
    )
    (analysis,) = analysing(request, None, cut=False)
    return analysis


def coverage(clip: str, options: argparse.Namespace, workspace: Path) -> dict[str, Any]:
    video = footage() / CLIPS[clip].video
    analysis = watched(video, options, workspace)
    size = (analysis.footage.width, analysis.footage.height)
    asked = heads(clip, size)
    share, masked, area = np.zeros(len(asked.frames)), 0, 0
    for number, (_, zones) in enumerate(zones_of(video, options, workspace), 1):
        picture = paint(np.zeros(size[::-1], np.bool_), zones)
        here = np.flatnonzero(asked.frames == number)
        for k in here:
            x1, y1, x2, y2 = np.clip(np.rint(asked.boxes[k]).astype(int), 0, [*size, *size])
            inside = picture[y1 : max(y2, y1 + 1), x1 : max(x2, x1 + 1)]
            share[k] = inside.mean() if inside.size else 1.0
        masked += int(picture.sum())
        area += int(paint(np.zeros(size[::-1], np.bool_), asked.boxes[here]).sum())
    covered = share >= COVERED
    if options.rows:
        rows(asked, covered)
    by_id = [covered[asked.ids == i].mean() for i in np.unique(asked.ids)]
    return {
        "heads": len(covered), "hidden": asked.hidden, "recall": round(float(covered.mean()), 4),
        "worst_id": round(float(min(by_id)), 4),
        "ids_below_97": int(sum(r < 0.97 for r in by_id)),
        "longest_run": longest(asked, covered),
        "mean_share": round(float(share.mean()), 4), "untouched": int((share == 0).sum()),
        "longest_untouched": longest(asked, share > 0),
        "masked_per_head": round(masked / area, 2),
    }  # fmt: skip


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
    filled = [len(zones) > 0 for _, zones in zones_of(footage() / place, options, workspace)]
    free = np.ones(len(filled), np.bool_)
    for person in told["persons"]:
        first, last = person["frames"]
        free[max(first - SLACK, 0) : last + SLACK + 1] = False
    return {
        "person_free": int(free.sum()),
        "with_a_mask": round(float(np.array(filled)[free].mean()), 4),
        "at": spans(np.flatnonzero(free & np.array(filled))),
    }


def seconds(options: argparse.Namespace) -> dict[str, float]:
    """Seconds of the whole act on vtest, from nothing; and of another program, right after it."""
    video = footage() / CLIPS["vtest"].video
    with tempfile.TemporaryDirectory() as folder:
        begin = time.perf_counter()
        request = RedactRequest(
            (str(video),), Path(folder) / "out.mp4", model=options.model,
            models_folder=options.models_folder, workspace=Path(folder) / "home",
        )  # fmt: skip
        make_redacted(request)
        took = {"redact": round(time.perf_counter() - begin, 1)}
        if options.beside:
            copy = shutil.copy(video, Path(folder) / "in.avi")
            begin = time.perf_counter()
            other = [options.beside, str(copy), "-o", str(Path(folder) / "other.mp4")]
            subprocess.run(other, check=True, capture_output=True)
            took["beside"] = round(time.perf_counter() - begin, 1)
    return took


def main(argv: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--clips", default="vtest,tud,one-by-one")
    parser.add_argument("--model", default="auto")
    parser.add_argument("--models-folder", type=Path)
    parser.add_argument("--beside", help="the command of another program to time on vtest")
    parser.add_argument("--rows", action="store_true", help="which heads stayed uncovered")
    parser.add_argument("--no-time", action="store_true", help="leave the seconds out")
    parser.add_argument("--workspace", type=Path, help="keep analyses here, to measure again")
    options = parser.parse_args(argv)
    found: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as folder:
        for clip in options.clips.split(","):
            measure = empty if clip in EMPTY else coverage
            found[clip] = measure(clip, options, options.workspace or Path(folder))
            print(clip, found[clip], file=sys.stderr, flush=True)
    if not options.no_time:
        found["seconds"] = seconds(options)
    print(json.dumps(found, indent=1))


if __name__ == "__main__":
    main()
