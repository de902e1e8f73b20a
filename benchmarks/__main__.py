"""All benchmarks: ``make bench``; results as JSON with the commit.

python -m benchmarks --short                       minutes instead of hours
python -m benchmarks --only quality,speed -o r.json --models-folder DIR
"""

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from benchmarks import harness, memory, quality, repeat, speed, track_quality
from benchmarks.track_quality import footage


def _quality(o: argparse.Namespace) -> Any:
    clips = [c for c in quality.VIDEOS if (footage() / quality.VIDEOS[c]).is_file()]
    return [quality.measure(clips, m, o.models_folder) for m in dict.fromkeys((o.model, "none"))]


def _speed(o: argparse.Namespace) -> Any:
    hours, rounds = (0.05, 1) if o.short else (1.0, 3)
    vtest = footage() / track_quality.CLIPS["vtest"].video
    speed.warm_up(vtest, o.model, o.models_folder)
    kinds = ("mpeg4_768x576", "h264_1280x720")
    return {
        "decoding": {
            k: speed.beside_decoding(o.work, k, hours, o.model, o.models_folder, rounds) for k in kinds
        },
        "naive": speed.beside_naive(o.model, o.models_folder, rounds),
        "dvr_scan": speed.beside_dvr_scan(o.work, hours, 1),
        "composing": speed.composing(o.work, hours, o.model, o.models_folder),
    }


def _large(o: argparse.Namespace) -> Any:
    hours = 0.02 if o.short else 0.25
    kinds = ("h264_1920x1080", "hevc_2560x1440")
    return {k: speed.beside_decoding(o.work, k, hours, o.model, o.models_folder, 1) for k in kinds}


def _first(o: argparse.Namespace) -> Any:
    return speed.first_synopsis(o.work, "h264_1920x1080", 0.1 if o.short else 24.0)


def _storage(o: argparse.Namespace) -> Any:
    hours = 0.05 if o.short else 1.0
    kinds = ("mpeg4_768x576", "h264_1280x720")
    return {k: speed.storage(o.work, k, hours, o.model, o.models_folder) for k in kinds}


def _memory(o: argparse.Namespace) -> Any:
    return memory.peaks(o.work, (0.05, 0.2) if o.short else (1.0, 4.0), o.model, o.models_folder)


def _repeat(o: argparse.Namespace) -> Any:
    vtest = footage() / track_quality.CLIPS["vtest"].video
    return {
        "two_runs": repeat.two_runs(vtest, o.model, o.models_folder),
        "segmentations": repeat.segmentations(vtest, o.model, o.models_folder, (300.0, 30.0, 17.0)),
    }


def _arrange(o: argparse.Namespace) -> Any:
    from benchmarks import arrange

    written = o.output.with_name("arrange.json")
    arrange.main([str(footage().parent / "tubes"), "-o", str(written)])
    return json.loads(written.read_text("utf-8"))


SUITES: dict[str, Callable[[argparse.Namespace], Any]] = {
    "quality": _quality,
    "repeat": _repeat,
    "arrange": _arrange,
    "speed": _speed,
    "storage": _storage,
    "memory": _memory,
    "large": _large,
    "first": _first,
}


def main(argv: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks", description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--only", default=",".join(SUITES), help=f"of {', '.join(SUITES)}")
    parser.add_argument("--short", action="store_true", help="short recordings, one round: a rough look")
    parser.add_argument("--model", default="auto")
    parser.add_argument("--models-folder", type=Path)
    parser.add_argument(
        "--work", type=Path, default=Path("build/bench"), help="where composed footage is kept"
    )
    parser.add_argument("-o", "--output", type=Path, default=Path("build/bench/results.json"))
    options = parser.parse_args(argv)
    results: dict[str, Any] = {"short": options.short, "model": options.model}
    for name in options.only.split(","):
        print(f"{name} ...", file=sys.stderr, flush=True)
        results[name] = SUITES[name](options)
        harness.write_results(options.output, results)
    print(options.output)


if __name__ == "__main__":
    main()
