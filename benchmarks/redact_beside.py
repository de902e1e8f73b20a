"""Another program on the same recordings: deface (MIT), which masks faces frame by frame.

    pip install deface==1.5.0                               in an environment of its own
    python -m benchmarks.redact --beside PATH/TO/deface     measures both

What it masks is read off a run in which it lays one colour over its faces instead of a blur: the same faces
at the same threshold, whole rectangles where the blur fills ellipses. Its seconds are those of its defaults.
"""

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import cv2
import numpy as np

from synopticon.footage.probe import probe
from synopticon.footage.read import open_reader

COLOUR = (255, 0, 255)  # blue, green, red: magenta, which none of the recordings shows
NEAR = 40  # levels of chroma that an encoder may be off


def pictures(command: str, video: Path) -> Iterator[np.ndarray]:
    """What it masks of every frame, bool ``(h, w)``."""
    with tempfile.TemporaryDirectory() as folder:
        tile, copy = Path(folder) / "tile.png", Path(folder) / f"in{video.suffix}"
        cv2.imwrite(str(tile), np.full((16, 16, 3), COLOUR, np.uint8))
        shutil.copy(video, copy)
        made = _run(command, copy, "--replacewith", "img", "--replaceimg", str(tile))
        with open_reader(probe((str(made),))) as reader:
            for frame in reader:
                purple = (frame.u > 202 - NEAR) & (frame.v > 222 - NEAR)
                yield purple.repeat(2, 0).repeat(2, 1)[: frame.y.shape[0], : frame.y.shape[1]]


def seconds(command: str, video: Path) -> tuple[float, float]:
    """How long it takes at its defaults: seconds, and seconds of processor time."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(shutil.copy(video, Path(folder) / f"in{video.suffix}"))
        return timed([command, str(copy), "-o", str(copy.with_name("out.mp4"))])


def timed(command: Sequence[str]) -> tuple[float, float]:
    """Seconds that a command takes, and seconds of processor time of all its processes."""
    begin, before = time.perf_counter(), os.times()
    subprocess.run(command, check=True, capture_output=True)
    after = os.times()
    worked = after.children_user + after.children_system - before.children_user - before.children_system
    return time.perf_counter() - begin, worked


def _run(command: str, video: Path, *options: str) -> Path:
    """Its copy of a recording, beside it."""
    made = video.with_name("out.mp4")
    subprocess.run([command, str(video), "-o", str(made), *options], check=True, capture_output=True)
    return made
