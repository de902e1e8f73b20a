"""Composed recordings as files with their truth."""

import json
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from synopticon.acts.compose_footage import ComposeFootageRequest, compose_footage
from synopticon.errors import OutputError, UsageError
from synopticon.footage.probe import probe
from synopticon.footage.record import GopWriter, RecordingFormat, encode_gops
from synopticon.measure.mot import read_mot
from synopticon.vision.compose_footage import Look
from tests.unit.vision.actors import SIZE, clip, walker

QUICK = {"width": 192, "height": 144, "fps": Fraction(10), "codec": "mpeg4", "bitrate": 300_000, "gop": 1.0}


@pytest.fixture(scope="module")
def people(tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("clips") / "people.avi"
    form = RecordingFormat(*SIZE, Fraction(10), "mpeg4", 2_000_000, 10)
    frames = clip([[b] for b in walker(30)] + [[]] * 20)
    with GopWriter(path, form) as writer:
        for gop in encode_gops(form, [(f.y, f.u, f.v) for f in frames]):
            writer.write(gop)
    return str(path)


def compose(people: str, folder: Path, **wish):
    look = Look(noise=1.0, drift=0.02, clock=wish.pop("clock", False))
    request = ComposeFootageRequest(
        output=folder, people=(people,), look=look, **(QUICK | {"hours": 1 / 30, "objects": 2} | wish)
    )
    return compose_footage(request)


def test_a_recording_with_its_truth(people: str, tmp_path: Path):
    made = compose(people, tmp_path / "out", activity=0.5, file_minutes=1)
    assert [f.state for f in made.files] == ["whole"] * 2
    assert [f.name for f in made.files] == ["camera_20240315_100000.avi", "camera_20240315_100100.avi"]
    footage = probe([tmp_path / "out"])
    assert footage.gaps == ()
    assert [f.frames for f in footage.readable] == [600, 600]
    assert made.activity == pytest.approx(0.5, abs=0.03)
    data = json.loads(made.truth.read_text("utf-8"))
    assert len(data["objects"]) == made.objects
    tables = [read_mot(tmp_path / "out/truth" / f"{Path(f.name).stem}.gt.txt") for f in made.files]
    assert sum(len(t) for t in tables) > 400
    assert all(t.frames.max() <= 600 and t.boxes[:, 2].max() <= 192 for t in tables)


def test_the_truth_fits_the_pictures(people: str, tmp_path: Path):
    made = compose(people, tmp_path / "out", activity=0.5, seed=4)
    path = tmp_path / "out/truth" / f"{Path(made.files[0].name).stem}.gt.txt"
    table, everybody = read_mot(path), read_mot(path, min_confidence=-1)
    with av.open(str(tmp_path / "out" / made.files[0].name)) as container:
        pictures = [f.to_ndarray(format="gray") for f in container.decode(video=0)]
    empty = np.median(pictures[::10], axis=0)
    inside = []
    for frame, box in zip(table.frames[::7], table.boxes[::7].astype(int), strict=True):
        x1, y1, x2, y2 = box
        inside.append(np.abs(pictures[frame - 1][y1:y2, x1:x2] - empty[y1:y2, x1:x2]).mean())
        beside = np.abs(pictures[frame - 1] - empty)
        for left, top, right, bottom in everybody.boxes[everybody.frames == frame].astype(int):
            beside[max(top - 4, 0) : bottom + 4, max(left - 4, 0) : right + 4] = 0
        assert np.percentile(beside[8:-8, 8:-8], 90) < 15
        assert (beside[8:-8, 8:-8] > 60).mean() < 0.002  # what is dark is somebody, what is grey a shadow
    assert np.median(inside) > 30


def test_the_same_seed_gives_the_same_bytes_with_any_number_of_threads(people: str, tmp_path: Path):
    for name, workers in (("a", 1), ("b", 3)):
        compose(people, tmp_path / name, file_minutes=0.5, workers=workers, clock=True)
    one, other = (sorted(p for p in (tmp_path / n).rglob("*") if p.is_file()) for n in "ab")
    assert len(one) == 4 + 4 + 1
    assert [p.read_bytes() for p in one] == [p.read_bytes() for p in other]


def test_missing_cut_short_and_clock_change(people: str, tmp_path: Path):
    made = compose(people, tmp_path / "out", file_minutes=1 / 3, missing=True, cut=True, clock_change=True)
    states = [f.state for f in made.files]
    assert sorted(states) == ["cut short", "missing", *["whole"] * 4]
    gone = made.files[states.index("missing")]
    assert not (tmp_path / "out" / gone.name).exists()
    short = made.files[states.index("cut short")]
    assert 0 < short.frames_left < 200
    (jump,) = json.loads(made.truth.read_text("utf-8"))["clock_jumps"]
    assert jump["seconds"] == 90
    assert len(probe([tmp_path / "out"]).gaps) >= 2


def test_too_few_files_for_what_should_befall_them(people: str, tmp_path: Path):
    with pytest.raises(UsageError, match="files are too few"):
        compose(people, tmp_path / "out", missing=True)
    assert not (tmp_path / "out").exists()


def test_nothing_is_replaced_unless_asked(people: str, tmp_path: Path):
    compose(people, tmp_path / "out")
    with pytest.raises(OutputError, match="exists already"):
        compose(people, tmp_path / "out")
    compose(people, tmp_path / "out", overwrite=True)


def test_a_clip_without_anybody_is_refused(tmp_path: Path, people: str):
    tracks = tmp_path / "none.txt"
    tracks.write_text("1,1,0,0,2,2,1\n", "utf-8")
    with pytest.raises(UsageError, match="nobody moves alone"):
        compose(f"{people}={tracks}", tmp_path / "out")


def test_without_a_clip_the_remedy_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("SYNOPTICON_HOME", str(tmp_path))
    monkeypatch.setattr("synopticon.acts.compose_footage.samples_folder", lambda: tmp_path)
    with pytest.raises(UsageError, match="samples fetch"):
        compose_footage(ComposeFootageRequest(output=tmp_path / "out"))


@pytest.mark.parametrize("wish", [{"hours": 0}, {"hours": 1e6}, {"file_minutes": 0}])
def test_senseless_lengths_are_refused(people: str, tmp_path: Path, wish):
    with pytest.raises(UsageError):
        compose(people, tmp_path / "out", **wish)
