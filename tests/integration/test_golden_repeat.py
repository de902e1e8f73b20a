"""The same again gives the same: bytes of two runs, tracks of any segmentation, truth of composed footage."""

from fractions import Fraction
from pathlib import Path

import pytest

from benchmarks import composed, repeat, track_quality
from synopticon.acts.compose_footage import ComposeFootageRequest, compose_footage
from synopticon.measure.mot import read_mot
from synopticon.measure.truth import TruthClip, from_tracks, judge, labels_from_mot
from tests.integration.golden import footage, make, tracks

pytestmark = [pytest.mark.footage, pytest.mark.slow]


def test_two_runs_give_the_same_bytes(tmp_path: Path):
    video = footage() / track_quality.CLIPS["tud"].video
    made = []
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        result = make(video, tmp_path / name, workers=2)
        blobs = sorted(
            p.read_bytes() for k in ("picture", "clear") for p in tmp_path.glob(f"{name}/**/*.{k}")
        )
        assert blobs
        made.append((result.synopsis.manifest.read_bytes(), result.synopsis.vtt.read_bytes(), blobs))
    assert made[0] == made[1]


def test_any_segmentation_gives_the_same_tracks():
    video = footage() / "intel_sample_videos/car-detection.mp4"
    found = repeat.segmentations(video, "none", None, (300.0, 7.0, 11.3))
    assert found["tracks"][0] >= 4
    assert min(found["worst_iou"]) >= 0.9, found


def test_composed_footage_is_found_again(tmp_path: Path):
    """Not a measure of quality (pasted edges are easy), but the truth is exact."""
    people = composed.sources()["people"]
    made = compose_footage(
        ComposeFootageRequest(
            output=tmp_path / "made",
            hours=1 / 60,
            seed=11,
            activity=0.5,
            objects=2,
            fps=Fraction(10),
            codec="mpeg4",
            people=people,
        )
    )
    table = read_mot(tmp_path / "made/truth" / f"{Path(made.files[0].name).stem}.gt.txt")
    clip = TruthClip("composed", labels_from_mot(table, 10.0, "person"), 0.0)
    found, _ = tracks(made.folder, tmp_path / "home")
    verdict = judge(clip, from_tracks(found))
    assert len(verdict.found) >= 4
    assert sum(map(bool, verdict.found.values())) >= 0.75 * len(verdict.found), verdict
    assert len(verdict.false) <= 1, verdict
