"""What reading plates adds to the processor time of an analysis; with and without it in turns.

    python -m benchmarks.plate_cost --models-folder DIR [--clip FILE] [--rounds 3]

The clip is ``traffic_camera`` unless another is named. One process; what is read is kept in a folder that is
removed afterwards.
"""

import argparse
import json
import statistics
import tempfile
import time
from pathlib import Path

from benchmarks.harness import write_results
from benchmarks.track_quality import footage
from synopticon.acts.analysis import AnalysisRequest, analysing
from synopticon.store.place import Folder


def taken(clip: Path, models: Path, *, plates: bool) -> float:
    """Processor seconds of one analysis."""
    request = AnalysisRequest((str(clip),), "yolox-nano", models, workers=1, plates=plates)
    with tempfile.TemporaryDirectory() as work:
        begun = time.process_time()
        for _ in analysing(request, None, files=lambda key: Folder(Path(work) / key)):
            pass
        return time.process_time() - begun


def main() -> None:
    """Measure, and print what was measured."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--models-folder", type=Path, required=True)
    asked.add_argument("--clip", type=Path, default=footage() / "dvr_scan/traffic_camera.mp4")
    asked.add_argument("--rounds", type=int, default=3)
    asked.add_argument("-o", "--output", type=Path)
    given = asked.parse_args()
    rounds = []
    for n in range(given.rounds):
        order = (False, True) if n % 2 == 0 else (True, False)
        took = {plates: taken(given.clip, given.models_folder, plates=plates) for plates in order}
        rounds.append(round(took[True] / took[False] - 1, 3))
        print(f"{took[False]:.1f} s, with plates {took[True]:.1f} s: {rounds[-1]:.1%} more", flush=True)
    found = {"clip": given.clip.name, "rounds": rounds, "more": statistics.median(rounds)}
    if given.output:
        write_results(given.output, found)
    print(json.dumps(found))


if __name__ == "__main__":
    main()
