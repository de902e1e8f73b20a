"""What Synopticon is compared with: decoding alone, the pipeline a user would write, dvr-scan."""

import csv
import io
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import av
import numpy as np

from synopticon.measure.mot import MotTable
from synopticon.models.cards import resolve
from synopticon.values.detection import CLASS_INDEX
from synopticon.vision.detect import open_detector

MODES = ("AUTO", "FRAME", "SLICE")


def decode(files: Sequence[Path], mode: str, limit: int = sys.maxsize) -> int:
    """Decode every picture and do nothing with it; the number of pictures."""
    count = 0
    for path in files:
        with av.open(str(path)) as container:
            stream = container.streams.video[0]
            stream.thread_type = mode
            for _ in container.decode(stream):
                count += 1
                if count >= limit:
                    return count
    return count


def fastest_mode(files: Sequence[Path], pictures: int = 1500) -> str:
    """The threading mode in which PyAV decodes these files fastest."""
    took = {}
    for mode in MODES:
        rounds = []
        for _ in range(3):
            begin = time.perf_counter()
            decode(files, mode, pictures)
            rounds.append(time.perf_counter() - begin)
        took[mode] = min(rounds)
    return min(took, key=lambda m: took[m])


def naive(video: Path, model: str, models_folder: Path | None = None, threads: int = 2) -> MotTable:
    """The pipeline a user would write: the detector on every whole frame, then ByteTrack; class person."""
    import supervision as sv
    from trackers import ByteTrackTracker

    found = resolve(model, models_folder)
    if found is None:
        raise SystemExit("the naive pipeline needs a model: synopticon models fetch")
    detector = open_detector(*found, threads=threads)
    rows: list[tuple[float, ...]] = []
    with av.open(str(video)) as container:
        stream = container.streams.video[0]
        stream.thread_type = "AUTO"
        tracker = ByteTrackTracker(frame_rate=float(stream.average_rate or 25))
        for n, frame in enumerate(container.decode(stream), 1):
            seen = detector.detect([frame.to_ndarray(format="bgr24")])[0]
            seen = seen[(seen.classes == CLASS_INDEX["person"]) & (seen.scores >= 0.3)]
            given = sv.Detections(xyxy=seen.boxes, confidence=seen.scores, class_id=seen.classes.astype(int))
            tracked = tracker.update(given)
            ids: Any = tracked.tracker_id if tracked.tracker_id is not None else []
            rows += [(n, i, *box) for i, box in zip(ids, tracked.xyxy, strict=True) if i >= 0]
    table = np.array(rows, np.float64).reshape(-1, 6)
    return MotTable(
        table[:, 0].astype(np.int64), table[:, 1].astype(np.int64), table[:, 2:].astype(np.float32)
    )


def dvr_scan(files: Sequence[Path]) -> list[tuple[float, float]]:
    """Motion events (start, end in seconds over all files joined), by dvr-scan with its defaults."""
    inputs = [part for path in files for part in ("-i", str(path))]
    command = [str(Path(sys.executable).with_name("dvr-scan")), *inputs, "--scan-only", "--quiet"]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    line = done.stdout.strip().splitlines()[-1:] or [""]
    codes = [c for c in next(csv.reader(io.StringIO(line[0])), []) if c.strip()]
    times = [_seconds(c) for c in codes]
    return list(zip(times[::2], times[1::2], strict=False))


def _seconds(code: str) -> float:
    hours, minutes, rest = code.strip().split(":")
    return int(hours) * 3600 + int(minutes) * 60 + float(rest)
