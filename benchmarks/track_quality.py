"""Tracking quality on the two recordings that have public ground truth, class person.

    python -m benchmarks.track_quality vtest TRACKS.txt       a MOT text file of yours
    python -m benchmarks.track_quality tud TRACKS.txt --rows  also: what was missed, which tracks are false

From a script: ``score("vtest", tracks)`` with a list of ``Track``.

The truth of vtest flags 174 of its 4,650 boxes "do not count" (0 in the seventh column: people out of sight).
The published figures for this clip count them (the naive pipeline gets .70 then, .65 without), and so do
MOTA, IDF1, ... here; ``MOTA_flagged`` and ``IDF1_flagged`` leave those rows out, as TrackEval's reader does.
"""

import argparse
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.optimize import linear_sum_assignment

from synopticon.measure.mot import MotTable, Tracks, iou_matrix, mot_scores, mot_table, read_mot


@dataclass(frozen=True)
class Clip:
    video: str
    truth: str
    fps: float


CLIPS = {
    "vtest": Clip("opencv_samples/vtest.avi", "pets09_s2l1_gt/PETS09-S2L1.gt.txt", 10.0),
    "tud": Clip("mot15_tud/TUD-Campus.mp4", "mot15_tud/TUD-Campus.gt.txt", 25.0),
}


def footage() -> Path:
    return Path(os.environ.get("SYNOPTICON_FOOTAGE", "../shared/footage"))


def truth(clip: str, *, every_row: bool = True) -> MotTable:
    return read_mot(footage() / CLIPS[clip].truth, min_confidence=-1.0 if every_row else 0.5)


def score(clip: str, tracks: Tracks | MotTable, *, group: str = "person") -> dict[str, float]:
    """Scores of ``tracks`` on a clip of CLIPS; group "" counts the tracks of every class."""
    table = tracks if isinstance(tracks, MotTable) else mot_table(tracks, CLIPS[clip].fps, group=group)
    flagged = mot_scores(truth(clip, every_row=False), table)
    return mot_scores(truth(clip), table) | {"MOTA_flagged": flagged["MOTA"], "IDF1_flagged": flagged["IDF1"]}


def matches(real: MotTable, found: MotTable, iou: float = 0.5) -> tuple[np.ndarray, np.ndarray]:
    """For each row of both tables the id it was matched to, or -1 (plain assignment frame by frame)."""
    hit, used = np.full(len(real), -1), np.full(len(found), -1)
    for frame in np.unique(real.frames):
        a, b = np.flatnonzero(real.frames == frame), np.flatnonzero(found.frames == frame)
        overlap = iou_matrix(real.boxes[a], found.boxes[b])
        for i, j in zip(*linear_sum_assignment(-overlap * (overlap >= iou)), strict=True):
            if overlap[i, j] >= iou:
                hit[a[i]], used[b[j]] = found.ids[b[j]], real.ids[a[i]]
    return hit, used


def spans(frames: np.ndarray) -> str:
    """Frame numbers as ranges: 3-9 12-15."""
    if not len(frames):
        return ""
    cuts = np.split(frames, np.flatnonzero(np.diff(frames) > 1) + 1)
    return " ".join(f"{c[0]}-{c[-1]}" for c in cuts)


def rows(real: MotTable, found: MotTable) -> str:
    """Which stretches were missed (by truth id), and which boxes are false (by track id)."""
    hit, used = matches(real, found)
    lines = []
    for i in np.unique(real.ids):
        mine = real.ids == i
        names, counts = np.unique(hit[mine & (hit >= 0)], return_counts=True)
        ids = " ".join(f"{n}:{c}" for n, c in zip(names, counts, strict=True))
        missed = real.frames[mine & (hit < 0)]
        lines.append(
            f"truth {i:3d} boxes {mine.sum():4d} missed {len(missed):3d} by [{ids}] missed at {spans(missed)}"
        )
    for i in np.unique(found.ids):
        false = found.frames[(found.ids == i) & (used < 0)]
        if len(false):
            lines.append(
                f"track {i:3d} boxes {(found.ids == i).sum():4d} false {len(false):3d} at {spans(false)}"
            )
    return "\n".join(lines)


def main(argv: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("clip", choices=sorted(CLIPS))
    parser.add_argument("tracks", type=Path, help="MOT text of persons")
    parser.add_argument("--rows", action="store_true", help="also list what was missed and what is false")
    options = parser.parse_args(argv)
    found = read_mot(options.tracks)
    for name, value in score(options.clip, found).items():
        print(f"{name:10s} {value:.4f}")
    if options.rows:
        print(rows(truth(options.clip), found))


if __name__ == "__main__":
    main()
