"""How well the clock in the picture is read: real webcams, and clocks composed over real recordings.

    python -m benchmarks.clock                 both; JSON
    python -m benchmarks.clock --clips 40 --work DIR

Composed: ten formats, four faces, several heights and backgrounds, over recordings without a clock, made
longer by showing them again, coded as H.264 at a recorder's quality. Each clip has a drift, one jump, and
noise (grain over the whole picture). Its length is drawn: 4 to 12 minutes; five pictures a second.
What the clock shows is computed, so the truth is exact. ``start``: within 1 s. ``drift``: within 10 %.
``bounds``: the drift is between the bounds that are claimed, give or take 1 s a day. ``jump``: one, at its
place within a second, its size within a second.
"""

import argparse
import json
import random
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from benchmarks.track_quality import footage
from synopticon.footage.encode import TimedWriter
from synopticon.footage.probe import probe
from synopticon.footage.read import open_reader
from synopticon.vision.clock import ClockRead, read_clock
from synopticon.vision.look import bgr_crop
from synopticon.vision.ocr import TextReader

REAL = {  # what a person reads in the first picture
    "iacv_highway/milanoest_2019_1_14__16_6.mp4": datetime(2019, 1, 14, 16, 5, 41),
    "iacv_highway/tunnelligure_2019_1_14__16_6.mp4": datetime(2019, 1, 14, 16, 6, 0),
}
SCENES = (
    "intel_sample_videos/car-detection.mp4",
    "intel_sample_videos/one-by-one-person-detection.mp4",
    "ahmetozlu_traffic/input_video.mp4",
    "opencv_samples/vtest.avi",
)
FORMATS = (
    "%Y-%m-%d %H:%M:%S", "%d/%m/%Y %H:%M:%S", "%m-%d-%Y %a %H:%M:%S", "%Y/%m/%d %H:%M:%S",
    "%Y-%m-%dT%H:%M:%S", "%m/%d/%Y %I:%M:%S %p", "%d.%m.%Y %H:%M:%S", "%b %d %Y %H:%M:%S",
    "Camera 01  %d-%m-%Y %H:%M:%S", "%Y-%m-%d\n%H:%M:%S",
)  # fmt: skip
FACES = (cv2.FONT_HERSHEY_SIMPLEX, cv2.FONT_HERSHEY_PLAIN, cv2.FONT_HERSHEY_DUPLEX, cv2.FONT_HERSHEY_TRIPLEX)
EDGE = tuple((dx, dy) for dx in (-1, 0, 1) for dy in (-1, 0, 1))
RATE = 5
START_WITHIN, DRIFT_WITHIN = 1.0, 0.1


@dataclass(frozen=True, slots=True)
class Truth:
    """``drift`` in seconds a day; ``jump`` at a time, by a size (s)."""

    form: str
    start: datetime
    length: float
    drift: float
    jump: tuple[float, float]
    face: int
    height: int
    box: bool
    corner: int
    scene: str

    def shown(self, seconds: float) -> str:
        by = self.jump[1] if seconds >= self.jump[0] else 0.0
        return (self.start + timedelta(seconds=seconds * (1 + self.drift / 86400) + by)).strftime(self.form)


def truths(count: int, seed: int) -> Iterator[Truth]:
    dice = random.Random(seed)
    for n in range(count):
        length = dice.uniform(240, 720)
        start = datetime(2015, 1, 1) + timedelta(seconds=dice.uniform(0, 3.3e8))
        drift = dice.choice((-1, 1)) * dice.uniform(300, 800)
        size = dice.choice((-1, 1)) * dice.choice((dice.uniform(4, 60), dice.uniform(60, 7200)))
        jump = (round(dice.uniform(0.2, 0.8) * length * RATE) / RATE, size)
        yield Truth(
            FORMATS[n % len(FORMATS)], start, length, drift, jump, dice.choice(FACES), dice.randint(12, 26),
            dice.random() < 0.5, dice.randrange(4), SCENES[n % len(SCENES)],
        )  # fmt: skip


def draw(picture: np.ndarray, text: str, truth: Truth) -> None:
    """White on black, on a dark box or with a dark edge, in a corner."""
    lines = text.split("\n")
    scale = truth.height / cv2.getTextSize("0", truth.face, 1.0, 1)[0][1]
    wide = max(cv2.getTextSize(line, truth.face, scale, 1)[0][0] for line in lines)
    high = round(truth.height * 1.6)
    left = 8 if truth.corner % 2 == 0 else max(picture.shape[1] - wide - 8, 0)
    top = 8 if truth.corner < 2 else picture.shape[0] - high * len(lines) - 8
    if truth.box:
        cv2.rectangle(picture, (left - 4, top - 4), (left + wide + 4, top + high * len(lines)), (0, 0, 0), -1)
    for n, line in enumerate(lines):
        at = (left, top + n * high + truth.height)
        if not truth.box:
            for dx, dy in EDGE:
                beside = (at[0] + dx, at[1] + dy)
                cv2.putText(picture, line, beside, truth.face, scale, (0, 0, 0), 1, cv2.LINE_AA)
        cv2.putText(picture, line, at, truth.face, scale, (255, 255, 255), 1, cv2.LINE_AA)


def compose(path: Path, truth: Truth, seed: int) -> None:
    """Write a clip: the scene again and again, grain, the clock."""
    source = probe([footage() / truth.scene])
    with open_reader(source, 0.0, 12.0) as reader:
        crop = (0, 0, source.width, source.height)
        scene = [bgr_crop(f, crop) for n, f in enumerate(reader) if n % 5 == 0]
    grain = np.random.default_rng(seed).normal(0, 5, (8, *scene[0].shape)).astype(np.int16)
    height, width = scene[0].shape[:2]
    with TimedWriter(path, width, height, Fraction(RATE), crf=28) as writer:
        for n in range(int(truth.length * RATE)):
            picture = scene[n % len(scene)].copy()
            draw(picture, truth.shown(n / RATE), truth)
            noisy = np.clip(picture + grain[n % len(grain)], 0, 255).astype(np.uint8)
            yuv = cv2.cvtColor(noisy, cv2.COLOR_BGR2YUV_I420)
            chroma = yuv[height:].reshape(2, height // 2, width // 2)
            writer.write(yuv[:height], chroma[0], chroma[1], n / RATE)


def judge(truth: Truth, read: ClockRead) -> dict[str, Any]:
    """What holds of one clip."""
    found, limit = read.finding.proposal, 1 / RATE
    row: dict[str, Any] = {"form": truth.form, "height": truth.height, "readings": len(read.finding.readings)}
    if found is None or found.moment is None:
        return row | {"start": False, "drift": False, "bounds": False, "jump": False, "why": read.finding.why}
    off = (found.moment - truth.start).total_seconds()
    drift = found.drift.value - truth.drift
    (jump,) = found.jumps if len(found.jumps) == 1 else (None,)
    at, size = truth.jump
    return row | {
        "off": round(off, 3),
        "drift_off": round(drift / truth.drift, 4),
        "start": abs(off) <= START_WITHIN,
        "drift": abs(drift) <= DRIFT_WITHIN * abs(truth.drift),
        "bounds": found.drift.low - 1 <= truth.drift <= found.drift.high + 1,
        "jump": jump is not None
        and jump.after - limit <= at <= jump.before + limit
        and jump.before - jump.after <= 1
        and abs(jump.size.value - size) <= 1,
        "others": list(found.others),
        "as_day": found.format,
    }


def wilson(k: int, n: int) -> list[float]:
    """95 % interval of a share (Wilson, 1927)."""
    z, p = 1.96, k / max(n, 1)
    middle, half = p + z * z / 2 / n, z * ((p * (1 - p) + z * z / 4 / n) / n) ** 0.5
    return [
        round((middle - half) / (1 + z * z / n), 3),
        round(min((middle + half) / (1 + z * z / n), 1.0), 3),
    ]


def composed(work: Path, clips: int, seed: int, say: Callable[[str], None]) -> dict[str, Any]:
    rows, reader = [], TextReader()
    work.mkdir(parents=True, exist_ok=True)
    for n, truth in enumerate(truths(clips, seed)):
        path = work / f"clock-{seed}-{n}.mp4"
        if not path.exists():
            compose(path, truth, seed + n)
        begun = time.perf_counter()
        read = read_clock(probe([path]), reader)
        rows.append(judge(truth, read) | {"seconds": round(time.perf_counter() - begun, 1)})
        say(json.dumps(rows[-1]))
    shares = {
        key: {
            "k": sum(r[key] for r in rows),
            "n": len(rows),
            "interval": wilson(sum(r[key] for r in rows), len(rows)),
        }
        for key in ("start", "drift", "bounds", "jump")
    }
    return {**shares, "unsure_of_the_day": sum(bool(r.get("others")) for r in rows), "clips": rows}


def real(say: Callable[[str], None]) -> dict[str, Any]:
    out, reader = {}, TextReader()
    for name, shown in REAL.items():
        read = read_clock(probe([footage() / name]), reader)
        found = read.finding.proposal
        ok = bool(found and found.moment and 0 <= (found.moment - shown).total_seconds() < 1)
        out[name] = {
            "start": ok,
            "moment": str(found.moment) if found else None,
            "uncertainty": round(found.start.uncertainty, 3) if found else None,
            "others": list(found.others) if found else [],
            "readings": len(read.finding.readings),
        }
        say(json.dumps(out[name]))
    return out


def main(argv: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.clock", description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--clips", type=int, default=40)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--work", type=Path, default=Path("build/bench/clock"))
    options = parser.parse_args(argv)

    def say(line: str) -> None:
        print(line, file=sys.stderr, flush=True)

    results = {"real": real(say), "composed": composed(options.work, options.clips, options.seed, say)}
    print(json.dumps(results, indent=1))


if __name__ == "__main__":
    main()
