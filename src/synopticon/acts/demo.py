"""The demonstration: fetch a model and a sample recording, make its synopsis, say where it is."""

from collections.abc import Callable
from pathlib import Path

from synopticon.acts.models import fetch_models
from synopticon.acts.samples import fetch_samples
from synopticon.acts.synopsis import SynopsisRequest, SynopsisResult, make_synopsis
from synopticon.errors import ModelError
from synopticon.models.cards import resolve
from synopticon.store.atomic import make_folder

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


def _fetch_model(say: Say) -> None:
    try:
        fetch_models((), None, say)
    except ModelError as error:
        here = resolve("auto")
        instead = f"{here[0].name}, which is here, is used" if here else "motion alone decides"
        say(f"no model could be fetched, so {instead}: {error}")
