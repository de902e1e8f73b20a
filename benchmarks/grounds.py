"""How tall people come out on a ground: ``python -m benchmarks.grounds --models-folder DIR``.

View 1 of PETS 2009 (``vtest.avi``), its ground told by four places of the published calibration.
"""

import argparse
import os
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from synopticon.acts.cameras import add_camera
from synopticon.acts.ingest import IngestRequest, ingest
from synopticon.acts.scenes import empty_scene, people_of
from synopticon.acts.workspace import open_workspace
from synopticon.values.ground import of_calibration, of_points
from synopticon.values.upright import check

PLACES = ((0.3, 0.85), (0.7, 0.85), (0.62, 0.6), (0.38, 0.6))


def measure(footage: Path, models: Path | None) -> Iterator[str]:
    """The heights, in words."""
    with TemporaryDirectory() as folder, open_workspace(Path(folder) / "ws") as here:
        add_camera(here, "view 1")
        video = str(footage / "opencv_samples" / "vtest.avi")
        ingest(here, IngestRequest((video,), "view 1", models_folder=models, workers=1))
        scene, boxes = empty_scene(here, "view 1"), people_of(here, "view 1")
    assert scene is not None
    told = of_calibration((footage / "pets09_s2l1_gt" / "View_001.xml").read_bytes(), "View_001.xml")
    metres = told.metres(PLACES)
    found = check(of_points(PLACES, metres.tolist()), PLACES, metres, scene.size, boxes)
    low, middle, high = np.nanpercentile(found.heights, (25, 50, 75))
    yield f"{len(boxes)} boxes: median {middle:.2f} m, half of them from {low:.2f} to {high:.2f} m"


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--models-folder", type=Path)
    for line in measure(Path(os.environ["SYNOPTICON_FOOTAGE"]), parser.parse_args().models_folder):
        print(line)
