"""Benchmark of arranging, on tube sets that lie anywhere: quality by our own measures, calibrated times.

python -m benchmarks.arrange FOLDER [-o arrange.json] [--effort 1000] [--large TUBES.csv]

FOLDER holds CSV files ``frame,id,x,y,w,h,group`` (0-based). Those named in ``SETS`` are measured,
each at the length that the published method FGS (Malekpour et al., arXiv 2409.05230) reaches on it,
and with no overlap at all. Any other set: --set NAME=WIDTHxHEIGHT,FPS,FRAMES[,LENGTH]. Times are
CPU seconds of one thread, after one run that compiles; they mean something only as a ratio to
``calibration_seconds`` of the same machine.
"""

import argparse
import json
import resource
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from benchmarks.harness import calibration, commit, machine
from synopticon.synopsis.arrange import EFFORT, Knobs, arrange
from synopticon.synopsis.trackfile import read_tracks
from synopticon.values.plan import TubeSet

# width, height, frames a second, source frames, length that FGS reaches
SETS: dict[str, tuple[int, int, float, int, int]] = {
    "s50_1h": (1280, 720, 10.0, 36_000, 455),
    "s200_4h": (1280, 720, 10.0, 144_000, 990),
    "PETS_tape1h": (768, 576, 7.0, 25_200, 1685),
    "s1000_24h": (1280, 720, 10.0, 864_000, 2845),
}
MEASURES = ("L", "OAnew", "badT", "CDR", "CDRloc", "GRP", "occ_mean", "occ_max", "worst_pair", "completeness")


def cases(length: int, effort: int) -> dict[str, Knobs]:
    """The plans that are measured."""
    return {
        "default": Knobs(),
        "length": Knobs(length=length),
        "length, more effort": Knobs(length=length, effort=effort),
        "length, free order": Knobs(length=length, order="free"),
        "length, strict order": Knobs(length=length, order="strict"),
        "no overlap": Knobs(max_collision=0),
        "no overlap, free order": Knobs(max_collision=0, order="free"),
        "no overlap, more effort": Knobs(max_collision=0, effort=effort // 4),
    }


def measure(tubes: TubeSet, knobs: Knobs) -> dict[str, Any]:
    """One plan: its knobs, measures and CPU seconds."""
    begin = time.process_time()
    plan = arrange(tubes, knobs)
    took = time.process_time() - begin
    given = {k: v for k, v in asdict(knobs).items() if v is not None}
    measures = {k: round(v, 6) if (v := plan.measures[k]) is not None else None for k in MEASURES}
    return {"knobs": given, "cpu_seconds": round(took, 3), "deterministic": plan.deterministic, **measures}


def main(arguments: Sequence[str]) -> int:
    """Measure all sets of a folder and write JSON."""
    o = _parser().parse_args(arguments)
    sets = SETS | dict(_named(text) for text in o.set)
    result: dict[str, Any] = {
        "commit": commit(),
        "machine": machine(),
        "calibration_seconds": round(calibration(), 4),
        "sets": {},
    }
    for name, (width, height, fps, frames, length) in sets.items():
        path = o.folder / f"{name}.csv"
        if not path.is_file():
            continue
        tubes = read_tracks(path, width, height, fps, frames)
        arrange(tubes, Knobs(effort=1))
        arrange(tubes, Knobs(effort=1, max_collision=0))
        result["sets"][name] = {
            case: measure(tubes, k) for case, k in cases(length or frames, o.effort).items()
        }
        for case, found in result["sets"][name].items():
            print(name, case, found, file=sys.stderr)
    if o.large:
        result["large"] = _large(o.large)
    text = json.dumps(result, indent=1)
    if o.output:
        o.output.write_text(text + "\n", "utf-8")
    else:
        print(text)
    return 0


def _large(path: Path) -> dict[str, Any]:
    """100,000 tubes of 168 hours: reading, planning, and the peak memory of it all."""
    begin = time.process_time()
    tubes = read_tracks(path, 1280, 720, 10.0, 168 * 36_000)
    reading = time.process_time() - begin
    found = measure(tubes, Knobs(length=280_074))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"tubes": len(tubes), "reading_cpu_seconds": round(reading, 2), "peak_mb": round(peak), **found}


def _named(text: str) -> tuple[str, tuple[int, int, float, int, int]]:
    name, rest = text.split("=", 1)
    size, fps, *frames = rest.split(",")
    width, height = size.split("x")
    return name, (int(width), int(height), float(fps), int(frames[0]), int((*frames, "0")[1]))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("-o", "--output", type=Path)
    parser.add_argument("--effort", type=int, default=50 * EFFORT)
    parser.add_argument("--set", action="append", default=[])
    parser.add_argument("--large", type=Path, help="CSV of 100,000 tubes over 168 hours")
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
