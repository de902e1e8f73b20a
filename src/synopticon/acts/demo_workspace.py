"""The demonstration of the web application: a workspace of its own, with the sample recording in it."""

from collections.abc import Callable
from pathlib import Path

from synopticon.acts.samples import VTEST, samples_folder
from synopticon.acts.workspace import Workspace, open_workspace
from synopticon.errors import UsageError
from synopticon.models.cards import home

CAMERA = "campus"
Say = Callable[[str], None]


def demo_workspace(folder: Path | None, say: Say) -> Path:
    """The folder of a workspace to show the web application with; made once, in ``folder`` or our own.

    The sample is analysed into it if it is here ('samples fetch', or 'demo'); nothing is fetched.
    """
    place = folder or home() / "demo"
    sample = samples_folder() / VTEST.name
    with open_workspace(place) as here:
        if here.profile.users:
            raise UsageError(f"{place}: people sign in there: use another --workspace, or none")
        if not here.footage.count():
            _fill(here, sample, say)
    return place


def _fill(here: Workspace, sample: Path, say: Say) -> None:
    # Imported only when there is something to analyse: it takes longer to load than the server to start.
    from synopticon.acts.cameras import add_camera
    from synopticon.acts.ingest import IngestRequest, ingest

    if not here.cameras.all():
        add_camera(here, CAMERA, place="PETS 2009, S2.L1, view 1")
    if not sample.exists():
        say(f"{sample} is not here, so the demonstration is empty: run 'synopticon samples fetch' first")
        return
    say("analysing the sample, once")
    ingest(here, IngestRequest((str(sample),), CAMERA))
