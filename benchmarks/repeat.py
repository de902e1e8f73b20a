"""The same again: two runs give the same bytes, and any segmentation gives the same tracks."""

import hashlib
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from scipy.optimize import linear_sum_assignment

from synopticon.acts.synopsis import SynopsisRequest, make_synopsis
from synopticon.footage.probe import probe
from synopticon.measure.truth import Shown, from_tracks, sample
from synopticon.models.cards import resolve
from synopticon.store.analysis import AnalysisStore
from synopticon.values.track import Track
from synopticon.vision.pipeline import AnalysisSettings, analyse

SAME = 0.9  # IoU from which two tracks are the same


def two_runs(video: Path, model: str, folder: Path | None) -> dict[str, Any]:
    """Digests of tubes, plan and manifest of two runs in two empty workspaces, one with one worker."""
    runs = [_digests(video, model, folder, workers) for workers in (1, 0)]
    same = {name: runs[0][name] == runs[1].get(name) for name in runs[0]}
    return {"same": all(same.values()) and runs[0].keys() == runs[1].keys(), "parts": same}


def _digests(video: Path, model: str, folder: Path | None, workers: int) -> dict[str, str]:
    with tempfile.TemporaryDirectory() as out:
        request = SynopsisRequest(
            footage=(str(video),),
            output=Path(out) / "s.mp4",
            model=model,
            models_folder=folder,
            workspace=Path(out) / "home",
            workers=workers,
        )
        made = make_synopsis(request, None)
        blobs = sorted((Path(out) / "home").rglob("*.picture")) + sorted(
            (Path(out) / "home").rglob("*.clear")
        )
        # Names of the parts follow the segments; what counts is what is in them.
        tubes = hashlib.sha256(b"".join(sorted(p.read_bytes() for p in blobs))).hexdigest()
        texts = {p.suffix: p.read_bytes() for p in (made.manifest, made.vtt)}
        return {"tubes": tubes} | {k: hashlib.sha256(v).hexdigest() for k, v in texts.items()}


def segmentations(video: Path, model: str, folder: Path | None, lengths: Sequence[float]) -> dict[str, Any]:
    """Tracks of several segmentations compared with those of the first: the worst IoU of a pair."""
    settled = [_tracks(video, model, folder, seconds) for seconds in lengths]
    pairs = [compare(settled[0], other) for other in settled[1:]]
    return {
        "seconds": list(lengths),
        "tracks": [len(t) for t in settled],
        "worst_iou": [round(min(p, default=0.0), 4) for p in pairs],
        "share_same": [round(float(np.mean([i >= SAME for i in p])) if p else 0.0, 4) for p in pairs],
    }


def _tracks(video: Path, model: str, folder: Path | None, seconds: float) -> list[Track]:
    found = resolve(model, folder)
    settings = AnalysisSettings(segment=seconds)
    if found is not None:
        card, weights = found
        link = replace(settings.track.link, certain=card.certain)
        track = replace(settings.track, link=link, min_score=card.sure)
        settings = replace(settings, weights=str(weights.absolute()), track=track)
    with tempfile.TemporaryDirectory() as empty:
        store = AnalysisStore(Path(empty) / "a")
        for _ in analyse(probe([video]), store, settings):
            pass
        known = store.load_tracks()
        return list(known[0]) if known else []


def compare(one: Sequence[Track], other: Sequence[Track]) -> list[float]:
    """IoU through time of the best pairing of two lists of tracks; 0 for those that are in one list only."""
    score = np.array([[track_iou(a, b) for b in from_tracks(other)] for a in from_tracks(one)])
    score = score.reshape(len(one), len(other))
    rows, columns = linear_sum_assignment(-score)
    alone = max(len(one), len(other)) - len(rows)
    return [float(score[i, j]) for i, j in zip(rows, columns, strict=True)] + [0.0] * alone


def track_iou(a: Shown, b: Shown) -> float:
    """Sum of the intersections over the sum of the unions of two tracks, over the samples of both."""
    times = np.union1d(a.times, b.times)
    boxes_a, there_a = sample(a, times)
    boxes_b, there_b = sample(b, times)
    side = np.minimum(boxes_a[:, 2:], boxes_b[:, 2:]) - np.maximum(boxes_a[:, :2], boxes_b[:, :2])
    shared = np.clip(side, 0, None).prod(axis=1) * (there_a & there_b)
    whole = sum((x[:, 2:] - x[:, :2]).prod(axis=1) * t for x, t in ((boxes_a, there_a), (boxes_b, there_b)))
    return float(shared.sum() / max(float((whole - shared).sum()), 1e-9))
