"""What the golden tests share: recordings, the model beside them, one synopsis in an empty workspace."""

import os
from dataclasses import dataclass
from pathlib import Path

from synopticon.acts.analysis import AnalysisRequest, analysed
from synopticon.acts.synopsis import SynopsisRequest, SynopsisResult, make_synopsis
from synopticon.values.track import Dropped, Track


@dataclass(frozen=True)
class Made:
    synopsis: SynopsisResult
    tracks: tuple[Track, ...]
    dropped: tuple[Dropped, ...]


def footage() -> Path:
    return Path(os.environ["SYNOPTICON_FOOTAGE"])


def yolox() -> str:
    return str(footage().parent / "models" / "yolox_nano.onnx")


def make(video: Path, folder: Path, model: str = "none", workers: int = 1, clips: bool = False) -> Made:
    """A synopsis of ``video`` and the tracks that it was made of."""
    home = folder / "home"
    made = make_synopsis(
        SynopsisRequest(
            footage=(str(video),),
            output=folder / "out.mp4",
            model=model,
            workspace=home,
            workers=workers,
            clips=clips,
        )
    )
    return Made(made, *tracks(video, home, model, workers))


def tracks(
    video: Path, home: Path, model: str = "none", workers: int = 1
) -> tuple[tuple[Track, ...], tuple[Dropped, ...]]:
    """The tracks of a recording (from the workspace when they are there)."""
    request = AnalysisRequest(footage=(str(video),), model=model, workspace=home, workers=workers)
    found = analysed(request, None).store.load_tracks()
    assert found is not None
    return found
