"""The demonstration: fetch a model and a sample recording, make its synopsis, say where it is."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from synopticon.acts.models import fetch_models
from synopticon.acts.samples import fetch_samples
from synopticon.errors import ModelError
from synopticon.store.atomic import make_folder

if TYPE_CHECKING:
    from synopticon.acts.synopsis import SynopsisResult


@dataclass(frozen=True, slots=True)
class Demo:
    """What the demonstration made. ``steps`` tells honestly what did not work."""

    result: "SynopsisResult"
    model: str  # "" = made from motion alone
    steps: tuple[str, ...]


def demonstrate(
    folder: Path, say: Callable[[str], None], progress: Callable[[str, float], None] | None
) -> Demo:
    """Make ``folder/vtest.synopsis.mp4`` and what belongs to it.

    With no model within reach it goes on from motion alone and says so. Raises ``ModelError`` when the sample
    recording cannot be had.
    """
    from synopticon.acts.synopsis import SynopsisRequest, make_synopsis

    steps = []
    model = ""
    try:
        model = fetch_models((), None, say)[0].card.name
    except ModelError as error:
        steps.append(f"no model could be fetched, so the synopsis is made from motion alone: {error}")
        say(steps[-1])
    sample = fetch_samples(None, say)
    output = make_folder(folder) / "vtest.synopsis.mp4"
    request = SynopsisRequest(footage=(str(sample),), output=output, model=model or "auto", overwrite=True)
    return Demo(make_synopsis(request, progress), model, tuple(steps))
