"""Made-up readings of plates for tests: what a reader would have said of some tracks."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from synopticon.acts.analysis import Analysis
from synopticon.governance.grant import Scope
from synopticon.store.plates import PlateStore
from synopticon.values.plate import UNREAD, PlateReading
from synopticon.values.track import Track
from tests.grants import clock, grant_for
from tests.holdings import Made, World

SIGNS = "ABCDEFGHJKLMNPRSTUVWXYZ"


def reading(track: Track, text: str, sure: float = 0.9, **more) -> PlateReading:
    """What a reader says of a track, in the middle of it."""
    confidence = tuple(0.0 if c == UNREAD else sure for c in text)
    k = len(track) // 2
    found = PlateReading(
        track.id, text, confidence, "FR", False, int(track.file[k]), int(track.pts[k]),
        float(track.times[k]), tuple(float(v) for v in track.boxes[k]),
    )  # fmt: skip
    return replace(found, **more)


def plate_of(number: int) -> str:
    """A made-up French plate."""
    chance = np.random.default_rng(number)
    a, b, c, d = (SIGNS[k] for k in chance.integers(0, len(SIGNS), 4))
    return f"{a}{b}{chance.integers(0, 1000):03}{c}{d}"


def put_plates(held: World, made: Made, texts: Mapping[str, str]) -> PlateStore:
    """Keep readings (track -> text) of a footage, as ingest does."""
    store = PlateStore(held.engine, held.vault, clock)
    ingest = grant_for("ingest", Scope(digests=made.files))
    key = held.vault.make(ingest, made.camera, made.part)
    by_id = {t.id: t for t in made.tracks}
    readings = [reading(by_id[i], text) for i, text in texts.items()]
    store.replace(ingest, made.id, f"run-{made.id}", readings, made.tracks, key)
    return store


def with_plates(analysis: Analysis, texts: Sequence[str], sure: float = 0.9) -> Analysis:
    """An analysis that read these plates, one of each track, in time order."""
    known = analysis.store.load_tracks()
    tracks = sorted(known[0] if known else (), key=lambda t: (t.start, t.id))
    read = tuple(reading(t, text, sure) for t, text in zip(tracks, texts, strict=False) if text)
    return replace(analysis, plates=read)


def plates_read(patch, by_camera: Mapping[str, Sequence[str]]) -> None:
    """From now on what is taken in has these plates read of its tracks, camera by camera."""
    from synopticon.acts import ingest

    analysing = ingest.analysing

    def read(*args, **more):
        for analysis in analysing(*args, **more):
            texts = by_camera.get(analysis.footage.camera, ())
            yield with_plates(analysis, texts) if analysis.complete else analysis

    patch.setattr(ingest, "analysing", read)
