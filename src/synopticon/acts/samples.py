"""Fetches the sample recording that the demonstration uses."""

from collections.abc import Callable
from pathlib import Path

from synopticon.models.cards import ModelFile, Source, home
from synopticon.models.fetch import fetch_file

# OpenCV's sample: the PETS 2009 data set, S2.L1, view 1; 768x576, 10 frames/s, 795 frames.
VTEST = ModelFile(
    name="vtest.avi",
    sha256="45cddc9490be69345cbdab64ca583be65987e864ca408038e648db99e10516cf",
    size=8131690,
    sources=(
        Source("url", "https://raw.githubusercontent.com/opencv/opencv/4.x/samples/data/vtest.avi"),
        Source("deb", "opencv-doc", member="usr/share/doc/opencv-doc/examples/data/vtest.avi"),
    ),
)


def samples_folder() -> Path:
    """Return the folder of sample recordings, inside Synopticon's own data folder."""
    return home() / "samples"


def fetch_samples(folder: Path | None, say: Callable[[str], None]) -> Path:
    """Fetch ``vtest.avi``, pinned by its digest; returns its path. Raises ``ModelError`` when it cannot."""
    return fetch_file(VTEST, folder or samples_folder(), say)
