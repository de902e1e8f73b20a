"""What reading plates adds to the processor time of an analysis; with and without it in turns.

    python -m benchmarks.plate_cost --models-folder DIR [--clip FILE] [--rounds 3]

The clip is ``traffic_camera`` unless another is named. One process; what is read is kept in a folder that is
removed afterwards. ``cpu_ratio``: processor time with plates over that without.
"""

import argparse
import json
import tempfile
from functools import partial
from pathlib import Path

from benchmarks.harness import side_by_side, write_results
from benchmarks.track_quality import footage
from synopticon.acts.analysis import AnalysisRequest, analysing
from synopticon.store.place import Folder


def analysis(clip: Path, models: Path, *, plates: bool) -> None:
    """One analysis, from the beginning."""
    request = AnalysisRequest((str(clip),), "yolox-nano", models, workers=1, plates=plates)
    with tempfile.TemporaryDirectory() as work:
        for _ in analysing(request, None, files=lambda key: Folder(Path(work) / key)):
            pass


def main() -> None:
    """Measure, and print what was measured."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--models-folder", type=Path, required=True)
    asked.add_argument("--clip", type=Path, default=footage() / "dvr_scan/traffic_camera.mp4")
    asked.add_argument("--rounds", type=int, default=3)
    asked.add_argument("-o", "--output", type=Path)
    given = asked.parse_args()
    run = partial(analysis, given.clip, given.models_folder)
    ratios = side_by_side(partial(run, plates=True), partial(run, plates=False), given.rounds)
    found = {"clip": given.clip.name, "with_plates": ratios}
    if given.output:
        write_results(given.output, found)
    print(json.dumps(found))


if __name__ == "__main__":
    main()
