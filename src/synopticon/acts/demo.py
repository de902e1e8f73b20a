"""The demonstration: of a synopsis (fetches a model and the sample), and of the web application."""

from collections.abc import Callable
from pathlib import Path

from synopticon.acts.cameras import add_camera
from synopticon.acts.ingest import IngestRequest, ingest
from synopticon.acts.models import fetch_models
from synopticon.acts.samples import VTEST, fetch_samples, samples_folder
from synopticon.acts.synopsis import SynopsisRequest, SynopsisResult, make_synopsis
from synopticon.acts.workspace import open_workspace
from synopticon.errors import ModelError
from synopticon.models.cards import home, resolve
from synopticon.store.atomic import make_folder

CAMERA = "campus"
Say = Callable[[str], None]


def demonstrate(
    folder: Path, say: Say, progress: Callable[[str, float], None] | None = None
) -> SynopsisResult:
    """Make ``folder/vtest.synopsis.mp4`` and what belongs to it, replacing what an earlier run made.

    With no model within reach it goes on from motion alone and says so. Raises ``ModelError`` when the sample
    recording cannot be had.
    """
    _fetch_model(say)
    sample = fetch_samples(None, say)
    output = make_folder(folder) / "vtest.synopsis.mp4"
    return make_synopsis(SynopsisRequest((str(sample),), output=output, overwrite=True), progress)


def demo_workspace(folder: Path | None, say: Say) -> Path:
    """The folder of a workspace to show the web application with; made once, in ``folder`` or our own.

    The sample is analysed into it if it is here ('samples fetch', or 'demo'); nothing is fetched.
    """
    place = folder or home() / "demo"
    sample = samples_folder() / VTEST.name
    with open_workspace(place) as here:
        if not here.cameras.all():
            add_camera(here, CAMERA, place="PETS 2009, S2.L1, view 1")
        if here.footage.count():
            return place
        if not sample.exists():
            say(f"{sample} is not here, so the demonstration is empty: run 'synopticon samples fetch' first")
            return place
        say("analysing the sample, once")
        ingest(here, IngestRequest((str(sample),), CAMERA))
    return place


def _fetch_model(say: Say) -> None:
    try:
        fetch_models((), None, say)
    except ModelError as error:
        here = resolve("auto")
        instead = f"{here[0].name}, which is here, is used" if here else "motion alone decides"
        say(f"no model could be fetched, so {instead}: {error}")
